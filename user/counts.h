/* SPDX-License-Identifier: GPL-2.0 */
/* Counters by a small number, of which most stay 0. */
#ifndef MMTRACE_COUNTS_H
#define MMTRACE_COUNTS_H

#include <linux/types.h>

/**
 * struct counter - one that is not 0
 * @index: its number
 * @count: what it has counted
 */
struct counter {
	__u32	index;
	__u64	count;
};

/**
 * struct counts - all of them; zero to begin with
 * @all: sorted by @index
 * @len: how many
 * @room: for how many there is memory
 */
struct counts {
	struct counter	*all;
	__u32		len;
	__u32		room;
};

/* A sum that would pass 2^64 - 1 stays there: too much is seen, a small number would lie. */
static inline __u64 counts_sum(__u64 a, __u64 b)
{
	return a + b < a ? ~0ull : a + b;
}

int counts_add(struct counts *counts, __u32 index, __u64 count);
void counts_halve(struct counts *counts);
void counts_free(struct counts *counts);

#endif /* MMTRACE_COUNTS_H */
