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
#include <linux/uaccess.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "call.h"
#include "dispatch.h"
#include "entry.h"
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
	} else {
		call->out.call.syscall = number_after_exec(nr, is_32bit);
	}
}

/**
 * entry_do_mmap() - entry handler of do_mmap(), by its own arguments
 * @ri: of the call
 * @regs: at the entry of the function
 *
 * Return: 0 if the call is wanted; else 1, and its return is not hooked.
 */
int entry_do_mmap(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
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
	return accept(call, outer_find_id() ?: dispatch_call_id());
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
	if (!dispatch_entry(call, call_event(call)))
		return 1;
	accept(call, dispatch_call_id());
	outer_begin(call);
	return 0;
}

/**
 * entry_mremap() - entry handler of mremap(2)
 * @ri: of the call
 * @regs: at the entry of the function
 *
 * Return: 0 if the call is wanted; else 1, and its return is not hooked.
 */
int entry_mremap(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_MREMAP, args);
	return syscall_wanted(call);
}

/**
 * entry_remap_file_pages() - entry handler of remap_file_pages(2)
 * @ri: of the call
 * @regs: at the entry of the function
 *
 * Return: 0 if the call is wanted; else 1, and its return is not hooked.
 */
int entry_remap_file_pages(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_REMAP_FILE_PAGES, args);
	return syscall_wanted(call);
}

/**
 * entry_mmap2() - entry handler of mmap2(2): mmap with an offset in units of 4096 bytes
 * @ri: of the call
 * @regs: at the entry of the function
 *
 * Return: 0 if the call is wanted; else 1, and its return is not hooked.
 */
int entry_mmap2(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = call_of(ri);
	unsigned long args[6];

	syscall_entry(call, MMTRACE_EVENT_MMAP2, args);
	call->out.mmap.off = args[5];
	call->out.mmap.fd = args[4];
	return syscall_wanted(call);
}

/**
 * entry_mmap() - entry handler of mmap(2), and the one of i386 that has its arguments in memory
 * @ri: of the call
 * @regs: at the entry of the function
 *
 * Return: 0 if the call is wanted; else 1, and its return is not hooked.
 */
int entry_mmap(struct kretprobe_instance *ri, struct pt_regs *regs)
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
