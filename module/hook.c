// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks: which functions of the kernel stand for an event, and what their
 * arguments are. Symbols, argument positions, pt_regs and kretprobes are known
 * here and nowhere else.
 *
 * Each function gets one kretprobe, registered disarmed: a kernel in which
 * nobody wants the event runs the same instructions as without mmtrace. The
 * arguments are kept in the kretprobe's instance from the entry to the return.
 *
 * The handlers run in the thread that makes the call with preemption off; where
 * the architecture or the kernel uses a breakpoint, as if in an NMI.
 *
 * System calls are not read from the registers of the function, whose form has
 * changed often, but from those of user space, which are an ABI.
 */
#include <linux/compat.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "call.h"
#include "dispatch.h"
#include "hook.h"

#define HOOK_SYMBOLS	2	/* functions that together are an event */
#define HOOK_WAYS	3	/* ways in which kernels differ */

static int do_mmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
static int mmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
static int mmap2_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
static int mremap_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
static int remap_file_pages_entry(struct kretprobe_instance *ri, struct pt_regs *regs);

/**
 * struct hook - how an event is traced
 * @name: of the event
 * @entry: keeps the arguments and decides whether the call is wanted
 * @ways: sets of functions to hook, the first of which that can be probed is
 *	taken; the first function of a set has to be there, the others may not
 * @probes: of the set that was taken
 * @sessions: that want the event; the probes are armed while there is one
 * @tested: the self-test has seen it tell the truth
 * @available: the probes are registered
 * @reason: why not, or what is not
 */
struct hook {
	const char		*name;
	kretprobe_handler_t	entry;
	const char		*ways[HOOK_WAYS][HOOK_SYMBOLS];
	struct kretprobe	probes[HOOK_SYMBOLS];
	unsigned int		sessions;
	bool			tested;
	bool			available;
	char			reason[128];
};

static struct hook hooks[MMTRACE_EVENT_COUNT] = {
	[MMTRACE_EVENT_DO_MMAP] = {
		.name	= "do_mmap",
		.entry	= do_mmap_entry,
		.ways	= { { "do_mmap" } },
	},
#ifdef CONFIG_X86_64
	[MMTRACE_EVENT_MREMAP] = {
		.name	= "mremap",
		.entry	= mremap_entry,
		.ways	= {
			{ "do_mremap" },
			{ "__do_sys_mremap" },
			{ "__x64_sys_mremap", "__ia32_sys_mremap" },
		},
	},
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = {
		.name	= "remap_file_pages",
		.entry	= remap_file_pages_entry,
		.ways	= {
			{ "__do_sys_remap_file_pages" },
			{ "__x64_sys_remap_file_pages", "__ia32_sys_remap_file_pages" },
		},
	},
	[MMTRACE_EVENT_MMAP] = {
		.name	= "mmap",
		.entry	= mmap_entry,
		.ways	= { { "__x64_sys_mmap", "__ia32_compat_sys_ia32_mmap" } },
	},
	[MMTRACE_EVENT_MMAP2] = {
		.name	= "mmap2",
		.entry	= mmap2_entry,
		.ways	= { { "__ia32_sys_mmap_pgoff" } },
	},
#else
	[MMTRACE_EVENT_MREMAP] = {
		.name	= "mremap",
		.entry	= mremap_entry,
		.ways	= {
			{ "do_mremap" },
			{ "__do_sys_mremap" },
			{ "__arm64_sys_mremap" },
		},
	},
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = {
		.name	= "remap_file_pages",
		.entry	= remap_file_pages_entry,
		.ways	= {
			{ "__do_sys_remap_file_pages" },
			{ "__arm64_sys_remap_file_pages" },
		},
	},
	[MMTRACE_EVENT_MMAP] = {
		.name	= "mmap",
		.entry	= mmap_entry,
		.ways	= { { "__arm64_sys_mmap" } },
	},
	[MMTRACE_EVENT_MMAP2] = {
		.name	= "mmap2",
		.entry	= mmap2_entry,
		.ways	= { { "__arm64_compat_sys_aarch32_mmap2" } },
	},
#endif
};

/* Guards @sessions, and the arming that follows from it. */
static DEFINE_MUTEX(hook_lock);

static struct call *call_of(struct kretprobe_instance *ri)
{
	return (struct call *)ri->data;
}

#ifdef CONFIG_X86_64
/* x32 counts as compat for the kernel, but has the registers of 64 bits. */
static bool is_32bit_syscall(void)
{
	return in_ia32_syscall();
}

