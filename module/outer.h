/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The call that a nested do_mmap() belongs to: an mmap, mmap2 or remap_file_pages
 * of this thread that is not over yet. A thread has one at most.
 */
#ifndef MMTRACE_OUTER_H
#define MMTRACE_OUTER_H

#include <linux/kprobes.h>

#include "call.h"

#ifdef HAVE_PENDING_KRETPROBES
/* The kernel's own list of what is under way tells it. */
static inline void outer_begin(const struct call *call) {}
static inline void outer_end(const struct call *call) {}

u64 outer_search(struct llist_node *node);

/**
 * outer_find_id() - call id of the call that another one is in
 * @call: of do_mmap(), kept
 *
 * Context: preemption off.
 *
 * Return: the id, or 0 if there is none.
 */
static inline u64 outer_find_id(const struct call *call)
{
	const struct kretprobe_instance *ri = (const void *)call -
					      offsetof(struct kretprobe_instance, data);
	struct llist_node *outer = ri->kretprobe_node.next;

	return unlikely(outer) ? outer_search(outer) : 0;
}
#else
void outer_begin(const struct call *call);
void outer_end(const struct call *call);
u64 outer_find_id(const struct call *call);
#endif

#endif /* MMTRACE_OUTER_H */
