// SPDX-License-Identifier: GPL-2.0
/*
 * Waking the readers of a session.
 *
 * A wake-up costs more than ten records, and a handler may not wake anybody
 * itself: it may run inside a breakpoint. So it raises an irq_work, and that
 * seldom: a reader that goes to sleep asks every CPU to call with its next
 * record; that first call only sets the alarm, and asks the CPU to call again
 * at the watermark; whichever comes first, the watermark or the alarm, wakes.
 *
 *   reader                       producer                    irq_work
 *   wake = ANY, on all CPUs
 *   dispatch_horizon()           in the gate: write, wake?
 *   nothing to read: sleep         ANY: raise          ──▶   below the watermark:
 *                                                              wake = WATERMARK,
 *                                                              set the alarm
 *                                  WATERMARK, reached:
 *                                    wake = NEVER, raise ──▶ wake up
 *
 * No call is lost: once dispatch_horizon() has returned, a producer has either
 * seen the request or its record is in the ring. See the gate in ring.c. Such a
 * record may be younger than the horizon; reader_peek() takes care of that.
 *
 * On PREEMPT_RT the irq_work runs in a thread of its CPU, as it takes the lock of
 * a wait queue. Records may come before it is done; then it is the alarm that wakes.
 */
#include <linux/poll.h>
#include <linux/workqueue.h>

#include "wake.h"

static bool at_watermark(const struct session_cpu *cpu)
{
	return ring_used(&cpu->ring) >= cpu->session->watermark;
}

/**
 * wake_ring_bell() - what a producer does that finds a request
 * @cpu: its own
 *
 * Context: preemption off, any.
 */
void wake_ring_bell(struct session_cpu *cpu)
{
	if (READ_ONCE(cpu->wake) == SESSION_WAKE_WATERMARK && !at_watermark(cpu))
		return;
	WRITE_ONCE(cpu->wake, SESSION_WAKE_NEVER);
	irq_work_queue(&cpu->bell);
}

static void wake_up_readers(struct session *session)
{
	wake_up_interruptible_poll(&session->wait, EPOLLIN | EPOLLRDNORM);
}

static void bell_rings(struct irq_work *work)
{
	struct session_cpu *cpu = container_of(work, struct session_cpu, bell);
	struct session *session = cpu->session;

	if (!at_watermark(cpu)) {
		WRITE_ONCE(cpu->wake, SESSION_WAKE_WATERMARK);
		schedule_delayed_work(&session->alarm, READ_ONCE(session->timeout));
	} else {
		wake_up_readers(session);
	}
}

static void alarm_rings(struct work_struct *work)
{
	wake_up_readers(container_of(to_delayed_work(work), struct session, alarm));
}

static void end_rings(struct irq_work *work)
{
	wake_up_readers(container_of(work, struct session, end));
}

/**
 * wake_at_end() - wake, as nothing more is to come
 * @session: of which readers may sleep
 *
 * Context: preemption off, any.
 */
void wake_at_end(struct session *session)
{
	irq_work_queue(&session->end);
}

/**
 * wake_now() - wake, as there is something that is in no ring
 * @session: of which readers may sleep
 *
 * Context: may sleep.
 */
void wake_now(struct session *session)
{
	wake_up_readers(session);
}

/**
 * wake_set_timeout() - how long a record may lie until its reader is woken
 * @session: not about to be given back
 * @timeout: jiffies
 *
 * An alarm that was set for longer would stay, as a bell sets none beside it.
 *
 * Context: may sleep.
 */
void wake_set_timeout(struct session *session, unsigned long timeout)
{
	int cpu;

	/* In full order: a bell that is not waited for here knows the new one. */
	if (xchg(&session->timeout, timeout) == timeout)
		return;
	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu_ptr(session->cpu, cpu)->bell);
	if (cancel_delayed_work_sync(&session->alarm))
		wake_now(session);
}

/**
 * wake_init() - prepare a session for sleeping readers
 * @session: new
 */
void wake_init(struct session *session)
{
	int cpu;

	for_each_possible_cpu(cpu)
		init_irq_work(&per_cpu_ptr(session->cpu, cpu)->bell, bell_rings);
	init_irq_work(&session->end, end_rings);
	INIT_DELAYED_WORK(&session->alarm, alarm_rings);
	init_waitqueue_head(&session->wait);
}

/**
 * wake_exit() - wait until nobody is about to wake
 * @session: that has no producer any more
 */
void wake_exit(struct session *session)
{
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu_ptr(session->cpu, cpu)->bell);
	irq_work_sync(&session->end);
	cancel_delayed_work_sync(&session->alarm);
}

/**
 * wake_request() - ask to be woken
 * @session: whose reader is about to sleep; it has to look at the rings once
 *	more, after dispatch_horizon()
 */
void wake_request(struct session *session)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(session->cpu, cpu)->wake, SESSION_WAKE_ANY);
}
