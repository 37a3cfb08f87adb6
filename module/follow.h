/* SPDX-License-Identifier: GPL-2.0 */
/* The tasks that a session follows, and those that they make. */
#ifndef MMTRACE_FOLLOW_H
#define MMTRACE_FOLLOW_H

#include <linux/list.h>
#include <linux/types.h>

struct mmtrace_stats;
struct pid;
struct session;

/**
 * struct follow - whom a session follows
 * @begun: somebody, once
 * @ended: nobody comes in any more; like all below it under follow.c's own lock
 * @tasks: list of struct followed
 * @count: of these; written with the lock alone, and looked at without, too
 * @unfollowed: tasks that should be, had there been memory
 */
struct follow {
	bool			begun;
	bool			ended;
	struct list_head	tasks;
	unsigned int		count;
	u64			unfollowed;
};

/* What the hooks ask: preemption off, any context. */
bool follow_has_current(const struct session *session);

/* What sessions call: may sleep. */
void follow_init(struct follow *follow);
int follow_add(struct session *session, struct pid *pid, u32 flags, u32 *added);
void follow_end(struct session *session);
bool follow_is_over(const struct session *session);
void follow_stats(const struct session *session, struct mmtrace_stats *stats);

#endif /* MMTRACE_FOLLOW_H */
