// SPDX-License-Identifier: GPL-2.0
/*
 * From the module's predicates back to options. It is a guess, and then a proof:
 * what the options compile to must be the same program to the byte. A program
 * that somebody else made, in another shape, can't be said in options.
 */
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "message.h"
#include "names.h"
#include "utf8.h"

/**
 * struct words - options in the making
 * @ids: enum filter_option
 * @values: of each, allocated; NULL for one without
 * @len: how many
 */
struct words {
	int		ids[FILTER_CHOICES_MAX];
	char		*values[FILTER_CHOICES_MAX];
	unsigned int	len;
};

/* A condition as it was found: where it leads, too. */
struct found {
	const struct mmtrace_pred	*pred;
	bool				guarded;
	bool				mremap;
	const struct mmtrace_pred	*upper;	/* second half of a range */
	__u16				pass;
	__u16				fail;
};

static void put_word(FILE *out, unsigned int *words, char separator, const char *word)
{
	if ((*words)++)
		fputc(separator, out);
	fputs(word, out);
}

/* Returns how many of the words are names; @rest is set to the bits without one. */
static unsigned int put_names(FILE *out, const struct mmtrace_flags *set, char separator,
			      __u64 bits, __u64 type_mask, __u64 *rest)
{
	unsigned int names, words = 0;
	char number[32];
	__u64 type = bits & type_mask;
	size_t i;

	for (i = 0; set && type && i < set->types_len; i++) {
		if (set->types[i].value != type)
			continue;
		put_word(out, &words, separator, set->types[i].text);
		bits &= ~type_mask;
	}
	for (i = 0; set && i < set->bits_len; i++) {
		if ((bits & set->bits[i].value) != set->bits[i].value)
			continue;
		put_word(out, &words, separator, set->bits[i].text);
		bits &= ~set->bits[i].value;
	}
	names = words;
	*rest = bits;
	snprintf(number, sizeof(number), "0x%llx", (unsigned long long)bits);
	if (bits || !words)
		put_word(out, &words, separator, number);
	/* A number alone would be any of its bits. */
	if (separator == '+' && words == 1 && bits)
		put_word(out, &words, separator, number);
	return names;
}

/*
 * A test for the event before this one is part of it only if names say so: a
 * number does not.
 */
static bool mask_text(FILE *out, const struct found *found)
{
	const struct mmtrace_pred *pred = found->pred;
	const struct mmtrace_flags *set = NULL;
	__u64 rest, type_mask = 0;
	unsigned int names;

	if (pred->field == MMTRACE_FIELD_PROT)
		set = &mmtrace_prot_flags;
	else if (found->guarded)
		set = found->mremap ? &mmtrace_mremap_flags : &mmtrace_map_flags;
	if (pred->op == MMTRACE_OP_ANY) {
		names = put_names(out, set, '|', pred->mask, 0, &rest);
		return !found->guarded || (names && !rest);
	}
	if (set && (pred->mask & set->type_mask) == set->type_mask)
		type_mask = set->type_mask;
	if (pred->mask == ~0ull)
		fputc('=', out);
	names = put_names(out, set, '+', pred->value, type_mask, &rest);
	return pred->op == MMTRACE_OP_EQ && (!found->guarded || names);
}

static void put_size(FILE *out, __u64 size)
{
	static const char units[] = "KMGT";
	int shift = 0;

	while (size && shift < 40 && !(size >> shift & 1023))
		shift += 10;
	fprintf(out, "%llu", (unsigned long long)(size >> shift));
	if (shift)
		fputc(units[shift / 10 - 1], out);
}

static bool range_text(FILE *out, const struct found *found)
{
	const struct mmtrace_pred *pred = found->pred;

	switch (pred->op) {
	case MMTRACE_OP_EQ:
		put_size(out, pred->value);
		return true;
	case MMTRACE_OP_GT:
		put_size(out, pred->value + 1);
		fputc('-', out);
		if (found->upper)
			put_size(out, found->upper->value - 1);
		return true;
	case MMTRACE_OP_LT:
		fputc('-', out);
		put_size(out, pred->value - 1);
		return true;
	}
	return false;
}

