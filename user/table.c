// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define ROOM_MIN	1024

/* FNV-1a. */
static __u32 hash_of(const void *key, size_t len)
{
	const unsigned char *bytes = key;
	__u32 hash = 2166136261u;

	while (len--)
		hash = (hash ^ *bytes++) * 16777619u;
	return hash;
}

/**
 * table_key() - the key of an entry
 * @table: of the entry
 * @entry: one of its entries
 *
 * Return: the bytes, a NUL behind them.
 */
const char *table_key(const struct table *table, const struct table_entry *entry)
{
	return (const char *)entry->value + table->value_size;
}

static struct table_entry *find(const struct table *table, __u32 hash, const void *key,
				size_t len)
{
	struct table_entry *entry = table->room ? table->buckets[hash & (table->room - 1)] : NULL;

	while (entry && (entry->hash != hash || entry->key_len != len ||
			 memcmp(table_key(table, entry), key, len)))
		entry = entry->next;
	return entry;
}

static void insert(struct table *table, struct table_entry *entry)
{
	struct table_entry **bucket = &table->buckets[entry->hash & (table->room - 1)];

	entry->next = *bucket;
	*bucket = entry;
}

/* Keeps less than one entry a bucket. */
static int grow(struct table *table)
{
	struct table_entry **old = table->buckets, *entry;
	size_t old_room = table->room, i;

	if (table->len < table->room)
		return 0;
	table->room = old_room ? 2 * old_room : ROOM_MIN;
	table->buckets = calloc(table->room, sizeof(*table->buckets));
	if (!table->buckets) {
		table->buckets = old;
		table->room = old_room;
		return -ENOMEM;
	}
	for (i = 0; i < old_room; i++) {
		while ((entry = old[i])) {
			old[i] = entry->next;
			insert(table, entry);
		}
	}
	free(old);
	return 0;
}

/**
 * table_get() - the value of a key, which is made if there is none
 * @table: where
 * @key: the bytes
 * @len: how many
 *
 * Return: the value, zero if it is new; NULL with ENOSPC in errno if the limit is
 * reached, with ENOMEM if there is no memory.
 */
void *table_get(struct table *table, const void *key, size_t len)
{
	__u32 hash = hash_of(key, len);
	struct table_entry *entry = find(table, hash, key, len);
	size_t size = sizeof(*entry) + table->value_size + len + 1;

	if (entry)
		return entry->value;
	errno = ENOSPC;
	if (table->limit && size > table->limit - table->bytes)
		return NULL;
	errno = ENOMEM;
	if (grow(table))
		return NULL;
	entry = calloc(1, size);
	if (!entry)
		return NULL;
	entry->hash = hash;
	entry->key_len = len;
	memcpy((char *)entry->value + table->value_size, key, len);
	insert(table, entry);
	table->bytes += size;
	table->len++;
	return entry->value;
}

static int compare(const void *a, const void *b, void *table)
{
	const struct table_entry *const *left = a, *const *right = b;

	return strcmp(table_key(table, *left), table_key(table, *right));
}

/**
 * table_sorted() - all entries by their keys, which must be strings
 * @table: of at least one
 *
 * Return: an array, to be freed; NULL if there is no memory.
 */
struct table_entry **table_sorted(const struct table *table)
{
	struct table_entry **sorted = calloc(table->len, sizeof(*sorted)), *entry;
	size_t i, n = 0;

	if (!sorted)
		return NULL;
	for (i = 0; i < table->room; i++)
		for (entry = table->buckets[i]; entry; entry = entry->next)
			sorted[n++] = entry;
	qsort_r(sorted, n, sizeof(*sorted), compare, (void *)table);
	return sorted;
}

/**
 * table_clear() - forget all
 * @table: which is an empty one then
 */
void table_clear(struct table *table)
{
	struct table_entry *entry;
	size_t i;

	for (i = 0; i < table->room; i++) {
		while ((entry = table->buckets[i])) {
			table->buckets[i] = entry->next;
			free(entry);
		}
	}
	free(table->buckets);
	*table = (struct table){ .value_size = table->value_size, .limit = table->limit };
}
