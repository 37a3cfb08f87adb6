// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl filter: the filter that holds for all sessions. */
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "libmmtrace.h"
#include "message.h"
#include "session.h"
#include "verbs.h"

/**
 * struct context - what the words said and what is made of it
 * @filter: options and expressions
 * @program: the filter as the module takes it
 * @device: a session
 */
struct context {
	struct filter	filter;
	struct mmt_program	*program;
	struct mmt_device	*device;
};

static int show(struct context *context)
{
	if (mmt_device_get_device_filter(context->device, context->program)) {
		complain("%s", mmt_device_error(context->device));
		return EXIT_FAILED;
	}
	if (!mmt_program_len(context->program))
		puts("# none: every call may pass");
	else if (mmt_program_text(context->program, stdout))
		putchar('\n');
	else
		mmt_program_list(context->program, stdout);
	return EXIT_OK;
}

/* Needs no device. */
static int explain(struct context *context)
{
	mmt_program_list(context->program, stdout);
	return EXIT_OK;
}

/* An empty one for clear. */
static int set(struct context *context)
{
	if (!mmt_device_set_device_filter(context->device, context->program))
		return EXIT_OK;
	complain("%s", mmt_device_error(context->device));
	return EXIT_FAILED;
}

static const struct {
	const char	*name;
	bool		takes_filters;
	bool		takes_device;
	int		(*run)(struct context *context);
} actions[] = {
	{ "show", false, true, show },
	{ "set", true, true, set },
	{ "explain", true, false, explain },
	{ "clear", false, true, set },
};

#define ACTIONS	(sizeof(actions) / sizeof(actions[0]))

static int filter_option(void *context, int id, const char *value)
{
	struct context *c = context;

	return filter_add(&c->filter, id, value);
}

static int check(const struct context *context, size_t action)
{
	if (actions[action].takes_filters && !context->filter.given) {
		complain("filter %s: no filters; to have none: mmtrace-ctl filter clear",
			 actions[action].name);
		return -1;
	}
	if (!actions[action].takes_filters && context->filter.given) {
		complain("filter %s: takes no filters; try: mmtrace-ctl filter set ...",
			 actions[action].name);
		return -1;
	}
	return 0;
}

static int act(struct context *context, size_t action)
{
	int code;

	if (check(context, action) || filter_compile(&context->filter, context->program))
		return EXIT_USAGE;
	if (!actions[action].takes_device)
		return actions[action].run(context);
	context->device = session_open();
	if (!context->device)
		return EXIT_FAILED;
	code = actions[action].run(context);
	mmt_device_free(context->device);
	return code;
}

/* What follows the action are options, and words that are expressions. */
static int take_words(const struct verb *verb, int argc, char **argv, struct context *context)
{
	int next;

	for (;;) {
		next = options_parse(verb, argc, argv, filter_option, context);
		if (next < 0 || next >= argc)
			return next < 0 ? next : 0;
		if (filter_expression(&context->filter, argv[next]))
			return OPTIONS_BAD;
		/* The word is to the rest what the verb was to the whole. */
		argc -= next;
		argv += next;
	}
}

static struct context *new_context(void)
{
	struct context *context = calloc(1, sizeof(*context));

	if (context)
		context->program = mmt_program_new();
	if (context && context->program)
		return context;
	complain("no memory");
	free(context);
	return NULL;
}

/* The action is the first word. */
static int filter_run(const struct verb *verb, int argc, char **argv)
{
	size_t action = 0;
	struct context *context;
	bool named = argc > 1 && argv[1][0] != '-';
	int failed, code;

	while (named && action < ACTIONS && strcmp(actions[action].name, argv[1]))
		action++;
	if (action == ACTIONS) {
		complain("filter: no action '%s'; there are show, set, explain and clear", argv[1]);
		return EXIT_USAGE;
	}
	context = new_context();
	if (!context)
		return EXIT_FAILED;
	failed = take_words(verb, argc - named, argv + named, context);
	if (failed) {
		code = options_exit(failed);
	} else if (!named) {
		complain("filter: say show, set, explain or clear");
		code = EXIT_USAGE;
	} else {
		code = act(context, action);
	}
	mmt_program_free(context->program);
	free(context);
	return code;
}

const struct verb filter_verb = {
	.name		= "filter",
	.arguments	= "show | set FILTERS | explain FILTERS | clear",
	.summary	= "the device filter: what it rejects reaches no reader, cat included",
	.notes		= FILTER_NOTES,
	.filters	= filter_options,
	.run		= filter_run,
};
