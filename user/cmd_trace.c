// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl trace: the options; what they start is in follow.c. */
#include <stdlib.h>

#include "message.h"
#include "render_options.h"
#include "session_options.h"
#include "verbs.h"

enum {
	OPTION_OUTPUT = 1,
	OPTION_SYMBOLS,
};

static const struct option_row trace_options[] = {
	SESSION_FOLLOW_ROW,
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write the records there; default: standard output,\n"
	  "with a command standard error" },
	RENDER_FORMAT_ROW,
	RENDER_JSON_ROW,
	RENDER_TIME_ROW,
	RENDER_COLOR_ROW,
	SESSION_OVERWRITE_ROW,
	SESSION_RING_SIZE_ROW,
	SESSION_OWN_ROW,
	SESSION_STACK_ROW,
	{ OPTION_SYMBOLS, 'k', "symbols", NULL,
	  "the stack on lines of its own, with files and functions" },
	SESSION_DROP_TO_ROW,
	{ 0 }
};

static int trace_option(void *context, int id, const char *value)
{
	struct follow *follow = context;

	if (render_is_option(id))
		return render_option(&follow->render, id, value);
	switch (id) {
	case OPTION_OUTPUT:
		follow->output = value;
		return 0;
	case OPTION_SYMBOLS:
		follow->with_symbols = true;
		return 0;
	default:
		return session_option(follow, id, value);
	}
}

/* Files of a directory are opened when privileges are gone. */
static int check_format(const struct follow *follow)
{
	const struct format *format = follow->render.format;

	if (!follow->drop_to.name || !format->is_directory)
		return format_check_output(format, follow->output);
	complain("--relinquish-privileges: not with --format %s", format->name);
	return -1;
}

static int trace_run(const struct verb *verb, int argc, char **argv)
{
	struct follow *follow = calloc(1, sizeof(*follow));
	int next, code;

	if (!follow) {
		complain("no memory");
		return EXIT_FAILED;
	}
	follow->render.format = &format_text;
	next = options_parse(verb, argc, argv, trace_option, follow);
	next = session_options_end(follow, next, argc, argv);
	if (next >= 0 && check_format(follow))
		next = OPTIONS_BAD;
	code = next < 0 ? options_exit(next) : follow_run(follow);
	free(follow);
	return code;
}

const struct verb trace_verb = {
	.name		= "trace",
	.arguments	= "[OPTIONS] [FILTERS] [--] [COMMAND [ARGUMENT...]]",
	.summary	= "show records; with a command, its own, and exit as it does",
	.notes		=
		"Without a command it goes on until it is interrupted. With one, records\n"
		"begin with the first mapping of its execve, filters hold as well, and the\n"
		"exit code is that of the command: 128 and the signal if one ended it, 127\n"
		"if it was not found, 126 if it can't be executed.\n\n"
		"Without -f a command is its process alone, with all its threads. With -f it\n"
		"goes on until all are gone, daemons that are left behind included; when the\n"
		"command has ended, an interrupt ends it.\n\n"
		"Here --event chooses what is traced; default: do_mmap, mremap and\n"
		"remap_file_pages. Losses are told at the end, and where they happened in\n"
		"the stream.\n\n"
		"Interrupted, it shows what came before, and tells the account on standard\n"
		"error; a second time, it ends at once.\n\n"
		"--stack puts addresses at the end of the line; the manual page says why they\n"
		"may be few. --symbols tells functions only if built with LIBDW=yes.\n\n"
		FILTER_NOTES,
	.options	= trace_options,
	.filters	= filter_options,
	.more		= formats_help,
	.run		= trace_run,
};
