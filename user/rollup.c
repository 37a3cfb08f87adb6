// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rollup.h"

static bool same(const void *owner, __u32 number, const void *key)
{
	const struct rollup *rollup = owner;

	return !memcmp(&rollup->rows[number].alike, key, sizeof(struct alike));
}

/**
 * rollup_init() - nothing has been added up
 * @rollup: all zero
 *
 * Return: 0 or -ENOMEM.
 */
int rollup_init(struct rollup *rollup)
{
	rollup->index.same = same;
	rollup->index.owner = rollup;
	rollup->rows = calloc(ROLLUP_ROWS, sizeof(*rollup->rows));
	if (!rollup->rows)
		return -ENOMEM;
	return index_init(&rollup->index, ROLLUP_ROWS);
}

void rollup_free(struct rollup *rollup)
{
	index_free(&rollup->index);
	free(rollup->rows);
	rollup->rows = NULL;
}

/* The row of these calls; without room for another one that of the rest. */
static struct row *find(struct rollup *rollup, const struct alike *alike)
{
	__u32 hash = index_hash(INDEX_SEED, alike, sizeof(*alike));
	__u32 *slot = index_slot(&rollup->index, hash, alike);

	if (!*slot) {
		if (rollup->len == ROLLUP_ROWS)
			return &rollup->unplaced;
		rollup->rows[rollup->len].alike = *alike;
		*slot = ++rollup->len;
	}
	return &rollup->rows[*slot - 1];
}

/**
 * rollup_add() - a call has returned
 * @rollup: the sums
 * @alike: what it has in common with others
 * @bytes: that it has mapped
 * @ns: how long it took
 */
void rollup_add(struct rollup *rollup, const struct alike *alike, double bytes, __u64 ns)
{
	struct row row = { .calls = 1, .bytes = bytes, .ns = ns, .slowest = ns };

	rollup_merge(find(rollup, alike), &row);
}

/**
 * rollup_merge() - add a row to another one
 * @sum: that one
 * @row: this one
 */
void rollup_merge(struct row *sum, const struct row *row)
{
	sum->calls += row->calls;
	sum->bytes += row->bytes;
	sum->ns += row->ns;
	if (row->slowest > sum->slowest)
		sum->slowest = row->slowest;
}

/* Most bytes first, then most calls; the rest only so that the order is always the same. */
static int compare(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->bytes != b->bytes)
		return a->bytes > b->bytes ? -1 : 1;
	if (a->calls != b->calls)
		return a->calls > b->calls ? -1 : 1;
	return memcmp(&a->alike, &b->alike, sizeof(a->alike));
}

/**
 * rollup_sort() - largest first
 * @rollup: to which nothing is added any more
 */
void rollup_sort(struct rollup *rollup)
{
	qsort(rollup->rows, rollup->len, sizeof(*rollup->rows), compare);
}
