// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl stat: the options; the tables are in tables.c. */
#include <stdlib.h>

#include "message.h"
#include "number.h"
#include "report.h"
#include "session_options.h"
#include "tables.h"
#include "verbs.h"

#define LIMIT_DEFAULT	20

enum {
	OPTION_INPUT = 1,
	OPTION_OUTPUT,
	OPTION_BY,
	OPTION_SORT,
	OPTION_LIMIT,
	OPTION_INTERVAL,
	OPTION_HISTOGRAM,
	OPTION_JSON,
};

static const struct option_row stat_options[] = {
	SESSION_FOLLOW_ROW,
	{ OPTION_INPUT, 'i', "input", "FILE", "count the calls of a recording instead" },
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write the tables there; default: standard output,\n"
	  "with a command standard error" },
	{ OPTION_BY, 0, "by", "KEY",
	  "a table by " KEY_HELP ";\n"
	  "may be given again; default: event, and process" },
	{ OPTION_SORT, 0, "sort", "ORDER",
	  "what comes first: most " TALLY_SORT_HELP },
	{ OPTION_LIMIT, 0, "limit", "COUNT",
	  "most rows of a table, 0 for all; default: 20, of JSON all" },
	{ OPTION_INTERVAL, 0, "interval", "SECONDS",
	  "tables each time, of what was new" },
	{ OPTION_HISTOGRAM, 0, "histogram", NULL, "how many calls took how long" },
	{ OPTION_JSON, 0, "json", NULL, "an object of JSON instead of tables" },
	SESSION_OVERWRITE_ROW,
	SESSION_RING_SIZE_ROW,
	SESSION_OWN_ROW,
	{ 0 }
};

/**
 * struct stat_options - what was asked for
 * @follow: the session
 * @tables: what its records come to
 * @input: a recording, NULL for none
 * @live: something was said that makes sense with a session alone
 * @limited: there is a limit
 * @interval: ns, 0 for none
 */
struct stat_options {
	struct follow	follow;
	struct tables	tables;
	const char	*input;
	bool		live;
	bool		limited;
	__u64		interval;
};

static int add_table(struct tables *tables, const char *value)
{
	enum key_by by;
	__u32 i;

	if (key_parse(value, &by))
		return -1;
	for (i = 0; i < tables->tallies_len; i++)
		if (tables->tallies[i].by == by)
			return 0;
	tally_init(&tables->tallies[tables->tallies_len++], by);
	return 0;
}

static int stat_option(void *context, int id, const char *value)
{
	struct stat_options *options = context;
	struct tables *tables = &options->tables;

	switch (id) {
	case OPTION_INPUT:
		options->input = value;
		return 0;
	case OPTION_OUTPUT:
		options->follow.output = value;
		return 0;
	case OPTION_BY:
		return add_table(tables, value);
	case OPTION_SORT:
		return tally_sort_parse(value, &tables->view.sort);
	case OPTION_LIMIT:
		options->limited = true;
		return number_count("--limit", value, &tables->view.limit);
	case OPTION_INTERVAL:
		return number_seconds("--interval", value, &options->interval);
	case OPTION_HISTOGRAM:
		tables->histogram = true;
		return 0;
	case OPTION_JSON:
		tables->json = true;
		return 0;
	}
	options->live = true;
	return session_option(&options->follow, id, value);
}

static int show_interval(struct follow *follow)
{
	return tables_print(&follow->render, tables_now());
}

static void set_defaults(struct stat_options *options)
{
	struct tables *tables = &options->tables;

	if (!tables->tallies_len) {
		add_table(tables, "event");
		add_table(tables, "process");
	}
	if (!options->limited)
		tables->view.limit = tables->json ? 0 : LIMIT_DEFAULT;
	tables->periodic = options->interval;
	options->follow.tick_ms = options->interval / 1000000;
	options->follow.tick = options->interval ? show_interval : NULL;
	if (options->input)
		tables->every = options->interval;
	tables->view.local = !options->input;
	options->follow.render.format = &format_tables;
	options->follow.render.state = tables;
}

static int run_recording(struct stat_options *options)
{
	struct report report = {
		.input = options->input,
		.output = options->follow.output,
		.render = options->follow.render,
	};

	if (!options->live && !options->follow.command)
		return report_run(&report);
	complain("stat: a recording takes no COMMAND, no filters, and nothing else of a session");
	return EXIT_USAGE;
}

static int run(struct stat_options *options)
{
	return options->input ? run_recording(options) : follow_run(&options->follow);
}

static int stat_run(const struct verb *verb, int argc, char **argv)
{
	struct stat_options *options = calloc(1, sizeof(*options));
	int next, code;

	if (!options) {
		complain("no memory");
		return EXIT_FAILED;
	}
	next = options_parse(verb, argc, argv, stat_option, options);
	next = session_options_end(&options->follow, next, argc, argv);
	set_defaults(options);
	code = next < 0 ? options_exit(next) : run(options);
	free(options);
	return code;
}

const struct verb stat_verb = {
	.name		= "stat",
	.arguments	= "[OPTIONS] [FILTERS] [--] [COMMAND [ARGUMENT...]]",
	.summary	= "count calls, errors, bytes and latencies by event, process, file",
	.notes		=
		"Which calls are counted, when it ends, and its exit code: as with trace.\n\n"
		"bytes are what calls that succeeded have mapped, in whole pages; of mremap\n"
		"what it added. A call that is traced twice, as mmap and as do_mmap, counts\n"
		"twice. Percentiles are off by at most 1.6 %, all other numbers are exact.\n"
		"Calls of more than 100000 different keys are counted as (others).\n\n"
		FILTER_NOTES,
	.options	= stat_options,
	.filters	= filter_options,
	.run		= stat_run,
};
