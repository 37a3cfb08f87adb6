/* SPDX-License-Identifier: GPL-2.0 */
/* A call that is being traced, from its entry to the record made of it. */
#ifndef MMTRACE_CALL_H
#define MMTRACE_CALL_H

#include <linux/minmax.h>
#include <linux/mmtrace.h>
#include <linux/types.h>

struct file;

/* Arguments that every event has; all are u64 and come first. */
#define CALL_ARGS	5

/**
 * struct call - a call, as far as it has come
 * @file: of do_mmap, NULL for none; its caller holds a reference until do_mmap
 *	has returned
 * @start: ns of CLOCK_MONOTONIC at entry
 * @out: the record as it comes into being. Entry knows the event, the flags but
 *	those of the file, the call id, the system call and the arguments; the
 *	return knows the result and the time; the rest is added if the record is wanted
 *
 * Lives in the kretprobe instance.
 */
struct call {
	struct file		*file;
	u64			start;
	struct mmtrace_record	out;
};

/* In the order in which the structure of the event has them. */
static inline u64 *call_args(struct call *call)
{
	return &call->out.do_mmap.addr;
}

static inline u32 call_event(const struct call *call)
{
	return call->out.head.event;
}

/* The largest errno, as in IS_ERR_VALUE(). */
static inline bool call_failed(const struct call *call)
{
	return call->out.call.ret < 0 && call->out.call.ret >= -4095;
}

/* The clock of the entry may be ahead by a little, see entry.c. */
static inline u64 call_duration(const struct call *call)
{
	return max(call->out.head.time, call->start) - call->start;
}

#endif /* MMTRACE_CALL_H */
