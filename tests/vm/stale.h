/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Behind compat.h in the variant "stale": memory that is not asked for zeroed has a
 * pattern instead, so that a byte nobody wrote is known wherever it comes out. The
 * compiler does the same with what is on the stack.
 */
#ifndef MMTRACE_STALE_H
#define MMTRACE_STALE_H

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define STALE	0xfe	/* as gcc has it */

static inline void *stale_fill(void *memory, size_t size, gfp_t flags)
{
	return memory && !(flags & __GFP_ZERO) ? memset(memory, STALE, size) : memory;
}

static inline void *stale_kmalloc(size_t size, gfp_t flags)
{
	return stale_fill(kmalloc(size, flags), size, flags);
}

static inline void *stale_kvmalloc(size_t size, gfp_t flags)
{
	return stale_fill(kvmalloc(size, flags), size, flags);
}

static inline void *stale_vmalloc(size_t size, gfp_t flags)
{
	return stale_fill(__vmalloc(size, flags), size, flags);
}

static inline void __percpu *stale_percpu(size_t size, size_t align)
{
	void __percpu *memory = __alloc_percpu(size, align);
	int cpu;

	if (memory)
		for_each_possible_cpu(cpu)
			memset(per_cpu_ptr(memory, cpu), STALE, size);
	return memory;
}

#undef kmalloc
#undef kvmalloc
#undef __vmalloc
#undef alloc_percpu
#define kmalloc		stale_kmalloc
#define kvmalloc	stale_kvmalloc
#define __vmalloc	stale_vmalloc
#define alloc_percpu(type)	\
	((typeof(type) __percpu *)stale_percpu(sizeof(type), __alignof__(type)))

#endif /* MMTRACE_STALE_H */
