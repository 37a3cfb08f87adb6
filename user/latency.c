// SPDX-License-Identifier: GPL-2.0
#include "latency.h"

/* The two bits below the highest one choose the part of its power of two. */
static unsigned int bucket_of(__u64 ns)
{
	unsigned int power;

	if (ns < LATENCY_PARTS)
		return ns;
	power = 63 - __builtin_clzll(ns);
	return (power - 1) * LATENCY_PARTS + (ns >> (power - 2)) % LATENCY_PARTS;
}

/**
 * latency_edge() - the smallest time in a bucket
 * @bucket: which; that behind the last one is fine, too
 */
double latency_edge(unsigned int bucket)
{
	double edge = LATENCY_PARTS + bucket % LATENCY_PARTS;
	unsigned int power = bucket / LATENCY_PARTS;

	if (bucket < LATENCY_PARTS)
		return bucket;
	while (--power)
		edge *= 2;
	return edge;
}

/**
 * latency_add() - a call has returned
 * @latency: of its kind
 * @ns: how long it took
 */
void latency_add(struct latency *latency, __u64 ns)
{
	if (!latency->calls || ns < latency->min)
		latency->min = ns;
	if (ns > latency->max)
		latency->max = ns;
	latency->calls++;
	latency->sum += ns;
	latency->buckets[bucket_of(ns)]++;
}

/**
 * latency_quantile() - the time that a share of the calls stays below
 * @latency: with one call at least
 * @share: 0 to 1
 *
 * Return: ns; off by a quarter at most, as calls count as spread evenly over their
 * bucket.
 */
double latency_quantile(const struct latency *latency, double share)
{
	double wanted = share * latency->calls, value, edge;
	unsigned int i;

	for (i = 0; i < LATENCY_BUCKETS - 1 && wanted > latency->buckets[i]; i++)
		wanted -= latency->buckets[i];
	edge = latency_edge(i);
	value = edge;
	if (latency->buckets[i])
		value += (latency_edge(i + 1) - edge) * wanted / latency->buckets[i];
	if (value < latency->min)
		return latency->min;
	return value > latency->max ? latency->max : value;
}
