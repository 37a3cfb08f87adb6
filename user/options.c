// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "libmmtrace.h"
#include "message.h"
#include "options.h"
#include "session.h"

#define ROWS_MAX	48
#define COLUMN		26

enum {
	ID_HELP = -1,
	ID_DEVICE = -2,
};

/* Every verb has these. */
const struct option_row options_common[] = {
	{ ID_DEVICE, 0, "device", "PATH",
	  "the device; default: " MMT_DEVICE_ENV ", or " MMT_DEVICE },
	{ ID_HELP, 'h', "help", NULL, "this help" },
	{ 0 }
};

/**
 * struct parser - the tables as getopt_long() wants them
 * @rows: all rows; the letter or index of each is what getopt_long() returns
 * @rows_len: how many
 * @names: for getopt_long()
 * @letters: likewise
 */
struct parser {
	const struct option_row	*rows[ROWS_MAX];
	int			rows_len;
	struct option		names[ROWS_MAX + 1];
	char			letters[2 * ROWS_MAX + 3];
};

/* Above all letters. */
#define INDEX_BASE	256

/**
 * options_value_is_optional() - may the value be left out?
 * @row: an option
 *
 * Return: whether it may; then it goes behind a = if it is there.
 */
bool options_value_is_optional(const struct option_row *row)
{
	return row->value && row->value[0] == '[';
}

static int has_value(const struct option_row *row)
{
	if (!row->value)
		return no_argument;
	return options_value_is_optional(row) ? optional_argument : required_argument;
}

static void add_table(struct parser *parser, const struct option_row *row)
{
	for (; row && row->id && parser->rows_len < ROWS_MAX; row++) {
		int i = parser->rows_len++;
		char letter[3] = { row->brief, row->value ? ':' : 0, 0 };

		parser->rows[i] = row;
		parser->names[i] = (struct option){
			.name = row->name,
			.has_arg = has_value(row),
			.val = INDEX_BASE + i,
		};
		if (row->brief)
			strcat(parser->letters, letter);
	}
}

static const struct option_row *find(const struct parser *parser, int got)
{
	int i;

	if (got >= INDEX_BASE)
		return parser->rows[got - INDEX_BASE];
	for (i = 0; i < parser->rows_len; i++)
		if (parser->rows[i]->brief == got)
			return parser->rows[i];
	return NULL;
}

static int bad_option(const struct verb *verb, const char *word, int got)
{
	if (got == ':')
		complain("%s: option '%s' needs a value", verb->name, word);
	else if (optopt && optopt < INDEX_BASE && strncmp(word, "--", 2))
		complain("%s: no option '-%c'", verb->name, optopt);
	else
		complain("%s: no option '%s', or not one alone, or it takes no value",
			 verb->name, word);
	complain("try: mmtrace-ctl %s --help", verb->name);
	return OPTIONS_BAD;
}

/**
 * options_parse() - go through the options of a verb
 * @verb: the verb
 * @argc: number of words, the verb included
 * @argv: the words
 * @fn: called for each option but those that all verbs have
 * @context: for @fn
 *
 * Parsing ends at the first word that is no option, or behind "--".
 *
 * Return: index of the next word, OPTIONS_BAD or OPTIONS_DONE.
 */
int options_parse(const struct verb *verb, int argc, char **argv, option_fn fn,
		  void *context)
{
	struct parser parser = { .letters = "+:" };

	add_table(&parser, verb->options);
	add_table(&parser, verb->filters);
	add_table(&parser, options_common);
	opterr = 0;
	optind = 1;
	for (;;) {
		const char *word = argv[optind < argc ? optind : argc - 1];
		int got = getopt_long(argc, argv, parser.letters, parser.names, NULL);
		const struct option_row *row;

		if (got < 0)
			return optind;
		row = find(&parser, got);
		if (got == '?' || got == ':' || !row)
			return bad_option(verb, word, got);
		if (row->id == ID_HELP) {
			options_help(verb, stdout);
			return OPTIONS_DONE;
		}
		if (row->id == ID_DEVICE)
			session_choose_device(optarg);
		else if (fn(context, row->id, optarg))
			return OPTIONS_BAD;
	}
}

static void help_row(const struct option_row *row, FILE *out)
{
	const char *line = row->help;
	int used;

	if (row->brief)
		used = fprintf(out, "  -%c, ", row->brief);
	else
		used = fprintf(out, "      ");
	used += fprintf(out, "--%s%s%s", row->name,
			row->value && !options_value_is_optional(row) ? " " : "",
			row->value ? row->value : "");
	for (;;) {
		const char *end = strchrnul(line, '\n');

		if (used >= COLUMN) {
			fputc('\n', out);
			used = 0;
		}
		fprintf(out, "%*s%.*s\n", COLUMN - used, "", (int)(end - line), line);
		used = 0;
		if (!*end)
			return;
		line = end + 1;
	}
}

static void help_table(const char *title, const struct option_row *row, FILE *out)
{
	if (!row)
		return;
	fprintf(out, "\n%s:\n", title);
	for (; row->id; row++)
		help_row(row, out);
}

/**
 * options_help() - the help of a verb
 * @verb: the verb
 * @out: where to
 */
void options_help(const struct verb *verb, FILE *out)
{
	fprintf(out, "usage: mmtrace-ctl %s%s%s\n\n%s\n", verb->name,
		*verb->arguments ? " " : "", verb->arguments, verb->summary);
	help_table("options", verb->options, out);
	help_table("common options", options_common, out);
	help_table("filters", verb->filters, out);
	if (verb->more)
		verb->more(out);
	if (verb->notes)
		fprintf(out, "\n%s\n", verb->notes);
}

/**
 * options_exit() - what to exit with instead of going on
 * @result: of options_parse(), less than 0
 *
 * Return: an exit code.
 */
int options_exit(int result)
{
	return result == OPTIONS_DONE ? EXIT_OK : EXIT_USAGE;
}
