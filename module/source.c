// SPDX-License-Identifier: GPL-2.0
/*
 * Source: what a reader holds of a ring, which the producer need not keep: the next
 * record, or several, or what stands for those that were lost.
 */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mmtrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pulse.h"
#include "ring.h"
#include "session.h"
#include "source.h"

/**
 * source_init() - prepare a source that holds nothing
 * @source: to prepare, all zero
 * @ring: its ring; NULL for what was missed or interrupted
 * @cpu: of the ring
 *
 * Return: 0 or -ENOMEM.
 */
int source_init(struct source *source, const struct ring *ring, u32 cpu)
{
	source->ring = ring;
	source->cpu = cpu;
	source->room = kmalloc(MMTRACE_RECORD_MAX, SESSION_GFP);
	source->record = source->room;
	return source->room ? 0 : -ENOMEM;
}

/**
 * source_exit() - the reverse
 * @source: for which source_init() was called
 */
void source_exit(struct source *source)
{
	kfree(source->room);
}

static void hold(struct source *source, u32 len)
{
	source->record = source->room;
	source->end = source->room + len;
	source->full = true;
}

static void make_lost(struct source *source, const struct mmtrace_lost *lost, u64 seq)
{
	struct mmtrace_record *record = source->room;

	record->head = (struct mmtrace_head) {
		.size	= sizeof(record->head) + sizeof(record->lost),
		.event	= MMTRACE_EVENT_LOST,
		.cpu	= source->cpu,
		.seq	= seq,
		/* The clock may have gone back meanwhile. */
		.time	= max(lost->first, lost->last),
	};
	record->lost = *lost;
	record->lost.last = record->head.time;
	hold(source, record->head.size);
}

static void add_loss(struct mmtrace_lost *lost, u64 count, u64 first, u64 last)
{
	if (!lost->count)
		lost->first = first;
	lost->count += count;
	lost->last = last;
}

/* It is held here now: the producer may have its place. */
static void release(struct session *session, struct source *source)
{
	ring_release(&per_cpu_ptr(session->cpu, source->cpu)->ring, &source->cursor);
}

/**
 * source_leave_out() - all that is not to be given, on this side of the window, as one
 *	loss
 * @session: with the ledger's lock
 * @source: one of its reader's
 *
 * Context: may sleep.
 */
void source_leave_out(struct session *session, struct source *source)
{
	struct mmtrace_lost lost = { .cause = MMTRACE_LOST_OVERWRITTEN };
	const struct mmtrace_head *head = source->room;
	u64 seq = source->full ? head->seq : source->cursor.number;
	u64 end = seq < source->from ? source->from : U64_MAX;
	enum ring_what what = RING_GAP;
	unsigned int steps = 0;
	struct ring_gap gap;

	if (source->full)
		add_loss(&lost, 1, head->time, head->time);
	while (source->cursor.number < end && what != RING_NOTHING) {
		what = ring_read(source->ring, &source->cursor, source->room,
				 sizeof(*head), &gap);
		if (what == RING_ENTRY)
			add_loss(&lost, 1, head->time, head->time);
		else if (what == RING_GAP)
			add_loss(&lost, gap.count, gap.first, gap.last);
		if (++steps % 1024 == 0)
			cond_resched();
	}
	source->full = false;
	if (lost.count)
		make_lost(source, &lost, seq);
	release(session, source);
}

/*
 * Of a session that drops the newest, as many as there is room for: where the oldest
 * give way, what is held here would be older than what is lost.
 */
static u32 read_run(const struct session *session, struct source *source)
{
	if (session->config.mode == MMTRACE_MODE_OVERWRITE)
		return 0;
	return ring_read_run(source->ring, &source->cursor, source->room, MMTRACE_RECORD_MAX);
}

static void read_one(const struct session *session, struct source *source)
{
	struct ring_gap gap;

	switch (ring_read(source->ring, &source->cursor, source->room, MMTRACE_RECORD_MAX,
			  &gap)) {
	case RING_NOTHING:
		return;
	case RING_ENTRY:
		hold(source, source->record->head.size);
		return;
	case RING_GAP:
		make_lost(source, &(struct mmtrace_lost) {
				.count	= gap.count,
				.first	= gap.first,
				.last	= gap.last,
				.cause	= session->config.mode == MMTRACE_MODE_OVERWRITE ?
					  MMTRACE_LOST_OVERWRITTEN : MMTRACE_LOST_RING_FULL,
			  }, gap.number);
	}
}

static void fill_interrupted(struct session *session, struct source *source)
{
	struct pulse_gap gap;

	if (pulse_next(&session->pulse, &gap))
		make_lost(source, &(struct mmtrace_lost) {
				.first	= gap.first,
				.last	= gap.last,
				.cause	= MMTRACE_LOST_INTERRUPTED,
			  }, 0);
}

/**
 * source_fill() - hold what comes next in a ring, or the next interruption
 * @session: with the ledger's lock
 * @source: one of its reader's, not the one for what was missed, that holds nothing
 */
void source_fill(struct session *session, struct source *source)
{
	u32 len;

	if (!source->ring) {
		fill_interrupted(session, source);
		return;
	}
	if (source_leaves_out(source, source->cursor.number)) {
		source_leave_out(session, source);
		return;
	}
	len = read_run(session, source);
	if (len)
		hold(source, len);
	else
		read_one(session, source);
	if (source->full)
		release(session, source);
}

/**
 * source_take() - be done with a record
 * @session: with the ledger's lock
 * @source: that holds it as its next
 */
void source_take(struct session *session, struct source *source)
{
	source->record = (void *)source->record + source->record->head.size;
	if (source->record != source->end)
		return;
	source->record = source->room;
	source->full = false;
	if (source->ring || source->interruptions)
		source_fill(session, source);
}

/**
 * source_fill_missed() - hold what was missed on a CPU, one event of it
 * @session: with the ledger's lock
 * @from: source of that CPU
 * @source: the one for what was missed
 * @since: at which nothing more was missing
 * @now: before which it was
 *
 * Return: false if there is no event of which more is missing than was told.
 */
bool source_fill_missed(struct session *session, struct source *from, struct source *source,
			u64 since, u64 now)
{
	const struct session_cpu *cpu = per_cpu_ptr(session->cpu, from->cpu);
	u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		u64 missed = READ_ONCE(cpu->missed[event]);

		if (missed == from->reported[event])
			continue;
		source->cpu = from->cpu;
		make_lost(source, &(struct mmtrace_lost) {
				.count		= missed - from->reported[event],
				.first		= since,
				.last		= now,
				.cause		= MMTRACE_LOST_MISSED,
				.missed_event	= event,
			  }, 0);
		from->reported[event] = missed;
		return true;
	}
	return false;
}
