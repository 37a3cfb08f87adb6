// SPDX-License-Identifier: GPL-2.0
/*
 * From the module's predicates back to an expression. It is a guess, and then a
 * proof: what the expression compiles to must be the same program to the byte. A
 * program that somebody else made, in another shape, can't be said in one.
 */
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "fault.h"
#include "libmmtrace.h"
#include "mask.h"
#include "names.h"
#include "program.h"
#include "term.h"
#include "utf8.h"

/**
 * struct block - predicates that stand one behind the other and are one node
 * @node: of the tree
 * @begin: the first of them
 * @yes: where it leads if it holds
 * @no: and if not
 */
struct block {
	int		node;
	unsigned int	begin;
	__u16		yes;
	__u16		no;
};

/**
 * struct shape - a program as a tree
 * @program: of which @tree refers to the strings
 * @tree: of the nodes
 * @names: by node: the names that flags have, where the predicate before said which
 * @blocks: what is not yet one node
 * @len: of @blocks
 */
struct shape {
	const struct mmt_program		*program;
	struct tree			tree;
	const struct mmtrace_flags	*names[TREE_NODES_MAX + 1];
	struct block			blocks[MMTRACE_PREDS_MAX];
	unsigned int			len;
};

static void put_quoted(const char *bytes, size_t len, FILE *out)
{
	size_t used, i;
	__u32 code;

	fputc('"', out);
	for (; len; bytes += used, len -= used) {
		used = mmtrace_utf8(bytes, len, &code);
		if (*bytes == '"' || *bytes == '\\') {
			fprintf(out, "\\%c", *bytes);
		} else if (used && (code == ' ' || !mmtrace_utf8_hidden(code))) {
			fwrite(bytes, 1, used, out);
		} else {
			used = used ? used : 1;
			for (i = 0; i < used; i++)
				fprintf(out, "\\%03o", (unsigned char)bytes[i]);
		}
	}
	fputc('"', out);
}

static bool put_string(const struct mmt_program *program, const struct term *term,
		       const struct mmtrace_pred *test, const char *not, FILE *out)
{
	if (test->value > program->strings_len ||
	    test->mask > program->strings_len - test->value)
		return false;
	if (test->op != MMTRACE_OP_EQ && test->op != MMTRACE_OP_GLOB)
		return false;
	fprintf(out, "%s %s ", term->name,
		test->op == MMTRACE_OP_GLOB ? (*not ? "!~" : "~") : (*not ? "!=" : "=="));
	put_quoted(program->strings + test->value, test->mask, out);
	return true;
}

/* Names of all the bits, or none; those of a mapping are asked for by another test. */
static bool put_flags(const struct term *term, const struct mmtrace_pred *test,
		      const struct mmtrace_flags *names, const char *not, FILE *out)
{
	bool exact = test->op == MMTRACE_OP_EQ && test->mask == ~0ull;
	char *text = NULL;
	size_t len;
	FILE *list;
	bool good;

	if (!names || (test->op != MMTRACE_OP_ANY && test->op != MMTRACE_OP_EQ))
		return false;
	list = open_memstream(&text, &len);
	if (!list)
		return false;
	good = mask_print(test, names, list);
	good = !fclose(list) && good;
	/* Of a single name any and all are the same, and any is how it is compiled. */
	good = good && (exact || test->op == MMTRACE_OP_ANY || strchr(text, '+') ||
			names->type_mask & test->value);
	if (good && exact)
		fprintf(out, "%s %s %s", term->name, *not ? "!=" : "==", text);
	else if (good && strpbrk(text, "|+"))
		fprintf(out, *not ? "!(%s & (%s))" : "%s & (%s)", term->name, text);
	else if (good)
		fprintf(out, *not ? "!(%s & %s)" : "%s & %s", term->name, text);
	free(text);
	return good;
}

static void put_compared(const struct term *term, const char *sign, __u64 value, FILE *out)
{
	fprintf(out, "%s %s ", term->name, sign);
	value_print(term->value, value, out);
}

/* Is the next number the rounder one? */
static bool is_rounder(const struct term *term, __u64 value)
{
	__u64 unit = term->value == VALUE_TIME ? 1000 : 1024;

	return value && value % unit == 0;
}

/* Not all numbers are values: a process has none below 1. */
static bool is_value(const struct term *term, __u64 value)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	__u64 again;
	bool same;

	if (!out)
		return false;
	value_print(term->value, value, out);
	same = !fclose(out) && !value_parse(term->value, text, &again, NULL) && again == value;
	free(text);
	return same;
}

