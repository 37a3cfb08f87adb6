// SPDX-License-Identifier: GPL-2.0
/* A sorted array: nearly all of these have few counters, and many thousands are kept. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"

/* Where the index is, or would be. */
static __u32 place_of(const struct counts *counts, __u32 index)
{
	__u32 low = 0, high = counts->len;

	while (low < high) {
		__u32 middle = low + (high - low) / 2;

		if (counts->all[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct counts *counts)
{
	__u32 room = counts->room ? 2 * counts->room : 4;
	struct counter *all;

	if (counts->len < counts->room)
		return 0;
	all = realloc(counts->all, room * sizeof(*all));
	if (!all)
		return -ENOMEM;
	counts->all = all;
	counts->room = room;
	return 0;
}

/**
 * counts_add() - count something
 * @counts: the counters
 * @index: number of the one
 * @count: how often, not 0
 *
 * Return: 0 or -ENOMEM.
 */
int counts_add(struct counts *counts, __u32 index, __u64 count)
{
	__u32 at = place_of(counts, index);

	if (at < counts->len && counts->all[at].index == index) {
		counts->all[at].count = counts_sum(counts->all[at].count, count);
		return 0;
	}
	if (make_room(counts))
		return -ENOMEM;
	memmove(&counts->all[at + 1], &counts->all[at],
		(counts->len - at) * sizeof(counts->all[0]));
	counts->all[at] = (struct counter){ index, count };
	counts->len++;
	return 0;
}

/**
 * counts_halve() - half of each, rounded down
 * @counts: the counters; those that become 0 are there no more
 */
void counts_halve(struct counts *counts)
{
	__u32 from, to = 0;

	for (from = 0; from < counts->len; from++) {
		struct counter counter = counts->all[from];

		counter.count /= 2;
		if (counter.count)
			counts->all[to++] = counter;
	}
	counts->len = to;
}

/**
 * counts_free() - forget them
 * @counts: the counters; may be used again
 */
void counts_free(struct counts *counts)
{
	free(counts->all);
	*counts = (struct counts){ 0 };
}
