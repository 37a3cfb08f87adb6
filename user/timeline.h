/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes mapped over time, by process. */
#ifndef MMTRACE_TIMELINE_H
#define MMTRACE_TIMELINE_H

#include <stdbool.h>
#include <linux/types.h>

#define TIMELINE_BUCKETS	400
#define TIMELINE_PROCESSES	512

/**
 * struct series - of one process, or of those of one name
 * @name: of its main thread when it was last seen, by struct intern
 * @named: it is that of the main thread
 * @processes: how many
 * @total: sum of @bytes
 * @bytes: mapped in each bucket
 */
struct series {
	__u32	name;
	bool	named;
	__u64	processes;
	double	total;
	double	bytes[TIMELINE_BUCKETS];
};

/**
 * struct timeline - all series
 * @begun: there was a record
 * @first: time of the first record, ns
 * @last: of the latest one
 * @width: of a bucket, ns; doubles when there are no more buckets
 * @lost: calls that are missing, by the bucket in which the gap ends
 * @len: number of series
 * @tgids: whose they are; 0 for several of one name; apart from the series, as they
 *	are searched for each record
 * @series: theirs
 * @others: sum of those for which there was no room at all
 */
struct timeline {
	bool		begun;
	__u64		first;
	__u64		last;
	__u64		width;
	__u64		lost[TIMELINE_BUCKETS];
	unsigned int	len;
	__u32		tgids[TIMELINE_PROCESSES];
	struct series	series[TIMELINE_PROCESSES];
	struct series	others;
};

void timeline_see(struct timeline *timeline, __u64 time);
void timeline_add(struct timeline *timeline, __u64 time, __u32 tgid, __u32 name, bool is_main,
		  double bytes);
void timeline_lose(struct timeline *timeline, __u64 time, __u64 count);
unsigned int timeline_used(const struct timeline *timeline);

#endif /* MMTRACE_TIMELINE_H */
