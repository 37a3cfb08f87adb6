/* SPDX-License-Identifier: GPL-2.0 */
/* A recording is shown. */
#ifndef MMTRACE_REPORT_H
#define MMTRACE_REPORT_H

#include <stdbool.h>

#include "filter.h"
#include "libmmtrace.h"
#include "render.h"

/* What record writes, and report reads, unless another file is named. */
#define REPORT_INPUT	"mmtrace.data"

/**
 * struct report - what to show, and the state of it
 * @input: the recording; "-" is standard input
 * @output: file to write to, NULL for standard output
 * @with_symbols: what is at the addresses of stacks
 * @info: not the records, but what is known of them
 * @filter: which records to show
 * @render: where records go; @format set by the caller
 * @program: of @filter; NULL to show all
 * @recording: that is read
 * @failed: the user has been told of an error
 * @closed: nobody reads the output any more
 */
struct report {
	const char		*input;
	const char		*output;
	bool			with_symbols;
	bool			info;
	struct filter		filter;
	struct render		render;

	struct mmt_program	*program;
	struct mmt_recording	*recording;
	bool			failed;
	bool			closed;
};

int report_run(struct report *report);
void report_info(const struct report *report);

#endif /* MMTRACE_REPORT_H */
