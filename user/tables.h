/* SPDX-License-Identifier: GPL-2.0 */
/* What many records come to: the tables of stat. */
#ifndef MMTRACE_TABLES_H
#define MMTRACE_TABLES_H

#include "format.h"
#include "tally_text.h"

/* More than there are causes of loss. Those without a name are number 0. */
#define TABLES_CAUSES	8

/**
 * struct tables - what records come to, up to now
 * @tallies: each makes a table
 * @tallies_len: how many
 * @view: how they are shown; @width set at the beginning
 * @histogram: with the latencies of each key
 * @json: as JSON instead
 * @periodic: again and again, each time what was new
 * @every: of a recording, by its own time, ns; 0 for never
 * @total: of all calls
 * @lost: calls that are not among them, by cause
 * @unknown: records of events of a newer module
 * @from: when what is to be shown began, ns of CLOCK_MONOTONIC
 * @last: time of the last record
 */
struct tables {
	struct tally	tallies[KEY_COUNT];
	__u32		tallies_len;
	struct tally_view view;
	bool		histogram;
	bool		json;
	bool		periodic;
	__u64		every;
	struct measure	total;
	__u64		lost[TABLES_CAUSES];
	__u64		unknown;
	__u64		from;
	__u64		last;
};

/* With a struct tables as @state of struct render. */
extern const struct format format_tables;

__u64 tables_now(void);
int tables_print(struct render *render, __u64 until);
int tables_json(const struct tables *tables, __u64 until, FILE *out);

#endif /* MMTRACE_TABLES_H */
