/* SPDX-License-Identifier: GPL-2.0 */
/* Where the records of a reader come from. */
#ifndef MMTRACE_SOURCE_H
#define MMTRACE_SOURCE_H

#include <linux/mmtrace.h>
#include <linux/types.h>

#include "ring.h"

/**
 * struct walk - a look at a ring that takes nothing
 * @cursor: behind @head
 * @full: @head is the next of all
 * @head: of a record
 */
struct walk {
	struct ring_cursor	cursor;
	bool			full;
	struct mmtrace_head	head;
};

/**
 * struct source - a ring, or what was missed
 * @ring: NULL for what was missed
 * @cursor: behind @record
 * @cpu: of the ring
 * @full: @record is the next of this source
 * @delivered: records of which read() has copied the last byte; by event
 * @from: sequence number of the first record to give; see window.c
 * @to: of the first one behind it not to give
 * @walk: window.c's own
 * @record: room for one
 * @reported: of what was missed on @cpu, in lost records; by event
 */
struct source {
	const struct ring	*ring;
	struct ring_cursor	cursor;
	u32			cpu;
	bool			full;
	u64			delivered[MMTRACE_EVENT_COUNT];
	u64			from;
	u64			to;
	struct walk		walk;
	struct mmtrace_record	*record;
	u64			reported[MMTRACE_EVENT_COUNT];
};

/* A record of the source, by its sequence number: not to be given? */
static inline bool source_leaves_out(const struct source *source, u64 seq)
{
	return seq < source->from || seq >= source->to;
}

#endif /* MMTRACE_SOURCE_H */
