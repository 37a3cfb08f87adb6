/* SPDX-License-Identifier: GPL-2.0 */
/*
 * READ_ONCE() and its kin, for ring.c in user space.
 *
 * ThreadSanitizer knows atomic accesses, but not fences. Therefore each access
 * that the kernel only calls volatile is an atomic one here: what is left for
 * it to find is a shared access of ring.c without READ_ONCE() or WRITE_ONCE().
 */
#ifndef RING_SHIM_LINUX_COMPILER_H
#define RING_SHIM_LINUX_COMPILER_H

#include <sys/cdefs.h>	/* __always_inline */

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define noinline	__attribute__((__noinline__))

/* What the compiler must not reason about. */
#define OPTIMIZER_HIDE_VAR(var)	__asm__ ("" : "+r" (var))

/*
 * Between any two accesses the thread may be stopped for a while. With
 * RING_SHIM_PAUSE that happens often, on any number of CPUs.
 */
#ifdef RING_SHIM_PAUSE
void ring_shim_pause(void);
#else
static inline void ring_shim_pause(void)
{
}
#endif

#define READ_ONCE(x)							\
({									\
	ring_shim_pause();						\
	__atomic_load_n(&(x), __ATOMIC_RELAXED);			\
})

#define WRITE_ONCE(x, val)						\
do {									\
	ring_shim_pause();						\
	__atomic_store_n(&(x), (val), __ATOMIC_RELAXED);		\
} while (0)

#endif
