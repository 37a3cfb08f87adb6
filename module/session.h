/* SPDX-License-Identifier: GPL-2.0 */
/* A session: what one open() of the device is about. */
#ifndef MMTRACE_SESSION_H
#define MMTRACE_SESSION_H

#include <linux/gfp.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mmtrace.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "follow.h"
#include "pulse.h"
#include "ring.h"

struct filter;
struct pid;
struct reader;
struct trigger;

/**
 * enum session_wake - when the producer of a ring has to call the reader
 * @SESSION_WAKE_NEVER: nobody sleeps
 * @SESSION_WAKE_ANY: with the next record
 * @SESSION_WAKE_WATERMARK: when the ring has as much as the watermark
 */
enum session_wake {
	SESSION_WAKE_NEVER,
	SESSION_WAKE_ANY,
	SESSION_WAKE_WATERMARK,
};

/**
 * struct session_cpu - what a session has on each CPU
 * @ring: of its records
 * @filtered: calls that a filter rejected; counters are by event, and written
 *	by the producer alone
 * @offered: calls that no filter rejected
 * @lost: of these, those for which the ring was full
 * @missed: calls that no filter rejected at their entry, and that could not be kept
 * @wake: enum session_wake; written by both sides
 * @bell: calls the reader from where a wake-up is allowed
 * @session: that this is part of
 */
struct session_cpu {
	struct ring	ring;
	u64		filtered[MMTRACE_EVENT_COUNT];
	u64		offered[MMTRACE_EVENT_COUNT];
	u64		lost[MMTRACE_EVENT_COUNT];
	u64		missed[MMTRACE_EVENT_COUNT];
	u32		wake;
	struct irq_work	bell;
	struct session	*session;
};

/**
 * enum session_state - the life of a session, in this order
 * @SESSION_NEW: to be configured
 * @SESSION_RUNNING: records come
 * @SESSION_STOPPED: no more records come; the rest can be read
 */
enum session_state {
	SESSION_NEW,
	SESSION_RUNNING,
	SESSION_STOPPED,
};

/**
 * struct session - what one open() is about
 * @cpu: its part on each CPU
 * @opener: thread group that opened
 * @owner: the same if it is to be left out, else NULL
 * @filter: NULL for none
 * @trigger: likewise
 * @watermark: bytes in a ring at which its bell wakes
 * @stack_depth: most frames of a stack in its records, 0 for none; does not change
 *	once it has started
 * @timeout: jiffies after which the alarm wakes; may change at any time
 * @links: among the sessions that want an event; dispatch's own, like @events
 * @events: set of those that it wants
 * @follows: it takes calls of those that it follows alone; dispatch's own, too
 * @follow: these
 * @pulse: what it is told of probes that are switched off
 * @refs: its file, and those who look at it from others
 * @place: in the registry, like @id
 * @id: no other session ever has it
 * @opened: ns of CLOCK_MONOTONIC
 * @comm: name of the thread that opened
 * @lock: makes one reader of many, and one change at a time; may be held for as
 *	long as user memory takes to come
 * @turned_away: somebody who must not sleep found it taken, and waits to be woken
 * @ledger_lock: taken within @lock for changes of what follows, and alone by those
 *	who look on; never held over an access to user memory
 * @state: enum session_state
 * @config: as users see it
 * @reader: what it reads with; there from the start on
 * @wait: readers and pollers sleep here
 * @alarm: wakes them at the end of the timeout
 * @end: wakes them when nobody is left whom it follows
 * @freezer: raised by the handler that freezes it, for @freeze
 * @freeze: does what has to be done then
 */
struct session {
	struct session_cpu __percpu	*cpu;
	struct pid			*opener;
	struct pid			*owner;
	struct filter __rcu		*filter;
	struct trigger __rcu		*trigger;
	u64				watermark;
	u32				stack_depth;
	unsigned long			timeout;
	struct hlist_node		links[MMTRACE_EVENT_COUNT];
	u32				events;
	bool				follows;
	struct follow			follow;
	struct pulse_listener		pulse;

	struct kref			refs;
	struct list_head		place;
	u64				id;
	u64				opened;
	char				comm[TASK_COMM_LEN];

	struct mutex			lock;	/* see above */
	bool				turned_away;
	struct mutex			ledger_lock;	/* see above */
	enum session_state		state;
	struct mmtrace_config		config;
	struct reader			*reader;

	wait_queue_head_t		wait;
	struct delayed_work		alarm;
	struct irq_work			end;
	struct irq_work			freezer;
	struct work_struct		freeze;
};

/*
 * For all memory of sessions: charged to the memory cgroup of who asks, and fails
 * rather than have somebody killed for want of it.
 */
#define SESSION_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* Smallest and largest ring, bytes a CPU. */
#define SESSION_RING_MIN	SZ_64K
#define SESSION_RING_MAX	SZ_256M

/**
 * struct session_limits - set by the module's parameters
 * @sessions: that there may be at once
 * @ring_size: of a session that does not ask for another, bytes a CPU
 * @memory: that the rings of all sessions may take together, bytes
 */
struct session_limits {
	unsigned int	sessions;
	u64		ring_size;
	u64		memory;
};
extern struct session_limits session_limits;

struct session *session_open(void);
void session_close(struct session *session);
struct session *session_get(struct session *session);
void session_put(struct session *session);
int session_start(struct session *session);
void session_stop(struct session *session);
void session_stop_if_over(struct session *session);
int session_follow(struct session *session, struct pid *pid, u32 flags, u32 *added);
int session_configure(struct session *session, const struct mmtrace_config *config);
struct trigger *session_trigger(const struct session *session);
bool session_trylock(struct session *session);
void session_unlock(struct session *session);
bool session_is_frozen(const struct session *session);
int session_set_trigger(struct session *session, struct trigger *trigger);
void session_set_filter(struct session *session, struct filter *filter);
int session_describe(struct session *session, struct mmtrace_session *info);

#endif /* MMTRACE_SESSION_H */
