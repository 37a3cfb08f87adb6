// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl report: the options; what they start is in report.c. */
#include <stdlib.h>

#include "libmmtrace.h"
#include "message.h"
#include "render_options.h"
#include "report.h"
#include "verbs.h"

enum {
	OPTION_INPUT = 1,
	OPTION_OUTPUT,
	OPTION_INFO,
	OPTION_SYMBOLS,
};

static const struct option_row report_options[] = {
	{ OPTION_INPUT, 'i', "input", "FILE", "the same as FILE" },
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write the records there; default: standard output" },
	RENDER_FORMAT_ROW,
	RENDER_JSON_ROW,
	RENDER_TIME_ROW,
	RENDER_COLOR_ROW,
	{ OPTION_SYMBOLS, 'k', "symbols", NULL,
	  "the stack on lines of its own, with files and functions" },
	{ OPTION_INFO, 0, "info", NULL,
	  "not the records: machine, kernel, filter, the account" },
	{ 0 }
};

static int report_option(void *context, int id, const char *value)
{
	struct report *report = context;

	if (render_is_option(id))
		return render_option(&report->render, id, value);
	switch (id) {
	case OPTION_INPUT:
		report->input = value;
		return 0;
	case OPTION_OUTPUT:
		report->output = value;
		return 0;
	case OPTION_SYMBOLS:
		report->with_symbols = true;
		return 0;
	case OPTION_INFO:
		report->info = true;
		return 0;
	default:
		return filter_add(&report->filter, id, value);
	}
}

static int compile(struct report *report)
{
	if (filter_compile(&report->filter, report->program))
		return -1;
	if (mmt_program_can_judge(report->program))
		return 0;
	complain("a recording does not tell what is below a cgroup; try cgroup_id");
	return -1;
}

static int parse(const struct verb *verb, int argc, char **argv, struct report *report)
{
	int next = options_parse(verb, argc, argv, report_option, report);

	if (next < 0)
		return options_exit(next);
	if (next < argc)
		report->input = argv[next++];
	if (next < argc) {
		complain("report: what is '%s'? try: mmtrace-ctl report --help", argv[next]);
		return EXIT_USAGE;
	}
	if (format_check_output(report->render.format, report->output) || compile(report))
		return EXIT_USAGE;
	return report_run(report);
}

static int report_verb_run(const struct verb *verb, int argc, char **argv)
{
	struct report *report = calloc(1, sizeof(*report));
	int code;

	if (report)
		report->program = mmt_program_new();
	if (!report || !report->program) {
		free(report);
		complain("no memory");
		return EXIT_FAILED;
	}
	report->input = REPORT_INPUT;
	report->render.format = &format_text;
	code = parse(verb, argc, argv, report);
	mmt_program_free(report->program);
	free(report);
	return code;
}

const struct verb report_verb = {
	.name		= "report",
	.arguments	= "[OPTIONS] [FILTERS] [FILE]",
	.summary	= "show what record has written",
	.notes		=
		"FILE is " REPORT_INPUT " if none is named; - is standard input. The module is\n"
		"not needed. Of a file that is cut or damaged all is shown that can be read, it\n"
		"is told what is wrong, and the exit code is 1. Losses are shown whatever the\n"
		"filter says, and the account is that of all.\n\n"
		FILTER_NOTES,
	.options	= report_options,
	.filters	= filter_options,
	.more		= formats_help,
	.run		= report_verb_run,
};
