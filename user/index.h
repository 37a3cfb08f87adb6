/* SPDX-License-Identifier: GPL-2.0 */
/* Finds things, which their owner numbers from 0 on, by their hash. */
#ifndef MMTRACE_INDEX_H
#define MMTRACE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define INDEX_SEED	2166136261u

/**
 * struct index - an open hash table of fixed size
 * @slots: 1 + the number of a thing, 0 for none
 * @mask: number of slots - 1
 * @same: is the thing of this number of @owner the one that is looked for?
 * @owner: of the things
 */
struct index {
	__u32		*slots;
	__u32		mask;
	bool		(*same)(const void *owner, __u32 number, const void *key);
	const void	*owner;
};

int index_init(struct index *index, __u32 most);
void index_free(struct index *index);
__u32 *index_slot(struct index *index, __u32 hash, const void *key);
__u32 index_hash(__u32 seed, const void *bytes, size_t len);

#endif /* MMTRACE_INDEX_H */
