// SPDX-License-Identifier: GPL-2.0
/*
 * From a field and what it is compared with to tests. What an operator of users
 * means for each form of field is known here.
 */
#include <string.h>

#include "compare.h"
#include "fault.h"
#include "libmmtrace.h"
#include "syscalls.h"
#include "value.h"

#define WORD_MAX	4096

/* What the kernel has for the name of a thread, and for a path. */
#define COMM_MAX	15
#define PATH_LIMIT	4095

/* Holds for every call that has the field. */
static int everything(struct tree *tree, const struct term *term)
{
	return tree_test(tree, term->field, MMTRACE_OP_EQ, 0, 0);
}

/* From @least to @most; of addresses, one of them. */
static int range_node(struct tree *tree, const struct term *term, __u64 least, __u64 most)
{
	__u64 lowest = value_lowest(term->value), highest = value_highest(term->value);

	if (term->form == TERM_BYTES)
		return tree_test(tree, term->field, MMTRACE_OP_OVERLAP, least, most);
	if (least == most)
		return tree_test(tree, term->field, MMTRACE_OP_EQ, least, ~0ull);
	if (least == lowest && most == highest)
		return everything(tree, term);
	if (least == lowest)
		return tree_test(tree, term->field, MMTRACE_OP_LT, most + 1, ~0ull);
	if (most == highest)
		return tree_test(tree, term->field, MMTRACE_OP_GT, least - 1, ~0ull);
	return tree_test(tree, term->field, MMTRACE_OP_RANGE, least, most);
}

/* Of sizes one end may be left out. */
static int parse_end(const struct term *term, const char *word, __u64 end, __u64 *value)
{
	if (!*word && term->value == VALUE_SIZE) {
		*value = end;
		return 0;
	}
	return value_parse(term->value, word, value, NULL);
}

/* 1 if @word is no range at all. */
static int parse_range(const struct term *term, const char *word, __u64 *least, __u64 *most,
		       struct mmt_fault *fault)
{
	char first[WORD_MAX];
	const char *dash = strchr(*word ? word + (term->value != VALUE_SIZE) : word, '-');
	size_t len = dash ? (size_t)(dash - word) : 0;

	if (!dash || len >= sizeof(first) || (!len && !dash[1]))
		return 1;
	memcpy(first, word, len);
	first[len] = 0;
	if (parse_end(term, first, value_lowest(term->value), least) ||
	    parse_end(term, dash + 1, value_highest(term->value), most))
		return 1;
	if (value_is_above(term->value, *least, *most))
		return fault_set(fault, "'%s' holds nothing: the smaller number goes first",
				 word);
	if (term->form != TERM_BYTES && *least == value_lowest(term->value) &&
	    *most == value_highest(term->value))
		return fault_set(fault, "'%s' holds every number", word);
	return 0;
}

/* The number depends on which table it is of. */
static int syscall_node(struct tree *tree, const struct syscall_name *name)
{
	const int numbers[] = { name->number, name->compat };
	int compat, node = TREE_NOTHING;

	for (compat = 0; compat < 2; compat++) {
		int table, number;

		if (numbers[compat] < 0)
			continue;
		table = tree_test(tree, MMTRACE_FIELD_COMPAT, MMTRACE_OP_EQ, compat, ~0ull);
		number = tree_test(tree, MMTRACE_FIELD_SYSCALL, MMTRACE_OP_EQ, numbers[compat],
				   ~0ull);
		node = tree_join(tree, TREE_OR, node,
				 tree_join(tree, TREE_AND, table, number));
	}
	return node;
}

/**
 * compare_value() - the field is the value, or in the range
 * @tree: to put the test in
 * @term: the field, one that is compared with numbers
 * @word: the number, or LEAST-MOST
 * @fault: set if it is none
 *
 * Return: the node, or -1.
 */
int compare_value(struct tree *tree, const struct term *term, const char *word,
		  struct mmt_fault *fault)
{
	const struct syscall_name *name = syscall_find(word);
	__u64 least, most;
	int failed;

	if (term->field == MMTRACE_FIELD_SYSCALL && name)
		return syscall_node(tree, name);
	if (!value_parse(term->value, word, &least, fault)) {
		if (term->form == TERM_CGROUP)
			return tree_test(tree, term->field, MMTRACE_OP_UNDER, least, 0);
		return range_node(tree, term, least, least);
	}
	if (term->form == TERM_CGROUP)
		return -1;
	failed = parse_range(term, word, &least, &most, fault);
	return failed ? -1 : range_node(tree, term, least, most);
}

static int no_order(const struct term *term, struct mmt_fault *fault)
{
	return fault_set(fault, "%s takes == and !=, not an order", term->name);
}

/**
 * compare_order() - the field is below or above a value
 * @tree: to put the test in
 * @term: the field
 * @op: enum compare_op, not COMPARE_EQ
 * @word: the number
 * @fault: set if that makes no sense
 *
 * Return: the node, or -1.
 */
int compare_order(struct tree *tree, const struct term *term, enum compare_op op,
		  const char *word, struct mmt_fault *fault)
{
	__u64 lowest = value_lowest(term->value), highest = value_highest(term->value), value;

	if (term->form == TERM_CGROUP || term->form == TERM_STRING)
		return no_order(term, fault);
	if (value_parse(term->value, word, &value, fault))
		return -1;
	switch (op) {
	case COMPARE_LE:
		return range_node(tree, term, lowest, value);
	case COMPARE_GE:
		return range_node(tree, term, value, highest);
	case COMPARE_LT:
		if (!value_is_above(term->value, value, value_first(term->value)))
			return fault_set(fault, "nothing is below %s", word);
		return range_node(tree, term, lowest, value - 1);
	default:
		if (value == highest)
			return fault_set(fault, "nothing is above %s", word);
		return range_node(tree, term, value + 1, highest);
	}
}

/* A pattern must not end within an escape: that would never match. */
static bool ends_in_escape(const char *bytes)
{
	for (; *bytes; bytes++)
		if (*bytes == '\\' && !*++bytes)
			return true;
	return false;
}

/**
 * compare_string() - the field is a string, or matches a pattern
 * @tree: to put the test in
 * @term: the field, one that is compared with strings
 * @glob: it is a pattern
 * @bytes: the string
 * @fault: set if it can't be one
 *
 * Return: the node, or -1.
 */
int compare_string(struct tree *tree, const struct term *term, bool glob, const char *bytes,
		   struct mmt_fault *fault)
{
	size_t len = strlen(bytes);
	size_t limit = term->field == MMTRACE_FIELD_COMM ? COMM_MAX : PATH_LIMIT;

	if (glob)
		limit = MMTRACE_GLOB_MAX;
	if (len > limit)
		return fault_set(fault, "%zu bytes are too many: %s has at most %zu%s", len,
				 glob ? "a pattern" : "such a name", limit,
				 glob ? "" : "; try a pattern with *");
	if (glob && ends_in_escape(bytes))
		return fault_set(fault, "the pattern ends in a backslash");
	return tree_string(tree, term->field, glob ? MMTRACE_OP_GLOB : MMTRACE_OP_EQ, bytes, len);
}
