// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl record: the options, and how far it is; the rest is in follow.c. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "report.h"
#include "session_options.h"
#include "verbs.h"

#define TICK_MS	1000

enum {
	OPTION_OUTPUT = 1,
};

static const struct option_row record_options[] = {
	SESSION_FOLLOW_ROW,
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write there; default: " REPORT_INPUT "; - is standard output" },
	SESSION_OVERWRITE_ROW,
	SESSION_RING_SIZE_ROW,
	SESSION_OWN_ROW,
	SESSION_STACK_ROW,
	SESSION_DROP_TO_ROW,
	{ 0 }
};

static int record_option(void *context, int id, const char *value)
{
	struct follow *follow = context;

	if (id != OPTION_OUTPUT)
		return session_option(follow, id, value);
	follow->output = value;
	return 0;
}

static int show_progress(struct follow *follow)
{
	const struct render *render = &follow->render;

	show_status("%s: %llu records, %llu KiB, %llu lost", follow->output,
		    (unsigned long long)render->records, (unsigned long long)render->bytes / 1024,
		    (unsigned long long)render->lost);
	return 0;
}

static void set_up(struct follow *follow)
{
	const char *term = getenv("TERM");

	follow->render.format = &format_recording;
	follow->output = REPORT_INPUT;
	follow->keeps_old = true;
	follow->tells = true;
	follow->lazy = true;
	follow->tick_ms = TICK_MS;
	if (isatty(STDERR_FILENO) && term && strcmp(term, "dumb"))
		follow->tick = show_progress;
}

static int record_run(const struct verb *verb, int argc, char **argv)
{
	struct follow *follow = calloc(1, sizeof(*follow));
	int next, code;

	if (!follow) {
		complain("no memory");
		return EXIT_FAILED;
	}
	set_up(follow);
	next = options_parse(verb, argc, argv, record_option, follow);
	next = session_options_end(follow, next, argc, argv);
	follow->with_symbols = follow->stack_depth;
	code = next < 0 ? options_exit(next) : follow_run(follow);
	free(follow);
	return code;
}

const struct verb record_verb = {
	.name		= "record",
	.arguments	= "[OPTIONS] [FILTERS] [--] [COMMAND [ARGUMENT...]]",
	.summary	= "write all records to a file, for report to show",
	.notes		=
		"As trace does, it goes on until it is interrupted, or exits as the COMMAND\n"
		"does; but it wakes seldom, and writes what the module gives as it is. (To keep\n"
		"only the last records, in memory, until something happens: recorder.)\n\n"
		"A file that is there becomes FILE.old. What was written is good at any time,\n"
		"even if nothing more comes. At the end standard error tells the account; on a\n"
		"terminal, meanwhile, how much there is.\n\n"
		FILTER_NOTES,
	.options	= record_options,
	.filters	= filter_options,
	.run		= record_run,
};