static void put_order(const struct term *term, const struct mmtrace_pred *test, FILE *out)
{
	bool above = test->op == MMTRACE_OP_GT;
	__u64 end = above ? value_highest(term->value) : value_lowest(term->value);
	__u64 other = above ? test->value + 1 : test->value - 1;

	if (test->value != end && (is_rounder(term, other) || !is_value(term, test->value)))
		put_compared(term, above ? ">=" : "<=", other, out);
	else
		put_compared(term, above ? ">" : "<", test->value, out);
}

/* Some of the bits. */
static bool put_masked(const struct term *term, const struct mmtrace_pred *test,
		       const char *not, FILE *out)
{
	const char *sign = test->op == MMTRACE_OP_EQ ? (*not ? "!=" : "==") :
			   test->op == MMTRACE_OP_LT ? "<" : ">";
	bool around = *not && test->op != MMTRACE_OP_EQ;

	fprintf(out, "%s%s & 0x%llx", around ? "!(" : "", term->name,
		(unsigned long long)test->mask);
	if (test->op != MMTRACE_OP_ANY) {
		fprintf(out, " %s ", sign);
		value_print(term->value, test->value, out);
	}
	if (around)
		fputc(')', out);
	return true;
}

static bool put_number(const struct term *term, const struct mmtrace_pred *test,
		       const char *not, FILE *out)
{
	const char *equal = *not ? "!=" : "==";

	switch (test->op) {
	case MMTRACE_OP_UNDER:
		put_compared(term, equal, test->value, out);
		return true;
	case MMTRACE_OP_OVERLAP:
	case MMTRACE_OP_RANGE:
		put_compared(term, equal, test->value, out);
		fputc('-', out);
		value_print(term->value, test->mask, out);
		return true;
	case MMTRACE_OP_EQ:
		if (test->mask != ~0ull)
			return put_masked(term, test, not, out);
		put_compared(term, equal, test->value, out);
		return true;
	case MMTRACE_OP_LT:
	case MMTRACE_OP_GT:
		if (test->mask != ~0ull)
			return put_masked(term, test, not, out);
		fputs(*not ? "!(" : "", out);
		put_order(term, test, out);
		fputs(*not ? ")" : "", out);
		return true;
	case MMTRACE_OP_ANY:
		return put_masked(term, test, not, out);
	}
	return false;
}

static const struct mmtrace_flags *names_of(const struct term *term)
{
	return term->field == MMTRACE_FIELD_PROT ? &mmtrace_prot_flags : NULL;
}

/* @names: of flags that only some events have. */
static bool put_test(const struct mmt_program *program, const struct mmtrace_pred *test,
		     const struct mmtrace_flags *names, bool reverse, FILE *out)
{
	const struct term_word *word = term_word_of(test);
	const struct term *term = term_of(test);
	const char *not = reverse ? "!" : "";

	if (word) {
		fprintf(out, "%s%s", not, word->name);
		return true;
	}
	if (!term || test->op >= MMTRACE_OP_COUNT)
		return false;
	if (term->form == TERM_STRING)
		return put_string(program, term, test, not, out);
	if (term->form == TERM_MASK &&
	    put_flags(term, test, names ? names : names_of(term), not, out))
		return true;
	return put_number(term, test, not, out);
}

/**
 * program_test_text() - one predicate of a program, as an expression
 * @program: any
 * @at: which predicate
 * @out: where to
 *
 * Return: false if there is none that says it.
 */
bool program_test_text(const struct mmt_program *program, unsigned int at, FILE *out)
{
	return put_test(program, &program->preds[at], NULL, false, out);
}

static bool put_node(const struct shape *shape, int node, bool reverse, bool within_and, FILE *out)
{
	const struct tree_node *at = &shape->tree.nodes[node];
	bool is_and = (at->kind == TREE_AND) ^ reverse ^ at->reverse;

	reverse ^= at->reverse;
	if (at->kind == TREE_TEST)
		return put_test(shape->program, &at->test, shape->names[node], reverse, out);
	if (!is_and && within_and)
		fputc('(', out);
	if (!put_node(shape, at->nodes[0], reverse, is_and, out))
		return false;
	fputs(is_and ? " && " : " || ", out);
	if (!put_node(shape, at->nodes[1], reverse, is_and, out))
		return false;
	if (!is_and && within_and)
		fputc(')', out);
	return true;
}

/* Does another block than the one before lead there? */
static bool is_target(const struct shape *shape, unsigned int but, unsigned int at)
{
	unsigned int i;

	for (i = 0; i < shape->len; i++)
		if (i != but && (shape->blocks[i].yes == at || shape->blocks[i].no == at))
			return true;
	return false;
}

/*
 * The flags of mremap are others, so where they have names a predicate for the
 * event is before them: with it they are one test.
 */
