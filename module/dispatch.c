// SPDX-License-Identifier: GPL-2.0
/*
 * Dispatch: each call is judged by the device filter and by every running
 * session that wants its event, and its record goes to the rings of those that
 * take it.
 *
 * The sessions that want an event are a list under RCU, and its hook is armed
 * while there is one. A call is judged by one filter as a whole, the one that is
 * found when it returns.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>

#include "call.h"
#include "dispatch.h"
#include "filter.h"
#include "follow.h"
#include "hook.h"
#include "pulse.h"
#include "record.h"
#include "ring.h"
#include "session.h"
#include "trigger.h"
#include "wake.h"

/* A record is put into the rings as it is: the two heads are the same. */
static_assert(sizeof(struct ring_entry) == sizeof(struct mmtrace_head));
static_assert(offsetof(struct ring_entry, len) == offsetof(struct mmtrace_head, size));
static_assert(offsetof(struct ring_entry, number) == offsetof(struct mmtrace_head, seq));
static_assert(offsetof(struct ring_entry, stamp) == offsetof(struct mmtrace_head, time));

/* The gate tells readers whether a record is under way on a CPU. */
static DEFINE_PER_CPU(struct ring_gate, gates);
DEFINE_PER_CPU(u64, dispatch_calls);
DEFINE_PER_CPU(struct call, dispatch_judged);

static struct hlist_head sessions[MMTRACE_EVENT_COUNT];
static struct filter __rcu *device_filter;
struct session __rcu *dispatch_only[MMTRACE_EVENT_COUNT];

/* Guards changes of what is under RCU here. */
static DEFINE_MUTEX(dispatch_lock);

/**
 * dispatch_init() - make room for the records under way
 *
 * Return: 0 or -ENOMEM.
 */
int dispatch_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(dispatch_calls, cpu) = (u64)cpu << 48;
	return record_init();
}

/**
 * dispatch_exit() - the reverse, when no hook is left
 */
void dispatch_exit(void)
{
	filter_free(rcu_dereference_protected(device_filter, true));
	record_exit();
}

static bool session_accepts(const struct session *session, struct call *call)
{
	const struct filter *filter = rcu_dereference_sched(session->filter);

	return (!filter || filter_accepts(filter, call)) && !dispatch_left_out(session);
}

/* What a frozen session does not get any more is none of its hits. */
static bool is_frozen(const struct session *session)
{
	return trigger_is_frozen(rcu_dereference_sched(session->trigger));
}

static bool is_stranger(const struct session *session)
{
	return unlikely(READ_ONCE(session->follows)) && !follow_has_current(session);
}

static void count_all_filtered(u32 event)
{
	const struct session *session;

	hlist_for_each_entry_rcu(session, &sessions[event], links[event],
				 rcu_read_lock_any_held())
		if (!is_frozen(session))
			dispatch_count(session->cpu->filtered, event);
}

static bool may_accept(const struct filter *filter, struct call *call)
{
	if (!filter)
		return true;
	return filter->simple ? filter_may_accept(filter, call) :
				filter_could_accept(filter, call);
}

/* As far as its entry tells. */
static bool session_may_accept(const struct session *session, struct call *call)
{
	return !is_stranger(session) &&
	       may_accept(rcu_dereference_sched(session->filter), call) &&
	       !dispatch_left_out(session);
}

/**
 * dispatch_entry_slowly() - dispatch_entry() for all filters
 * @call: that has just been entered
 *
 * Context: preemption off, any.
 *
 * Return: true if dispatch_return() is to be called.
 */
bool dispatch_entry_slowly(struct call *call)
{
	const struct session *session;
	u32 event = call_event(call);

	if (!may_accept(rcu_dereference_sched(device_filter), call))
		goto filtered;
	hlist_for_each_entry_rcu(session, &sessions[event], links[event],
				 rcu_read_lock_any_held())
		if (session_may_accept(session, call) && !is_frozen(session))
			return true;
filtered:
	count_all_filtered(event);
	return false;
}

