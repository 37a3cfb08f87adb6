/* SPDX-License-Identifier: GPL-2.0 */
/* Some calls of many: the slowest, or the last. */
#ifndef MMTRACE_CALLS_H
#define MMTRACE_CALLS_H

#include <linux/types.h>

#define CALLS_MAX	200

/**
 * struct one_call - what is kept of a call
 * @time: when it completed, ns of CLOCK_MONOTONIC
 * @ns: how long it took
 * @ret: what it returned
 * @len: bytes it was about
 * @prot: PROT_*
 * @flags: MAP_* or MREMAP_*
 * @event: enum mmtrace_event
 * @tgid: process
 * @tid: thread
 * @name: of the thread, by struct intern
 * @what: was mapped, likewise
 */
struct one_call {
	__u64	time;
	__u64	ns;
	__s64	ret;
	__u64	len;
	__u64	prot;
	__u64	flags;
	__u32	event;
	__u32	tgid;
	__u32	tid;
	__u32	name;
	__u32	what;
};

/**
 * struct calls - some of them; all zero at the beginning
 * @seen: how many there were
 * @kept: of these some; the others made room
 */
struct calls {
	__u64		seen;
	struct one_call	kept[CALLS_MAX];
};

void calls_keep_last(struct calls *calls, const struct one_call *call);
void calls_keep_slowest(struct calls *calls, const struct one_call *call);
unsigned int calls_len(const struct calls *calls);
void calls_sort_by_time(struct calls *calls);
void calls_sort_by_duration(struct calls *calls);

#endif /* MMTRACE_CALLS_H */
