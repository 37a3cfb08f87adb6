/* SPDX-License-Identifier: GPL-2.0 */
/* The time of a record, as the user wants it. */
#ifndef MMTRACE_STAMP_H
#define MMTRACE_STAMP_H

#include <stdbool.h>

#include "facts.h"
#include "libmmtrace.h"
#include "line.h"

/**
 * enum stamp_kind - what a time is told as
 * @STAMP_MONO: seconds of CLOCK_MONOTONIC
 * @STAMP_WALL: date and time
 * @STAMP_RELATIVE: seconds since the session started, or its snapshot was taken
 * @STAMP_DELTA: seconds since the record before
 */
enum stamp_kind {
	STAMP_MONO,
	STAMP_WALL,
	STAMP_RELATIVE,
	STAMP_DELTA,
};

/**
 * struct stamp - how times are told; all zero for STAMP_MONO
 * @kind: enum stamp_kind
 * @last: time of the record before
 * @has_last: there was one
 * @second: of which @date is
 * @date: date and time of a second
 * @zone: behind them
 */
struct stamp {
	enum stamp_kind	kind;
	__u64		last;
	bool		has_last;
	__s64		second;
	char		date[32];
	char		zone[8];
};

/* No time is longer, in bytes. */
#define STAMP_MAX	64

/* Of the option that chooses one. */
#define STAMP_HELP	"mono (default), wall, relative, delta"

int stamp_find(const char *name, struct stamp *stamp);
const char *stamp_name(enum stamp_kind kind);
void stamp_put(struct stamp *stamp, const struct mmt_facts *facts, __u64 time, struct line *line);

#endif /* MMTRACE_STAMP_H */