static bool value_text(FILE *out, const struct program *program, const struct found *found)
{
	const struct mmtrace_pred *pred = found->pred;

	switch (pred->field) {
	case MMTRACE_FIELD_EVENT:
		if (!pred->value || !mmtrace_event_name(pred->value))
			return false;
		fputs(mmtrace_event_name(pred->value)->text, out);
		return true;
	case MMTRACE_FIELD_COMM:
	case MMTRACE_FIELD_PATH:
		if (pred->value > program->strings_len ||
		    pred->mask > program->strings_len - pred->value)
			return false;
		fwrite(program->strings + pred->value, 1, pred->mask, out);
		return true;
	case MMTRACE_FIELD_PROT:
	case MMTRACE_FIELD_FLAGS:
		return mask_text(out, found);
	case MMTRACE_FIELD_LEN:
		return range_text(out, found);
	default:
		fprintf(out, "%llu", (unsigned long long)pred->value);
		return true;
	}
}

/* Which option a predicate comes of; 0 for none. */
static int option_of(const struct mmtrace_pred *pred)
{
	static const int options[MMTRACE_FIELD_COUNT] = {
		[MMTRACE_FIELD_EVENT]	= FILTER_EVENT,
		[MMTRACE_FIELD_TGID]	= FILTER_PID,
		[MMTRACE_FIELD_TID]	= FILTER_TID,
		[MMTRACE_FIELD_UID]	= FILTER_UID,
		[MMTRACE_FIELD_COMM]	= FILTER_COMM,
		[MMTRACE_FIELD_PROT]	= FILTER_PROT,
		[MMTRACE_FIELD_FLAGS]	= FILTER_FLAGS,
		[MMTRACE_FIELD_LEN]	= FILTER_LEN,
		[MMTRACE_FIELD_PATH]	= FILTER_PATH,
	};

	switch (pred->field) {
	case MMTRACE_FIELD_ANON:
		return pred->value ? FILTER_ANON : FILTER_FILE;
	case MMTRACE_FIELD_FAILED:
		return pred->value ? FILTER_FAILED : FILTER_OK;
	}
	return pred->field < MMTRACE_FIELD_COUNT ? options[pred->field] : 0;
}

static struct found find_one(const struct program *program, unsigned int at)
{
	const struct mmtrace_pred *pred = &program->preds[at];

	return (struct found){
		.pred = pred, .pass = pred->on_true, .fail = pred->on_false,
	};
}

/* Does another predicate than the one before it lead to @at? */
static bool is_target(const struct program *program, unsigned int at)
{
	unsigned int i;

	for (i = 0; i + 1 < at; i++)
		if (program->preds[i].on_true == at || program->preds[i].on_false == at)
			return true;
	return false;
}

/* Two predicates that together are one condition. */
static bool find_two(const struct program *program, unsigned int at, struct found *found)
{
	const struct mmtrace_pred *first = &program->preds[at], *second = first + 1;
	bool mremap = first->on_true == at + 1;

	if (at + 1 >= program->preds_len || is_target(program, at + 1))
		return false;
	*found = (struct found){
		.pass = second->on_true,
		.fail = second->on_false,
	};
	if (found->fail != (mremap ? first->on_false : first->on_true))
		return false;
	if (first->field == MMTRACE_FIELD_EVENT && first->value == MMTRACE_EVENT_MREMAP &&
	    second->field == MMTRACE_FIELD_FLAGS) {
		found->pred = second;
		found->guarded = true;
		found->mremap = mremap;
		return true;
	}
	found->pred = first;
	found->upper = second;
	return mremap && first->field == MMTRACE_FIELD_LEN && first->op == MMTRACE_OP_GT &&
	       second->field == MMTRACE_FIELD_LEN && second->op == MMTRACE_OP_LT;
}

static bool takes_value(int option)
{
	const struct option_row *row = filter_options;

	while (row->id != option)
		row++;
	return row->value;
}

