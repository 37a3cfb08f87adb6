// SPDX-License-Identifier: GPL-2.0
/*
 * All words of the command line, for its completion, which would otherwise have
 * the tables of verbs, options and names once more. A line each:
 *
 *   verb NAME
 *   word VERB WORD
 *   option|filter VERB NAME [VALUE]
 *   event|format|time|key|order|prot|flags NAME
 */
#include <ctype.h>
#include <string.h>

#include "filter.h"
#include "format.h"
#include "names.h"
#include "stamp.h"
#include "tally.h"
#include "words.h"

/* In the usage, what is to be typed as it is stands in small letters. */
static void print_arguments(const struct verb *verb, FILE *out)
{
	const char *word = verb->arguments;

	while (*(word += strspn(word, " "))) {
		size_t len = strcspn(word, " ");

		if (islower((unsigned char)*word))
			fprintf(out, "word %s %.*s\n", verb->name, (int)len, word);
		word += len;
	}
}

static void print_options(const char *kind, const struct verb *verb,
			  const struct option_row *row, FILE *out)
{
	for (; row && row->id; row++) {
		const char *value = row->value && !options_value_is_optional(row) ? row->value : "";

		if (row->brief)
			fprintf(out, "%s %s -%c %s\n", kind, verb->name, row->brief, value);
		fprintf(out, "%s %s --%s %s\n", kind, verb->name, row->name, value);
	}
}

static void print_names(const char *kind, const struct mmtrace_name *names, size_t len, FILE *out)
{
	size_t i;

	for (i = 0; i < len; i++)
		fprintf(out, "%s %s\n", kind, names[i].text);
}

static void print_values(FILE *out)
{
	const struct mmtrace_flags *prot = &mmtrace_prot_flags;
	const struct mmtrace_flags *map = &mmtrace_map_flags;
	const struct mmtrace_flags *mremap = &mmtrace_mremap_flags;
	const struct format *const *format;
	enum stamp_kind kind;
	__u32 event, i;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		print_names("event", mmtrace_event_name(event), 1, out);
	fputs("event " FILTER_EVENT_ALL "\n", out);
	for (i = 0; i < KEY_COUNT; i++)
		fprintf(out, "key %s\n", key_name(i));
	for (i = 0; i < TALLY_SORTS; i++)
		fprintf(out, "order %s\n", tally_sort_name(i));
	for (format = formats; *format; format++)
		fprintf(out, "format %s\n", (*format)->name);
	for (kind = 0; stamp_name(kind); kind++)
		fprintf(out, "time %s\n", stamp_name(kind));
	print_names("prot", &prot->none, 1, out);
	print_names("prot", prot->bits, prot->bits_len, out);
	print_names("flags", map->types, map->types_len, out);
	print_names("flags", map->bits, map->bits_len, out);
	print_names("flags", mremap->bits, mremap->bits_len, out);
}

/**
 * words_print() - print all words
 * @verbs: of the program
 * @len: how many
 * @out: where to
 */
void words_print(const struct verb *const *verbs, size_t len, FILE *out)
{
	size_t i;

	for (i = 0; i < len; i++) {
		fprintf(out, "verb %s\n", verbs[i]->name);
		print_arguments(verbs[i], out);
		print_options("option", verbs[i], verbs[i]->options, out);
		print_options("option", verbs[i], options_common, out);
		print_options("filter", verbs[i], verbs[i]->filters, out);
	}
	print_values(out);
}
