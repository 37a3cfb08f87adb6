/* SPDX-License-Identifier: GPL-2.0 */
/* What pictures tell of records, which are not kept. */
#ifndef MMTRACE_SUMMARY_H
#define MMTRACE_SUMMARY_H

#include <linux/mmtrace.h>

#include "calls.h"
#include "flame.h"
#include "intern.h"
#include "latency.h"
#include "libmmtrace.h"
#include "rollup.h"
#include "timeline.h"

struct mmt_symbols;

/**
 * struct summary - the sum of all records
 * @events: set of events that are recorded; where do_mmap is not among them bytes
 *	are those of mmap and mmap2
 * @page_size: bytes
 * @records: how many, lost records included
 * @unknown: of these, of events that only a newer mmtrace-ctl knows
 * @stacks: of these, with a stack
 * @lost: calls that are missing, by enum mmtrace_lost_cause; 0 for other causes
 * @names: names of threads, files and functions
 * @timeline: bytes over time
 * @latency: by event
 * @by_what: process, event, file
 * @by_stack: process, stack, event; of records with a stack, if there are symbols
 * @rollup: what is alike, added up
 * @slowest: some calls
 * @failed: the last ones that failed
 * @latest: the last ones of all
 */
struct summary {
	__u32			events;
	__u32			page_size;
	__u64			records;
	__u64			unknown;
	__u64			stacks;
	__u64			lost[MMTRACE_LOST_MISSED + 1];
	struct intern		*names;
	struct timeline		timeline;
	struct latency		latency[MMTRACE_EVENT_COUNT];
	struct flame		by_what;
	struct flame		by_stack;
	struct rollup		rollup;
	struct calls		slowest;
	struct calls		failed;
	struct calls		latest;
};

struct summary *summary_new(__u32 events, __u32 page_size);
void summary_free(struct summary *summary);
void summary_take(struct summary *summary, const struct mmtrace_record *rec,
		  struct mmt_symbols *symbols);

#endif /* MMTRACE_SUMMARY_H */