static bool is_mmap(int nr, bool is_32bit)
{
	return is_32bit ? nr == __NR_ia32_mmap2 : (nr & ~__X32_SYSCALL_BIT) == __NR_mmap;
}

static bool is_old_mmap(int nr, bool is_32bit)
{
	return is_32bit && nr == __NR_ia32_mmap;
}

/* The fifth argument: here in short what syscall_arguments() does at length. */
static s32 mmap_fd(bool is_32bit)
{
	return is_32bit ? task_pt_regs(current)->di : task_pt_regs(current)->r8;
}
#else
static bool is_32bit_syscall(void)
{
	return in_compat_syscall();
}

static bool is_mmap(int nr, bool is_32bit)
{
	return nr == (is_32bit ? 192 /* mmap2 of 32-bit Arm */ : __NR_mmap);
}

static bool is_old_mmap(int nr, bool is_32bit)
{
	return false;
}

static s32 mmap_fd(bool is_32bit)
{
	return task_pt_regs(current)->regs[4];
}
#endif

/* A kernel thread has no user registers; a worker of io_uring has a stale copy. */
static bool has_user_regs(void)
{
	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER));
}

static int syscall_number(void)
{
	return syscall_get_nr(current, task_pt_regs(current));
}

static void syscall_arguments(unsigned long args[6])
{
	unsigned int i;

	syscall_get_arguments(current, task_pt_regs(current), args);
	/* int $0x80 in 64-bit code leaves upper halves, which nobody looks at. */
	if (is_32bit_syscall())
		for (i = 0; i < 6; i++)
			args[i] = (u32)args[i];
}

/* The mmap of i386 finds its six arguments in memory. */
static bool old_mmap_arguments(unsigned long args[6])
{
	u32 in_memory[6];
	unsigned int i;

	if (copy_from_user_nofault(in_memory, (const void __user *)args[0], sizeof(in_memory))) {
		memset(args, 0, sizeof(args[0]) * 6);
		return false;
	}
	for (i = 0; i < 6; i++)
		args[i] = in_memory[i];
	return true;
}

static const struct call *find_outer_call(struct kretprobe_instance *ri)
{
	const struct kretprobe *rp;
	const struct hook *hook;

	for (; ri; ri = pending_kretprobe(ri)) {
		rp = get_kretprobe(ri);
		for (hook = hooks; hook < hooks + ARRAY_SIZE(hooks); hook++)
			if (rp >= hook->probes && rp < hook->probes + HOOK_SYMBOLS)
				return call_of(ri);
	}
	return NULL;
}

/* An mmap, mmap2 or remap_file_pages of this thread that is not over yet. */
static __always_inline const struct call *outer_call(void)
{
	struct kretprobe_instance *innermost = pending_kretprobe(NULL);

	return unlikely(innermost) ? find_outer_call(innermost) : NULL;
}

/* What is only worth finding out about a call that is wanted. Its time is last. */
static __always_inline int accept(struct call *call, u64 id)
{
	call->out.call.call_id = id;
	call->start = ktime_get_ns();
	return 0;
}

/* Rare, and kept apart for its room on the stack. */
static noinline void old_mmap_origin(struct call *call)
{
	unsigned long args[6];

	syscall_arguments(args);
	if (!old_mmap_arguments(args))
		return;
	call->out.do_mmap.fd = args[4];
	call->out.head.flags |= MMTRACE_R_FD;
}

static void do_mmap_origin(struct call *call)
{
	bool is_32bit;
	int nr;

	call->out.do_mmap.fd = -1;
	if (!has_user_regs()) {
		call->out.head.flags |= MMTRACE_R_NO_USER_REGS;
		call->out.call.syscall = -1;
		return;
	}
	is_32bit = is_32bit_syscall();
	if (is_32bit)
		call->out.head.flags |= MMTRACE_R_COMPAT;
	nr = syscall_number();
	call->out.call.syscall = nr;
	if (likely(is_mmap(nr, is_32bit))) {
		call->out.do_mmap.fd = mmap_fd(is_32bit);
		call->out.head.flags |= MMTRACE_R_FD;
	} else if (is_old_mmap(nr, is_32bit)) {
		old_mmap_origin(call);
	}
}

static int do_mmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	const struct call *outer;
	u64 *args = call_args(call);

	call->out.head.event = MMTRACE_EVENT_DO_MMAP;
	call->out.head.flags = 0;
	call->file = (struct file *)regs_get_kernel_argument(regs, 0);
	args[0] = regs_get_kernel_argument(regs, 1);
	args[1] = regs_get_kernel_argument(regs, 2);
	args[2] = regs_get_kernel_argument(regs, 3);
	args[3] = regs_get_kernel_argument(regs, 4);
	args[4] = regs_get_kernel_argument(regs, DO_MMAP_ARG_PGOFF);
	if (!dispatch_entry(call, MMTRACE_EVENT_DO_MMAP))
		return 1;
	call->out.do_mmap.reserved = 0;
	do_mmap_origin(call);
	outer = outer_call();
	return accept(call, unlikely(outer) ? outer->out.call.call_id : dispatch_call_id());
}

