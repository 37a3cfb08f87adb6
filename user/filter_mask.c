// SPDX-License-Identifier: GPL-2.0
/*
 * Conditions on protection, flags and lengths.
 *
 * The flags of mremap are other ones than those of the rest, and the type of a
 * mapping (shared, private) is a number within the flags, so a name says more
 * than a number: with it goes a test for the event, and a type is compared as a
 * whole. A bare number is only bits.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filter.h"
#include "message.h"
#include "names.h"

#define WORD_MAX	64

/**
 * enum word_kind - what a word of a mask stands for
 * @WORD_NUMBER: bits of whatever event
 * @WORD_BIT: a flag of mappings
 * @WORD_TYPE: their type
 * @WORD_MREMAP: a flag of mremap
 * @WORD_KINDS: not a kind
 */
enum word_kind {
	WORD_NUMBER,
	WORD_BIT,
	WORD_TYPE,
	WORD_MREMAP,
	WORD_KINDS
};

/**
 * struct mask - a mask in the making
 * @bits: of each kind; of types, a set of them by their number
 * @seen: set of the kinds that there were
 * @words: how many there were
 * @zero: how many of them stand for no bits at all
 */
struct mask {
	__u64		bits[WORD_KINDS];
	unsigned int	seen;
	unsigned int	words;
	unsigned int	zero;
};

/* Another name for one in the table. */
static const struct mmtrace_name aliases[] = {
	{ .value = 0x20, .len = 8, .text = "MAP_ANON" },
};

static bool is_name(const char *word, const char *name)
{
	return !strcasecmp(word, name) || !strcasecmp(word, strchr(name, '_') + 1);
}

static bool find_name(const struct mmtrace_name *names, size_t len, const char *word,
		      __u64 *value)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!is_name(word, names[i].text))
			continue;
		*value = names[i].value;
		return true;
	}
	return false;
}

static bool find_prot(const char *word, enum word_kind *kind, __u64 *value)
{
	*kind = WORD_NUMBER;
	return find_name(&mmtrace_prot_flags.none, 1, word, value) ||
	       find_name(mmtrace_prot_flags.bits, mmtrace_prot_flags.bits_len, word, value);
}

static bool find_flag(const char *word, enum word_kind *kind, __u64 *value)
{
	const struct mmtrace_flags *map = &mmtrace_map_flags;
	const struct mmtrace_flags *mremap = &mmtrace_mremap_flags;

	*kind = WORD_TYPE;
	if (find_name(map->types, map->types_len, word, value))
		return true;
	*kind = WORD_BIT;
	if (find_name(map->bits, map->bits_len, word, value) ||
	    find_name(aliases, sizeof(aliases) / sizeof(aliases[0]), word, value))
		return true;
	*kind = WORD_MREMAP;
	return find_name(mremap->bits, mremap->bits_len, word, value);
}

static bool find_number(const char *word, enum word_kind *kind, __u64 *value)
{
	char *end;

	*kind = WORD_NUMBER;
	errno = 0;
	*value = strtoull(word, &end, 0);
	return isdigit((unsigned char)*word) && !*end && !errno;
}

static int add_word(struct mask *mask, __u16 field, const char *name, const char *word)
{
	enum word_kind kind;
	__u64 value;
	bool found = find_number(word, &kind, &value);

	if (!found && field == MMTRACE_FIELD_PROT)
		found = find_prot(word, &kind, &value);
	else if (!found)
		found = find_flag(word, &kind, &value);
	if (!found) {
		complain("--%s: no flag '%s'; for example %s, or a number such as 0x4", name,
			 word, field == MMTRACE_FIELD_PROT ? "PROT_EXEC or exec" :
			 "MAP_SHARED or shared");
		return -1;
	}
	mask->words++;
	if (!value)
		mask->zero++;
	mask->bits[kind] |= kind == WORD_TYPE ? 1ull << value : value;
	mask->seen |= 1u << kind;
	return 0;
}

