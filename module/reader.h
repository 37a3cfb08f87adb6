/* SPDX-License-Identifier: GPL-2.0 */
/* What a session's rings hold, in order, as read() gives it. */
#ifndef MMTRACE_READER_H
#define MMTRACE_READER_H

#include <linux/mmtrace.h>
#include <linux/types.h>

struct iov_iter;
struct reader;
struct session;

/**
 * struct reader_count - what became of the records of one CPU
 * @delivered: by event: given to read()
 * @pending: by event: still to be read; counted only where it has to be, in mode
 *	MMTRACE_MODE_OVERWRITE
 */
struct reader_count {
	u64	delivered[MMTRACE_EVENT_COUNT];
	u64	pending[MMTRACE_EVENT_COUNT];
};

/* All of these want the session's lock held. */
struct reader *reader_create(struct session *session);
void reader_destroy(struct reader *reader);
const struct mmtrace_record *reader_peek(struct session *session);
bool reader_has_data(struct session *session);
bool reader_in_line(const struct reader *reader);
ssize_t reader_read(struct session *session, struct iov_iter *to, bool begun);

/* This one its ledger alone. */
int reader_count(struct session *session, u32 cpu, struct reader_count *count);

/* And this one both. */
void reader_thaw(struct reader *reader);

#endif /* MMTRACE_READER_H */
