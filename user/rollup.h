/* SPDX-License-Identifier: GPL-2.0 */
/* Calls that are alike, added up. */
#ifndef MMTRACE_ROLLUP_H
#define MMTRACE_ROLLUP_H

#include <stddef.h>
#include <linux/types.h>

#include "index.h"

#define ROLLUP_ROWS	65536u

/**
 * struct alike - what calls that are added up have in common
 * @tgid: process
 * @name: of the thread, by struct intern
 * @event: enum mmtrace_event
 * @what: is mapped, by struct intern
 * @prot: PROT_*
 * @error: errno, positive; 0 for calls that succeeded
 */
struct alike {
	__u32	tgid;
	__u32	name;
	__u32	event;
	__u32	what;
	__u32	prot;
	__u32	error;
};

/**
 * struct row - the sum of them
 * @alike: what they have in common
 * @calls: how many
 * @bytes: that they have mapped
 * @ns: that they took together
 * @slowest: that the slowest took, ns
 */
struct row {
	struct alike	alike;
	__u64		calls;
	double		bytes;
	double		ns;
	__u64		slowest;
};

/**
 * struct rollup - all sums
 * @index: of @rows
 * @rows: the sums
 * @len: how many
 * @unplaced: sum of the calls for which there was no room; @alike means nothing
 */
struct rollup {
	struct index	index;
	struct row	*rows;
	size_t		len;
	struct row	unplaced;
};

int rollup_init(struct rollup *rollup);
void rollup_free(struct rollup *rollup);
void rollup_add(struct rollup *rollup, const struct alike *alike, double bytes, __u64 ns);
void rollup_merge(struct row *sum, const struct row *row);
void rollup_sort(struct rollup *rollup);

#endif /* MMTRACE_ROLLUP_H */
