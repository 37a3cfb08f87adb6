/* SPDX-License-Identifier: GPL-2.0 */
/* Calls counted by a key. */
#ifndef MMTRACE_TALLY_H
#define MMTRACE_TALLY_H

#include "key.h"
#include "measure.h"

/* Calls of more keys than that are counted together. */
#define TALLY_KEYS_MAX	100000

/**
 * struct tally_row - calls of one key
 * @key: its name is a copy
 * @hash: of the key
 * @measure: of the calls
 */
struct tally_row {
	struct key	key;
	__u64		hash;
	struct measure	measure;
};

/**
 * struct tally - calls by their keys
 * @by: what these are made of
 * @keys_max: most keys
 * @rows: one a key, in no order
 * @len: how many
 * @places: hash table of the rows, 1 + the index of each, 0 where there is none
 * @room: number of places, a power of two
 * @others: calls for whose key there was no room
 */
struct tally {
	enum key_by		by;
	__u32			keys_max;
	struct tally_row	*rows;
	__u32			len;
	__u32			*places;
	__u32			room;
	struct measure		others;
};

/**
 * enum tally_sort - what comes first
 * @TALLY_CALLS: most calls
 * @TALLY_ERRORS: most that failed
 * @TALLY_BYTES: most bytes
 * @TALLY_LATENCY: longest 99th percentile
 * @TALLY_SORTS: not a sort
 */
enum tally_sort {
	TALLY_CALLS,
	TALLY_ERRORS,
	TALLY_BYTES,
	TALLY_LATENCY,
	TALLY_SORTS
};

#define TALLY_SORT_HELP	"calls, errors, bytes or latency"

int tally_sort_parse(const char *value, enum tally_sort *sort);
const char *tally_sort_name(enum tally_sort sort);
void tally_init(struct tally *tally, enum key_by by);
int tally_add(struct tally *tally, const struct mmtrace_record *rec, __u32 page_size,
	      __u64 weight);
const struct tally_row **tally_sorted(const struct tally *tally, enum tally_sort sort);
void tally_halve(struct tally *tally);
void tally_clear(struct tally *tally);

#endif /* MMTRACE_TALLY_H */
