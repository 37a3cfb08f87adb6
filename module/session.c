// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: what one open() of the device is about.
 *
 * A session takes memory for its rings when it starts, not before, so that it
 * can be configured first, and a program that only asks for the state of things
 * costs nothing. It belongs to its file: whoever dies with the file open has
 * closed it, and with that all is given back.
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "dispatch.h"
#include "filter.h"
#include "follow.h"
#include "hook.h"
#include "reader.h"
#include "session.h"
#include "wake.h"

/* Of a session that does not ask for another. */
#define TIMEOUT_MS	50
#define TIMEOUT_MS_MAX	60000

struct session_limits session_limits;

/* What all sessions have together; guarded by limits_lock. */
static unsigned int sessions;
static u64 memory;
static DEFINE_MUTEX(limits_lock);

/**
 * session_count() - how many there are
 *
 * Return: open sessions.
 */
unsigned int session_count(void)
{
	return READ_ONCE(sessions);
}

static int reserve_session(void)
{
	int err = 0;

	mutex_lock(&limits_lock);
	if (sessions < session_limits.sessions)
		WRITE_ONCE(sessions, sessions + 1);
	else
		err = -EBUSY;
	mutex_unlock(&limits_lock);
	return err;
}

static int reserve_memory(u64 bytes)
{
	int err = 0;

	mutex_lock(&limits_lock);
	if (bytes <= session_limits.memory - memory)
		memory += bytes;
	else
		err = -ENOMEM;
	mutex_unlock(&limits_lock);
	return err;
}

static void release_limits(unsigned int count, u64 bytes)
{
	mutex_lock(&limits_lock);
	WRITE_ONCE(sessions, sessions - count);
	memory -= bytes;
	mutex_unlock(&limits_lock);
}

/* Of each ring, its reader holds one record. */
static u64 rings_size(const struct session *session)
{
	return (session->config.ring_size + MMTRACE_RECORD_MAX) * num_possible_cpus();
}

static void free_rings(struct session *session)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ring *ring = &per_cpu_ptr(session->cpu, cpu)->ring;

		vfree(ring->data);
		ring->data = NULL;
	}
	release_limits(0, rings_size(session));
}

/* Fails rather than have somebody killed for want of memory. */
static int allocate_rings(struct session *session)
{
	enum ring_mode mode = session->config.mode == MMTRACE_MODE_OVERWRITE ?
			      RING_OVERWRITE : RING_DISCARD;
	u64 size = session->config.ring_size;
	void *data;
	int cpu, err;

	err = reserve_memory(rings_size(session));
	if (err)
		return err;
	for_each_possible_cpu(cpu) {
		data = __vmalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
		err = data ? ring_init(&per_cpu_ptr(session->cpu, cpu)->ring, data, size, mode) :
			     -ENOMEM;
		if (err) {
			vfree(data);
			free_rings(session);
			return err;
		}
	}
	return 0;
}

/* A ring that could not take another record is full: it never gets any fuller. */
static void set_wake(struct session *session)
{
	const struct mmtrace_config *config = &session->config;

	session->watermark = min(config->watermark, config->ring_size - MMTRACE_RECORD_MAX);
	WRITE_ONCE(session->timeout, msecs_to_jiffies(config->timeout_ms));
}

static void set_defaults(struct session *session)
{
	session->config = (struct mmtrace_config) {
		.events		= MMTRACE_EVENTS_DEFAULT & hook_events(),
		.format		= MMTRACE_FORMAT_TEXT,
		.mode		= MMTRACE_MODE_DISCARD,
		.timeout_ms	= TIMEOUT_MS,
		.ring_size	= session_limits.ring_size,
		.watermark	= session_limits.ring_size / 4,
	};
	set_wake(session);
}

/**
 * session_open() - a new session, with the defaults, which records nothing yet
 *
 * Return: the session, -EBUSY if there are too many, or -ENOMEM.
 */
struct session *session_open(void)
{
	struct session *session;
	int cpu, err;

