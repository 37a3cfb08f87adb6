// SPDX-License-Identifier: GPL-2.0
/*
 * Trigger: the first call that its filter accepts fires it, and after so many more
 * records, over all CPUs, the session is frozen.
 *
 *   ARMED     FIRING	one CPU wins it
 *   FIRING    FIRED	who fired it can be read
 *   FIRED     FROZEN	all have come, or a ring is full of them
 *
 * A CPU that looks too early to see it fired takes none of the places, so a few
 * more may get into the rings than were asked for, and any number of those before:
 * the reader leaves them out, see window.c. What completed before the call that
 * fired is taken even when the session is frozen: it was only late with writing.
 *
 * Nothing here waits: it runs in the handlers, within the gate.
 */
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/mmtrace.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "filter.h"
#include "ring.h"
#include "session.h"
#include "trigger.h"

/**
 * trigger_create() - make a trigger that is armed
 * @filter: which the trigger owns from now on
 * @before: most records to be read before the one that fires it
 * @after: most records to be taken after it
 *
 * Return: the trigger, or NULL if there is no memory; then @filter is freed.
 */
struct trigger *trigger_create(struct filter *filter, u64 before, u64 after)
{
	struct trigger *trigger;

	trigger = kvzalloc(struct_size(trigger, since, nr_cpu_ids), SESSION_GFP);
	if (!trigger) {
		filter_free(filter);
		return NULL;
	}
	trigger->filter = filter;
	trigger->before = before;
	trigger->after = after;
	return trigger;
}

/**
 * trigger_free() - free a trigger that nobody can find any more
 * @trigger: to be freed, once its last user is through; or NULL
 */
void trigger_free(struct trigger *trigger)
{
	if (!trigger)
		return;
	filter_free(trigger->filter);
	kvfree(trigger);
}

/* The rest is done where one may sleep. */
static void freeze(struct trigger *trigger, struct session_cpu *cpu)
{
	if (atomic_cmpxchg(&trigger->state, TRIGGER_FIRED, TRIGGER_FROZEN) == TRIGGER_FIRED)
		irq_work_queue(&cpu->session->freezer);
}

/* Would the record that fired it, or one that came after it, give way? */
static bool has_room(struct trigger *trigger, struct session_cpu *cpu, u32 len)
{
	u64 *since = &trigger->since[raw_smp_processor_id()];

	if (!*since)
		*since = ring_head(&cpu->ring) | 1;
	return ring_keeps(&cpu->ring, *since & ~1ull, len);
}

/* It completed before the one that fired, and only comes later: it takes no place. */
static bool is_before(const struct trigger *trigger, u64 time, u32 cpu)
{
	return time != trigger->time ? time < trigger->time : cpu < trigger->cpu;
}

/**
 * trigger_is_over() - does the session want a call no more that has returned?
 * @trigger: of the session, or NULL
 * @time: at which it did, on this CPU
 *
 * Context: the producer's.
 *
 * Return: whether it is so; then the call is none of its hits.
 */
bool trigger_is_over(const struct trigger *trigger, u64 time)
{
	return trigger_is_frozen(trigger) && !is_before(trigger, time, raw_smp_processor_id());
}

/**
 * trigger_admits() - may a record go into the ring?
 * @trigger: of the session
 * @cpu: its part on this CPU
 * @record: all but its sequence number
 *
 * Context: the producer's.
 *
 * Return: false if the session is frozen; then the call is none of its hits.
 */
bool trigger_admits(struct trigger *trigger, struct session_cpu *cpu,
		    const struct mmtrace_record *record)
{
	int state = atomic_read_acquire(&trigger->state);

	if (state < TRIGGER_FIRED)
		return true;
	if (has_room(trigger, cpu, record->head.size))
		return is_before(trigger, record->head.time, record->head.cpu) ||
		       (state == TRIGGER_FIRED && atomic64_dec_if_positive(&trigger->left) >= 0);
	freeze(trigger, cpu);
	return false;
}

static void fire(struct trigger *trigger, struct session_cpu *cpu,
		 const struct mmtrace_record *record)
{
	trigger->time = record->head.time;
	trigger->seq = record->head.seq;
	trigger->cpu = record->head.cpu;
	trigger->since[record->head.cpu] = (ring_head(&cpu->ring) - record->head.size) | 1;
	atomic64_set(&trigger->left, trigger->after);
	/* Who fired it before the state. */
	atomic_set_release(&trigger->state, TRIGGER_FIRED);
}

static bool fires(struct trigger *trigger, struct call *call)
{
	return filter_accepts(trigger->filter, call) &&
	       atomic_cmpxchg(&trigger->state, TRIGGER_ARMED, TRIGGER_FIRING) == TRIGGER_ARMED;
}

/**
 * trigger_after_write() - a record that was admitted is in the ring
 * @trigger: of the session
 * @cpu: its part on this CPU
 * @call: of the record
 * @record: the record
 *
 * Context: the producer's.
 */
void trigger_after_write(struct trigger *trigger, struct session_cpu *cpu, struct call *call,
			 const struct mmtrace_record *record)
{
	if (atomic_read(&trigger->state) == TRIGGER_ARMED && fires(trigger, call))
		fire(trigger, cpu, record);
	if (atomic_read(&trigger->state) == TRIGGER_FIRED && !atomic64_read(&trigger->left))
		freeze(trigger, cpu);
}
