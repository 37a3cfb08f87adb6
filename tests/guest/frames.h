/* SPDX-License-Identifier: GPL-2.0 */
/* A system call whose registers say of the stack what the test wants. */
#ifndef MMTRACE_TEST_FRAMES_H
#define MMTRACE_TEST_FRAMES_H

#include "mmtrace_test.h"

#define NOT_MAPPED	0x4d000ul	/* for a mremap that fails and is known again */
#define NO_SUCH_FLAG	0x80

/**
 * struct from - where a call comes from
 * @frame: frame pointer
 * @sp: stack pointer
 * @link: link register, where there is one
 * @ip: out: address behind the system call
 */
struct from {
	unsigned long	frame;
	unsigned long	sp;
	unsigned long	link;
	unsigned long	ip;
};

/* Nothing is put on the stack meanwhile, so its pointer may be anything. */
static inline __attribute__((always_inline)) void mremap_from(struct from *from)
{
#if defined(__x86_64__)
	register long flags __asm__("r10") = NO_SUCH_FLAG;
	register long new_address __asm__("r8") = 0;
	unsigned long frame = from->frame, sp = from->sp, ip;
	long ret = SYS_mremap;

	__asm__ volatile("xchg %%rbp, %[frame]\n"
			 "xchg %%rsp, %[sp]\n"
			 "syscall\n"
			 "1: xchg %%rsp, %[sp]\n"
			 "xchg %%rbp, %[frame]\n"
			 "lea 1b(%%rip), %[ip]\n"
			 : "+a" (ret), [frame] "+&r" (frame), [sp] "+&r" (sp), [ip] "=&r" (ip)
			 : "D" (NOT_MAPPED), "S" (PAGE), "d" (PAGE), "r" (flags), "r" (new_address)
			 : "rcx", "r11", "memory");
	from->ip = ip;
#elif defined(__i386__)
	/* Of seven registers five are arguments and one is for the compiler. */
	static unsigned long frame, sp, ip;
	long ret = SYS_mremap;

	frame = from->frame;
	sp = from->sp;
	__asm__ volatile("xchg %%ebp, %[frame]\n"
			 "xchg %%esp, %[sp]\n"
			 "int $0x80\n"
			 "1: xchg %%esp, %[sp]\n"
			 "xchg %%ebp, %[frame]\n"
			 "movl $1b, %[ip]\n"
			 : "+a" (ret), [frame] "+m" (frame), [sp] "+m" (sp), [ip] "=m" (ip)
			 : "b" (NOT_MAPPED), "c" (PAGE), "d" (PAGE), "S" (NO_SUCH_FLAG)
			 : "memory");
	from->ip = ip;
#elif defined(__aarch64__)
	register long number __asm__("x8") = SYS_mremap;
	register long address __asm__("x0") = NOT_MAPPED;
	register long old_size __asm__("x1") = PAGE;
	register long new_size __asm__("x2") = PAGE;
	register long flags __asm__("x3") = NO_SUCH_FLAG;
	register long new_address __asm__("x4") = 0;
	unsigned long ip;

	__asm__ volatile("mov x9, x29\n"
			 "mov x10, sp\n"
			 "mov x11, x30\n"
			 "mov x29, %[frame]\n"
			 "mov x30, %[link]\n"
			 "mov sp, %[sp]\n"
			 "svc 0\n"
			 "1: mov sp, x10\n"
			 "mov x29, x9\n"
			 "mov x30, x11\n"
			 "adr %[ip], 1b\n"
			 : "+r" (address), [ip] "=&r" (ip)
			 : "r" (number), "r" (old_size), "r" (new_size), "r" (flags),
			   "r" (new_address), [frame] "r" (from->frame), [sp] "r" (from->sp),
			   [link] "r" (from->link)
			 : "x9", "x10", "x11", "memory");
	from->ip = ip;
#endif
}

#endif /* MMTRACE_TEST_FRAMES_H */
