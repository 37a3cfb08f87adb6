// SPDX-License-Identifier: GPL-2.0
/*
 * Pulse: does the kernel still call the probes?
 *
 * Two switches of the machine silence them: kernel.ftrace_enabled those that are
 * where ftrace is, kprobes/enabled in debugfs all of them. Neither tells whoever
 * owns a probe, and the kernel can't be asked. So there is a function here, with a
 * probe of the same kind as the hooks have. It is called once a second while some
 * session runs, and whenever somebody wants to know; if its probe is not, then none
 * is. What is off for less than that is noticed by tripwire.c.
 *
 * Each session is told of an interruption twice: when it is noticed, from the time
 * at which all was well, and when it is over, from then on. So what was told covers
 * all of it at any time, also if the session ends first.
 */
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "hook.h"
#include "pulse.h"
#include "session.h"
#include "tripwire.h"
#include "wake.h"

#define PERIOD	HZ

/*
 * Guards all that is here, and all listeners. Whoever reads looks at @stopped and at its
 * own @gaps_len without it.
 */
static DEFINE_MUTEX(pulse_lock);
static LIST_HEAD(listeners);

/*
 * @beats: calls of a beat below that were seen
 * @sound: all was well then
 * @told: up to then listeners were told
 * @stopped: nothing is seen, at the latest since @told; what was so in the end if
 *	not @armed
 * @held: and nothing may be disarmed, see hook_set_silence()
 * @armed: the probes here are
 */
static u64 beats, sound, told;
static bool stopped, held, armed;

static void beat_again(struct work_struct *work);
static DECLARE_DELAYED_WORK(beat, beat_again);

static void look_now(struct work_struct *work);
static DECLARE_WORK(look_soon, look_now);

/*
 * Their probes are all that happens here. The second has a breakpoint where the first
 * is ftrace's: if that is seen alone it is ftrace that is off. So it is armed only once
 * the first is not seen.
 */
static noinline void beat_of_ftrace(void)
{
	barrier();
}

static noinline notrace void beat_of_breakpoint(void)
{
	barrier();
}

/* A probe's handler is not to be traced itself. */
static notrace int hear(struct kprobe *probe, struct pt_regs *regs)
{
	beats++;
	return 0;
}

/* An own structure each, as the kernel writes to it. */
static struct kprobe ftrace_probe, breakpoint_probe;

/*
 * While all probes are off the kernel forgets that one is to be armed. What it did
 * not call because of another probe in its way is as good as called.
 */
static bool is_heard(struct kprobe *probe, void (*beat)(void))
{
	u64 before = beats + probe->nmissed;

	if (kprobe_disabled(probe))
		enable_kprobe(probe);
	beat();
	barrier();
	return beats + probe->nmissed != before;
}

/* The clock may have gone back meanwhile. */
static u64 elapsed(u64 from, u64 to)
{
	return max(from, to) - from;
}

/* One that does not read in time is told of the last ones as if they were one. */
static void tell(struct pulse_listener *listener, u64 first, u64 last)
{
	unsigned int at = min(listener->gaps_len, PULSE_GAPS - 1u);

	first = max(first, listener->since);
	listener->duration += elapsed(first, last);
	if (listener->gaps_len == PULSE_GAPS)
		first = listener->gaps[at].first;
	listener->gaps[at] = (struct pulse_gap) { first, last };
	WRITE_ONCE(listener->gaps_len, at + 1);
}

static void tell_all(u64 first, bool is_new)
{
	struct pulse_listener *listener;

	first = max(first, told);
	told = ktime_get_ns();
	list_for_each_entry(listener, &listeners, place) {
		listener->count += is_new;
		tell(listener, first, told);
		wake_now(container_of(listener, struct session, pulse));
	}
}

/* What was switched off and on before the probe is heard, the tripwire knows by then. */
static void look(void)
{
	u64 begun = ktime_get_ns(), tripped = tripwire_take();
	bool heard = is_heard(&ftrace_probe, beat_of_ftrace);

	held = !heard && is_heard(&breakpoint_probe, beat_of_breakpoint);
	if (!heard || stopped || tripped)
		heard = !hook_set_silence(!heard, held, stopped ? sound : tripped) && heard;
	if (heard && (stopped || tripped))
		tripwire_arm();
	if (heard && stopped)
		tell_all(told, false);
	else if (heard && tripped)
		tell_all(tripped, true);
	else if (!heard && !stopped)
		tell_all(tripped ?: sound, true);
	WRITE_ONCE(stopped, !heard);
	if (heard)
		sound = max(begun, told);
}

/*
 * A probe that can't be armed is not silenced, and must not be taken for it. What is
 * armed while ftrace is off can't be disarmed: so the tripwires come second.
 */
static int begin(void)
{
	int err;

	err = enable_kprobe(&ftrace_probe);
	if (err)
		return err;
	armed = true;
	sound = ktime_get_ns();
	schedule_delayed_work(&beat, PERIOD);
	look();
	if (!stopped) {
		tripwire_arm();
		look();
	}
	return 0;
}

/* When nobody listens, and it can be done. What is off now, begin() looks at again. */
static void end(void)
{
	look();
	if (!list_empty(&listeners) || held)
		return;
	cancel_delayed_work(&beat);
	tripwire_disarm();
	disable_kprobe(&ftrace_probe);
	disable_kprobe(&breakpoint_probe);
	armed = false;
}

static void look_if_armed(void)
{
	if (armed && list_empty(&listeners))
		end();
	else if (armed)
		look();
}

static void beat_again(struct work_struct *work)
{
	mutex_lock(&pulse_lock);
	look_if_armed();
	if (armed)
		schedule_delayed_work(&beat, PERIOD);
	mutex_unlock(&pulse_lock);
}