static int parse_words(struct mask *mask, __u16 field, const char *name,
		       const char *value, const char *separators)
{
	char word[WORD_MAX];

	for (;;) {
		size_t len = strcspn(value, separators);

		if (!len || len >= sizeof(word)) {
			complain("--%s: %s in the mask", name,
				 len ? "too long a word" : "an empty word");
			return -1;
		}
		memcpy(word, value, len);
		word[len] = 0;
		if (add_word(mask, field, name, word))
			return -1;
		if (!value[len])
			return 0;
		value += len + 1;
	}
}

static int put_test(struct filter *filter, struct filter_choice *choice, bool guarded,
		    bool mremap, const struct filter_test *test)
{
	struct filter_choice out = *choice;

	out.tests_len = 0;
	if (guarded)
		out.tests[out.tests_len++] = (struct filter_test){
			.field = MMTRACE_FIELD_EVENT,
			.op = MMTRACE_OP_EQ,
			.reverse = !mremap,
			.value = MMTRACE_EVENT_MREMAP,
			.mask = ~0ull,
		};
	out.tests[out.tests_len] = *test;
	out.tests[out.tests_len++].field = choice->tests[0].field;
	return filter_put(filter, &out);
}

/* One of the words suffices: a condition for each type, one for all bits. */
static int put_any(struct filter *filter, struct filter_choice *choice,
		   const struct mask *mask)
{
	static const enum word_kind kinds[] = { WORD_BIT, WORD_MREMAP, WORD_NUMBER };
	struct filter_test test = { .op = MMTRACE_OP_EQ, .mask = mmtrace_map_flags.type_mask };
	size_t i;

	for (test.value = 0; test.value <= test.mask; test.value++)
		if (mask->bits[WORD_TYPE] >> test.value & 1 &&
		    put_test(filter, choice, true, false, &test))
			return -1;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum word_kind kind = kinds[i];

		test = (struct filter_test){
			.op = MMTRACE_OP_ANY, .mask = mask->bits[kind],
		};
		if (test.mask && put_test(filter, choice, kind != WORD_NUMBER,
					  kind == WORD_MREMAP, &test))
			return -1;
	}
	test = (struct filter_test){ .op = MMTRACE_OP_EQ, .mask = ~0ull };
	return mask->zero ? put_test(filter, choice, false, false, &test) : 0;
}

/* The type as a number, or 0; more than one can't hold at once. */
static int only_type(const struct mask *mask, const char *name, const char *value,
		     __u64 *type)
{
	*type = 0;
	if (!mask->bits[WORD_TYPE])
		return 0;
	*type = __builtin_ctzll(mask->bits[WORD_TYPE]);
	if (mask->bits[WORD_TYPE] != 1ull << *type) {
		complain("--%s: '%s': a mapping has only one of these types", name, value);
		return -1;
	}
	return 0;
}

/* All words must hold; with @exact, nothing else may. */
static int put_all(struct filter *filter, struct filter_choice *choice,
		   const struct mask *mask, bool exact, const char *name, const char *value)
{
	bool map = mask->bits[WORD_BIT] || mask->bits[WORD_TYPE];
	bool mremap = mask->bits[WORD_MREMAP];
	struct filter_test test = { .op = MMTRACE_OP_EQ };
	__u64 type;

	if (map && mremap) {
		complain("--%s: '%s': no call has both MAP_ and MREMAP_ flags", name, value);
		return -1;
	}
	if (mask->zero && mask->words > 1) {
		complain("--%s: '%s': nothing and something can't both be", name, value);
		return -1;
	}
	if (only_type(mask, name, value, &type))
		return -1;
	test.value = mask->bits[WORD_BIT] | mask->bits[WORD_MREMAP] | mask->bits[WORD_NUMBER];
	test.mask = test.value | (type ? mmtrace_map_flags.type_mask : 0);
	test.value |= type;
	if (exact || mask->zero) {
		test.mask = ~0ull;
	} else if (!type && !(test.mask & (test.mask - 1))) {
		test.op = MMTRACE_OP_ANY;
		test.value = 0;
	}
	if (test.value & ~test.mask || (type && (test.value & 0xf) != type)) {
		complain("--%s: '%s': the number contradicts the type", name, value);
		return -1;
	}
	return put_test(filter, choice, map || mremap, mremap, &test);
}

