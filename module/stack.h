/* SPDX-License-Identifier: GPL-2.0 */
/* The user stack of the thread that made a call. */
#ifndef MMTRACE_STACK_H
#define MMTRACE_STACK_H

#include <linux/mmtrace.h>
#include <linux/types.h>

/* What a stack may take in a record, with the one frame that is looked at and not shown. */
#define STACK_WORDS	(1 + MMTRACE_STACK_MAX + 1)

/**
 * struct stack_walk - a way up a stack
 * @ip: what was found goes there
 * @len: how many these are
 * @flags: MMTRACE_STACK_BROKEN, MMTRACE_STACK_LINK
 * @word: bytes of a word there; 0 at the end of the way
 * @frame: address of the next frame
 * @least: below which it can't be
 */
struct stack_walk {
	u64		*ip;
	u32		len;
	u32		flags;
	u32		word;
	unsigned long	frame;
	unsigned long	least;
};

bool stack_begin(struct stack_walk *walk, u64 *ip);
void stack_continue(struct stack_walk *walk, u32 len);
u32 stack_flags(const struct stack_walk *walk, u32 depth);

#endif /* MMTRACE_STACK_H */
