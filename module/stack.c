// SPDX-License-Identifier: GPL-2.0
/*
 * Walks up the user stack of the thread that runs, by frame pointers.
 *
 * Nothing on the way is to be trusted: registers and stack are as the program
 * made them. Memory is read only as far as it is there, as no page fault can be
 * waited for; each frame must be above the one before, so that there is an end;
 * and no address at or above TASK_SIZE is followed or told.
 */
#include <linux/bits.h>
#include <linux/compat.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>

#include <asm/processor.h>
#include <asm/ptrace.h>
#include <asm/unistd.h>

#include "stack.h"

/* Return: false for one that can't be code, or 0, which stands for none. */
static bool add(struct stack_walk *walk, unsigned long ip)
{
	if (!ip || ip >= TASK_SIZE)
		return false;
	walk->ip[walk->len++] = ip;
	return true;
}

static void end(struct stack_walk *walk, bool broken)
{
	walk->word = 0;
	if (broken)
		walk->flags |= MMTRACE_STACK_BROKEN;
}

#ifdef CONFIG_X86_64
/* mmap2 has six arguments, and the frame pointer's register is the sixth. */
static bool has_frame_pointer(const struct pt_regs *regs)
{
	return !in_ia32_syscall() || regs->orig_ax != __NR_ia32_mmap2;
}

/* A segment of the program's own may begin anywhere: no address in it means a thing. */
static u32 word_size(const struct pt_regs *regs)
{
	if (!has_frame_pointer(regs))
		return 0;
	switch (regs->cs) {
	case __USER_CS:
		return sizeof(u64);
	case __USER32_CS:
		return sizeof(u32);
	default:
		return 0;
	}
}

static unsigned long frame_pointer_of(const struct pt_regs *regs)
{
	return regs->bp;
}

static unsigned long without_signature(unsigned long ip)
{
	return ip;
}

static void add_link(struct stack_walk *walk, const struct pt_regs *regs)
{
}
#else
/* 32-bit Arm has no rule for frames. */
static u32 word_size(const struct pt_regs *regs)
{
	return compat_user_mode(regs) ? 0 : sizeof(u64);
}

static unsigned long frame_pointer_of(const struct pt_regs *regs)
{
	return regs->regs[29];
}

/* Above the bits of an address, up to the one that tells user space from the kernel. */
static unsigned long without_signature(unsigned long ip)
{
	return ip & ~(GENMASK(54, 0) & ~(TASK_SIZE_64 - 1));
}

static void add_link(struct stack_walk *walk, const struct pt_regs *regs)
{
	unsigned long link = without_signature(regs->regs[30]);

	/* The lowest bit is not of the address, but says that it is Thumb. */
	if (compat_user_mode(regs))
		link = regs->compat_lr & ~1ul;
	if (add(walk, link))
		walk->flags |= MMTRACE_STACK_LINK;
}
#endif

/**
 * stack_begin() - find where a system call comes from
 * @walk: to be filled in
 * @ip: room for addresses, the first of which this finds
 *
 * Context: preemption off; not of a thread without registers of user space.
 *
 * Return: false if there is no stack: a program that execve() is about to begin
 * has none yet, and the registers are of the one before.
 */
bool stack_begin(struct stack_walk *walk, u64 *ip)
{
	struct pt_regs *regs = task_pt_regs(current);

	*walk = (struct stack_walk) {
		.ip	= ip,
		.word	= word_size(regs),
		.frame	= frame_pointer_of(regs),
		.least	= user_stack_pointer(regs),
	};
	if (current->in_execve || !add(walk, instruction_pointer(regs)))
		return false;
	add_link(walk, regs);
	if (!walk->word)
		end(walk, true);
	return true;
}

/* A frame begins with the address of the next, then comes a return address. */
static bool read_frame(const struct stack_walk *walk, u64 frame[2])
{
	const void __user *from = (const void __user *)walk->frame;
	u32 narrow[2];

	if (walk->frame < walk->least || walk->frame % walk->word ||
	    walk->frame > TASK_SIZE - 2 * walk->word)
		return false;
	if (walk->word == sizeof(u64))
		return !peek_user(frame, from, 2 * sizeof(u64));
	if (peek_user(narrow, from, sizeof(narrow)))
		return false;
	frame[0] = narrow[0];
	frame[1] = narrow[1];
	return true;
}

/* A function that has a frame, and has called nothing since, has the same in both. */
static bool is_link(const struct stack_walk *walk, unsigned long ip)
{
	return walk->flags & MMTRACE_STACK_LINK && walk->len == 2 && walk->ip[1] == ip;
}

static void step(struct stack_walk *walk)
{
	unsigned long ip;
	u64 frame[2];

	if (!walk->frame) {
		end(walk, false);
		return;
	}
	if (!read_frame(walk, frame)) {
		end(walk, true);
		return;
	}
	ip = without_signature(frame[1]);
	if (is_link(walk, ip))
		walk->flags &= ~MMTRACE_STACK_LINK;
	else if (!add(walk, ip))
		end(walk, ip);
	walk->least = walk->frame + 1;
	walk->frame = frame[0];
}

/**
 * stack_continue() - go on upwards
 * @walk: that has begun
 * @len: how many addresses are wanted; there may be less
 *
 * Context: preemption off.
 */
void stack_continue(struct stack_walk *walk, u32 len)
{
	while (walk->word && walk->len < len)
		step(walk);
}

/**
 * stack_flags() - what is to be said of the first addresses of a stack
 * @walk: that went to @depth + 1, if it could
 * @depth: how many of the addresses
 *
 * Return: MMTRACE_STACK_*.
 */
u32 stack_flags(const struct stack_walk *walk, u32 depth)
{
	u32 flags = walk->flags;

	if (walk->len > depth)
		flags = (flags & ~MMTRACE_STACK_BROKEN) | MMTRACE_STACK_CUT;
	if (depth < 2)
		flags &= ~MMTRACE_STACK_LINK;
	return flags;
}
