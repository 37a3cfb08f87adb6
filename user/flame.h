/* SPDX-License-Identifier: GPL-2.0 */
/* A tree of calls, by who made them. */
#ifndef MMTRACE_FLAME_H
#define MMTRACE_FLAME_H

#include <linux/types.h>

#include "index.h"

#define FLAME_ROOT	0
#define FLAME_FRAMES	65536u

/**
 * struct frame - a node of the tree
 * @parent: its number
 * @name: by struct intern
 * @child: number of its first child; FLAME_ROOT for none
 * @next: number of the next child of its parent, likewise
 * @calls: made there or below
 * @bytes: that these have mapped; nothing is taken off for a mapping that shrank
 */
struct frame {
	__u32	parent;
	__u32	name;
	__u32	child;
	__u32	next;
	__u64	calls;
	double	bytes;
};

/**
 * struct flame - the tree
 * @index: of @frames
 * @frames: by their number; the first is the root
 * @len: how many
 * @unplaced: calls of which not all frames found room
 */
struct flame {
	struct index	index;
	struct frame	*frames;
	__u32		len;
	__u64		unplaced;
};

int flame_init(struct flame *flame);
void flame_free(struct flame *flame);
__u32 flame_push(struct flame *flame, __u32 parent, __u32 name);
void flame_count(struct flame *flame, __u32 frame, double bytes);
void flame_sort(struct flame *flame);

#endif /* MMTRACE_FLAME_H */
