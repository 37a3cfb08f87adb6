// SPDX-License-Identifier: GPL-2.0
/*
 * Flags by name: words of a filter, and back.
 *
 * The flags of mremap are other ones than those of the rest, and the type of a
 * mapping (shared, private) is a number within the flags, so a name says more
 * than a number: with it goes a test for the event, and a type is compared as a
 * whole. A bare number is only bits.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "libmmtrace.h"
#include "mask.h"
#include "value.h"

/* Another name for one in the table. */
static const struct mmtrace_name aliases[] = {
	{ .value = 0x20, .len = 8, .text = "MAP_ANON" },
};

static bool is_name(const char *word, const char *name)
{
	const char *rest = strchr(name, '_');

	return !strcasecmp(word, name) || (rest && !strcasecmp(word, rest + 1));
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

static bool find_prot(const char *word, enum mask_word *kind, __u64 *value)
{
	*kind = MASK_NUMBER;
	return find_name(&mmtrace_prot_flags.none, 1, word, value) ||
	       find_name(mmtrace_prot_flags.bits, mmtrace_prot_flags.bits_len, word, value);
}

static bool find_flag(const char *word, enum mask_word *kind, __u64 *value)
{
	const struct mmtrace_flags *map = &mmtrace_map_flags;
	const struct mmtrace_flags *mremap = &mmtrace_mremap_flags;

	*kind = MASK_TYPE;
	if (find_name(map->types, map->types_len, word, value))
		return true;
	*kind = MASK_BIT;
	if (find_name(map->bits, map->bits_len, word, value) ||
	    find_name(aliases, sizeof(aliases) / sizeof(aliases[0]), word, value))
		return true;
	*kind = MASK_MREMAP;
	return find_name(mremap->bits, mremap->bits_len, word, value);
}

static bool find_kind(const char *word, enum mask_word *kind, __u64 *value)
{
	*kind = MASK_NUMBER;
	return find_name(mmtrace_file_kinds, mmtrace_file_kinds_len, word, value) &&
	       *value != MMTRACE_R_PATH_CUT;
}

static bool find_word(__u16 field, const char *word, enum mask_word *kind, __u64 *value)
{
	*kind = MASK_NUMBER;
	if (!value_parse(VALUE_HEX, word, value, NULL))
		return true;
	switch (field) {
	case MMTRACE_FIELD_PROT:
		return find_prot(word, kind, value);
	case MMTRACE_FIELD_FLAGS:
		return find_flag(word, kind, value);
	case MMTRACE_FIELD_KIND:
		return find_kind(word, kind, value);
	default:
		return false;
	}
}

static const char *example(__u16 field)
{
	switch (field) {
	case MMTRACE_FIELD_PROT:
		return "PROT_EXEC or exec, or a number such as 0x4";
	case MMTRACE_FIELD_FLAGS:
		return "MAP_SHARED or shared, or a number such as 0x4";
	case MMTRACE_FIELD_KIND:
		return "memfd or unlinked";
	default:
		return "0x4";
	}
}

/**
 * mask_add() - take a word
 * @mask: the mask
 * @word: a name or number
 * @fault: set if it is neither
 *
 * Return: 0 or -1.
 */
int mask_add(struct mask *mask, const char *word, struct mmt_fault *fault)
{
	enum mask_word kind;
	__u64 value;

	if (!find_word(mask->field, word, &kind, &value))
		return fault_set(fault, "no flag '%s'; for example %s", word,
				 example(mask->field));
	mask->words++;
	if (!value)
		mask->zero++;
	mask->bits[kind] |= kind == MASK_TYPE ? 1ull << value : value;
	return 0;
}

/**
 * mask_number() - the mask as a mere number
 * @mask: the mask
 * @value: set to it
 * @fault: set if it has names that say more
 *
 * Return: 0 or -1.
 */
int mask_number(const struct mask *mask, __u64 *value, struct mmt_fault *fault)
{
	*value = mask->bits[MASK_NUMBER];
	if (!mask->bits[MASK_BIT] && !mask->bits[MASK_TYPE] && !mask->bits[MASK_MREMAP])
		return 0;
	return fault_set(fault, "a comparison of some bits takes numbers, not names");
}

static int guarded_test(struct tree *tree, bool guarded, bool mremap, __u16 field, __u16 op,
			__u64 value, __u64 mask)
{
	int guard = TREE_NOTHING;

	if (guarded)
		guard = tree_test(tree, MMTRACE_FIELD_EVENT, MMTRACE_OP_EQ,
				  MMTRACE_EVENT_MREMAP, ~0ull);
	if (guard && !mremap)
		tree_not(tree, guard);
	return tree_join(tree, TREE_AND, guard, tree_test(tree, field, op, value, mask));
}

/* One of the words suffices: a test for each type, one for all bits. */
static int any_node(const struct mask *mask, struct tree *tree)
{
	static const enum mask_word kinds[] = { MASK_BIT, MASK_MREMAP, MASK_NUMBER };
	const __u64 types = mmtrace_map_flags.type_mask;
	int node = TREE_NOTHING;
	__u64 type;
	size_t i;

	for (type = 0; type <= types; type++)
		if (mask->bits[MASK_TYPE] >> type & 1)
			node = tree_join(tree, TREE_OR, node,
					 guarded_test(tree, true, false, mask->field,
						      MMTRACE_OP_EQ, type, types));
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		enum mask_word kind = kinds[i];

		if (mask->bits[kind])
			node = tree_join(tree, TREE_OR, node,
					 guarded_test(tree, kind != MASK_NUMBER,
						      kind == MASK_MREMAP, mask->field,
						      MMTRACE_OP_ANY, 0, mask->bits[kind]));
	}
	if (mask->zero)
		node = tree_join(tree, TREE_OR, node,
				 tree_test(tree, mask->field, MMTRACE_OP_EQ, 0, ~0ull));
	return node;
}

