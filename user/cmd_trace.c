// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl trace: the options; what they start is in follow.c. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "follow.h"
#include "message.h"
#include "number.h"
#include "verbs.h"

enum {
	OPTION_OUTPUT = 1,
	OPTION_FORMAT,
	OPTION_JSON,
	OPTION_OVERWRITE,
	OPTION_RING_SIZE,
	OPTION_OWN,
	OPTION_STACK,
	OPTION_SYMBOLS,
	OPTION_FOLLOW,
};

static const struct option_row trace_options[] = {
	{ OPTION_FOLLOW, 'f', "follow", NULL,
	  "with COMMAND or --pid: also all processes that they\n"
	  "make, and theirs, until the last one is gone" },
	{ OPTION_OUTPUT, 'o', "output", "FILE",
	  "write the records there; default: standard output,\n"
	  "with a command standard error" },
	{ OPTION_FORMAT, 0, "format", "FORMAT", FORMAT_HELP },
	{ OPTION_JSON, 0, "json", NULL, "the same as --format json" },
	{ OPTION_OVERWRITE, 0, "overwrite", NULL,
	  "when a ring is full drop the oldest records, not the newest" },
	{ OPTION_RING_SIZE, 0, "ring-size", "SIZE",
	  "bytes for each CPU, a power of two, for example 4M" },
	{ OPTION_OWN, 0, "own", NULL, "record the calls of mmtrace-ctl itself, too" },
	{ OPTION_STACK, 0, "stack", "[=DEPTH]",
	  "with the addresses of the user stack, at most 127; default: 64" },
	{ OPTION_SYMBOLS, 'k', "symbols", NULL,
	  "the stack on lines of its own, with files and functions" },
	{ 0 }
};

static int parse_depth(const char *value, __u32 *depth)
{
	unsigned long number;
	char *end;

	*depth = MMTRACE_STACK_DEFAULT;
	if (!value)
		return 0;
	number = strtoul(value, &end, 10);
	if (isdigit((unsigned char)*value) && !*end && number && number <= MMTRACE_STACK_MAX) {
		*depth = number;
		return 0;
	}
	complain("--stack: '%s' is no number from 1 to %d", value, MMTRACE_STACK_MAX);
	return -1;
}

/* A thread's id instead of its process's would let nothing pass. */
static int check_pid(const char *word)
{
	unsigned long tgid = 0, pid = strtoul(word, NULL, 10);
	char line[256];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%lu/status", pid);
	file = fopen(line, "re");
	if (!file) {
		complain("--pid: no process %lu", pid);
		return -1;
	}
	while (!tgid && fgets(line, sizeof(line), file))
		sscanf(line, "Tgid: %lu", &tgid);
	fclose(file);
	if (!tgid || tgid == pid)
		return 0;
	complain("--pid: %lu is a thread of process %lu; try --tid %lu or --pid %lu",
		 pid, tgid, pid, tgid);
	return -1;
}

static int check_pids(const char *value)
{
	if (*value == '!')
		return 0;
	for (;; value++) {
		if (check_pid(value))
			return -1;
		value += strcspn(value, ",");
		if (!*value)
			return 0;
	}
}

static int trace_option(void *context, int id, const char *value)
{
	struct follow *follow = context;
	__u32 events;

	switch (id) {
	case OPTION_OUTPUT:
		follow->output = value;
		return 0;
	case OPTION_JSON:
		follow->render.format = &format_json;
		return 0;
	case OPTION_FORMAT:
		follow->render.format = format_find(value);
		return follow->render.format ? 0 : -1;
	case OPTION_OVERWRITE:
		follow->overwrite = true;
		return 0;
	case OPTION_RING_SIZE:
		return number_ring_size(value, &follow->ring_size);
	case OPTION_FOLLOW:
		follow->children = true;
		return 0;
	case OPTION_OWN:
		follow->own = true;
		return 0;
	case OPTION_STACK:
		return parse_depth(value, &follow->stack_depth);
	case OPTION_SYMBOLS:
		follow->with_symbols = true;
		return 0;
	case FILTER_EVENT:
		if (filter_event_set(value, &events))
			return -1;
		follow->events |= events;
		return 0;
	}
	if (filter_add(&follow->filter, id, value))
		return -1;
	return id == FILTER_PID ? check_pids(value) : 0;
}

/* With --follow, processes are where it begins, and no filter. */
static int check_follow(struct follow *follow)
{
	if (!follow->children)
		return 0;
	follow->pids_len = filter_take_pids(&follow->filter, follow->pids);
	if (follow->command || follow->pids_len)
		return 0;
	complain("--follow: whom? give a COMMAND or --pid");
	return OPTIONS_BAD;
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
	if (next >= 0 && next < argc)
		follow->command = argv + next;
	if (next >= 0 && check_follow(follow))
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
		"--stack puts addresses at the end of the line; the manual page says why they\n"
		"may be few. --symbols tells functions only if built with LIBDW=yes.\n\n"
		FILTER_NOTES,
	.options	= trace_options,
	.filters	= filter_options,
	.run		= trace_run,
};
