/* SPDX-License-Identifier: GPL-2.0 */
/* What a session's rings hold, in order, as read() gives it. */
#ifndef MMTRACE_READER_H
#define MMTRACE_READER_H

#include <linux/types.h>

struct iov_iter;
struct mmtrace_record;
struct reader;
struct session;

/* All of these want the session's lock held. */
struct reader *reader_create(struct session *session);
void reader_destroy(struct reader *reader);
const struct mmtrace_record *reader_peek(struct session *session);
void reader_take(struct session *session);
bool reader_has_data(struct session *session);
bool reader_in_line(const struct reader *reader);
ssize_t reader_read(struct session *session, struct iov_iter *to);
int reader_count(struct session *session, u64 *delivered, u64 *pending);

#endif /* MMTRACE_READER_H */
