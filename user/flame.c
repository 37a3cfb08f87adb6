// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "flame.h"

static bool same(const void *owner, __u32 number, const void *key)
{
	const struct flame *flame = owner;
	const struct frame *frame = &flame->frames[number], *wanted = key;

	return frame->parent == wanted->parent && frame->name == wanted->name;
}

/**
 * flame_init() - make a tree of a root
 * @flame: all zero
 *
 * Return: 0 or -ENOMEM.
 */
int flame_init(struct flame *flame)
{
	flame->index.same = same;
	flame->index.owner = flame;
	flame->frames = calloc(FLAME_FRAMES, sizeof(*flame->frames));
	if (!flame->frames || index_init(&flame->index, FLAME_FRAMES))
		return -ENOMEM;
	flame->len = 1;
	return 0;
}

void flame_free(struct flame *flame)
{
	index_free(&flame->index);
	free(flame->frames);
	flame->frames = NULL;
}

/**
 * flame_push() - a child of a frame
 * @flame: the tree
 * @parent: number of the frame
 * @name: of the child
 *
 * Return: its number; @parent if there is no room for a new one.
 */
__u32 flame_push(struct flame *flame, __u32 parent, __u32 name)
{
	struct frame frame = { .parent = parent, .name = name };
	__u32 *slot = index_slot(&flame->index, index_hash(INDEX_SEED, &frame, 8), &frame);

	if (*slot)
		return *slot - 1;
	if (flame->len == FLAME_FRAMES) {
		flame->unplaced++;
		return parent;
	}
	frame.next = flame->frames[parent].child;
	flame->frames[parent].child = flame->len;
	flame->frames[flame->len] = frame;
	*slot = ++flame->len;
	return *slot - 1;
}

/**
 * flame_count() - a call was made
 * @flame: the tree
 * @frame: number of the innermost frame
 * @bytes: that it has mapped; less than 0 if a mapping shrank
 */
void flame_count(struct flame *flame, __u32 frame, double bytes)
{
	for (;; frame = flame->frames[frame].parent) {
		flame->frames[frame].calls++;
		flame->frames[frame].bytes += bytes > 0 ? bytes : 0;
		if (frame == FLAME_ROOT)
			return;
	}
}

/* Most calls first; of equals the older one. */
static bool is_before(const struct flame *flame, __u32 a, __u32 b)
{
	__u64 more = flame->frames[a].calls, less = flame->frames[b].calls;

	return more > less || (more == less && a < b);
}

/* Takes the one that is to be first from one of two sorted lists. */
static __u32 take_first(const struct flame *flame, __u32 *a, __u32 *b)
{
	__u32 *from = !*b || (*a && is_before(flame, *a, *b)) ? a : b, first = *from;

	*from = flame->frames[first].next;
	return first;
}

static __u32 merge(struct flame *flame, __u32 a, __u32 b)
{
	__u32 first = FLAME_ROOT, *end = &first;

	while (a || b) {
		*end = take_first(flame, &a, &b);
		end = &flame->frames[*end].next;
	}
	*end = FLAME_ROOT;
	return first;
}

/* Lists of 1, 2, 4... frames are merged as the digits of a number that is counted up. */
static __u32 sort(struct flame *flame, __u32 list)
{
	__u32 sorted[17] = {}, frame, all = FLAME_ROOT;
	unsigned int i;

	while (list) {
		frame = list;
		list = flame->frames[frame].next;
		flame->frames[frame].next = FLAME_ROOT;
		for (i = 0; sorted[i]; i++) {
			frame = merge(flame, sorted[i], frame);
			sorted[i] = FLAME_ROOT;
		}
		sorted[i] = frame;
	}
	for (i = 0; i < 17; i++)
		all = merge(flame, sorted[i], all);
	return all;
}

/**
 * flame_sort() - children with most calls first
 * @flame: to which nothing is added any more
 */
void flame_sort(struct flame *flame)
{
	__u32 i;

	for (i = 0; i < flame->len; i++)
		flame->frames[i].child = sort(flame, flame->frames[i].child);
}
