// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "index.h"

/**
 * index_init() - make an index of nothing
 * @index: @same and @owner are set
 * @most: things there will ever be
 *
 * Half of the slots stay empty, so that a search ends soon, and ends.
 *
 * Return: 0 or -ENOMEM.
 */
int index_init(struct index *index, __u32 most)
{
	__u32 slots = 16;

	while (slots < 2 * most)
		slots *= 2;
	index->slots = calloc(slots, sizeof(*index->slots));
	index->mask = slots - 1;
	return index->slots ? 0 : -ENOMEM;
}

void index_free(struct index *index)
{
	free(index->slots);
	index->slots = NULL;
}

/**
 * index_slot() - where the number of a thing is, or where it belongs
 * @index: the index
 * @hash: of the thing
 * @key: for @same
 *
 * Return: its slot; 0 in it if the thing is not there.
 */
__u32 *index_slot(struct index *index, __u32 hash, const void *key)
{
	__u32 at = hash ^ hash >> 15;

	for (;; at++) {
		__u32 *slot = &index->slots[at & index->mask];

		if (!*slot || index->same(index->owner, *slot - 1, key))
			return slot;
	}
}

/**
 * index_hash() - FNV-1a
 * @seed: INDEX_SEED, or the hash of what is before these bytes
 * @bytes: the bytes
 * @len: how many
 */
__u32 index_hash(__u32 seed, const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;

	while (len--)
		seed = (seed ^ *byte++) * 16777619u;
	return seed;
}