static bool join_guard(struct shape *shape, unsigned int i)
{
	struct block *guard = &shape->blocks[i], *flags = guard + 1;
	const struct mmtrace_pred *first = &shape->tree.nodes[guard->node].test;
	bool mremap = guard->yes == flags->begin;

	if (first->field != MMTRACE_FIELD_EVENT || first->op != MMTRACE_OP_EQ ||
	    first->value != MMTRACE_EVENT_MREMAP || first->mask != ~0ull)
		return false;
	if (shape->tree.nodes[flags->node].test.field != MMTRACE_FIELD_FLAGS ||
	    (mremap ? guard->no : guard->yes) != flags->no ||
	    (!mremap && guard->no != flags->begin) || is_target(shape, i, flags->begin))
		return false;
	shape->names[flags->node] = mremap ? &mmtrace_mremap_flags : &mmtrace_map_flags;
	flags->begin = guard->begin;
	return true;
}

static void join_guards(struct shape *shape)
{
	unsigned int i, len = 0;

	for (i = 0; i < shape->len; i++)
		if (i + 1 == shape->len || !join_guard(shape, i))
			shape->blocks[len++] = shape->blocks[i];
	shape->len = len;
}

/* Makes one of a block and the one behind it, if they have an end in common. */
static bool join_blocks(struct shape *shape, unsigned int i)
{
	struct block *a = &shape->blocks[i], *b = a + 1;
	bool on_yes = a->yes == b->begin;
	__u16 end = on_yes ? a->no : a->yes;
	enum tree_kind kind = end == b->no ? TREE_AND : TREE_OR;

	if ((!on_yes && a->no != b->begin) || a->yes == a->no ||
	    (end != b->yes && end != b->no) || is_target(shape, i, b->begin))
		return false;
	/* What leads on must be what the word goes on for. */
	if (kind == (on_yes ? TREE_OR : TREE_AND))
		tree_not(&shape->tree, a->node);
	a->node = tree_join(&shape->tree, kind, a->node, b->node);
	a->yes = b->yes;
	a->no = b->no;
	memmove(b, b + 1, (shape->len - i - 2) * sizeof(*b));
	shape->len--;
	return true;
}

static void find_shape(struct shape *shape, const struct mmt_program *program, bool guards)
{
	unsigned int i;

	shape->program = program;
	for (i = 0; i < program->preds_len; i++) {
		const struct mmtrace_pred *pred = &program->preds[i];

		shape->blocks[i] = (struct block){
			tree_test(&shape->tree, pred->field, pred->op, pred->value, pred->mask),
			i, pred->on_true, pred->on_false,
		};
	}
	shape->len = program->preds_len;
	if (guards)
		join_guards(shape);
	for (i = 0; i + 1 < shape->len;)
		if (join_blocks(shape, i))
			i = i ? i - 1 : 0;
		else
			i++;
}

/* All of it, or nothing. */
static char *shape_text(struct shape *shape)
{
	const struct block *block = &shape->blocks[0];
	char *text = NULL;
	size_t len;
	FILE *out;
	bool good;

	if (shape->len != 1 || block->yes == block->no ||
	    block->yes < MMTRACE_ACCEPT || block->no < MMTRACE_ACCEPT)
		return NULL;
	out = open_memstream(&text, &len);
	if (!out)
		return NULL;
	good = put_node(shape, block->node, block->yes == MMTRACE_REJECT, false, out);
	if (!fclose(out) && good)
		return text;
	free(text);
	return NULL;
}

static bool is_program(const char *text, const struct mmt_program *program)
{
	struct mmt_program *again = calloc(1, sizeof(*again));
	struct tree *tree = calloc(1, sizeof(*tree));
	struct mmt_fault fault;
	bool same = false;
	int root;

	root = again && tree ? expr_parse(text, tree, &fault) : -1;
	if (root > 0) {
		tree_compile(tree, root, again);
		same = again->preds_len == program->preds_len &&
		       again->strings_len == program->strings_len &&
		       !memcmp(again->preds, program->preds,
			       program->preds_len * sizeof(program->preds[0])) &&
		       !memcmp(again->strings, program->strings, program->strings_len);
	}
	free(again);
	free(tree);
	return same;
}

static char *decompile(const struct mmt_program *program, bool guards)
{
	struct shape *shape = calloc(1, sizeof(*shape));
	char *text = NULL;

	if (shape) {
		find_shape(shape, program, guards);
		text = shape_text(shape);
	}
	free(shape);
	if (text && is_program(text, program))
		return text;
	free(text);
	return NULL;
}

bool mmt_program_text(const struct mmt_program *program, FILE *out)
{
	char *text = NULL;

	if (program->preds_len)
		text = decompile(program, true);
	if (program->preds_len && !text)
		text = decompile(program, false);
	if (!text)
		return false;
	fputs(text, out);
	free(text);
	return true;
}
