// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes mapped over time, by process. How long it takes, and who will be large, is
 * known at the end only, but the records are not kept. So buckets become wider as
 * time goes on, and when there is no room for another process the smallest is
 * added to the sum of those of its name.
 */
#include <string.h>

#include "timeline.h"

#define FIRST_WIDTH	1024	/* ns */

static void halve(double *buckets)
{
	unsigned int i;

	for (i = 0; i < TIMELINE_BUCKETS / 2; i++)
		buckets[i] = buckets[2 * i] + buckets[2 * i + 1];
	memset(buckets + i, 0, i * sizeof(*buckets));
}

static void widen(struct timeline *timeline)
{
	unsigned int i;

	for (i = 0; i < timeline->len; i++)
		halve(timeline->series[i].bytes);
	halve(timeline->others.bytes);
	for (i = 0; i < TIMELINE_BUCKETS / 2; i++)
		timeline->lost[i] = timeline->lost[2 * i] + timeline->lost[2 * i + 1];
	memset(timeline->lost + i, 0, i * sizeof(timeline->lost[0]));
	timeline->width *= 2;
}

/**
 * timeline_see() - something happened
 * @timeline: all zero at the beginning
 * @time: when; what is before the first counts as then
 */
void timeline_see(struct timeline *timeline, __u64 time)
{
	if (!timeline->begun) {
		timeline->begun = true;
		timeline->first = time;
		timeline->last = time;
		timeline->width = FIRST_WIDTH;
	}
	if (time <= timeline->last)
		return;
	timeline->last = time;
	while ((time - timeline->first) / timeline->width >= TIMELINE_BUCKETS)
		widen(timeline);
}

static unsigned int bucket(struct timeline *timeline, __u64 time)
{
	timeline_see(timeline, time);
	return time < timeline->first ? 0 : (time - timeline->first) / timeline->width;
}

/* Of processes, or of sums; -1 if there is none. */
static int find_least(const struct timeline *timeline, bool sums)
{
	unsigned int i;
	int least = -1;

	for (i = 0; i < timeline->len; i++)
		if (!timeline->tgids[i] == sums &&
		    (least < 0 || timeline->series[i].total < timeline->series[least].total))
			least = i;
	return least;
}

static int find_sum(const struct timeline *timeline, __u32 name)
{
	unsigned int i;

	for (i = 0; i < timeline->len; i++)
		if (!timeline->tgids[i] && timeline->series[i].name == name)
			return i;
	return -1;
}

static void merge(struct series *sum, const struct series *series)
{
	unsigned int i;

	for (i = 0; i < TIMELINE_BUCKETS; i++)
		sum->bytes[i] += series->bytes[i];
	sum->total += series->total;
	sum->processes += series->processes;
}

/* Makes room: that of the process that has mapped least, unless it begins a sum. */
static unsigned int fold(struct timeline *timeline)
{
	int least, sum;

	while ((least = find_least(timeline, false)) >= 0) {
		sum = find_sum(timeline, timeline->series[least].name);
		if (sum >= 0) {
			merge(&timeline->series[sum], &timeline->series[least]);
			return least;
		}
		timeline->tgids[least] = 0;
	}
	least = find_least(timeline, true);
	merge(&timeline->others, &timeline->series[least]);
	return least;
}

static struct series *find(struct timeline *timeline, __u32 tgid)
{
	unsigned int i;

	for (i = 0; i < timeline->len; i++)
		if (timeline->tgids[i] == tgid)
			return &timeline->series[i];
	i = timeline->len < TIMELINE_PROCESSES ? timeline->len++ : fold(timeline);
	timeline->tgids[i] = tgid;
	memset(&timeline->series[i], 0, sizeof(timeline->series[i]));
	timeline->series[i].processes = 1;
	return &timeline->series[i];
}

/**
 * timeline_add() - a process has mapped something
 * @timeline: all zero at the beginning
 * @time: when
 * @tgid: of the process
 * @name: of the thread
 * @is_main: it is the main thread
 * @bytes: how many; less than 0 if a mapping shrank
 */
void timeline_add(struct timeline *timeline, __u64 time, __u32 tgid, __u32 name, bool is_main,
		  double bytes)
{
	unsigned int at = bucket(timeline, time);
	struct series *series = find(timeline, tgid);

	if (is_main || !series->named) {
		series->name = name;
		series->named = is_main;
	}
	series->bytes[at] += bytes;
	series->total += bytes;
}

/**
 * timeline_lose() - calls are missing
 * @timeline: all zero at the beginning
 * @time: when the last one was
 * @count: how many
 */
void timeline_lose(struct timeline *timeline, __u64 time, __u64 count)
{
	timeline->lost[bucket(timeline, time)] += count;
}

/**
 * timeline_used() - how many buckets there are up to the last record
 * @timeline: one that has begun
 */
unsigned int timeline_used(const struct timeline *timeline)
{
	return (timeline->last - timeline->first) / timeline->width + 1;
}