/**
 * filter_parse_mask() - take a condition on protection or flags
 * @filter: the filter
 * @choice: with the option, its group and the field filled in
 * @name: of the option
 * @value: a|b or a,b for any of them, a+b for all, =a+b for these and no more
 *
 * Return: 0; -1 if the value makes no sense, and the user has been told.
 */
int filter_parse_mask(struct filter *filter, struct filter_choice *choice,
		      const char *name, const char *value)
{
	bool exact = *value == '=';
	const char *list = value + exact;
	bool any = list[strcspn(list, "|,")];
	bool all = strchr(list, '+');
	struct mask mask = { .words = 0 };

	if (any && all) {
		complain("--%s: '%s': either | for any of them or + for all, not both",
			 name, value);
		return -1;
	}
	if (parse_words(&mask, choice->tests[0].field, name, list, any ? "|," : "+"))
		return -1;
	if (exact || all)
		return put_all(filter, choice, &mask, exact, name, value);
	return put_any(filter, choice, &mask);
}

static bool parse_size(const char *word, size_t len, __u64 *size)
{
	static const char units[] = "KMGT";
	char copy[WORD_MAX], *end;
	const char *unit;
	unsigned int shift = 0;

	if (!len || len >= sizeof(copy) || !isdigit((unsigned char)*word))
		return false;
	memcpy(copy, word, len);
	copy[len] = 0;
	errno = 0;
	*size = strtoull(copy, &end, 0);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (unit - units + 1);
		end++;
	}
	if (*end || errno || *size > ~0ull >> shift)
		return false;
	*size <<= shift;
	return true;
}

static int put_range(struct filter *filter, struct filter_choice *choice,
		     __u64 least, __u64 most)
{
	struct filter_choice out = *choice;
	struct filter_test *test = out.tests;

	if (least == most)
		*test++ = (struct filter_test){ .op = MMTRACE_OP_EQ, .value = least };
	else if (least)
		*test++ = (struct filter_test){ .op = MMTRACE_OP_GT, .value = least - 1 };
	if (least != most && most != ~0ull)
		*test++ = (struct filter_test){ .op = MMTRACE_OP_LT, .value = most + 1 };
	out.tests_len = 0;
	for (; out.tests + out.tests_len < test; out.tests_len++) {
		out.tests[out.tests_len].field = choice->tests[0].field;
		out.tests[out.tests_len].mask = ~0ull;
	}
	return filter_put(filter, &out);
}

static int parse_one_range(struct filter *filter, struct filter_choice *choice,
			   const char *name, const char *word, size_t len)
{
	const char *dash = memchr(word, '-', len);
	__u64 least = 0, most = ~0ull;
	bool good;

	if (!dash) {
		good = parse_size(word, len, &least);
		most = least;
	} else {
		size_t before = dash - word, behind = len - before - 1;

		good = before || behind;
		if (before)
			good = good && parse_size(word, before, &least);
		if (behind)
			good = good && parse_size(dash + 1, behind, &most);
	}
	if (!good) {
		complain("--%s: '%.*s' is no range of bytes; for example 4K, 4K-2M, 64K- or -4K",
			 name, (int)len, word);
		return -1;
	}
	if (least > most || (!least && most == ~0ull)) {
		complain("--%s: '%.*s' holds %s", name, (int)len, word,
			 least > most ? "nothing: the smaller number goes first" :
			 "every length");
		return -1;
	}
	return put_range(filter, choice, least, most);
}

/**
 * filter_parse_range() - take a condition on a length
 * @filter: the filter
 * @choice: with the option, its group and the field filled in
 * @name: of the option
 * @value: ranges with commas between
 *
 * Return: 0; -1 if the value makes no sense, and the user has been told.
 */
int filter_parse_range(struct filter *filter, struct filter_choice *choice,
		       const char *name, const char *value)
{
	for (;;) {
		size_t len = strcspn(value, ",");

		if (parse_one_range(filter, choice, name, value, len))
			return -1;
		if (!value[len])
			return 0;
		value += len + 1;
	}
}
