// SPDX-License-Identifier: GPL-2.0
/*
 * A filter as a tree of tests, and what the module takes of it.
 *
 * Each test becomes one predicate, which leads to where the tree goes on: nothing
 * is computed on the way. What is joined by the same word is one list, in which the
 * cheap tests come first, and those that only the return of a call decides come
 * last. Tests change nothing, so their order does not matter.
 */
#include <string.h>

#include "libmmtrace.h"
#include "term.h"
#include "tree.h"

static int put_node(struct tree *tree, const struct tree_node *node)
{
	if (tree->len == TREE_NODES_MAX)
		tree->full = true;
	if (tree->full)
		return TREE_NOTHING;
	tree->nodes[++tree->len] = *node;
	return tree->len;
}

/**
 * tree_test() - add a test of a number
 * @tree: the tree
 * @field: enum mmtrace_field
 * @op: enum mmtrace_op
 * @value: as struct mmtrace_pred has it
 * @mask: likewise
 *
 * Return: the node.
 */
int tree_test(struct tree *tree, __u16 field, __u16 op, __u64 value, __u64 mask)
{
	struct tree_node node = {
		.kind = TREE_TEST,
		.test = { .field = field, .op = op, .value = value, .mask = mask },
	};

	if (tree->tests == MMTRACE_PREDS_MAX)
		tree->full = true;
	else
		tree->tests++;
	return put_node(tree, &node);
}

/**
 * tree_string() - add a test of a string
 * @tree: the tree
 * @field: enum mmtrace_field
 * @op: enum mmtrace_op
 * @bytes: to compare with
 * @len: how many
 *
 * Return: the node.
 */
int tree_string(struct tree *tree, __u16 field, __u16 op, const char *bytes, size_t len)
{
	unsigned int at = tree->strings_len;

	if (len > sizeof(tree->strings) - at) {
		tree->full = true;
		return TREE_NOTHING;
	}
	memcpy(tree->strings + at, bytes, len);
	tree->strings_len += len;
	return tree_test(tree, field, op, at, len);
}

/**
 * tree_join() - make one node of two
 * @tree: the tree
 * @kind: TREE_AND or TREE_OR
 * @a: a node, or TREE_NOTHING
 * @b: likewise
 *
 * Return: the node; where one of the two is nothing the other one.
 */
int tree_join(struct tree *tree, enum tree_kind kind, int a, int b)
{
	struct tree_node node = { .kind = kind, .nodes = { a, b } };

	if (!a || !b)
		return a ? a : b;
	return put_node(tree, &node);
}

/**
 * tree_not() - reverse a node
 * @tree: the tree
 * @node: of it
 *
 * Return: the node.
 */
int tree_not(struct tree *tree, int node)
{
	tree->nodes[node].reverse = !tree->nodes[node].reverse;
	return node;
}

/**
 * struct part - a node of a list that one word joins
 * @node: the node
 * @reverse: by all that is above it, and by itself
 * @tests: in it
 * @rank: of the dearest of them
 */
struct part {
	int		node;
	bool		reverse;
	unsigned int	tests;
	int		rank;
};

static struct part measure(const struct tree *tree, int node, bool reverse)
{
	const struct tree_node *at = &tree->nodes[node];
	struct part part = { .node = node, .reverse = reverse ^ at->reverse };
	int i;

	if (at->kind == TREE_TEST) {
		part.tests = 1;
		part.rank = term_rank(&at->test);
		return part;
	}
	for (i = 0; i < 2; i++) {
		struct part half = measure(tree, at->nodes[i], false);

		part.tests += half.tests;
		part.rank = half.rank > part.rank ? half.rank : part.rank;
	}
	return part;
}

/* Not both is either not: so a reversed node is of the other kind. */
static enum tree_kind kind_of(const struct tree *tree, const struct part *part)
{
	enum tree_kind kind = tree->nodes[part->node].kind;

	if (kind == TREE_TEST || !part->reverse)
		return kind;
	return kind == TREE_AND ? TREE_OR : TREE_AND;
}

/* Appends what @part consists of that is not joined by @kind. */
static unsigned int take_apart(const struct tree *tree, enum tree_kind kind,
			       const struct part *part, struct part *parts, unsigned int len)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct part half = measure(tree, tree->nodes[part->node].nodes[i], part->reverse);

		if (kind_of(tree, &half) == kind)
			len = take_apart(tree, kind, &half, parts, len);
		else
			parts[len++] = half;
	}
	return len;
}

/* By insertion, so that equals keep their order. */
static void sort(struct part *parts, unsigned int len)
{
	unsigned int i, at;

	for (i = 1; i < len; i++) {
		struct part part = parts[i];

		for (at = i; at && part.rank < parts[at - 1].rank; at--)
			parts[at] = parts[at - 1];
		parts[at] = part;
	}
}

static void put_pred(const struct tree *tree, const struct part *part,
		     struct mmt_program *program, __u16 yes, __u16 no)
{
	struct mmtrace_pred *pred = &program->preds[program->preds_len++];

	*pred = tree->nodes[part->node].test;
	pred->on_true = part->reverse ? no : yes;
	pred->on_false = part->reverse ? yes : no;
	if (!term_is_string(pred->field))
		return;
	memcpy(program->strings + program->strings_len, tree->strings + pred->value, pred->mask);
	pred->value = program->strings_len;
	program->strings_len += pred->mask;
}

static void put_part(const struct tree *tree, const struct part *part,
		     struct mmt_program *program, __u16 yes, __u16 no)
{
	enum tree_kind kind = kind_of(tree, part);
	struct part parts[MMTRACE_PREDS_MAX];
	unsigned int i, len, next;

	if (kind == TREE_TEST) {
		put_pred(tree, part, program, yes, no);
		return;
	}
	len = take_apart(tree, kind, part, parts, 0);
	sort(parts, len);
	for (i = 0; i + 1 < len; i++) {
		next = program->preds_len + parts[i].tests;
		put_part(tree, &parts[i], program, kind == TREE_AND ? next : yes,
			 kind == TREE_AND ? no : next);
	}
	put_part(tree, &parts[i], program, yes, no);
}

/**
 * tree_compile() - make the module's predicates
 * @tree: the tree, which is not full
 * @root: where to begin; or TREE_NOTHING
 * @program: filled in
 */
void tree_compile(const struct tree *tree, int root, struct mmt_program *program)
{
	struct part part;

	memset(program, 0, sizeof(*program));
	if (root == TREE_NOTHING)
		return;
	part = measure(tree, root, false);
	put_part(tree, &part, program, MMTRACE_ACCEPT, MMTRACE_REJECT);
}
