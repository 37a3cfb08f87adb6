// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks: which functions of the kernel stand for an event. Their symbols are known
 * here and nowhere else; what happens when one is called, in entry.c.
 *
 * Each function gets one kretprobe, registered disarmed: a kernel in which
 * nobody wants the event runs the same instructions as without mmtrace. The
 * arguments are kept in the kretprobe's instance from the entry to the return.
 *
 * A kretprobe's entry handler is asked when an instance has been found, and not at
 * all when there is none; the kernel's own count of those is not exact. So mmtrace
 * stands before the kernel's handler: it judges first, and asks for an instance for
 * what is wanted only. That is cheaper, and what finds no instance is known, as is
 * to whom it is missing.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "call.h"
#include "entry.h"
#include "hook.h"

#define HOOK_SYMBOLS	2	/* functions that together are an event */
#define HOOK_WAYS	3	/* ways in which kernels differ */

/**
 * struct hook - how an event is traced
 * @name: of the event
 * @entry: what is called at the entry of its functions; decides whether the call is
 *	wanted
 * @ways: sets of functions to hook, the first of which that can be probed is
 *	taken; the first function of a set has to be there, the others may not
 * @probes: of the set that was taken
 * @sessions: that want the event; the probes are armed while there is one, but see
 *	hook_set_silence()
 * @armed: since when they are, ns of CLOCK_MONOTONIC; 0 if not
 * @tested: the self-test has seen it tell the truth
 * @available: the probes are registered
 * @reason: why not, or what is not
 */
struct hook {
	const char		*name;
	kprobe_pre_handler_t	entry;
	const char		*ways[HOOK_WAYS][HOOK_SYMBOLS];
	struct kretprobe	probes[HOOK_SYMBOLS];
	unsigned int		sessions;
	u64			armed;
	bool			tested;
	bool			available;
	char			reason[128];
};

/* What a system call is called where it is not one function for all entries. */
#ifdef CONFIG_X86_64
#define SYSCALL(name)		"__x64_sys_" name
#define SYSCALL_32(name)	"__ia32_sys_" name
#define MMAP_SYMBOLS		"__x64_sys_mmap", "__ia32_compat_sys_ia32_mmap"
#define MMAP2_SYMBOLS		"__ia32_sys_mmap_pgoff"
#else
#define SYSCALL(name)		"__arm64_sys_" name
#define SYSCALL_32(name)	NULL
#define MMAP_SYMBOLS		"__arm64_sys_mmap"
#define MMAP2_SYMBOLS		"__arm64_compat_sys_aarch32_mmap2"
#endif

static struct hook hooks[MMTRACE_EVENT_COUNT] = {
	[MMTRACE_EVENT_DO_MMAP] = {
		.name	= "do_mmap",
		.entry	= entry_do_mmap,
		.ways	= { { "do_mmap" } },
	},
	[MMTRACE_EVENT_MREMAP] = {
		.name	= "mremap",
		.entry	= entry_mremap,
		.ways	= {
			{ "do_mremap" },
			{ "__do_sys_mremap" },
			{ SYSCALL("mremap"), SYSCALL_32("mremap") },
		},
	},
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = {
		.name	= "remap_file_pages",
		.entry	= entry_remap_file_pages,
		.ways	= {
			{ "__do_sys_remap_file_pages" },
			{ SYSCALL("remap_file_pages"), SYSCALL_32("remap_file_pages") },
		},
	},
	[MMTRACE_EVENT_MMAP] = {
		.name	= "mmap",
		.entry	= entry_mmap,
		.ways	= { { MMAP_SYMBOLS } },
	},
	[MMTRACE_EVENT_MMAP2] = {
		.name	= "mmap2",
		.entry	= entry_mmap2,
		.ways	= { { MMAP2_SYMBOLS } },
	},
};

/* The kernel's own at the entry of a function with a kretprobe: the same for all. */
kprobe_pre_handler_t hook_kretprobe_entry __read_mostly;

/* Calls for which there was no instance. */
static DEFINE_PER_CPU(u64 [MMTRACE_EVENT_COUNT], hook_misses);

#ifdef HAVE_PENDING_KRETPROBES
#define ENTRY_HANDLER	NULL
#else
DEFINE_PER_CPU(struct kretprobe_instance *, hook_found);

static int note_instance(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	this_cpu_write(hook_found, ri);
	return 0;
}

#define ENTRY_HANDLER	note_instance
#endif

/* Guards @sessions, the arming that follows from it, and what is below. */
static DEFINE_MUTEX(hook_lock);

/* See hook_set_silence(). */
static bool silent, held;

/* There is a reference to the module, as something is armed that nobody wants. */
static bool pinned;

