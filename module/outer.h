/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The call that a nested do_mmap() belongs to: an mmap, mmap2 or remap_file_pages
 * of this thread that is not over yet. A thread has one at most.
 */
#ifndef MMTRACE_OUTER_H
#define MMTRACE_OUTER_H

#include "call.h"

#ifdef HAVE_PENDING_KRETPROBES
/* The kernel's own list of what is under way tells it. */
static inline void outer_begin(const struct call *call) {}
static inline void outer_end(const struct call *call) {}
#else
void outer_begin(const struct call *call);
void outer_end(const struct call *call);
#endif

u64 outer_find_id(void);

#endif /* MMTRACE_OUTER_H */