	err = reserve_session();
	if (err)
		return ERR_PTR(err);
	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		goto no_memory;
	session->cpu = alloc_percpu_gfp(struct session_cpu, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!session->cpu)
		goto no_memory;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(session->cpu, cpu)->session = session;
	mutex_init(&session->lock);
	follow_init(&session->follow);
	wake_init(session);
	session->opener = get_pid(task_tgid(current));
	session->owner = session->opener;
	set_defaults(session);
	return session;

no_memory:
	kfree(session);
	release_limits(1, 0);
	return ERR_PTR(-ENOMEM);
}

/**
 * session_close() - the end of a session, whatever its state
 * @session: that nobody uses any more
 */
void session_close(struct session *session)
{
	session_stop(session);
	follow_end(session);
	wake_exit(session);
	if (session->reader) {
		reader_destroy(session->reader);
		free_rings(session);
	}
	filter_free(rcu_dereference_protected(session->filter, true));
	put_pid(session->opener);
	free_percpu(session->cpu);
	kfree(session);
	release_limits(1, 0);
}

/**
 * session_start() - begin to record
 * @session: locked; may be running already
 *
 * Return: 0, -EINVAL for a session that was stopped, -ENOMEM, or what
 * dispatch_change() said. After an error it may be tried again.
 */
int session_start(struct session *session)
{
	int err;

	if (session->state != SESSION_NEW)
		return session->state == SESSION_RUNNING ? 0 : -EINVAL;
	err = allocate_rings(session);
	if (err)
		return err;
	session->reader = reader_create(session);
	err = session->reader ? dispatch_change(session, session->config.events) : -ENOMEM;
	if (!err) {
		session->state = SESSION_RUNNING;
	} else {
		reader_destroy(session->reader);
		session->reader = NULL;
		free_rings(session);
	}
	return err;
}

/**
 * session_stop() - record no more; what there is can still be read
 * @session: locked, or nobody else's; in any state
 */
void session_stop(struct session *session)
{
	if (session->state != SESSION_RUNNING)
		return;
	dispatch_change(session, 0);
	follow_end(session);
	session->state = SESSION_STOPPED;
	wake_up_interruptible_all(&session->wait);
}

/**
 * session_stop_if_over() - stop if nobody is left whom the session followed
 * @session: locked; to be asked before its records are looked at, as those of the
 *	last of them may have come since
 */
void session_stop_if_over(struct session *session)
{
	if (session->follows && follow_is_over(session))
		session_stop(session);
}

/**
 * session_follow() - take calls of this process or thread, and of no others but
 *	those that were asked for likewise
 * @session: locked
 * @pid: of it
 * @flags: MMTRACE_FOLLOW_*
 * @added: threads that were not followed before
 *
 * Return: 0, -EINVAL for a session that was stopped, or what follow_add() said.
 */
int session_follow(struct session *session, struct pid *pid, u32 flags, u32 *added)
{
	int err;

	if (session->state == SESSION_STOPPED)
		return -EINVAL;
	err = follow_add(session, pid, flags, added);
	if (!err && !session->follows)
		dispatch_set_follows(session);
	return err;
}

/**
 * session_missed() - calls that the probe layer kept from a session
 * @session: to ask about
 * @event: likewise
 *
 * Return: calls that its filter had not rejected.
 */
u64 session_missed(const struct session *session, u32 event)
{
	u64 missed = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		missed += READ_ONCE(per_cpu_ptr(session->cpu, cpu)->missed[event]);
	return missed;
}

static int check_config(const struct mmtrace_config *config)
{
	if (config->flags & ~(MMTRACE_CONFIG_OWN | MMTRACE_CONFIG_STACK) ||
	    !config->events || config->events & ~MMTRACE_EVENTS_ALL ||
	    config->format > MMTRACE_FORMAT_BINARY ||
	    config->mode > MMTRACE_MODE_OVERWRITE ||
	    !config->timeout_ms || config->timeout_ms > TIMEOUT_MS_MAX ||
	    !is_power_of_2(config->ring_size) ||
	    config->ring_size < SESSION_RING_MIN || config->ring_size > SESSION_RING_MAX ||
	    !config->watermark || config->watermark > config->ring_size ||
	    config->stack_depth > MMTRACE_STACK_MAX || config->reserved)
		return -EINVAL;
	if (config->events & ~hook_events())
		return -EOPNOTSUPP;
	return 0;
}

