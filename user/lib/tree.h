/* SPDX-License-Identifier: GPL-2.0 */
/* A filter as a tree of tests. */
#ifndef MMTRACE_TREE_H
#define MMTRACE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "libmmtrace.h"
#include "program.h"

/* A test is a predicate, and two nodes make one, so there are no more. */
#define TREE_NODES_MAX	(2 * MMTRACE_PREDS_MAX)

/* Stands for no node: all calls pass. */
#define TREE_NOTHING	0

/**
 * enum tree_kind - what a node says
 * @TREE_TEST: a test holds
 * @TREE_AND: both its nodes hold
 * @TREE_OR: one of them holds
 */
enum tree_kind {
	TREE_TEST,
	TREE_AND,
	TREE_OR,
};

/**
 * struct tree_node - a node
 * @kind: enum tree_kind
 * @reverse: it must not hold
 * @nodes: of two
 * @test: of a test; its targets mean nothing
 */
struct tree_node {
	enum tree_kind		kind;
	bool			reverse;
	int			nodes[2];
	struct mmtrace_pred	test;
};

/**
 * struct tree - nodes and what they refer to; all zero to begin with
 * @nodes: each is part of one other at most; the first stands for nothing
 * @len: of them, without the first
 * @tests: how many of them are tests
 * @strings: that tests refer to
 * @strings_len: bytes of them
 * @full: something did not fit, and the tree is of no use
 */
struct tree {
	struct tree_node	nodes[TREE_NODES_MAX + 1];
	int			len;
	unsigned int		tests;
	char			strings[MMTRACE_STRINGS_MAX];
	unsigned int		strings_len;
	bool			full;
};

int tree_test(struct tree *tree, __u16 field, __u16 op, __u64 value, __u64 mask);
int tree_string(struct tree *tree, __u16 field, __u16 op, const char *bytes, size_t len);
int tree_join(struct tree *tree, enum tree_kind kind, int a, int b);
int tree_not(struct tree *tree, int node);
void tree_compile(const struct tree *tree, int root, struct mmt_program *program);

#endif /* MMTRACE_TREE_H */
