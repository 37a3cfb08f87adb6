/* SPDX-License-Identifier: GPL-2.0 */
/* Verbs and their options, as tables. */
#ifndef MMTRACE_OPTIONS_H
#define MMTRACE_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct option_row - an option
 * @id: what options_parse() gives to its caller; 0 ends a table
 * @brief: its letter, 0 for none
 * @name: its name, without the dashes
 * @value: what its value is called in the help; NULL if it takes none; as "[=NAME]"
 *	if it may be left out
 * @help: a line or more, separated by newlines
 */
struct option_row {
	int		id;
	char		brief;
	const char	*name;
	const char	*value;
	const char	*help;
};

/**
 * struct verb - something that mmtrace-ctl does
 * @name: first word of the command line
 * @arguments: what follows it, for the help
 * @summary: one line
 * @notes: paragraphs for the help; NULL for none
 * @options: its own; NULL for none
 * @more: prints more of the help; NULL for none
 * @filters: options of filters, which come in the help under their own heading;
 *	NULL for none
 * @run: does it; gets the words from the verb on, returns the exit code
 */
struct verb {
	const char			*name;
	const char			*arguments;
	const char			*summary;
	const char			*notes;
	const struct option_row		*options;
	const struct option_row		*filters;
	void				(*more)(FILE *out);
	int				(*run)(const struct verb *verb, int argc, char **argv);
};

/* Options that every verb has. */
extern const struct option_row options_common[];

/* What options_parse() returns instead of the index of the next word. */
#define OPTIONS_BAD	(-1)	/* the user has been told why */
#define OPTIONS_DONE	(-2)	/* help was asked for and given */

/* Gets the id of each option and its value; not 0 ends the parsing. */
typedef int (*option_fn)(void *context, int id, const char *value);

int options_parse(const struct verb *verb, int argc, char **argv, option_fn fn,
		  void *context);
bool options_value_is_optional(const struct option_row *row);
void options_help(const struct verb *verb, FILE *out);
int options_exit(int result);

#endif /* MMTRACE_OPTIONS_H */
