/* SPDX-License-Identifier: GPL-2.0 */
/* What freezes a session: the call that it waits for, and how much it keeps of the others. */
#ifndef MMTRACE_TRIGGER_H
#define MMTRACE_TRIGGER_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct call;
struct filter;
struct mmtrace_record;
struct session;
struct session_cpu;

/**
 * enum trigger_state - the life of a trigger, in this order
 * @TRIGGER_ARMED: no call has fired it
 * @TRIGGER_FIRING: one is about to
 * @TRIGGER_FIRED: one has; so many more are to come
 * @TRIGGER_FROZEN: they have come
 */
enum trigger_state {
	TRIGGER_ARMED,
	TRIGGER_FIRING,
	TRIGGER_FIRED,
	TRIGGER_FROZEN,
};

/**
 * struct trigger - what freezes a session
 * @filter: accepts the call that fires it; its own
 * @before: most records before that one's that are worth reading
 * @after: most records after it
 * @state: enum trigger_state
 * @left: of those after it, still to come
 * @time: of the record that fired it, like all that follows; there from
 *	TRIGGER_FIRED on
 * @seq: of its session and CPU
 * @cpu: on which the call completed
 * @since: by CPU, and private to its producer: position before which the ring may
 *	be overwritten, and 1; 0 if that is not known yet
 *
 * One that has fired never goes back: a session is armed again with a new one.
 */
struct trigger {
	struct filter	*filter;
	u64		before;
	u64		after;
	atomic_t	state;
	atomic64_t	left;
	u64		time;
	u64		seq;
	u32		cpu;
	u64		since[];
};

/**
 * trigger_is_frozen() - does the session want nothing more?
 * @trigger: of the session, or NULL
 *
 * Context: any.
 *
 * Return: whether it is so.
 */
static inline bool trigger_is_frozen(const struct trigger *trigger)
{
	/* Pairs with the release in trigger.c: who fired it can be read. */
	return trigger && atomic_read_acquire(&trigger->state) == TRIGGER_FROZEN;
}

struct trigger *trigger_create(struct filter *filter, u64 before, u64 after);
void trigger_free(struct trigger *trigger);

/* What dispatch calls, within the gate. */
bool trigger_is_over(const struct trigger *trigger, u64 time);
bool trigger_admits(struct trigger *trigger, struct session_cpu *cpu,
		    const struct mmtrace_record *record);
void trigger_after_write(struct trigger *trigger, struct session_cpu *cpu, struct call *call,
			 const struct mmtrace_record *record);

#endif /* MMTRACE_TRIGGER_H */
