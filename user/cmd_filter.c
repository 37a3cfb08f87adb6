// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl filter: the filter that holds for all sessions. */
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "filter.h"
#include "message.h"
#include "verbs.h"

/**
 * struct context - what the words said and what is made of it
 * @filter: the options
 * @given: how many there were
 * @program: the filter as the module takes it
 * @device: a session
 */
struct context {
	struct filter	filter;
	unsigned int	given;
	struct program	program;
	struct device	device;
};

static int show(struct context *context)
{
	if (device_get_device_filter(&context->device, &context->program)) {
		complain("%s", context->device.error);
		return EXIT_FAILED;
	}
	if (!context->program.preds_len)
		puts("# none: every call may pass");
	else if (filter_text(&context->program, stdout))
		putchar('\n');
	else
		program_list(&context->program, stdout);
	return EXIT_OK;
}

/* An empty one for clear. */
static int set(struct context *context)
{
	if (!device_set_device_filter(&context->device, &context->program))
		return EXIT_OK;
	complain("%s", context->device.error);
	return EXIT_FAILED;
}

static const struct {
	const char	*name;
	bool		takes_filters;
	int		(*run)(struct context *context);
} actions[] = {
	{ "show", false, show },
	{ "set", true, set },
	{ "clear", false, set },
};

#define ACTIONS	(sizeof(actions) / sizeof(actions[0]))

static int filter_option(void *context, int id, const char *value)
{
	struct context *c = context;

	c->given++;
	return filter_add(&c->filter, id, value);
}

static int check(const struct context *context, size_t action)
{
	if (actions[action].takes_filters && !context->given) {
		complain("filter set: no filters; try: mmtrace-ctl filter clear");
		return -1;
	}
	if (!actions[action].takes_filters && context->given) {
		complain("filter %s: takes no filters; try: mmtrace-ctl filter set ...",
			 actions[action].name);
		return -1;
	}
	return 0;
}

static int act(struct context *context, size_t action)
{
	int code;

	if (check(context, action) || filter_compile(&context->filter, &context->program))
		return EXIT_USAGE;
	if (device_open(&context->device)) {
		complain("%s", context->device.error);
		return EXIT_FAILED;
	}
	code = actions[action].run(context);
	device_close(&context->device);
	return code;
}

/* The action is the first word; what follows it are options. */
static int filter_run(const struct verb *verb, int argc, char **argv)
{
	size_t action = 0;
	struct context *context;
	bool named = argc > 1 && argv[1][0] != '-';
	int next, code;

	while (named && action < ACTIONS && strcmp(actions[action].name, argv[1]))
		action++;
	if (action == ACTIONS) {
		complain("filter: no action '%s'; there are show, set and clear", argv[1]);
		return EXIT_USAGE;
	}
	context = calloc(1, sizeof(*context));
	if (!context) {
		complain("no memory");
		return EXIT_FAILED;
	}
	next = options_parse(verb, argc - named, argv + named, filter_option, context);
	if (next < 0) {
		code = options_exit(next);
	} else if (!named) {
		complain("filter: say show, set or clear");
		code = EXIT_USAGE;
	} else if (next < argc - named) {
		complain("filter: what is '%s'? try: mmtrace-ctl filter --help",
			 argv[next + named]);
		code = EXIT_USAGE;
	} else {
		code = act(context, action);
	}
	free(context);
	return code;
}

const struct verb filter_verb = {
	.name		= "filter",
	.arguments	= "show | set FILTERS | clear",
	.summary	= "the device filter: what it rejects reaches no reader, cat included",
	.notes		= FILTER_NOTES,
	.filters	= filter_options,
	.run		= filter_run,
};
