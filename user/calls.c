// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "calls.h"

/**
 * calls_keep_last() - keep a call in the place of the oldest
 * @calls: where to
 * @call: it
 */
void calls_keep_last(struct calls *calls, const struct one_call *call)
{
	calls->kept[calls->seen++ % CALLS_MAX] = *call;
}

/* @kept is a heap: none is faster than the one at half its index. */
static void sink(struct one_call *kept, const struct one_call *call)
{
	unsigned int at = 0, child;

	while ((child = 2 * at + 1) < CALLS_MAX) {
		if (child + 1 < CALLS_MAX && kept[child + 1].ns < kept[child].ns)
			child++;
		if (kept[child].ns >= call->ns)
			break;
		kept[at] = kept[child];
		at = child;
	}
	kept[at] = *call;
}

static void rise(struct one_call *kept, unsigned int at, const struct one_call *call)
{
	while (at && kept[(at - 1) / 2].ns > call->ns) {
		kept[at] = kept[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	kept[at] = *call;
}

/**
 * calls_keep_slowest() - keep a call, if it is slow, in the place of the fastest
 * @calls: where to
 * @call: it
 */
void calls_keep_slowest(struct calls *calls, const struct one_call *call)
{
	if (calls->seen < CALLS_MAX)
		rise(calls->kept, calls->seen, call);
	else if (call->ns > calls->kept[0].ns)
		sink(calls->kept, call);
	calls->seen++;
}

/**
 * calls_len() - how many are kept
 * @calls: of these
 */
unsigned int calls_len(const struct calls *calls)
{
	return calls->seen < CALLS_MAX ? calls->seen : CALLS_MAX;
}

static int compare_time(const void *left, const void *right)
{
	const struct one_call *a = left, *b = right;

	return a->time > b->time ? -1 : a->time < b->time;
}

static int compare_duration(const void *left, const void *right)
{
	const struct one_call *a = left, *b = right;

	return a->ns > b->ns ? -1 : a->ns < b->ns ? 1 : compare_time(left, right);
}

/**
 * calls_sort_by_time() - latest first; no more are kept then
 * @calls: these
 */
void calls_sort_by_time(struct calls *calls)
{
	qsort(calls->kept, calls_len(calls), sizeof(calls->kept[0]), compare_time);
}

/**
 * calls_sort_by_duration() - slowest first; no more are kept then
 * @calls: these
 */
void calls_sort_by_duration(struct calls *calls)
{
	qsort(calls->kept, calls_len(calls), sizeof(calls->kept[0]), compare_duration);
}
