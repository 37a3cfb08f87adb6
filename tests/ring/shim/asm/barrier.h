/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's barriers, for ring.c in user space: by C11, at least as strong as
 * the kernel asks for.
 */
#ifndef RING_SHIM_ASM_BARRIER_H
#define RING_SHIM_ASM_BARRIER_H

#include <linux/compiler.h>

#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST) /* all before all */
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE) /* loads before loads */
#define smp_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE) /* stores before stores */

/* Clocks of tests are memory. */
#define rmb()		smp_rmb()

/* The load before all that follows. */
#define smp_load_acquire(p)						\
({									\
	ring_shim_pause();						\
	__atomic_load_n(p, __ATOMIC_ACQUIRE);				\
})

/* All that comes before, before the store. */
#define smp_store_release(p, val)					\
do {									\
	ring_shim_pause();						\
	__atomic_store_n(p, val, __ATOMIC_RELEASE);			\
} while (0)

#endif
