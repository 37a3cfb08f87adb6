/* SPDX-License-Identifier: GPL-2.0 */
/* How long calls took: a histogram with four buckets for each power of two. */
#ifndef MMTRACE_LATENCY_H
#define MMTRACE_LATENCY_H

#include <linux/types.h>

#define LATENCY_PARTS	4
#define LATENCY_BUCKETS	(64 * LATENCY_PARTS)

/**
 * struct latency - of one kind of calls; all zero at the beginning
 * @calls: how many
 * @failed: of these, that returned an errno
 * @min: ns
 * @max: ns
 * @sum: ns
 * @buckets: calls in each
 */
struct latency {
	__u64	calls;
	__u64	failed;
	__u64	min;
	__u64	max;
	double	sum;
	__u64	buckets[LATENCY_BUCKETS];
};

void latency_add(struct latency *latency, __u64 ns);
double latency_edge(unsigned int bucket);
double latency_quantile(const struct latency *latency, double share);

#endif /* MMTRACE_LATENCY_H */
