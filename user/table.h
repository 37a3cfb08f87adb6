/* SPDX-License-Identifier: GPL-2.0 */
/* Values by keys of any bytes. */
#ifndef MMTRACE_TABLE_H
#define MMTRACE_TABLE_H

#include <stddef.h>
#include <linux/types.h>

/**
 * struct table_entry - a key and its value
 * @next: with the same hash, or another one
 * @hash: of the key
 * @key_len: bytes
 * @value: of as many bytes as the table says, and the key behind it
 */
struct table_entry {
	struct table_entry	*next;
	__u32			hash;
	__u32			key_len;
	__u64			value[];
};

/**
 * struct table - all of them; zero but for @value_size is an empty one
 * @value_size: bytes of a value, a multiple of 8
 * @limit: most bytes of entries, 0 for no limit
 * @bytes: of entries
 * @len: number of entries
 * @room: number of @buckets, a power of two, or 0
 * @buckets: entries by their hash
 */
struct table {
	size_t			value_size;
	size_t			limit;
	size_t			bytes;
	size_t			len;
	size_t			room;
	struct table_entry	**buckets;
};

void *table_get(struct table *table, const void *key, size_t len);
const char *table_key(const struct table *table, const struct table_entry *entry);
struct table_entry **table_sorted(const struct table *table);
void table_clear(struct table *table);

#endif /* MMTRACE_TABLE_H */
