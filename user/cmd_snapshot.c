// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl snapshot: the options; what they start is in snapshot.c. */
#include "handover.h"
#include "message.h"
#include "render_options.h"
#include "snapshot.h"
#include "verbs.h"

enum {
	OPTION_NAME = 1,
	OPTION_OUTPUT,
	OPTION_REARM,
};

static const struct option_row snapshot_options[] = {
	{ OPTION_NAME, 0, "name", "NAME", "of the recorder; default: " HANDOVER_NAME },
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write the records there; default: standard output" },
	RENDER_FORMAT_ROW,
	RENDER_JSON_ROW,
	RENDER_TIME_ROW,
	RENDER_COLOR_ROW,
	{ OPTION_REARM, 0, "rearm", NULL, "afterwards let a frozen recorder go on" },
	{ 0 }
};

static int snapshot_option(void *context, int id, const char *value)
{
	struct snapshot *snapshot = context;

	if (render_is_option(id))
		return render_option(&snapshot->render, id, value);
	switch (id) {
	case OPTION_NAME:
		snapshot->name = value;
		return !handover_is_name(value);
	case OPTION_OUTPUT:
		snapshot->output = value;
		return 0;
	default:
		snapshot->rearm = true;
		return 0;
	}
}

static int snapshot_verb_run(const struct verb *verb, int argc, char **argv)
{
	struct snapshot snapshot = {
		.name = HANDOVER_NAME,
		.render.format = &format_text,
	};
	int next = options_parse(verb, argc, argv, snapshot_option, &snapshot);

	if (next < 0)
		return options_exit(next);
	if (next < argc) {
		complain("snapshot: what is '%s'? try: mmtrace-ctl snapshot --help", argv[next]);
		return EXIT_USAGE;
	}
	if (format_check_output(snapshot.render.format, snapshot.output))
		return EXIT_USAGE;
	return snapshot_run(&snapshot);
}

const struct verb snapshot_verb = {
	.name		= "snapshot",
	.arguments	= "[OPTIONS]",
	.summary	= "show what a recorder has up to now, and take it out",
	.notes		=
		"--format recording -o FILE makes a file for report.\n\n"
		"The recorder goes on, unless it is frozen. Standard error tells how many\n"
		"records there were, what is lost, and which call froze it.",
	.options	= snapshot_options,
	.more		= formats_help,
	.run		= snapshot_verb_run,
};
