// SPDX-License-Identifier: GPL-2.0
#include "delay.h"

/**
 * delay_bucket() - in which bucket a time is counted
 * @ns: the time
 *
 * Return: its number. Up to 2 * DELAY_PARTS each time has its own.
 */
__u32 delay_bucket(__u64 ns)
{
	unsigned int shift = 0;

	if (ns >= 2 * DELAY_PARTS)
		shift = __builtin_clzll(DELAY_PARTS) - __builtin_clzll(ns);
	return shift * DELAY_PARTS + (ns >> shift);
}

/**
 * delay_lowest() - the shortest time of a bucket
 * @bucket: its number
 *
 * Return: ns.
 */
__u64 delay_lowest(__u32 bucket)
{
	if (bucket < 2 * DELAY_PARTS)
		return bucket;
	return (__u64)(bucket % DELAY_PARTS + DELAY_PARTS) << (bucket / DELAY_PARTS - 1);
}

/**
 * delay_highest() - the longest time of a bucket
 * @bucket: its number
 *
 * Return: ns.
 */
__u64 delay_highest(__u32 bucket)
{
	if (bucket < 2 * DELAY_PARTS)
		return bucket;
	return delay_lowest(bucket) + (1ull << (bucket / DELAY_PARTS - 1)) - 1;
}

/**
 * delay_add() - calls that took the same time
 * @latency: where they are counted
 * @ns: the time
 * @calls: how many, not 0
 *
 * Return: 0 or -ENOMEM.
 */
int delay_add(struct delay *latency, __u64 ns, __u64 calls)
{
	int failed = counts_add(&latency->buckets, delay_bucket(ns), calls);

	if (failed)
		return failed;
	if (!latency->calls || ns < latency->min)
		latency->min = ns;
	if (ns > latency->max)
		latency->max = ns;
	latency->calls = counts_sum(latency->calls, calls);
	latency->sum = counts_sum(latency->sum, ns > ~0ull / calls ? ~0ull : ns * calls);
	return 0;
}

static __u64 within(const struct delay *latency, __u64 ns)
{
	if (ns < latency->min)
		return latency->min;
	return ns > latency->max ? latency->max : ns;
}

/**
 * delay_mean() - the mean
 * @latency: of calls
 *
 * Return: ns; 0 without calls. A sum that is not exact is not believed too far.
 */
__u64 delay_mean(const struct delay *latency)
{
	return latency->calls ? within(latency, latency->sum / latency->calls) : 0;
}

/**
 * delay_percentile() - the time that so many calls did not pass
 * @latency: of calls
 * @percent: of them, 1 to 100
 *
 * Return: ns, off by at most 1 in 64; 0 without calls.
 */
__u64 delay_percentile(const struct delay *latency, unsigned int percent)
{
	/* Rounded up, and no product that might be too large. */
	__u64 rank = latency->calls / 100 * percent + (latency->calls % 100 * percent + 99) / 100;
	__u64 seen = 0;
	__u32 i;

	for (i = 0; i < latency->buckets.len; i++) {
		const struct counter *bucket = &latency->buckets.all[i];
		__u64 low = delay_lowest(bucket->index);

		seen = counts_sum(seen, bucket->count);
		if (seen >= rank)
			return within(latency, low + (delay_highest(bucket->index) - low) / 2);
	}
	return 0;
}

/**
 * delay_halve() - as if only half of the calls had been
 * @latency: of calls; @min and @max stay
 */
void delay_halve(struct delay *latency)
{
	double mean = latency->calls ? (double)latency->sum / latency->calls : 0;
	__u32 i;

	counts_halve(&latency->buckets);
	latency->calls = 0;
	for (i = 0; i < latency->buckets.len; i++)
		latency->calls += latency->buckets.all[i].count;
	latency->sum = mean * latency->calls;
}

/**
 * delay_free() - forget all calls
 * @latency: of calls; may be used again
 */
void delay_free(struct delay *latency)
{
	counts_free(&latency->buckets);
	*latency = (struct delay){ 0 };
}
