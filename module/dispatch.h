/* SPDX-License-Identifier: GPL-2.0 */
/* From a call to the rings of all sessions that want it. */
#ifndef MMTRACE_DISPATCH_H
#define MMTRACE_DISPATCH_H

#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

#include "call.h"
#include "filter.h"
#include "session.h"

int dispatch_init(void);
void dispatch_exit(void);

/* What the hooks call: preemption off, any context. */
int dispatch_return(struct call *call);
void dispatch_miss(struct call *call);

/* Counts from a number that has the CPU above all that it can ever reach. */
DECLARE_PER_CPU(u64, dispatch_calls);

/**
 * dispatch_call_id() - a number for a call
 *
 * Context: preemption off.
 *
 * Return: a number that no other call has, until the module is unloaded.
 */
static inline u64 dispatch_call_id(void)
{
	__this_cpu_inc(dispatch_calls);
	return __this_cpu_read(dispatch_calls);
}

/*
 * The session that wants an event, if it is the only one, wants no stack, has no
 * trigger, follows nobody, and there is no device filter; else NULL, and it takes
 * longer. Under RCU;
 * dispatch.c's own.
 */
extern struct session __rcu *dispatch_only[MMTRACE_EVENT_COUNT];

/* One writer; whoever reads wants whole values, and these are words. */
#define dispatch_count(counters, event) __this_cpu_inc((counters)[event])

static inline bool dispatch_left_out(const struct session *session)
{
	return session->owner && task_tgid(current) == session->owner;
}

/* Writes what is known of a call at its entry, as far as filters look at it. */
typedef void (*dispatch_arguments_t)(struct call *call, struct pt_regs *regs);

/*
 * A call while it is judged at its entry: as much of it as filters look at. Not on
 * the stack, which kernels clear before.
 */
DECLARE_PER_CPU(struct call, dispatch_judged);

bool dispatch_entry_slowly(struct call *call);

/**
 * dispatch_entry() - does anybody want to hear of a call?
 * @event: of it
 * @arguments: writes what it is about, if somebody has to look at that
 * @regs: for @arguments
 *
 * If not, every session has counted it as filtered, and that was all. The way of
 * most calls of a busy machine is here, inline: one session, and a filter that
 * rejects them in a few instructions.
 *
 * Context: preemption off, any.
 *
 * Return: true if dispatch_return() is to be called.
 */
static __always_inline bool dispatch_entry(u32 event, dispatch_arguments_t arguments,
					   struct pt_regs *regs)
{
	const struct session *session = rcu_dereference_sched(dispatch_only[event]);
	const struct filter *filter;

	if (unlikely(!session)) {
		struct call *call = this_cpu_ptr(&dispatch_judged);

		arguments(call, regs);
		return dispatch_entry_slowly(call);
	}
	filter = rcu_dereference_sched(session->filter);
	if (filter) {
		struct call *call = this_cpu_ptr(&dispatch_judged);

		arguments(call, regs);
		if (unlikely(!filter->simple))
			return dispatch_entry_slowly(call);
		if (!filter_may_accept(filter, call))
			goto filtered;
	}
	if (likely(!dispatch_left_out(session)))
		return true;
filtered:
	dispatch_count(session->cpu->filtered, event);
	return false;
}

/* What sessions call: may sleep. */
int dispatch_change(struct session *session, u32 events);
struct trigger *dispatch_set_trigger(struct session *session, struct trigger *trigger);
void dispatch_set_follows(struct session *session);
void dispatch_set_device_filter(struct filter *filter);
int dispatch_read_device_filter(int (*read)(const struct filter *filter, void *data),
				void *data);
u64 dispatch_horizon(void);

#endif /* MMTRACE_DISPATCH_H */