static int register_probe(struct hook *hook, unsigned int i, const char *symbol,
			  unsigned int instances)
{
	struct kretprobe *probe = &hook->probes[i];
	int err;

	*probe = (struct kretprobe) {
		.kp.symbol_name	= symbol,
		.kp.flags	= KPROBE_FLAG_DISABLED,
		.entry_handler	= ENTRY_HANDLER,
		.handler	= entry_return,
		.maxactive	= instances,
		.data_size	= sizeof(struct call),
	};
	err = register_kretprobe(probe);
	if (err) {
		probe->kp.symbol_name = NULL;
		return err;
	}
	/* It is disarmed: nobody is in there. */
	hook_kretprobe_entry = probe->kp.pre_handler;
	probe->kp.pre_handler = hook->entry;
	return 0;
}

static int register_way(struct hook *hook, const char *const *symbols, unsigned int instances)
{
	unsigned int i;
	int err;

	err = register_probe(hook, 0, symbols[0], instances);
	if (err)
		return err;
	for (i = 1; i < HOOK_SYMBOLS && symbols[i]; i++) {
		err = register_probe(hook, i, symbols[i], instances);
		if (err == -ENOMEM)
			return err;
		if (err)
			strscpy(hook->reason, "not for 32-bit programs", sizeof(hook->reason));
	}
	hook->available = true;
	return 0;
}

static int register_hook(struct hook *hook, unsigned int instances)
{
	unsigned int way;
	int err = -ENOENT;

	for (way = 0; way < HOOK_WAYS && hook->ways[way][0]; way++) {
		err = register_way(hook, hook->ways[way], instances);
		if (!err || err == -ENOMEM)
			break;
	}
	if (err == -ENOENT)
		strscpy(hook->reason, "this kernel has no such function", sizeof(hook->reason));
	else if (err)
		snprintf(hook->reason, sizeof(hook->reason),
			 "this kernel lets nobody probe the function: error %d", err);
	return err;
}

/* All probes at once: the kernel waits for RCU in each of its calls. */
static void unregister_hooks(struct hook *first, unsigned int count)
{
	struct kretprobe *probes[ARRAY_SIZE(hooks) * HOOK_SYMBOLS];
	struct hook *hook;
	unsigned int i;
	int len = 0;

	for (hook = first; hook < first + count; hook++)
		for (i = 0; i < HOOK_SYMBOLS; i++)
			if (hook->probes[i].kp.symbol_name)
				probes[len++] = &hook->probes[i];
	unregister_kretprobes(probes, len);
	for (hook = first; hook < first + count; hook++) {
		memset(hook->probes, 0, sizeof(hook->probes));
		hook->available = false;
	}
}

static struct hook *hook_of(u32 event)
{
	return &hooks[event];
}

/**
 * hook_init() - find the functions and register their probes, disarmed
 * @instances: calls of one function that can be under way at once
 *
 * A function that is missing makes its event unavailable, and is no error.
 *
 * Return: 0, -ENOMEM, or -ENODEV if this kernel has nothing to hook.
 */
int hook_init(unsigned int instances)
{
	u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		struct hook *hook = hook_of(event);

		if (register_hook(hook, instances) == -ENOMEM) {
			hook_exit();
			return -ENOMEM;
		}
		if (hook->reason[0])
			pr_notice("%s: %s\n", hook->name, hook->reason);
	}
	if (!hook_events()) {
		pr_err("nothing can be traced: no function of this kernel can be probed\n");
		return -ENODEV;
	}
	return 0;
}

/**
 * hook_exit() - unregister all probes
 *
 * Calls that are under way return without mmtrace: nothing waits for them.
 */
void hook_exit(void)
{
	unregister_hooks(hooks, ARRAY_SIZE(hooks));
}

/**
 * hook_owns() - is it one of ours?
 * @probe: that may be of another tracer
 *
 * Context: any.
 *
 * Return: whether it is.
 */
bool hook_owns(const struct kretprobe *probe)
{
	const struct hook *hook;

	for (hook = hooks; hook < hooks + ARRAY_SIZE(hooks); hook++)
		if (probe >= hook->probes && probe < hook->probes + HOOK_SYMBOLS)
			return true;
	return false;
}

/**
 * hook_count_miss() - there was none
 * @event: that is not told of
 *
 * Context: preemption off.
 */
void hook_count_miss(u32 event)
{
	u64 *misses = this_cpu_ptr(&hook_misses[event]);

	WRITE_ONCE(*misses, *misses + 1);
}

/**
 * hook_events() - what can be traced
 *
 * Return: set of the events that are available.
 */
u32 hook_events(void)
{
	u32 event, events = 0;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (hook_of(event)->available)
			events |= MMTRACE_EVENT_BIT(event);
	return events;
}

static void disable_hook(struct hook *hook)
{
	unsigned int i;

	for (i = 0; i < HOOK_SYMBOLS; i++)
		if (hook->probes[i].kp.symbol_name)
			disable_kretprobe(&hook->probes[i]);
	hook->armed = 0;
}

static int enable_hook(struct hook *hook)
{
	u64 begun = ktime_get_ns();
	unsigned int i;
	int err;

	for (i = 0; i < HOOK_SYMBOLS; i++) {
		if (!hook->probes[i].kp.symbol_name)
			continue;
		err = enable_kretprobe(&hook->probes[i]);
		if (err) {
			while (i--)
				if (hook->probes[i].kp.symbol_name)
					disable_kretprobe(&hook->probes[i]);
			return err;
		}
	}
	hook->armed = begun;
	return 0;
}

