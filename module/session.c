// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: what one open() of the device is about.
 *
 * A session takes memory for its rings when it starts, not before, so that it
 * can be configured first, and a program that only asks for the state of things
 * costs nothing. It belongs to its file: whoever dies with the file open has
 * closed it, and with that all is given back.
 */
#include <linux/cache.h>
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
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "dispatch.h"
#include "filter.h"
#include "follow.h"
#include "hook.h"
#include "pulse.h"
#include "reader.h"
#include "registry.h"
#include "session.h"
#include "trigger.h"
#include "wake.h"

/*
 * What a call reads of a session is on a line without locks, and its counters are on
 * lines of its CPU's own: only a reader that goes to sleep writes there too.
 */
static_assert(offsetofend(struct session, stack_depth) <= SMP_CACHE_BYTES);
static_assert(offsetof(struct session, lock) >= 2 * SMP_CACHE_BYTES);
static_assert(!(offsetof(struct session_cpu, filtered) % SMP_CACHE_BYTES));

/* Of a session that does not ask for another. */
#define TIMEOUT_MS	50
#define TIMEOUT_MS_MAX	60000

struct session_limits session_limits;

/* What the rings of all sessions have together. */
static u64 memory;
static DEFINE_MUTEX(memory_lock);

static int reserve_memory(u64 bytes)
{
	int err = 0;

	mutex_lock(&memory_lock);
	if (bytes <= session_limits.memory - memory)
		memory += bytes;
	else
		err = -ENOMEM;
	mutex_unlock(&memory_lock);
	return err;
}

static void release_memory(u64 bytes)
{
	mutex_lock(&memory_lock);
	memory -= bytes;
	mutex_unlock(&memory_lock);
}

/* Of each ring, its reader holds as much as the longest record takes. */
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
	release_memory(rings_size(session));
}

/*
 * Each allocation gives up rather than have somebody killed; but whoever needs a page
 * when the last ones are taken does not.
 */
static bool would_take_all(u64 bytes)
{
	return bytes >> PAGE_SHIFT >= max(si_mem_available(), 0L);
}

