/* SPDX-License-Identifier: GPL-2.0 */
/* Where records go, and in which format. */
#ifndef MMTRACE_RENDER_H
#define MMTRACE_RENDER_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/mmtrace.h>

#include "facts.h"
#include "format.h"
#include "libmmtrace.h"
#include "paint.h"
#include "stamp.h"

struct mmt_symbols;

/**
 * struct render - where records go
 * @format: in which they are written
 * @out: the file
 * @path: of what a format makes that is a directory; not there yet
 * @wanted: judges records, no more than MMT_BATCH_MAX at once; NULL for all
 * @symbols: what is at the addresses of stacks; NULL to tell the addresses alone
 * @stamp: how times are told
 * @paint: when there are colours
 * @is_painted: there are
 * @records: given to the format, those of losses included
 * @bytes: of them
 * @lost: calls that are lost, or missed, as they tell
 * @facts: where and when they were taken
 * @state: of the format
 * @failed: a negative errno of the format, of other things than writing to @out
 */
struct render {
	const struct format	*format;
	FILE			*out;
	const char		*path;
	const struct mmt_program	*wanted;
	struct mmt_symbols		*symbols;
	struct stamp		stamp;
	enum paint_when		paint;
	bool			is_painted;
	__u64			records;
	__u64			bytes;
	__u64			lost;
	struct mmt_facts		facts;
	void			*state;
	int			failed;
};

int render_begin(struct render *render);
int render_records(struct render *render, const void *buf, size_t len);
int render_flush(struct render *render);
int render_end(struct render *render, const struct ledger *ledger);
void render_free(struct render *render);

#endif /* MMTRACE_RENDER_H */