/* What is to be armed, and is not, or the reverse. */
static int update_hook(struct hook *hook)
{
	int err = 0;

	if (hook->sessions && !hook->armed && !silent)
		err = enable_hook(hook);
	else if (!hook->sessions && hook->armed && !held)
		disable_hook(hook);
	return err;
}

/* While something is left in place, our code has to be there. */
static void update_pin(void)
{
	const struct hook *hook;
	bool is_left = false;

	for (hook = hooks; hook < hooks + ARRAY_SIZE(hooks); hook++)
		is_left |= hook->armed && !hook->sessions;
	if (is_left && !pinned)
		__module_get(THIS_MODULE);
	else if (!is_left && pinned)
		module_put(THIS_MODULE);
	pinned = is_left;
}

/**
 * hook_arm() - one more session wants an event
 * @event: that it wants
 *
 * Return: 0, -EOPNOTSUPP if the event is not available, or what the kernel
 * said when the probe was to be put in place.
 */
int hook_arm(u32 event)
{
	struct hook *hook = hook_of(event);
	int err;

	if (!hook->available)
		return -EOPNOTSUPP;
	mutex_lock(&hook_lock);
	hook->sessions++;
	err = update_hook(hook);
	if (err)
		hook->sessions--;
	update_pin();
	mutex_unlock(&hook_lock);
	return err;
}

/**
 * hook_disarm() - a session wants an event no more
 * @event: for which hook_arm() has succeeded
 */
void hook_disarm(u32 event)
{
	struct hook *hook = hook_of(event);

	mutex_lock(&hook_lock);
	hook->sessions--;
	update_hook(hook);
	update_pin();
	mutex_unlock(&hook_lock);
}

/**
 * hook_set_silence() - the kernel's probes are off, or on
 * @is_silent: nothing is to be armed: the kernel takes a probe that is enabled while all
 *	are off, and does not arm it when they are on again
 * @is_held: nothing is to be disarmed: what is taken away while ftrace is off leaves marks
 *	at its place, for which ftrace switches itself off for good once it is on
 * @since: what was armed since then may have been so in vain
 *
 * When they are on, all that was not done is done.
 *
 * Return: 0, or what the kernel said when a probe was to be put in place.
 */
int hook_set_silence(bool is_silent, bool is_held, u64 since)
{
	struct hook *hook;
	int err = 0;

	mutex_lock(&hook_lock);
	silent = is_silent;
	held = is_held;
	for (hook = hooks; hook < hooks + ARRAY_SIZE(hooks); hook++) {
		if (!silent && hook->armed && hook->armed >= since)
			disable_hook(hook);
		err = update_hook(hook) ?: err;
	}
	update_pin();
	mutex_unlock(&hook_lock);
	return err;
}

/**
 * hook_missed() - what the probe layer kept from us
 * @event: to ask about
 *
 * Return: calls since the module was loaded that were wanted and for which there
 * was no instance; also those that a probe within a probe would have been, which no
 * hooked function can be.
 */
u64 hook_missed(u32 event)
{
	const struct hook *hook = hook_of(event);
	u64 missed = 0;
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		missed += READ_ONCE(per_cpu(hook_misses, cpu)[event]);
	for (i = 0; i < HOOK_SYMBOLS; i++)
		missed += READ_ONCE(hook->probes[i].kp.nmissed);
	return missed;
}

/**
 * hook_passed() - the self-test found what it had asked for
 * @event: that was tested
 */
void hook_passed(u32 event)
{
	hook_of(event)->tested = true;
}

/**
 * hook_refuse() - the self-test found something else: never use the hook
 * @event: that was tested
 * @reason: to be shown
 *
 * Context: before the device exists.
 */
void hook_refuse(u32 event, const char *reason)
{
	struct hook *hook = hook_of(event);

	unregister_hooks(hook, 1);
	strscpy(hook->reason, reason, sizeof(hook->reason));
	pr_err("%s: %s\n", hook->name, reason);
}

/**
 * hook_info() - tell how an event is traced
 * @info: @event says which; the rest is filled in
 */
void hook_info(struct mmtrace_event_info *info)
{
	struct hook *hook = hook_of(info->event);
	const char *second;

	mutex_lock(&hook_lock);
	if (hook->available)
		info->flags |= MMTRACE_EVENT_AVAILABLE;
	if (hook->sessions && hook->armed)
		info->flags |= MMTRACE_EVENT_ARMED;
	if (hook->tested)
		info->flags |= MMTRACE_EVENT_TESTED;
	info->sessions = hook->sessions;
	info->missed = hook_missed(info->event);
	second = hook->probes[1].kp.symbol_name;
	snprintf(info->symbols, sizeof(info->symbols), "%s%s%s",
		 hook->probes[0].kp.symbol_name ?: "", second ? "," : "", second ?: "");
	strscpy(info->reason, hook->reason, sizeof(info->reason));
	mutex_unlock(&hook_lock);
}
