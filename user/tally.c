// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "tally.h"

#define ROOM_MIN	64

static const char *const sorts[TALLY_SORTS] = {
	[TALLY_CALLS]	= "calls",
	[TALLY_ERRORS]	= "errors",
	[TALLY_BYTES]	= "bytes",
	[TALLY_LATENCY]	= "latency",
};

/**
 * tally_sort_parse() - the value of --sort
 * @value: as typed
 * @sort: filled in
 *
 * Return: 0; -1 if there is no such order, and the user has been told.
 */
int tally_sort_parse(const char *value, enum tally_sort *sort)
{
	int i;

	for (i = 0; i < TALLY_SORTS; i++) {
		if (strcmp(sorts[i], value))
			continue;
		*sort = i;
		return 0;
	}
	complain("--sort: there is no '%s', but " TALLY_SORT_HELP, value);
	return -1;
}

/**
 * tally_sort_name() - what it is called
 * @sort: an order
 *
 * Return: its name.
 */
const char *tally_sort_name(enum tally_sort sort)
{
	return sorts[sort];
}

/**
 * tally_init() - nothing is counted
 * @tally: filled in
 * @by: what its keys are made of
 */
void tally_init(struct tally *tally, enum key_by by)
{
	*tally = (struct tally){ .by = by, .keys_max = TALLY_KEYS_MAX };
}

/* Where the key is, or would be. There are always empty places. */
static __u32 place_of(const struct tally *tally, const struct key *key, __u64 hash)
{
	__u32 place = hash & (tally->room - 1);

	while (tally->places[place]) {
		const struct tally_row *row = &tally->rows[tally->places[place] - 1];

		if (row->hash == hash && !key_compare(&row->key, key))
			break;
		place = (place + 1) & (tally->room - 1);
	}
	return place;
}

static void fill_places(struct tally *tally)
{
	__u32 i;

	memset(tally->places, 0, tally->room * sizeof(*tally->places));
	for (i = 0; i < tally->len; i++)
		tally->places[place_of(tally, &tally->rows[i].key, tally->rows[i].hash)] = i + 1;
}

/* Half of the places are for rows at most. */
static int make_room(struct tally *tally)
{
	__u32 room = tally->room ? 2 * tally->room : ROOM_MIN;
	struct tally_row *rows;
	__u32 *places;

	if (tally->len < tally->room / 2)
		return 0;
	rows = realloc(tally->rows, room / 2 * sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	tally->rows = rows;
	places = realloc(tally->places, room * sizeof(*places));
	if (!places)
		return -ENOMEM;
	tally->places = places;
	tally->room = room;
	fill_places(tally);
	return 0;
}

/* The row of a key that has none; NULL without memory. */
static struct tally_row *new_row(struct tally *tally, const struct key *key, __u64 hash)
{
	char *name = malloc(key->name_len + 1);
	struct tally_row *row;

	if (!name)
		return NULL;
	memcpy(name, key->name, key->name_len);
	row = &tally->rows[tally->len++];
	*row = (struct tally_row){ .key = *key, .hash = hash };
	row->key.name = name;
	tally->places[place_of(tally, key, hash)] = tally->len;
	return row;
}

/**
 * tally_add() - count a call
 * @tally: where
 * @rec: a valid record of a call
 * @page_size: of the machine, bytes
 * @weight: for how many calls it counts, not 0
 *
 * Return: 0 or -ENOMEM.
 */
int tally_add(struct tally *tally, const struct mmtrace_record *rec, __u32 page_size,
	      __u64 weight)
{
	struct tally_row *row;
	struct key key;
	__u64 hash;
	__u32 at;

	if (make_room(tally))
		return -ENOMEM;
	key_of(tally->by, rec, &key);
	hash = key_hash(&key);
	at = tally->places[place_of(tally, &key, hash)];
	if (!at && tally->len >= tally->keys_max)
		return measure_add(&tally->others, rec, page_size, weight);
	row = at ? &tally->rows[at - 1] : new_row(tally, &key, hash);
	return row ? measure_add(&row->measure, rec, page_size, weight) : -ENOMEM;
}

static __u64 worth(const struct measure *measure, enum tally_sort sort)
{
	switch (sort) {
	case TALLY_ERRORS:
		return measure->errors;
	case TALLY_BYTES:
		return measure->bytes;
	case TALLY_LATENCY:
		return delay_percentile(&measure->latency, 99);
	default:
		return measure->latency.calls;
	}
}

/**
 * struct rank - a row to be sorted
 * @row: it
 * @worth: by which it is sorted
 */
struct rank {
	const struct tally_row	*row;
	__u64			worth;
};

/* Rows of the same worth stand by their calls, then by their keys: always the same way. */
static int compare_ranks(const void *a, const void *b)
{
	const struct rank *first = a, *second = b;
	__u64 calls[] = { first->row->measure.latency.calls, second->row->measure.latency.calls };

	if (first->worth != second->worth)
		return first->worth > second->worth ? -1 : 1;
	if (calls[0] != calls[1])
		return calls[0] > calls[1] ? -1 : 1;
	return key_compare(&first->row->key, &second->row->key);
}

/**
 * tally_sorted() - the rows in an order
 * @tally: whose
 * @sort: what comes first
 *
 * Return: @len pointers to rows, to be freed; NULL without memory.
 */
const struct tally_row **tally_sorted(const struct tally *tally, enum tally_sort sort)
{
	const struct tally_row **sorted = malloc((tally->len + 1) * sizeof(const void *));
	struct rank *ranks = malloc((tally->len + 1) * sizeof(*ranks));
	__u32 i;

	if (!sorted || !ranks) {
		free(sorted);
		free(ranks);
		return NULL;
	}
	for (i = 0; i < tally->len; i++)
		ranks[i] = (struct rank){ &tally->rows[i], worth(&tally->rows[i].measure, sort) };
	qsort(ranks, tally->len, sizeof(*ranks), compare_ranks);
	for (i = 0; i < tally->len; i++)
		sorted[i] = ranks[i].row;
	free(ranks);
	return sorted;
}

static void free_row(struct tally_row *row)
{
	free((char *)row->key.name);
	measure_free(&row->measure);
}

/**
 * tally_halve() - as if only half of the calls had been
 * @tally: where they are counted; keys without calls are there no more
 */
void tally_halve(struct tally *tally)
{
	__u32 from, to = 0;

	for (from = 0; from < tally->len; from++) {
		struct tally_row *row = &tally->rows[from];

		measure_halve(&row->measure);
		if (row->measure.latency.calls)
			tally->rows[to++] = *row;
		else
			free_row(row);
	}
	tally->len = to;
	measure_halve(&tally->others);
	if (tally->room)
		fill_places(tally);
}

/**
 * tally_clear() - forget all calls
 * @tally: where they are counted; may be used again
 */
void tally_clear(struct tally *tally)
{
	__u32 i;

	for (i = 0; i < tally->len; i++)
		free_row(&tally->rows[i]);
	free(tally->rows);
	free(tally->places);
	measure_free(&tally->others);
	*tally = (struct tally){ .by = tally->by, .keys_max = tally->keys_max };
}