/* To every session that may have wanted the call. */
static void count_missed(struct call *call)
{
	const struct session *session;
	u32 event = call_event(call);

	hook_count_miss(event);
	hlist_for_each_entry_rcu(session, &sessions[event], links[event],
				 rcu_read_lock_any_held()) {
		struct session_cpu *cpu = this_cpu_ptr(session->cpu);

		if (is_frozen(session))
			continue;
		if (session_may_accept(session, call)) {
			dispatch_count(session->cpu->missed, event);
			wake_after_write(cpu);
		} else {
			dispatch_count(session->cpu->filtered, event);
		}
	}
}

/**
 * dispatch_miss() - a call that is wanted can't be told of
 * @call: for which dispatch_entry() was true, and no instance was found
 *
 * Context: preemption off, any.
 */
void dispatch_miss(struct call *call)
{
	struct ring_gate *gate = this_cpu_ptr(&gates);
	bool entered;

	/* As with a record: a reader that goes to sleep sees it, or is called. */
	entered = ring_gate_enter(gate);
	count_missed(call);
	if (likely(entered))
		ring_gate_exit(gate);
}

static __always_inline void put_record(struct ring *ring, struct call *call, u32 size)
{
	record_put(call, (struct mmtrace_record *)ring_reserve(ring, size));
	ring_commit(ring, size);
}

static void drop(const struct session *session, struct ring *ring, const struct call *call)
{
	ring_drop(ring, call->out.head.time);
	dispatch_count(session->cpu->lost, call_event(call));
}

/*
 * A record for which there is no room is not made, nor the path of its file looked for,
 * if it is known before. Where it can't be made in the ring, as losses are to be told of
 * before it or it goes around the end, it is made elsewhere and copied.
 */
static noinline void write_slowly(const struct session *session, struct call *call)
{
	struct ring *ring = &this_cpu_ptr(session->cpu)->ring;

	if (ring_would_drop(ring, record_least_size(call)) ||
	    ring_would_drop(ring, record_size(call)))
		drop(session, ring, call);
	else if (ring_find_room(ring, record_size(call)))
		put_record(ring, call, record_size(call));
	else
		ring_write(ring, (struct ring_entry *)record_finish(call));
}

static __always_inline void write_record(const struct session *session,
					 struct session_cpu *cpu, struct call *call)
{
	u32 size = call->out.head.size;
	bool fits = ring_has_room(&cpu->ring, size);

	if (fits && unlikely(call->file)) {
		size = record_size(call);
		fits = ring_has_room(&cpu->ring, size);
	}
	if (likely(fits))
		put_record(&cpu->ring, call, size);
	else
		write_slowly(session, call);
}

static __always_inline void offer(const struct session *session, struct call *call)
{
	struct session_cpu *cpu = this_cpu_ptr(session->cpu);

	if (!session_accepts(session, call)) {
		dispatch_count(session->cpu->filtered, call_event(call));
		return;
	}
	dispatch_count(session->cpu->offered, call_event(call));
	write_record(session, cpu, call);
	wake_after_write(cpu);
}

/* The record with the stack that the session wants, or without one. */
static struct mmtrace_record *finish(const struct session *session, struct call *call,
				     struct mmtrace_record **done,
				     struct mmtrace_record **stacked)
{
	if (!*done)
		*done = record_finish(call);
	if (!session->stack_depth)
		return *done;
	*stacked = record_with_stack(*done, *stacked, session->stack_depth);
	return *stacked;
}

/*
 * To a session that wants more: a stack, or to be frozen.
 * @trigger: of the session; NULL for none
 * @done: the record, once it is; the first such session to accept the call makes it
 * @stacked: the same with a stack
 */
static void offer_more(const struct session *session, struct trigger *trigger,
		       struct call *call, struct mmtrace_record **done,
		       struct mmtrace_record **stacked)
{
	struct session_cpu *cpu = this_cpu_ptr(session->cpu);
	struct mmtrace_record *record;
	u32 event = call_event(call);

