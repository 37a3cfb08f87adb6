// SPDX-License-Identifier: GPL-2.0
/*
 * What happens at the entry and the return of a hooked function: where its
 * arguments are, and which of them are kept. Argument positions and pt_regs are
 * known here and nowhere else.
 *
 * The handlers run in the thread that makes the call with preemption off; where
 * the architecture or the kernel uses a breakpoint, as if in an NMI.
 *
 * System calls are not read from the registers of the function, whose form has
 * changed often, but from those of user space, which are an ABI.
 */
#include <linux/compat.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "call.h"
#include "dispatch.h"
#include "entry.h"
#include "hook.h"
#include "outer.h"

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

/* The kernel itself gives a thread that execs the number of its new kind. */
static int number_after_exec(int nr, bool is_32bit)
{
	return nr;
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

/*
 * While execve() maps the new program, the thread is of its kind already, and its
 * system call still has the number that it has for the old one. None of these
 * numbers maps anything under its other meaning.
 */
static int number_after_exec(int nr, bool is_32bit)
{
	static const int numbers[][2] = { { __NR_execve, 11 }, { __NR_execveat, 387 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (nr == numbers[i][!is_32bit])
			return numbers[i][is_32bit];
	return nr;
}
#endif

/*
 * A kernel thread has no user registers, nor has a helper that the kernel starts, until
 * its program is mapped; a worker of io_uring has a stale copy.
 */
static bool has_user_regs(void)
{
	return !(current->flags & (PF_KTHREAD | PF_IO_WORKER)) &&
	       user_mode(task_pt_regs(current));
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

	if (peek_user(in_memory, (const void __user *)args[0], sizeof(in_memory))) {
		memset(args, 0, sizeof(args[0]) * 6);
		return false;
	}
	for (i = 0; i < 6; i++)
		args[i] = in_memory[i];
	return true;
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

/* Inline, as nearly every do_mmap that is recorded comes here. */
static __always_inline void do_mmap_origin(struct call *call)
{
	u32 flags = MMTRACE_R_NO_USER_REGS;
	bool is_32bit, old = false;
	s32 nr = -1, fd = -1;

	if (likely(has_user_regs())) {
		is_32bit = is_32bit_syscall();
		flags = is_32bit ? MMTRACE_R_COMPAT : 0;
		nr = syscall_number();
		if (likely(is_mmap(nr, is_32bit))) {
			fd = mmap_fd(is_32bit);
			flags |= MMTRACE_R_FD;
		} else if (is_old_mmap(nr, is_32bit)) {
			old = true;
		} else {
			nr = number_after_exec(nr, is_32bit);
		}
	}
	call->out.head.flags = flags;
	call->out.call.syscall = nr;
	call->out.do_mmap.fd = fd;
	if (unlikely(old))
		old_mmap_origin(call);
}

/**
 * entry_origin() - find out early where a call comes from
 * @call: that has just been entered, for a filter that asks for its descriptor or
 *	its system call; of one that is wanted it is found once more
 */
void entry_origin(struct call *call)
{
	if (call_event(call) == MMTRACE_EVENT_DO_MMAP)
		do_mmap_origin(call);
}

/*
 * Where a seventh argument is on the stack, it is next to the return address of a call
 * that is under way: the kernel's accessor, which is ready for a fault there, would be
 * 100 instructions.
 */
static __always_inline unsigned long do_mmap_pgoff(struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	if (DO_MMAP_ARG_PGOFF == 6)
		return READ_ONCE_NOCHECK(((unsigned long *)regs->sp)[1]);
#endif
	return regs_get_kernel_argument(regs, DO_MMAP_ARG_PGOFF);
}

static void do_mmap_arguments(struct call *call, struct pt_regs *regs)
{
	u64 *args = call_args(call);

	call->out.head.size = offsetofend(struct mmtrace_record, do_mmap);
	call->out.head.event = MMTRACE_EVENT_DO_MMAP;
	call->out.head.flags = 0;
	call->file = (struct file *)regs_get_kernel_argument(regs, 0);
	args[0] = regs_get_kernel_argument(regs, 1);
	args[1] = regs_get_kernel_argument(regs, 2);
	args[2] = regs_get_kernel_argument(regs, 3);
	args[3] = regs_get_kernel_argument(regs, 4);
	args[4] = do_mmap_pgoff(regs);
}

/* All four system calls: the first five arguments as they come. */
static void syscall_entry(struct call *call, u32 event, u32 size, unsigned long args[6])
{
	unsigned int i;

	call->out.head.size = size;
	call->out.head.event = event;
	call->out.head.flags = is_32bit_syscall() ? MMTRACE_R_COMPAT : 0;
	call->file = NULL;
	call->out.call.syscall = syscall_number();
	call->out.do_mmap.reserved = 0;
	syscall_arguments(args);
	for (i = 0; i < CALL_ARGS; i++)
		call_args(call)[i] = args[i];
}

static void mremap_arguments(struct call *call, struct pt_regs *regs)
{
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_MREMAP, offsetofend(struct mmtrace_record, mremap),
		      args);
}

static void remap_file_pages_arguments(struct call *call, struct pt_regs *regs)
{
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_REMAP_FILE_PAGES,
		      offsetofend(struct mmtrace_record, remap_file_pages), args);
}

static void mmap2_arguments(struct call *call, struct pt_regs *regs)
{
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_MMAP2, offsetofend(struct mmtrace_record, mmap),
		      args);
	call->out.mmap.off = args[5];
	call->out.mmap.fd = args[4];
}

static void mmap_arguments(struct call *call, struct pt_regs *regs)
{
	unsigned long args[6];
	unsigned int i;

	syscall_entry(call, MMTRACE_EVENT_MMAP, offsetofend(struct mmtrace_record, mmap),
		      args);
	if (call->out.head.flags & MMTRACE_R_COMPAT && is_old_mmap(call->out.call.syscall, true)) {
		if (!old_mmap_arguments(args))
			call->out.head.flags |= MMTRACE_R_ARGS_UNREAD;
		for (i = 0; i < CALL_ARGS; i++)
			call_args(call)[i] = args[i];
	}
	call->out.mmap.off = args[5];
	call->out.mmap.fd = args[4];
}

/* A call that is wanted, and whose return there is no way to hook. */
static noinline void miss(dispatch_arguments_t arguments, struct pt_regs *regs)
{
	struct call *call = this_cpu_ptr(&dispatch_judged);

	arguments(call, regs);
	dispatch_miss(call);
}

/*
 * Judges a call, and keeps what is wanted: its arguments are then written where it
 * is kept. Where a filter has to see them before, they are written twice, rather
 * than copied for all.
 */
static __always_inline bool keep(struct kprobe *probe, struct pt_regs *regs, u32 event,
				 dispatch_arguments_t arguments, struct call **call)
{
	struct kretprobe_instance *ri;

	if (!dispatch_entry(event, arguments, regs))
		return false;
	if (unlikely(!hook_keep(probe, regs, &ri))) {
		miss(arguments, regs);
		return false;
	}
	*call = call_of(ri);
	arguments(*call, regs);
	return true;
}

/*
 * Where the hook is an int3 this counts as an NMI, in which the clock of the return may
 * not be asked: lockdep says so, and stops looking. They differ only while it is being set.
 */
static __always_inline u64 start_time(void)
{
	return ktime_get_mono_fast_ns();
}

static __always_inline int keep_syscall(struct kprobe *probe, struct pt_regs *regs, u32 event,
					dispatch_arguments_t arguments)
{
	struct call *call;

	if (!keep(probe, regs, event, arguments, &call))
		return 0;
	call->out.call.call_id = dispatch_call_id();
	outer_begin(call);
	call->start = start_time();
	return 0;
}

/**
 * entry_do_mmap() - do_mmap() is entered, by its own arguments
 * @probe: of the function
 * @regs: at its entry
 *
 * Return: 0.
 */
int entry_do_mmap(struct kprobe *probe, struct pt_regs *regs)
{
	struct call *call;

	if (!keep(probe, regs, MMTRACE_EVENT_DO_MMAP, do_mmap_arguments, &call))
		return 0;
	call->out.do_mmap.reserved = 0;
	do_mmap_origin(call);
	call->out.call.call_id = outer_find_id(call) ?: dispatch_call_id();
	call->start = start_time();
	return 0;
}

/**
 * entry_mremap() - mremap(2) is entered
 * @probe: of the function
 * @regs: at its entry
 *
 * Return: 0.
 */
int entry_mremap(struct kprobe *probe, struct pt_regs *regs)
{
	return keep_syscall(probe, regs, MMTRACE_EVENT_MREMAP, mremap_arguments);
}

/**
 * entry_remap_file_pages() - remap_file_pages(2) is entered
 * @probe: of the function
 * @regs: at its entry
 *
 * Return: 0.
 */
int entry_remap_file_pages(struct kprobe *probe, struct pt_regs *regs)
{
	return keep_syscall(probe, regs, MMTRACE_EVENT_REMAP_FILE_PAGES,
			    remap_file_pages_arguments);
}

/**
 * entry_mmap2() - mmap2(2) is entered: mmap with an offset in units of 4096 bytes
 * @probe: of the function
 * @regs: at its entry
 *
 * Return: 0.
 */
int entry_mmap2(struct kprobe *probe, struct pt_regs *regs)
{
	return keep_syscall(probe, regs, MMTRACE_EVENT_MMAP2, mmap2_arguments);
}

/**
 * entry_mmap() - mmap(2) is entered, or the one of i386 that has its arguments in memory
 * @probe: of the function
 * @regs: at its entry
 *
 * Return: 0.
 */
int entry_mmap(struct kprobe *probe, struct pt_regs *regs)
{
	return keep_syscall(probe, regs, MMTRACE_EVENT_MMAP, mmap_arguments);
}

/**
 * entry_return() - the call whose entry was wanted has returned
 * @ri: of the call
 * @regs: at the return of the function
 *
 * Return: 0.
 */
int entry_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);

	outer_end(call);
	call->out.call.ret = regs_return_value(regs);
	return dispatch_return(call);
}