static bool is_fixed_by_start(const struct mmtrace_config *old,
			      const struct mmtrace_config *new)
{
	return old->flags != new->flags || old->mode != new->mode ||
	       old->ring_size != new->ring_size || old->watermark != new->watermark ||
	       old->stack_depth != new->stack_depth;
}

static u32 stack_depth(const struct mmtrace_config *config)
{
	if (!(config->flags & MMTRACE_CONFIG_STACK))
		return 0;
	return config->stack_depth ?: MMTRACE_STACK_DEFAULT;
}

/**
 * session_configure() - change what a session is asked to do
 * @session: locked
 * @config: as it shall be
 *
 * Return: 0, or -EINVAL, -EOPNOTSUPP, -EBUSY as struct mmtrace_config has it.
 */
int session_configure(struct session *session, const struct mmtrace_config *config)
{
	int err;

	err = check_config(config);
	if (err)
		return err;
	if (session->state != SESSION_NEW && is_fixed_by_start(&session->config, config))
		return -EBUSY;
	if (config->format != session->config.format && reader_in_line(session->reader))
		return -EBUSY;
	if (session->state == SESSION_RUNNING) {
		err = dispatch_change(session, config->events);
		if (err)
			return err;
	}
	session->owner = config->flags & MMTRACE_CONFIG_OWN ? NULL : session->opener;
	session->stack_depth = stack_depth(config);
	session->config = *config;
	set_wake(session);
	return 0;
}

/**
 * session_set_filter() - replace a session's filter
 * @session: locked
 * @filter: which the session owns from now on; NULL for none
 */
void session_set_filter(struct session *session, struct filter *filter)
{
	filter = rcu_replace_pointer(session->filter, filter, lockdep_is_held(&session->lock));
	filter_free(filter);
}

/*
 * A ring does not know the events of the entries that it evicts: those that are
 * neither lost nor delivered are counted if they are still there.
 */
static void add_event_stats(const struct session *session, u32 event, u64 delivered,
			    u64 in_rings, struct mmtrace_stats *stats)
{
	u64 offered = 0, lost = 0, filtered = 0, rest;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct session_cpu *part = per_cpu_ptr(session->cpu, cpu);

		lost += READ_ONCE(part->lost[event]);
		offered += READ_ONCE(part->offered[event]);
		filtered += READ_ONCE(part->filtered[event]);
	}
	rest = offered - lost - delivered;
	stats->hits += offered + filtered;
	stats->filtered += filtered;
	stats->lost += lost;
	stats->delivered += delivered;
	if (session->config.mode == MMTRACE_MODE_OVERWRITE) {
		stats->pending += in_rings;
		stats->overwritten += rest - min(rest, in_rings);
	} else {
		stats->pending += rest;
	}
}

/**
 * session_stats() - the account of a session
 * @session: locked
 * @stats: @event says of what, or MMTRACE_EVENT_LOST of all; the rest is filled in
 *
 * Return: 0, or -EINTR if the caller was killed meanwhile.
 */
int session_stats(struct session *session, struct mmtrace_stats *stats)
{
	u64 delivered[MMTRACE_EVENT_COUNT] = {}, in_rings[MMTRACE_EVENT_COUNT] = {};
	u32 event;
	int err;

	follow_stats(session, stats);
	if (session->reader) {
		err = reader_count(session, delivered, in_rings);
		if (err)
			return err;
	}
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (stats->event != event && stats->event != MMTRACE_EVENT_LOST)
			continue;
		add_event_stats(session, event, delivered[event], in_rings[event], stats);
		stats->missed += session_missed(session, event);
	}
	return 0;
}