static char *option_value(const struct program *program, const struct found *found)
{
	char *value = NULL;
	size_t len;
	FILE *out = open_memstream(&value, &len);
	bool good;

	if (!out)
		return NULL;
	if (found->pass == MMTRACE_REJECT)
		fputc('!', out);
	good = value_text(out, program, found);
	if (!fclose(out) && good)
		return value;
	free(value);
	return NULL;
}

/* Appends the option that @found comes of. */
static bool put_option(struct words *words, const struct program *program,
		       const struct found *found)
{
	int option = option_of(found->pred);
	char *value = NULL;

	if (!option || words->len == FILTER_CHOICES_MAX)
		return false;
	if (takes_value(option)) {
		value = option_value(program, found);
		if (!value)
			return false;
	}
	words->ids[words->len] = option;
	words->values[words->len++] = value;
	return true;
}

static void free_words(struct words *words)
{
	while (words->len)
		free(words->values[--words->len]);
}

static bool same_program(const struct words *words, const struct program *program)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	struct program *again = calloc(1, sizeof(*again));
	bool same = filter && again;
	unsigned int i;

	complain_off(true);
	for (i = 0; same && i < words->len; i++)
		same = !filter_add(filter, words->ids[i], words->values[i]);
	same = same && !filter_compile(filter, again) &&
	       again->preds_len == program->preds_len &&
	       again->strings_len == program->strings_len &&
	       !memcmp(again->preds, program->preds,
		       program->preds_len * sizeof(program->preds[0])) &&
	       !memcmp(again->strings, program->strings, program->strings_len);
	complain_off(false);
	free(filter);
	free(again);
	return same;
}

/* False if the program is of another shape than the options make. */
static bool decompile(const struct program *program, struct words *words)
{
	struct found found;
	unsigned int at = 0;

	while (at < program->preds_len) {
		if (find_two(program, at, &found) && put_option(words, program, &found)) {
			at += 2;
			continue;
		}
		found = find_one(program, at++);
		if (!put_option(words, program, &found))
			return false;
	}
	return same_program(words, program);
}

/* Needs no quotes; in any locale only these. */
static bool is_bare(const char *value)
{
	const char *at = value;

	while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
	       (*at >= '0' && *at <= '9') || (*at && strchr("_-+=,./:@%", *at)))
		at++;
	return at > value && !*at;
}

/* All can be shown as it is, so that quoting only has to mind the quote. */
static bool is_shown(const char *value)
{
	size_t used, len = strlen(value);
	__u32 code;

	for (; len; value += used, len -= used) {
		used = mmtrace_utf8(value, len, &code);
		if (!used || (code != ' ' && mmtrace_utf8_hidden(code)))
			return false;
	}
	return true;
}

/* As a shell reads it; $'...' is of bash, ksh and zsh, and of POSIX since 2024. */
static void put_quoted(const char *value, FILE *out)
{
	bool shown = is_shown(value);

	if (is_bare(value)) {
		fputs(value, out);
		return;
	}
	fputs(shown ? "'" : "$'", out);
	for (; *value; value++) {
		unsigned char c = *value;

		if (shown && c == '\'')
			fputs("'\\''", out);
		else if (!shown && (c < ' ' || c > '~' || c == '\'' || c == '\\'))
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
	fputc('\'', out);
}

static void put_words(const struct words *words, FILE *out)
{
	unsigned int i;

	for (i = 0; i < words->len; i++) {
		const struct option_row *row = filter_options;

		while (row->id != words->ids[i])
			row++;
		fprintf(out, "%s--%s", i ? " " : "", row->name);
		if (!words->values[i])
			continue;
		fputc(' ', out);
		put_quoted(words->values[i], out);
	}
}

/**
 * filter_text() - a program as options
 * @program: any program, of at least one predicate
 * @out: where to; gets no newline
 *
 * Return: true; false, with nothing written, for a program that options can't
 * make.
 */
bool filter_text(const struct program *program, FILE *out)
{
	struct words words = { .len = 0 };
	bool good = program->preds_len && decompile(program, &words);

	if (good)
		put_words(&words, out);
	free_words(&words);
	return good;
}