	if (!session_accepts(session, call)) {
		dispatch_count(session->cpu->filtered, event);
		return;
	}
	/* Not with a trigger: then the oldest give way. */
	if (ring_would_drop(&cpu->ring, record_least_size(call))) {
		dispatch_count(session->cpu->offered, event);
		drop(session, &cpu->ring, call);
		wake_after_write(cpu);
		return;
	}
	record = finish(session, call, done, stacked);
	if (trigger && !trigger_admits(trigger, cpu, record))
		return;
	dispatch_count(session->cpu->offered, event);
	if (!ring_write(&cpu->ring, (struct ring_entry *)record))
		dispatch_count(session->cpu->lost, event);
	if (trigger)
		trigger_after_write(trigger, cpu, call, record);
	wake_after_write(cpu);
}

/* All filters, all sessions. */
static noinline void offer_to_all(struct call *call)
{
	const struct filter *filter = rcu_dereference_sched(device_filter);
	struct mmtrace_record *done = NULL, *stacked = NULL;
	const struct session *session;
	u32 event = call_event(call);
	struct trigger *trigger;

	if (filter && !filter_accepts(filter, call)) {
		count_all_filtered(event);
		return;
	}
	hlist_for_each_entry_rcu(session, &sessions[event], links[event],
				 rcu_read_lock_any_held()) {
		trigger = rcu_dereference_sched(session->trigger);
		if (trigger_is_over(trigger, call->out.head.time))
			continue;
		if (is_stranger(session))
			dispatch_count(session->cpu->filtered, event);
		else if (unlikely(trigger || session->stack_depth))
			offer_more(session, trigger, call, &done, &stacked);
		else
			offer(session, call);
	}
}

/**
 * dispatch_return() - judge a call that has returned, and record it
 * @call: for which dispatch_entry() was true; the time of its end is taken here,
 *	within the gate, for which reason readers can know that nothing older is
 *	to come
 *
 * Context: preemption off, any.
 *
 * Return: 0, as a kretprobe's handler does.
 */
int dispatch_return(struct call *call)
{
	struct ring_gate *gate = this_cpu_ptr(&gates);
	const struct session *session;

	/* Does not happen, as no hooked function is called from here. */
	if (unlikely(!ring_gate_enter(gate))) {
		count_missed(call);
		return 0;
	}
	call->out.head.time = ktime_get_ns();
	session = rcu_dereference_sched(dispatch_only[call_event(call)]);
	if (likely(session))
		offer(session, call);
	else
		offer_to_all(call);
	ring_gate_exit(gate);
	return 0;
}

/**
 * dispatch_horizon() - a time up to which all records are in their rings
 *
 * Waits for the records that are under way. Preemption is off while one is
 * made, so this takes microseconds, whatever the caller's priority; where a
 * virtual CPU was taken off its real one just then, as long as that.
 *
 * Context: may sleep.
 *
 * Return: ns of CLOCK_MONOTONIC.
 */
u64 dispatch_horizon(void)
{
	u64 horizon = ktime_get_ns();
	unsigned int seen, spins = 0;
	int cpu;

	ring_gate_fence();
	for_each_possible_cpu(cpu) {
		const struct ring_gate *gate = per_cpu_ptr(&gates, cpu);

		seen = ring_gate_look(gate);
		while (!ring_gate_passed(gate, seen)) {
			if (++spins % 64)
				cpu_relax();
			else
				cond_resched();
		}
	}
	return horizon;
}

/* After every change of what it depends on. */
static void find_only(u32 event)
{
	struct hlist_node *first = sessions[event].first;
	struct session *only = NULL;

	if (first && !first->next && !rcu_access_pointer(device_filter))
		only = container_of(first, struct session, links[event]);
	if (only && (only->stack_depth || only->follows || rcu_access_pointer(only->trigger)))
		only = NULL;
	rcu_assign_pointer(dispatch_only[event], only);
}

