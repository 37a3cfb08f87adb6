// SPDX-License-Identifier: GPL-2.0
/*
 * Tripwires: at the functions of the kernel that switch probes off.
 *
 * Whoever looks once a second does not see what was off for less. So there is a
 * probe at each switch. That of kprobes/enabled is silenced with all others, but
 * by then it was hit, and the return of the function comes through. That of
 * kernel.ftrace_enabled is where ftrace itself is not, and stays.
 *
 * Neither is needed: without them an interruption is found at the next look.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/ptrace.h>
#include <linux/sysctl.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "tripwire.h"

/* Those who turn one switch at once wait for each other in its function. */
#define INSTANCES	16

/**
 * struct trip - a switch that is being turned
 * @time: since when, by the clock that may be asked inside a breakpoint
 * @enabled: of kernel.ftrace_enabled: its value
 */
struct trip {
	u64		time;
	const int	*enabled;
};

/* When probes were first switched off since the last look; 0 if they were not. */
static atomic64_t first_trip;

/* A handler can't queue work itself: it runs inside a breakpoint. */
static struct irq_work bell;
static struct work_struct *looker;

static void bell_rings(struct irq_work *work)
{
	schedule_work(looker);
}

static void note(const struct trip *trip)
{
	atomic64_cmpxchg(&first_trip, 0, trip->time);
}

/* ftrace_enable_sysctl(table, write, ...) */
static int enter_sysctl(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct ctl_table *table = (void *)regs_get_kernel_argument(regs, 0);
	struct trip *trip = (struct trip *)ri->data;

	if (!(int)regs_get_kernel_argument(regs, 1))
		return 1;
	trip->time = ktime_get_mono_fast_ns();
	trip->enabled = table->data;
	return 0;
}

/* On is worth a look, too. */
static int leave_sysctl(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct trip *trip = (struct trip *)ri->data;

	if (!READ_ONCE(*trip->enabled))
		note(trip);
	irq_work_queue(&bell);
	return 0;
}

/* As kstrtobool() has it, and kernels before; if it is refused the return tells. */
static bool is_no(const char *word)
{
	switch (word[0]) {
	case 'o':
	case 'O':
		return word[1] == 'f' || word[1] == 'F';
	case '0':
	case 'n':
	case 'N':
	case 'f':
	case 'F':
		return true;
	default:
		return false;
	}
}

/* write_enabled_file_bool(file, buf, count, ...) */
static int enter_write(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const char __user *buf = (const char __user *)regs_get_kernel_argument(regs, 1);
	size_t count = regs_get_kernel_argument(regs, 2);
	struct trip *trip = (struct trip *)ri->data;
	char word[2] = "";

	if (peek_user(word, buf, min(count, sizeof(word))) || !is_no(word))
		return 1;
	trip->time = ktime_get_mono_fast_ns();
	return 0;
}

static int leave_write(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if ((long)regs_return_value(regs) > 0) {
		note((const struct trip *)ri->data);
		irq_work_queue(&bell);
	}
	return 0;
}

#define TRIPWIRE(symbol, enter, leave)			\
	{						\
		.kp.symbol_name	= symbol,		\
		.kp.flags	= KPROBE_FLAG_DISABLED,	\
		.entry_handler	= enter,		\
		.handler	= leave,		\
		.maxactive	= INSTANCES,		\
		.data_size	= sizeof(struct trip),	\
	}

/* Of one that the kernel does not have, the name is taken away. */
static struct kretprobe wires[] = {
	TRIPWIRE(IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) ? "ftrace_enable_sysctl" : NULL,
		 enter_sysctl, leave_sysctl),
	TRIPWIRE(IS_ENABLED(CONFIG_DEBUG_FS) ? "write_enabled_file_bool" : NULL,
		 enter_write, leave_write),
};

/*
 * A breakpoint that may become a jump does so some time after it was armed, by a worker
 * that keeps whoever arms or disarms a probe waiting until all tasks of the machine have
 * been scheduled; the same when it goes. What is hit so rarely is not to be a jump: no
 * place is where some probe has a post handler. A kretprobe can't have one, so there is
 * one beside it that is never armed.
 */
static void never_called(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe wedges[ARRAY_SIZE(wires)];

/* Where ftrace is there is no breakpoint. */
static void drive_wedge(struct kprobe *wedge, const struct kprobe *probe)
{
	if (!IS_ENABLED(CONFIG_OPTPROBES) || probe->flags & KPROBE_FLAG_FTRACE)
		return;
	*wedge = (struct kprobe) {
		.addr		= probe->addr,
		.flags		= KPROBE_FLAG_DISABLED,
		.post_handler	= never_called,
	};
	if (register_kprobe(wedge))
		wedge->addr = NULL;
}

/* From @wire on; NULL if there is none. */
static struct kretprobe *next_wire(struct kretprobe *wire)
{
	for (; wire < wires + ARRAY_SIZE(wires); wire++)
		if (wire->kp.symbol_name)
			return wire;
	return NULL;
}

/**
 * tripwire_init() - find the switches; nothing is armed yet
 * @work: to be done when one was turned
 *
 * One that can't be watched is told in the log, and is no error.
 */
void tripwire_init(struct work_struct *work)
{
	struct kretprobe *wire;
	int err;

	looker = work;
	init_irq_work(&bell, bell_rings);
	for (wire = next_wire(wires); wire; wire = next_wire(wire + 1)) {
		err = register_kretprobe(wire);
		if (!err) {
			drive_wedge(&wedges[wire - wires], &wire->kp);
			continue;
		}
		pr_notice("%s can't be watched: error %d; short interruptions may go unnoticed\n",
			  wire->kp.symbol_name, err);
		wire->kp.symbol_name = NULL;
	}
}

/**
 * tripwire_exit() - the reverse; the work may still be queued
 */
void tripwire_exit(void)
{
	struct kretprobe *wire, *probes[ARRAY_SIZE(wires)];
	struct kprobe *wedge, *beside[ARRAY_SIZE(wires)];
	int len = 0, wedge_len = 0;

	for (wire = next_wire(wires); wire; wire = next_wire(wire + 1)) {
		wedge = &wedges[wire - wires];
		if (wedge->addr)
			beside[wedge_len++] = wedge;
		probes[len++] = wire;
	}
	/* All at once: the kernel waits for RCU in each of its calls. */
	unregister_kprobes(beside, wedge_len);
	unregister_kretprobes(probes, len);
	irq_work_sync(&bell);
}

/**
 * tripwire_arm() - begin to watch
 *
 * While all probes are switched off the kernel takes note of nothing that is to
 * be armed: then it has to be asked once more when they are back.
 */
void tripwire_arm(void)
{
	struct kretprobe *wire;

	for (wire = next_wire(wires); wire; wire = next_wire(wire + 1))
		enable_kretprobe(wire);
}

/**
 * tripwire_disarm() - watch no more
 */
void tripwire_disarm(void)
{
	struct kretprobe *wire;

	for (wire = next_wire(wires); wire; wire = next_wire(wire + 1))
		disable_kretprobe(wire);
}

/**
 * tripwire_take() - were probes switched off since this was last asked?
 *
 * Return: when for the first time, ns of CLOCK_MONOTONIC; 0 if they were not, as
 * far as can be known.
 */
u64 tripwire_take(void)
{
	return atomic64_xchg(&first_trip, 0);
}
