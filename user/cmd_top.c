// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl top: the options; what they start is in top.c. */
#include <stdlib.h>

#include "message.h"
#include "number.h"
#include "session_options.h"
#include "top.h"
#include "verbs.h"

#define INTERVAL_DEFAULT	1000000000
#define LIMIT_DEFAULT		20

enum {
	OPTION_BY = 1,
	OPTION_SORT,
	OPTION_LIMIT,
	OPTION_INTERVAL,
	OPTION_COUNT,
};

static const struct option_row top_options[] = {
	SESSION_FOLLOW_ROW,
	{ OPTION_BY, 0, "by", "KEY",
	  "rows by " KEY_HELP ";\n"
	  "default: process" },
	{ OPTION_SORT, 0, "sort", "ORDER", "what comes first: most " TALLY_SORT_HELP },
	{ OPTION_INTERVAL, 0, "interval", "SECONDS", "from one refresh to the next; default: 1" },
	{ OPTION_COUNT, 0, "count", "COUNT", "end after so many refreshes" },
	{ OPTION_LIMIT, 0, "limit", "COUNT",
	  "rows where there is no screen, 0 for all; default: 20" },
	SESSION_RING_SIZE_ROW,
	{ 0 }
};

static int top_option(void *context, int id, const char *value)
{
	struct top *top = context;

	switch (id) {
	case OPTION_BY:
		return key_parse(value, &top->tally.by);
	case OPTION_SORT:
		return tally_sort_parse(value, &top->view.sort);
	case OPTION_LIMIT:
		return number_count("--limit", value, &top->view.limit);
	case OPTION_INTERVAL:
		return number_seconds("--interval", value, &top->interval);
	case OPTION_COUNT:
		return number_count("--count", value, &top->count);
	}
	return session_option(&top->follow, id, value);
}

static int top_verb_run(const struct verb *verb, int argc, char **argv)
{
	struct top *top = calloc(1, sizeof(*top));
	int next, code;

	if (!top) {
		complain("no memory");
		return EXIT_FAILED;
	}
	top->interval = INTERVAL_DEFAULT;
	top->view.limit = LIMIT_DEFAULT;
	tally_init(&top->tally, KEY_PROCESS);
	next = options_parse(verb, argc, argv, top_option, top);
	if (next >= 0 && next < argc) {
		complain("top: what is '%s'? try: mmtrace-ctl top --help", argv[next]);
		next = OPTIONS_BAD;
	}
	next = session_options_end(&top->follow, next, argc, argv);
	code = next < 0 ? options_exit(next) : top_run(top);
	free(top);
	return code;
}

const struct verb top_verb = {
	.name		= "top",
	.arguments	= "[OPTIONS] [FILTERS]",
	.summary	= "show who maps most just now, again and again",
	.notes		=
		"On a terminal it takes keys, h tells which. Otherwise, and with TERM=dumb, it\n"
		"prints a table each time. Rates and latencies are those of the last few\n"
		"refreshes, the older the less they count.\n\n"
		FILTER_NOTES,
	.options	= top_options,
	.filters	= filter_options,
	.run		= top_verb_run,
};
