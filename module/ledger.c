// SPDX-License-Identifier: GPL-2.0
/*
 * Ledger: what became of each call that a session has seen, by event and CPU.
 *
 * Producers count what they filter, offer and lose; the reader what it delivers.
 * A ring does not know the events of the entries that it evicts: what is neither
 * lost nor delivered, and not there any more either, was overwritten.
 */
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/mutex.h>

#include "follow.h"
#include "ledger.h"
#include "pulse.h"
#include "reader.h"
#include "session.h"

static void add_event(const struct session *session, u32 cpu, u32 event,
		      const struct reader_count *count, struct mmtrace_stats *stats)
{
	const struct session_cpu *part = per_cpu_ptr(session->cpu, cpu);
	u64 delivered = count->delivered[event], pending = count->pending[event];
	/* A call is offered before it is lost: F of ring.c, as ring_drop() is in between. */
	u64 lost = smp_load_acquire(&part->lost[event]);
	u64 offered = READ_ONCE(part->offered[event]);
	u64 filtered = READ_ONCE(part->filtered[event]);
	u64 rest = offered - lost - delivered;

	stats->hits += offered + filtered;
	stats->filtered += filtered;
	stats->lost += lost;
	stats->delivered += delivered;
	stats->missed += READ_ONCE(part->missed[event]);
	if (session->config.mode == MMTRACE_MODE_OVERWRITE) {
		stats->pending += pending;
		stats->overwritten += rest - min(rest, pending);
	} else {
		stats->pending += rest;
	}
}

static bool is_asked_for(const struct mmtrace_stats *stats, u32 event)
{
	return stats->event == event || stats->event == MMTRACE_EVENT_LOST;
}

static int add_cpu(struct session *session, u32 cpu, struct mmtrace_stats *stats)
{
	struct reader_count count = {};
	u32 event;
	int err;

	err = session->reader ? reader_count(session, cpu, &count) : 0;
	if (err)
		return err;
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (is_asked_for(stats, event))
			add_event(session, cpu, event, &count, stats);
	return 0;
}

static int add_cpus(struct session *session, struct mmtrace_stats *stats)
{
	int cpu, err;

	for_each_possible_cpu(cpu) {
		if (stats->cpu && stats->cpu - 1 != cpu)
			continue;
		err = add_cpu(session, cpu, stats);
		if (err)
			return err;
	}
	return 0;
}

/**
 * ledger_stats() - the account of a session
 * @session: anybody's, in any state
 * @stats: @event and @cpu say of what; the counts are 0, and are filled in
 *
 * Context: may sleep, but not for the session's readers.
 *
 * Return: 0, or -EINTR if the caller was killed meanwhile.
 */
int ledger_stats(struct session *session, struct mmtrace_stats *stats)
{
	int err;

	if (mutex_lock_killable(&session->ledger_lock))
		return -EINTR;
	err = add_cpus(session, stats);
	follow_stats(session, stats);
	pulse_stats(&session->pulse, stats);
	mutex_unlock(&session->ledger_lock);
	return err;
}