/* The type as a number, or 0; more than one can't hold at once. */
static int only_type(const struct mask *mask, __u64 *type, struct mmt_fault *fault)
{
	*type = 0;
	if (!mask->bits[MASK_TYPE])
		return 0;
	*type = __builtin_ctzll(mask->bits[MASK_TYPE]);
	if (mask->bits[MASK_TYPE] != 1ull << *type)
		return fault_set(fault, "a mapping has only one of these types");
	return 0;
}

/* All words must hold; with @exact, nothing else may. */
static int all_node(const struct mask *mask, struct tree *tree, bool exact,
		    struct mmt_fault *fault)
{
	bool map = mask->bits[MASK_BIT] || mask->bits[MASK_TYPE];
	bool mremap = mask->bits[MASK_MREMAP];
	__u64 type, bits, value, looked_at;
	__u16 op = MMTRACE_OP_EQ;

	if (map && mremap)
		return fault_set(fault, "no call has both MAP_ and MREMAP_ flags");
	if (mask->zero && mask->words > 1)
		return fault_set(fault, "nothing and something can't both be");
	if (only_type(mask, &type, fault))
		return -1;
	bits = mask->bits[MASK_BIT] | mask->bits[MASK_MREMAP] | mask->bits[MASK_NUMBER];
	looked_at = bits | (type ? mmtrace_map_flags.type_mask : 0);
	value = bits | type;
	if (type && (value & mmtrace_map_flags.type_mask) != type)
		return fault_set(fault, "the number contradicts the type");
	if (exact || mask->zero) {
		looked_at = ~0ull;
	} else if (!type && !(looked_at & (looked_at - 1))) {
		op = MMTRACE_OP_ANY;
		value = 0;
	}
	return guarded_test(tree, map || mremap, mremap, mask->field, op, value, looked_at);
}

/**
 * mask_node() - a test of flags
 * @mask: of at least one word
 * @tree: to put it in
 * @mode: enum mask_mode
 * @fault: set if the words contradict each other
 *
 * Return: the node, or -1.
 */
int mask_node(const struct mask *mask, struct tree *tree, enum mask_mode mode,
	      struct mmt_fault *fault)
{
	if (mode == MASK_ANY)
		return any_node(mask, tree);
	return all_node(mask, tree, mode == MASK_EXACT, fault);
}

/* What is printed so far. */
struct words {
	FILE		*out;
	char		separator;
	unsigned int	len;
};

static void put_word(struct words *words, const char *word)
{
	if (words->len++)
		fputc(words->separator, words->out);
	fputs(word, words->out);
}

static void put_names(struct words *words, const struct mmtrace_name *names, size_t len,
		      __u64 *bits)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!names[i].value || (*bits & names[i].value) != names[i].value)
			continue;
		put_word(words, names[i].text);
		*bits &= ~names[i].value;
	}
}

/**
 * mask_print() - the words that make a test of flags
 * @test: MMTRACE_OP_ANY or MMTRACE_OP_EQ
 * @names: of the bits
 * @out: where to
 *
 * Return: false if words do not say it, or there is not a name for every bit; then
 * something may have been printed.
 */
bool mask_print(const struct mmtrace_pred *test, const struct mmtrace_flags *names, FILE *out)
{
	bool any = test->op == MMTRACE_OP_ANY;
	struct words words = { .out = out, .separator = any ? '|' : '+' };
	__u64 bits = any ? test->mask : test->value, type_mask = names->type_mask, type;
	size_t i;

	if (any || (test->mask & type_mask) != type_mask)
		type_mask = 0;
	if (!any && test->mask != ~0ull && test->mask != (bits | type_mask))
		return false;
	type = bits & type_mask;
	for (i = 0; type && i < names->types_len; i++) {
		if (names->types[i].value != type)
			continue;
		put_word(&words, names->types[i].text);
		bits &= ~type_mask;
	}
	put_names(&words, names->bits, names->bits_len, &bits);
	if (!words.len && !bits && !any) {
		fputs(names->none.text, out);
		return true;
	}
	return words.len && !bits;
}
