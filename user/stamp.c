// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmmtrace.h"
#include "message.h"
#include "stamp.h"

#define SECONDS_WIDTH	6	/* as in module/text.c */

static const char *const names[] = {
	[STAMP_MONO] = "mono",
	[STAMP_WALL] = "wall",
	[STAMP_RELATIVE] = "relative",
	[STAMP_DELTA] = "delta",
};

/**
 * stamp_name() - what a way to tell times is called
 * @kind: enum stamp_kind
 *
 * Return: its name; NULL behind the last one.
 */
const char *stamp_name(enum stamp_kind kind)
{
	return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

/**
 * stamp_find() - the way to tell times that has a name
 * @name: as the user gave it
 * @stamp: filled in
 *
 * Return: 0; -1 if there is none, and the user has been told.
 */
int stamp_find(const char *name, struct stamp *stamp)
{
	enum stamp_kind kind;

	for (kind = 0; stamp_name(kind); kind++) {
		if (strcmp(stamp_name(kind), name))
			continue;
		*stamp = (struct stamp){ .kind = kind };
		return 0;
	}
	complain("--time: there is no '%s', but: mono wall relative delta", name);
	return -1;
}

static void put_difference(struct line *line, __s64 ns)
{
	__u64 size = ns < 0 ? 0 - (__u64)ns : (__u64)ns;
	char text[32], padded[32];

	snprintf(text, sizeof(text), "%s%llu", ns < 0 ? "-" : "",
		 (unsigned long long)(size / LINE_NSEC));
	snprintf(padded, sizeof(padded), "%*s", SECONDS_WIDTH, text);
	line_bytes(line, padded, strlen(padded));
	line_nsec(line, size % LINE_NSEC);
}

/* Most records are of the same second as the one before. */
static void find_date(struct stamp *stamp, __s64 second)
{
	time_t time = second;
	struct tm tm;
	long minutes;

	if (*stamp->date && stamp->second == second)
		return;
	stamp->second = second;
	if (time != second || !localtime_r(&time, &tm) ||
	    !strftime(stamp->date, sizeof(stamp->date), "%Y-%m-%dT%H:%M:%S", &tm)) {
		snprintf(stamp->date, sizeof(stamp->date), "%lld", (long long)second);
		*stamp->zone = 0;
		return;
	}
	minutes = labs(tm.tm_gmtoff / 60);
	snprintf(stamp->zone, sizeof(stamp->zone), "%c%02d:%02d", tm.tm_gmtoff < 0 ? '-' : '+',
		 (int)(minutes / 60 % 100), (int)(minutes % 60));
}

static void put_wall(struct stamp *stamp, struct line *line, __s64 ns)
{
	__s64 second = ns / (__s64)LINE_NSEC, rest = ns % (__s64)LINE_NSEC;

	if (rest < 0) {
		rest += LINE_NSEC;
		second--;
	}
	find_date(stamp, second);
	line_bytes(line, stamp->date, strlen(stamp->date));
	line_nsec(line, rest);
	line_bytes(line, stamp->zone, strlen(stamp->zone));
}

/**
 * stamp_put() - a time, without white space but before it
 * @stamp: how to tell it
 * @facts: of the session
 * @time: of a record
 * @line: where to put it
 */
void stamp_put(struct stamp *stamp, const struct mmt_facts *facts, __u64 time, struct line *line)
{
	__u64 last = stamp->has_last ? stamp->last : time;

	stamp->last = time;
	stamp->has_last = true;
	switch (stamp->kind) {
	case STAMP_MONO:
		line_decimal_right(line, time / LINE_NSEC, SECONDS_WIDTH);
		line_nsec(line, time % LINE_NSEC);
		return;
	case STAMP_WALL:
		put_wall(stamp, line, time + (__u64)facts->wall);
		return;
	case STAMP_RELATIVE:
		put_difference(line, time - facts->start);
		return;
	case STAMP_DELTA:
		put_difference(line, time - last);
	}
}
