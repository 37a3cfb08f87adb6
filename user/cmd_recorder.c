// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl recorder: the options; what they start is in recorder.c. */
#include <stdlib.h>

#include "filter.h"
#include "message.h"
#include "number.h"
#include "recorder.h"
#include "verbs.h"

enum {
	OPTION_NAME = 1,
	OPTION_TRIGGER,
	OPTION_BEFORE,
	OPTION_AFTER,
	OPTION_RING_SIZE,
};

static const struct option_row recorder_options[] = {
	{ OPTION_NAME, 0, "name", "NAME", "by which snapshot finds it; default: " HANDOVER_NAME },
	{ OPTION_TRIGGER, 0, "trigger", "EXPR",
	  "freeze with the first call for which this holds:\n"
	  "--trigger 'prot & write && prot & exec'" },
	{ OPTION_BEFORE, 0, "before", "COUNT",
	  "records to keep before that call's; default: all that\nare still there" },
	{ OPTION_AFTER, 0, "after", "COUNT", "records to take after it; default: none" },
	{ OPTION_RING_SIZE, 0, "ring-size", "SIZE",
	  "bytes for each CPU, a power of two, for example 4M" },
	{ 0 }
};

/* What the options say, before it is compiled. */
struct words {
	struct recorder	recorder;
	struct filter	filter;
	struct filter	trigger;
	const char	*around;
};

static int recorder_option(void *context, int id, const char *value)
{
	struct words *words = context;
	struct recorder *recorder = &words->recorder;
	__u32 events;

	switch (id) {
	case OPTION_NAME:
		recorder->name = value;
		return !handover_is_name(value);
	case OPTION_TRIGGER:
		return filter_expression(&words->trigger, value);
	case OPTION_BEFORE:
		words->around = "--before";
		return number_count(words->around, value, &recorder->before);
	case OPTION_AFTER:
		words->around = "--after";
		return number_count(words->around, value, &recorder->after);
	case OPTION_RING_SIZE:
		return number_ring_size(value, &recorder->ring_size);
	case FILTER_EVENT:
		if (filter_event_set(value, &events))
			return -1;
		recorder->events |= events;
		return 0;
	}
	return filter_add(&words->filter, id, value);
}

static int compile(struct words *words)
{
	if (filter_compile(&words->filter, words->recorder.filter))
		return -1;
	if (words->trigger.given)
		return filter_compile(&words->trigger, words->recorder.trigger);
	if (!words->around)
		return 0;
	complain("%s: of what? there is no --trigger", words->around);
	return -1;
}

static int parse(const struct verb *verb, int argc, char **argv, struct words *words)
{
	int next = options_parse(verb, argc, argv, recorder_option, words);

	if (next < 0)
		return options_exit(next);
	if (next < argc) {
		complain("recorder: what is '%s'? try: mmtrace-ctl recorder --help", argv[next]);
		return EXIT_USAGE;
	}
	return compile(words) ? EXIT_USAGE : recorder_run(&words->recorder);
}

static int run(const struct verb *verb, int argc, char **argv, struct words *words)
{
	struct recorder *recorder = &words->recorder;
	int code = EXIT_FAILED;

	recorder->filter = mmt_program_new();
	recorder->trigger = mmt_program_new();
	if (recorder->filter && recorder->trigger)
		code = parse(verb, argc, argv, words);
	else
		complain("no memory");
	mmt_program_free(recorder->filter);
	mmt_program_free(recorder->trigger);
	return code;
}

static int recorder_verb_run(const struct verb *verb, int argc, char **argv)
{
	struct words *words = calloc(1, sizeof(*words));
	int code;

	if (!words) {
		complain("no memory");
		return EXIT_FAILED;
	}
	words->recorder.name = HANDOVER_NAME;
	words->recorder.before = ~0ull;
	code = run(verb, argc, argv, words);
	free(words);
	return code;
}

const struct verb recorder_verb = {
	.name		= "recorder",
	.arguments	= "[OPTIONS] [FILTERS]",
	.summary	= "keep the last records, for snapshot to show",
	.notes		=
		"It goes on until it is interrupted, and sleeps. When its rings are full the\n"
		"oldest records make room. See mmtrace-ctl snapshot --help.\n\n"
		FILTER_NOTES,
	.options	= recorder_options,
	.filters	= filter_options,
	.run		= recorder_verb_run,
};