static int allocate_rings(struct session *session)
{
	enum ring_mode mode = session->config.mode == MMTRACE_MODE_OVERWRITE ?
			      RING_OVERWRITE : RING_DISCARD;
	u64 size = session->config.ring_size;
	void *data;
	int cpu, err;

	if (would_take_all(rings_size(session)))
		return -ENOMEM;
	err = reserve_memory(rings_size(session));
	if (err)
		return err;
	for_each_possible_cpu(cpu) {
		data = __vmalloc(size, SESSION_GFP);
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
	wake_set_timeout(session, msecs_to_jiffies(config->timeout_ms));
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

static int begin(struct session *session, struct reader *reader)
{
	int err;

	mutex_lock(&session->ledger_lock);
	session->reader = reader;
	err = dispatch_change(session, session->config.events);
	if (!err)
		session->state = SESSION_RUNNING;
	else
		session->reader = NULL;
	mutex_unlock(&session->ledger_lock);
	return err;
}

/**
 * session_trigger() - what freezes a session
 * @session: locked, or its ledger
 *
 * Return: the trigger, NULL if there is none.
 */
struct trigger *session_trigger(const struct session *session)
{
	return rcu_dereference_protected(session->trigger,
					 lockdep_is_held(&session->lock) ||
					 lockdep_is_held(&session->ledger_lock));
}

/**
 * session_is_frozen() - has its trigger fired, and all come that was to come?
 * @session: locked, or its ledger
 *
 * Return: whether it is so.
 */
bool session_is_frozen(const struct session *session)
{
	return trigger_is_frozen(session_trigger(session));
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
	struct reader *reader;
	int err;

	if (session->state != SESSION_NEW)
		return session->state == SESSION_RUNNING ? 0 : -EINVAL;
	err = allocate_rings(session);
	if (err)
		return err;
	reader = reader_create(session);
	err = reader ? begin(session, reader) : -ENOMEM;
	if (err) {
		reader_destroy(reader);
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
	mutex_lock(&session->ledger_lock);
	dispatch_change(session, 0);
	session->state = SESSION_STOPPED;
	mutex_unlock(&session->ledger_lock);
	follow_end(session);
	wake_up_interruptible_all(&session->wait);
}

/*
 * What a frozen session wants no more, hooks and all, is given back, and its readers
 * are told that there is an end.
 */
static void freeze(struct work_struct *work)
{
	struct session *session = container_of(work, struct session, freeze);

	mutex_lock(&session->ledger_lock);
	if (session->state == SESSION_RUNNING && session_is_frozen(session)) {
		/* What returned before and is late with writing still looks for the session. */
		dispatch_horizon();
		dispatch_change(session, 0);
	}
	mutex_unlock(&session->ledger_lock);
	wake_up_interruptible_all(&session->wait);
}

static void freezer_rings(struct irq_work *work)
{
	schedule_work(&container_of(work, struct session, freezer)->freeze);
}

static struct session *allocate(void)
{
	struct session *session;

	session = kzalloc(sizeof(*session), SESSION_GFP);
	if (!session)
		return NULL;
	session->cpu = alloc_percpu_gfp(struct session_cpu, SESSION_GFP | __GFP_ZERO);
	if (session->cpu)
		return session;
	kfree(session);
	return NULL;
}

/* All but its events, which nobody may want any more. */
static void release(struct kref *refs)
{
	struct session *session = container_of(refs, struct session, refs);

	if (session->reader) {
		reader_destroy(session->reader);
		free_rings(session);
	}
	filter_free(rcu_dereference_protected(session->filter, true));
	trigger_free(rcu_dereference_protected(session->trigger, true));
	put_pid(session->opener);
	free_percpu(session->cpu);
	kfree(session);
}

/**
 * session_get() - keep a session in memory; it may be closed all the same
 * @session: to be kept
 *
 * Return: @session.
 */
struct session *session_get(struct session *session)
{
	kref_get(&session->refs);
	return session;
}

/**
 * session_put() - be done with a session
 * @session: of which there was a reference
 */
void session_put(struct session *session)
{
	kref_put(&session->refs, release);
}

/**
 * session_open() - a new session, with the defaults, which records nothing yet
 *
 * Return: the session, -EBUSY if there are too many, or -ENOMEM.
 */
struct session *session_open(void)
{
	struct session *session = allocate();
	int cpu, err;

	if (!session)
		return ERR_PTR(-ENOMEM);
	for_each_possible_cpu(cpu)
		per_cpu_ptr(session->cpu, cpu)->session = session;
	kref_init(&session->refs);
	mutex_init(&session->lock);
	mutex_init(&session->ledger_lock);
	follow_init(&session->follow);
	pulse_prepare(&session->pulse);
	wake_init(session);
	init_irq_work(&session->freezer, freezer_rings);
	INIT_WORK(&session->freeze, freeze);
	session->opener = get_pid(task_tgid(current));
	session->owner = session->opener;
	session->opened = ktime_get_ns();
	get_task_comm(session->comm, current);
	set_defaults(session);
	err = registry_add(session);
	if (!err)
		return session;
	session_put(session);
	return ERR_PTR(err);
}

/**
 * session_close() - the end of a session, whatever its state
 * @session: that its file does not use any more; somebody else may still look on
 */
void session_close(struct session *session)
{
	session_stop(session);
	follow_end(session);
	irq_work_sync(&session->freezer);
	cancel_work_sync(&session->freeze);
	wake_exit(session);
	registry_remove(session);
	session_put(session);
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
 * session_trylock() - take a session's lock if it is free, or be told when it is
 * @session: to be locked
 *
 * A reader whose buffer takes long to come holds it meanwhile, and that is no time for
 * somebody who must not sleep to wait.
 *
 * Return: whether it is locked. If not, those who wait for records are woken once it
 * is free, as there may be some.
 */
bool session_trylock(struct session *session)
{
	if (mutex_trylock(&session->lock))
		return true;
	/* In full order: either this sees that it is free now, or session_unlock() that. */
	xchg(&session->turned_away, true);
	return mutex_trylock(&session->lock);
}

/**
 * session_unlock() - the reverse, of each way to lock
 * @session: that is locked
 *
 * Context: may sleep.
 */
void session_unlock(struct session *session)
{
	mutex_unlock(&session->lock);
	/* See session_trylock(). */
	if (unlikely(xchg(&session->turned_away, false)))
		wake_now(session);
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
	if (config->mode != MMTRACE_MODE_OVERWRITE && session_trigger(session))
		return -EINVAL;
	if (config->format != session->config.format && reader_in_line(session->reader))
		return -EBUSY;
	mutex_lock(&session->ledger_lock);
	if (session->state == SESSION_RUNNING && !session_is_frozen(session))
		err = dispatch_change(session, config->events);
	if (!err) {
		session->owner = config->flags & MMTRACE_CONFIG_OWN ? NULL : session->opener;
		session->stack_depth = stack_depth(config);
		session->config = *config;
		set_wake(session);
	}
	mutex_unlock(&session->ledger_lock);
	return err;
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

/* It goes on, if it was frozen. */
static int replace_trigger(struct session *session, struct trigger **trigger)
{
	int err = 0;

	mutex_lock(&session->ledger_lock);
	if (session->state == SESSION_RUNNING)
		err = dispatch_change(session, session->config.events);
	if (!err) {
		*trigger = dispatch_set_trigger(session, *trigger);
		reader_thaw(session->reader);
	}
	mutex_unlock(&session->ledger_lock);
	return err;
}

/**
 * session_set_trigger() - replace a session's trigger
 * @session: locked
 * @trigger: armed; NULL for none; freed if it is not taken
 *
 * Return: 0; -EINVAL for a session that was stopped or does not overwrite; or what
 * dispatch_change() said.
 */
int session_set_trigger(struct session *session, struct trigger *trigger)
{
	int err = -EINVAL;

	if (session->state != SESSION_STOPPED &&
	    (!trigger || session->config.mode == MMTRACE_MODE_OVERWRITE))
		err = replace_trigger(session, &trigger);
	trigger_free(trigger);
	return err;
}

/* As the caller's pid namespace has it; the number of one that is gone may be another's. */
static u32 opener_pid(const struct session *session)
{
	u32 pid;

	rcu_read_lock();
	pid = pid_task(session->opener, PIDTYPE_TGID) ? pid_vnr(session->opener) : 0;
	rcu_read_unlock();
	return pid;
}

static u32 state_of(const struct session *session)
{
	static const u32 states[] = {
		[SESSION_NEW]		= MMTRACE_STATE_NEW,
		[SESSION_RUNNING]	= MMTRACE_STATE_RUNNING,
		[SESSION_STOPPED]	= MMTRACE_STATE_STOPPED,
	};

	if (session->state == SESSION_RUNNING && session_is_frozen(session))
		return MMTRACE_STATE_FROZEN;
	return states[session->state];
}

/**
 * session_describe() - what a session is, for those who look on
 * @session: to be told
 * @info: all but @size and MMTRACE_SESSION_SELF is filled in
 *
 * Return: 0, or -EINTR if the caller was killed meanwhile.
 */
int session_describe(struct session *session, struct mmtrace_session *info)
{
	const struct mmtrace_config *config = &session->config;

	info->id = session->id;
	info->opened = session->opened;
	info->pid = opener_pid(session);
	memcpy(info->comm, session->comm, sizeof(info->comm));
	if (rcu_access_pointer(session->filter))
		info->flags |= MMTRACE_SESSION_FILTER;
	if (rcu_access_pointer(session->trigger))
		info->flags |= MMTRACE_SESSION_TRIGGER;
	if (pulse_has_stopped_for(&session->pulse))
		info->flags |= MMTRACE_SESSION_INTERRUPTED;
	if (mutex_lock_killable(&session->ledger_lock))
		return -EINTR;
	info->memory = session->reader ? rings_size(session) : 0;
	info->state = state_of(session);
	info->config_flags = config->flags;
	info->events = config->events;
	info->format = config->format;
	info->mode = config->mode;
	info->timeout_ms = config->timeout_ms;
	info->ring_size = config->ring_size;
	info->watermark = config->watermark;
	mutex_unlock(&session->ledger_lock);
	return 0;
}