static void find_only_of_all(void)
{
	u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		find_only(event);
}

static void disarm(u32 events)
{
	u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (events & MMTRACE_EVENT_BIT(event))
			hook_disarm(event);
}

static int arm(u32 events)
{
	u32 event, armed = 0;
	int err;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		err = hook_arm(event);
		if (err) {
			disarm(armed);
			return err;
		}
		armed |= MMTRACE_EVENT_BIT(event);
	}
	return 0;
}

static void link(struct session *session, u32 events)
{
	u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		hlist_add_head_rcu(&session->links[event], &sessions[event]);
		find_only(event);
	}
}

static void unlink(struct session *session, u32 events)
{
	u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		hlist_del_init_rcu(&session->links[event]);
		find_only(event);
	}
}

/**
 * dispatch_change() - a session wants other events
 * @session: to be asked
 * @events: set of those that it wants from now on, 0 for none
 *
 * When this returns after an event was taken away, no handler puts a record of
 * it in the session's rings any more.
 *
 * Return: 0; or what hook_arm() or pulse_listen() said, and all is as it was.
 */
int dispatch_change(struct session *session, u32 events)
{
	u32 added = events & ~session->events, removed = session->events & ~events;
	int err = 0;

	mutex_lock(&dispatch_lock);
	if (events && !session->events)
		err = pulse_listen(&session->pulse);
	else
		pulse_look();
	if (!err)
		err = arm(added);
	if (!err) {
		unlink(session, removed);
		link(session, added);
		session->events = events;
	}
	/* First: see tripwire.c for how long whoever follows the hooks may wait. */
	if (!session->events)
		pulse_leave(&session->pulse);
	if (!err)
		disarm(removed);
	mutex_unlock(&dispatch_lock);
	if (removed)
		synchronize_rcu();
	return err;
}

/**
 * dispatch_set_follows() - take calls of those alone whom a session follows
 * @session: locked; takes those of all until now
 *
 * When this returns, no handler puts another's record in the session's rings any
 * more.
 */
void dispatch_set_follows(struct session *session)
{
	mutex_lock(&dispatch_lock);
	WRITE_ONCE(session->follows, true);
	find_only_of_all();
	mutex_unlock(&dispatch_lock);
	synchronize_rcu();
}

/**
 * dispatch_set_trigger() - replace what freezes a session
 * @session: to be frozen by it
 * @trigger: armed; NULL for none
 *
 * Return: the one before, which no handler uses any more, or NULL.
 */
struct trigger *dispatch_set_trigger(struct session *session, struct trigger *trigger)
{
	mutex_lock(&dispatch_lock);
	trigger = rcu_replace_pointer(session->trigger, trigger,
				      lockdep_is_held(&dispatch_lock));
	find_only_of_all();
	mutex_unlock(&dispatch_lock);
	synchronize_rcu();
	return trigger;
}

/**
 * dispatch_set_device_filter() - replace the filter that is before all sessions
 * @filter: which dispatch owns from now on; NULL for none
 */
void dispatch_set_device_filter(struct filter *filter)
{
	mutex_lock(&dispatch_lock);
	filter = rcu_replace_pointer(device_filter, filter, lockdep_is_held(&dispatch_lock));
	find_only_of_all();
	mutex_unlock(&dispatch_lock);
	filter_free(filter);
}

/**
 * dispatch_read_device_filter() - look at the filter while nobody replaces it
 * @read: to look at it; it may be NULL
 * @data: for @read
 *
 * Return: what @read returned.
 */
int dispatch_read_device_filter(int (*read)(const struct filter *filter, void *data),
				void *data)
{
	int ret;

	mutex_lock(&dispatch_lock);
	ret = read(rcu_dereference_protected(device_filter, lockdep_is_held(&dispatch_lock)),
		   data);
	mutex_unlock(&dispatch_lock);
	return ret;
}