static void look_now(struct work_struct *work)
{
	pulse_look();
}

static int register_beat(struct kprobe *probe, void (*beat)(void))
{
	*probe = (struct kprobe) {
		.addr		= (kprobe_opcode_t *)beat,
		.flags		= KPROBE_FLAG_DISABLED,
		.pre_handler	= hear,
	};
	return register_kprobe(probe);
}

/**
 * pulse_init() - be ready to look; nothing is armed yet
 *
 * Return: 0, or what the kernel said of the probe.
 */
int pulse_init(void)
{
	int err;

	err = register_beat(&ftrace_probe, beat_of_ftrace);
	if (err)
		return err;
	err = register_beat(&breakpoint_probe, beat_of_breakpoint);
	if (err) {
		unregister_kprobe(&ftrace_probe);
		return err;
	}
	tripwire_init(&look_soon);
	return 0;
}

/**
 * pulse_exit() - the reverse, when nobody listens
 */
void pulse_exit(void)
{
	struct kprobe *probes[] = { &ftrace_probe, &breakpoint_probe };

	tripwire_exit();
	cancel_work_sync(&look_soon);
	cancel_delayed_work_sync(&beat);
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

/**
 * pulse_prepare() - make a listener, which does not listen yet
 * @listener: of a new session, all zero
 */
void pulse_prepare(struct pulse_listener *listener)
{
	INIT_LIST_HEAD(&listener->place);
}

static void add(struct pulse_listener *listener)
{
	listener->since = ktime_get_ns();
	list_add(&listener->place, &listeners);
	if (stopped) {
		listener->count++;
		tell(listener, listener->since, listener->since);
	}
}

/**
 * pulse_listen() - begin to be told
 * @listener: of a session whose hooks are about to be armed
 *
 * Return: 0; or what the kernel said of the probe, and nobody listens: -ENOMEM.
 */
int pulse_listen(struct pulse_listener *listener)
{
	int err = 0;

	mutex_lock(&pulse_lock);
	if (armed)
		look();
	else
		err = begin();
	if (!err)
		add(listener);
	mutex_unlock(&pulse_lock);
	return err;
}

/**
 * pulse_leave() - be told no more; what there is can still be read
 * @listener: of a session whose hooks are disarmed; may have left before
 */
void pulse_leave(struct pulse_listener *listener)
{
	mutex_lock(&pulse_lock);
	if (!list_empty(&listener->place)) {
		look();
		if (stopped)
			tell(listener, told, ktime_get_ns());
		list_del_init(&listener->place);
		if (list_empty(&listeners))
			end();
	}
	mutex_unlock(&pulse_lock);
}

/**
 * pulse_look() - look now, if that is to be known
 *
 * To be called before something is disarmed.
 */
void pulse_look(void)
{
	mutex_lock(&pulse_lock);
	look_if_armed();
	mutex_unlock(&pulse_lock);
}

/**
 * pulse_next() - an interruption that was not read before
 * @listener: of the session that reads; it has asked for its horizon before, so that
 *	no interruption that ended earlier is still to be told
 * @gap: filled in
 *
 * Return: whether there is one.
 */
bool pulse_next(struct pulse_listener *listener, struct pulse_gap *gap)
{
	bool found;

	/* Whoever has the lock may be about to tell of a time before the horizon. */
	if (!READ_ONCE(listener->gaps_len) && !READ_ONCE(stopped) &&
	    !mutex_is_locked(&pulse_lock))
		return false;
	mutex_lock(&pulse_lock);
	/* Records come again, and the next beat may be far. */
	if (stopped && !list_empty(&listener->place))
		look();
	found = listener->gaps_len;
	if (found) {
		*gap = listener->gaps[0];
		WRITE_ONCE(listener->gaps_len, listener->gaps_len - 1);
		memmove(listener->gaps, listener->gaps + 1,
			listener->gaps_len * sizeof(listener->gaps[0]));
	}
	mutex_unlock(&pulse_lock);
	return found;
}

static bool has_stopped_for(const struct pulse_listener *listener)
{
	return stopped && !list_empty(&listener->place);
}

/**
 * pulse_stats() - how often and how long a session was interrupted
 * @listener: of it
 * @stats: to be filled in
 */
void pulse_stats(struct pulse_listener *listener, struct mmtrace_stats *stats)
{
	mutex_lock(&pulse_lock);
	if (!list_empty(&listener->place))
		look();
	stats->interruptions = listener->count;
	stats->interrupted = listener->duration;
	if (has_stopped_for(listener))
		stats->interrupted += elapsed(max(told, listener->since), ktime_get_ns());
	mutex_unlock(&pulse_lock);
}

/**
 * pulse_has_stopped_for() - is a session interrupted now?
 * @listener: of it
 *
 * Return: whether it runs, and nothing is seen.
 */
bool pulse_has_stopped_for(struct pulse_listener *listener)
{
	bool ret;

	mutex_lock(&pulse_lock);
	if (!list_empty(&listener->place))
		look();
	ret = has_stopped_for(listener);
	mutex_unlock(&pulse_lock);
	return ret;
}

/**
 * pulse_has_stopped() - are sessions interrupted now?
 *
 * To look, something has to be armed. That takes its time, and is not for one who
 * only asks: so if no session runs there is no answer.
 *
 * Return: whether probes are switched off; false if that is not known.
 */
bool pulse_has_stopped(void)
{
	bool ret;

	mutex_lock(&pulse_lock);
	look_if_armed();
	ret = armed && stopped;
	mutex_unlock(&pulse_lock);
	return ret;
}
