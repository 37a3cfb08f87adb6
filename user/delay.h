/* SPDX-License-Identifier: GPL-2.0 */
/* How long many calls took. */
#ifndef MMTRACE_DELAY_H
#define MMTRACE_DELAY_H

#include "counts.h"

/*
 * Each power of two is parted in so many buckets of the same width. What is told of
 * a bucket is its middle, so that no percentile is off by more than 1 in 64.
 */
#define DELAY_PARTS	32

/**
 * struct delay - of many calls; zero to begin with
 * @calls: how many
 * @sum: of their times, ns
 * @min: the shortest, ns
 * @max: the longest, ns
 * @buckets: how many took how long, roughly: at most 1920 counters
 */
struct delay {
	__u64		calls;
	__u64		sum;
	__u64		min;
	__u64		max;
	struct counts	buckets;
};

__u32 delay_bucket(__u64 ns);
__u64 delay_lowest(__u32 bucket);
__u64 delay_highest(__u32 bucket);
int delay_add(struct delay *latency, __u64 ns, __u64 calls);
__u64 delay_mean(const struct delay *latency);
__u64 delay_percentile(const struct delay *latency, unsigned int percent);
void delay_halve(struct delay *latency);
void delay_free(struct delay *latency);

#endif /* MMTRACE_DELAY_H */