/* All four system calls: the first five arguments as they come. */
static void syscall_entry(struct call *call, u32 event, unsigned long args[6])
{
	unsigned int i;

	call->out.head.event = event;
	call->out.head.flags = is_32bit_syscall() ? MMTRACE_R_COMPAT : 0;
	call->file = NULL;
	call->out.call.syscall = syscall_number();
	call->out.do_mmap.reserved = 0;
	syscall_arguments(args);
	for (i = 0; i < CALL_ARGS; i++)
		call_args(call)[i] = args[i];
}

static int syscall_wanted(struct call *call)
{
	return dispatch_entry(call, call_event(call)) ? accept(call, dispatch_call_id()) : 1;
}

static int mremap_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_MREMAP, args);
	return syscall_wanted(call);
}

static int remap_file_pages_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_REMAP_FILE_PAGES, args);
	return syscall_wanted(call);
}

static int mmap2_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_MMAP2, args);
	call->out.mmap.off = args[5];
	call->out.mmap.fd = args[4];
	return syscall_wanted(call);
}

static int mmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];
	unsigned int i;

	syscall_entry(call, MMTRACE_EVENT_MMAP, args);
	if (call->out.head.flags & MMTRACE_R_COMPAT && is_old_mmap(call->out.call.syscall, true)) {
		if (!old_mmap_arguments(args))
			call->out.head.flags |= MMTRACE_R_ARGS_UNREAD;
		for (i = 0; i < CALL_ARGS; i++)
			call_args(call)[i] = args[i];
	}
	call->out.mmap.off = args[5];
	call->out.mmap.fd = args[4];
	return syscall_wanted(call);
}

static int call_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);

	call->out.call.ret = regs_return_value(regs);
	return dispatch_return(call);
}

static int register_probe(struct hook *hook, unsigned int i, const char *symbol,
			  unsigned int instances)
{
	struct kretprobe *probe = &hook->probes[i];
	int err;

	*probe = (struct kretprobe) {
		.kp.symbol_name	= symbol,
		.kp.flags	= KPROBE_FLAG_DISABLED,
		.entry_handler	= hook->entry,
		.handler	= call_return,
		.maxactive	= instances,
		.data_size	= sizeof(struct call),
	};
	err = register_kretprobe(probe);
	if (err)
		probe->kp.symbol_name = NULL;
	return err;
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

static void unregister_hook(struct hook *hook)
{
	unsigned int i;

	for (i = 0; i < HOOK_SYMBOLS; i++)
		if (hook->probes[i].kp.symbol_name)
			unregister_kretprobe(&hook->probes[i]);
	memset(hook->probes, 0, sizeof(hook->probes));
	hook->available = false;
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
	u32 event;

	for (event = MMTRACE_EVENT_COUNT; event-- > 1;)
		unregister_hook(hook_of(event));
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

static int enable_hook(struct hook *hook)
{
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
	return 0;
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
	int err = 0;

	if (!hook->available)
		return -EOPNOTSUPP;
	mutex_lock(&hook_lock);
	if (!hook->sessions)
		err = enable_hook(hook);
	if (!err)
		hook->sessions++;
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
	unsigned int i;

	mutex_lock(&hook_lock);
	if (!--hook->sessions)
		for (i = 0; i < HOOK_SYMBOLS; i++)
			if (hook->probes[i].kp.symbol_name)
				disable_kretprobe(&hook->probes[i]);
	mutex_unlock(&hook_lock);
}

/**
 * hook_missed() - what the probe layer kept from us
 * @event: to ask about
 *
 * The kernel counts without synchronisation: two CPUs that miss at once may
 * count as one.
 *
 * Return: calls since the module was loaded, modulo 2^32, as the kernel counts.
 */
u32 hook_missed(u32 event)
{
	const struct hook *hook = hook_of(event);
	u32 missed = 0;
	unsigned int i;

	for (i = 0; i < HOOK_SYMBOLS; i++)
		missed += READ_ONCE(hook->probes[i].nmissed) +
			  READ_ONCE(hook->probes[i].kp.nmissed);
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

	unregister_hook(hook);
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
	if (hook->sessions)
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
