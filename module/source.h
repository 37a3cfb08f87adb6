/* SPDX-License-Identifier: GPL-2.0 */
/* Where the records of a reader come from. */
#ifndef MMTRACE_SOURCE_H
#define MMTRACE_SOURCE_H

#include <linux/mmtrace.h>
#include <linux/types.h>

#include "ring.h"

struct session;

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
 * struct source - a ring, or what was missed, or interruptions
 * @ring: NULL for the latter two
 * @cursor: behind what is held
 * @cpu: of the ring
 * @interruptions: it is for these
 * @full: something is held
 * @delivered: records of which read() has copied the last byte; by event
 * @from: sequence number of the first record to give; see window.c
 * @to: of the first one behind it not to give
 * @walk: window.c's own
 * @record: if something is held, the next of this source
 * @end: behind the last that is held
 * @room: for what is held, MMTRACE_RECORD_MAX bytes
 * @reported: of what was missed on @cpu, in lost records; by event
 */
struct source {
	const struct ring	*ring;
	struct ring_cursor	cursor;
	u32			cpu;
	bool			interruptions;
	bool			full;
	u64			delivered[MMTRACE_EVENT_COUNT];
	u64			from;
	u64			to;
	struct walk		walk;
	struct mmtrace_record	*record;
	void			*end;
	void			*room;
	u64			reported[MMTRACE_EVENT_COUNT];
};

/* A record of the source, by its sequence number: not to be given? */
static inline bool source_leaves_out(const struct source *source, u64 seq)
{
	return seq < source->from || seq >= source->to;
}

/* A record that was held before it was known. */
static inline bool source_holds_in_vain(const struct source *source)
{
	return source->ring && source->full &&
	       source->record->head.event != MMTRACE_EVENT_LOST &&
	       source_leaves_out(source, source->record->head.seq);
}

int source_init(struct source *source, const struct ring *ring, u32 cpu);
void source_exit(struct source *source);
void source_fill(struct session *session, struct source *source);
bool source_fill_missed(struct session *session, struct source *from, struct source *source,
			u64 since, u64 now);
void source_take(struct session *session, struct source *source);
void source_leave_out(struct session *session, struct source *source);

#endif /* MMTRACE_SOURCE_H */
