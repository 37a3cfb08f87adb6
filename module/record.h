/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of a call that has returned, as the bytes that users see. */
#ifndef MMTRACE_RECORD_H
#define MMTRACE_RECORD_H

#include <linux/limits.h>
#include <linux/kernel.h>
#include <linux/mmtrace.h>

#include "call.h"
#include "path.h"
#include "stack.h"

/*
 * The longest record that this module makes, in words of 8 bytes, and one for the
 * end of its padding.
 */
#define RECORD_WORDS							\
	(1 + DIV_ROUND_UP(sizeof(struct mmtrace_record) +		\
			  sizeof(struct mmtrace_file) + PATH_MAX, sizeof(u64)))

/* The same with a stack. */
#define RECORD_STACK_WORDS	(RECORD_WORDS + STACK_WORDS)
static_assert(RECORD_STACK_WORDS * sizeof(u64) <= MMTRACE_RECORD_MAX);

/**
 * struct record - room for the records that a call may need, one a CPU
 * @room: for finding its path
 * @words: the record of a call with a file
 * @walk: of the stack that is in @stacked
 * @stacked: a copy with a stack
 */
struct record {
	union path_room		room;
	u64			words[RECORD_WORDS];
	struct stack_walk	walk;
	u64			stacked[RECORD_STACK_WORDS];
};

int record_init(void);
void record_exit(void);
const char *record_path(struct call *call);
u32 record_kind(struct call *call, bool at_return);
void record_put(const struct call *call, struct mmtrace_record *out);

/**
 * record_least_size() - how long the record of a call is at least
 * @call: which has returned
 *
 * Context: preemption off.
 *
 * Return: bytes; what record_size() says, if that can be said without looking for the path
 * of its file.
 */
static inline u32 record_least_size(const struct call *call)
{
	if (call->file && !(call->out.head.flags & MMTRACE_R_FILE))
		return call->out.head.size + sizeof(struct mmtrace_file) + sizeof(u64);
	return call->out.head.size;
}

/**
 * record_size() - how long the record of a call is, without a stack
 * @call: which has returned
 *
 * Context: preemption off.
 *
 * Return: bytes.
 */
static inline u32 record_size(struct call *call)
{
	if (call->file)
		record_path(call);
	return call->out.head.size;
}

struct mmtrace_record *record_finish(struct call *call);
struct mmtrace_record *record_with_stack(struct mmtrace_record *done,
					 struct mmtrace_record *stacked, u32 depth);

#endif /* MMTRACE_RECORD_H */
