// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "filter.h"
#include "message.h"
#include "options.h"
#include "trigger.h"

#define WORDS_MAX	64

static const struct verb trigger_options = {
	.name		= "recorder --trigger",
	.arguments	= "'FILTERS'",
	.summary	= "freeze the recorder with the first call that passes these filters",
	.filters	= filter_options,
};

static int add_option(void *context, int id, const char *value)
{
	return filter_add(context, id, value);
}

/* Options as they stand on a command line, but for quotes: blanks end a word. */
static int add_options(struct filter *filter, char *text)
{
	char *words[WORDS_MAX + 1] = { (char *)trigger_options.name };
	int count = 1, next;

	while (count < WORDS_MAX && (words[count] = strsep(&text, " \t")))
		count += !!*words[count];
	words[count] = NULL;
	next = options_parse(&trigger_options, count, words, add_option, filter);
	if (next == count)
		return 0;
	if (next >= 0)
		complain("--trigger: what is '%s'?", words[next]);
	return -1;
}

/**
 * trigger_parse() - make the module's predicates
 * @text: as typed
 * @program: filled in
 *
 * Return: 0; -1 and the user has been told.
 */
int trigger_parse(const char *text, struct program *program)
{
	static struct filter filter;
	char copy[4096];

	if (strlen(text) >= sizeof(copy)) {
		complain("--trigger: too long");
		return -1;
	}
	strcpy(copy, text);
	if (add_options(&filter, copy) || filter_compile(&filter, program))
		return -1;
	if (program->preds_len)
		return 0;
	complain("--trigger: no call would be different from any other");
	return -1;
}
