// SPDX-License-Identifier: GPL-2.0
/*
 * From the text of an expression to a tree.
 *
 *   any:   all { "||" all }
 *   all:   not { "&&" not }
 *   not:   "!" not | "(" any ")" | test
 *   test:  WORD
 *          | FIELD ( "==" | "!=" ) VALUE { "|" VALUE }
 *          | FIELD ( "<" | "<=" | ">" | ">=" ) VALUE
 *          | FIELD ( "~" | "!~" ) PATTERN
 *          | FIELD "&" mask [ ( "==" | "!=" | "<" | ... ) VALUE ]
 *          | FIELD ( "==" | "!=" ) mask
 *   mask:  NAME { "|" NAME } | NAME { "+" NAME } | "(" mask ")"
 */

#include "compare.h"
#include "expr.h"
#include "fault.h"
#include "libmmtrace.h"
#include "mask.h"
#include "token.h"

/* As deep as "!" and "(" may be in each other. */
#define DEPTH_MAX	64

/**
 * struct parser - where we are
 * @text: the expression
 * @token: the next one, not yet taken
 * @tree: being built
 * @fault: where to say what is wrong
 * @depth: of what we are in
 */
struct parser {
	const char	*text;
	struct token	token;
	struct tree	*tree;
	struct mmt_fault	*fault;
	unsigned int	depth;
};

/* What functions here return is a node, or this. */
#define FAILED	(-1)

static int next(struct parser *parser)
{
	return token_next(parser->text, &parser->token, parser->fault);
}

/* Of the token that has not been taken; what is wrong with it goes there. */
static struct mmt_fault *here(struct parser *parser)
{
	parser->fault->at = parser->token.at;
	return parser->fault;
}

static bool is_value(const struct parser *parser)
{
	return parser->token.kind == TOKEN_WORD || parser->token.kind == TOKEN_STRING;
}

/* A node that was made of what stands at @at. */
static int checked(struct parser *parser, int node, unsigned int at)
{
	if (node != FAILED && parser->tree->full)
		node = fault_set(parser->fault,
				 "too much: at most %u tests and %u bytes of strings",
				 MMTRACE_PREDS_MAX, MMTRACE_STRINGS_MAX);
	if (node == FAILED)
		parser->fault->at = at;
	return node;
}

static int one_value(struct parser *parser, const struct term *term, bool glob)
{
	const char *word = parser->token.text;
	int node;

	if (!is_value(parser))
		return fault_set(here(parser), "what shall %s be compared with?", term->name);
	if (term->form == TERM_STRING)
		node = compare_string(parser->tree, term, glob, word, parser->fault);
	else
		node = compare_value(parser->tree, term, word, parser->fault);
	node = checked(parser, node, parser->token.at);
	return node == FAILED || next(parser) ? FAILED : node;
}

/* One of them suffices. */
static int values(struct parser *parser, const struct term *term, bool glob)
{
	int node = TREE_NOTHING, one;

	for (;;) {
		one = one_value(parser, term, glob);
		if (one == FAILED)
			return FAILED;
		node = tree_join(parser->tree, TREE_OR, node, one);
		if (parser->token.kind != TOKEN_BAR)
			return node;
		if (next(parser))
			return FAILED;
	}
}

/* Sets @separator to what stands between the words, TOKEN_END for a single one. */
static int mask_words(struct parser *parser, struct mask *mask, enum token_kind *separator)
{
	*separator = TOKEN_END;
	for (;;) {
		if (!is_value(parser))
			return fault_set(here(parser), "which flags?");
		if (mask_add(mask, parser->token.text, parser->fault))
			return checked(parser, FAILED, parser->token.at);
		if (next(parser))
			return FAILED;
		if (parser->token.kind != TOKEN_BAR && parser->token.kind != TOKEN_PLUS)
			return 0;
		if (*separator != TOKEN_END && parser->token.kind != *separator)
			return fault_set(here(parser), "| for any of them or + for all, not both");
		*separator = parser->token.kind;
		if (next(parser))
			return FAILED;
	}
}

static int mask_list(struct parser *parser, struct mask *mask, enum token_kind *separator)
{
	if (parser->token.kind != TOKEN_OPEN)
		return mask_words(parser, mask, separator);
	if (next(parser) || mask_words(parser, mask, separator))
		return FAILED;
	if (parser->token.kind != TOKEN_CLOSE)
		return fault_set(here(parser), "here a ) is missing");
	return next(parser);
}

static bool is_order(enum token_kind kind)
{
	return kind == TOKEN_LT || kind == TOKEN_LE || kind == TOKEN_GT || kind == TOKEN_GE;
}

static enum compare_op order_of(enum token_kind kind)
{
	switch (kind) {
	case TOKEN_LT:
		return COMPARE_LT;
	case TOKEN_LE:
		return COMPARE_LE;
	case TOKEN_GT:
		return COMPARE_GT;
	default:
		return COMPARE_GE;
	}
}

/* Names, too, of the value of some bits: prot & 7 == read|write is as in C. */
static int masked_value(struct parser *parser, const struct term *term, __u64 *value)
{
	struct mask mask = { .field = term->field };
	unsigned int at = parser->token.at;
	enum token_kind separator;

	if (term->form == TERM_MASK) {
		if (mask_list(parser, &mask, &separator))
			return FAILED;
		return checked(parser, mask_number(&mask, value, parser->fault), at);
	}
	if (!is_value(parser))
		return fault_set(here(parser), "what shall %s be compared with?", term->name);
	if (value_parse(term->value, parser->token.text, value, parser->fault))
		return checked(parser, FAILED, at);
	return next(parser);
}

/* Some bits of the field, as a number. */
static int masked_test(struct parser *parser, const struct term *term, __u64 bits)
{
	enum token_kind kind = parser->token.kind;
	__u16 op = kind == TOKEN_LT ? MMTRACE_OP_LT :
		   kind == TOKEN_GT ? MMTRACE_OP_GT : MMTRACE_OP_EQ;
	unsigned int at = parser->token.at;
	__u64 value;
	int node;

	if (kind == TOKEN_LE || kind == TOKEN_GE)
		return fault_set(here(parser), "of some bits: only == != < >");
	if (next(parser) || masked_value(parser, term, &value))
		return FAILED;
	node = tree_test(parser->tree, term->field, op, value, bits);
	if (kind == TOKEN_NE)
		tree_not(parser->tree, node);
	return checked(parser, node, at);
}

static bool is_comparison(enum token_kind kind)
{
	return kind == TOKEN_EQ || kind == TOKEN_NE || is_order(kind);
}

/* Behind "&". */
static int bits_test(struct parser *parser, const struct term *term)
{
	struct mask mask = { .field = term->field };
	unsigned int at = parser->token.at;
	enum token_kind separator;
	__u64 bits;
	int node;

	if (term->form != TERM_MASK && term->form != TERM_NUMBER)
		return fault_set(here(parser), "%s has no bits", term->name);
	if (mask_list(parser, &mask, &separator))
		return FAILED;
	if (is_comparison(parser->token.kind)) {
		if (mask_number(&mask, &bits, parser->fault))
			return checked(parser, FAILED, at);
		return masked_test(parser, term, bits);
	}
	/* As flags none is a value. As a number 0 would mean == 0, and not what C means. */
	if (mask.zero && term->form == TERM_NUMBER)
		return checked(parser, fault_set(parser->fault, "0 has no bits"), at);
	node = mask_node(&mask, parser->tree, separator == TOKEN_PLUS ? MASK_ALL : MASK_ANY,
			 parser->fault);
	return checked(parser, node, at);
}

/* Flags that are just these. */
static int exact_mask(struct parser *parser, const struct term *term)
{
	struct mask mask = { .field = term->field };
	unsigned int at = parser->token.at;
	enum token_kind separator;

	if (mask_list(parser, &mask, &separator))
		return FAILED;
	if (separator == TOKEN_BAR) {
		parser->fault->at = at;
		return fault_set(parser->fault,
				 "with == write + between flags; with & | for any of them");
	}
	return checked(parser, mask_node(&mask, parser->tree, MASK_EXACT, parser->fault), at);
}

/* Behind "==". */
static int equal_test(struct parser *parser, const struct term *term)
{
	if (term->form == TERM_MASK)
		return exact_mask(parser, term);
	return values(parser, term, false);
}

static int order_test(struct parser *parser, const struct term *term, enum compare_op op)
{
	int node;

	if (!is_value(parser))
		return fault_set(here(parser), "what shall %s be compared with?", term->name);
	node = compare_order(parser->tree, term, op, parser->token.text, parser->fault);
	node = checked(parser, node, parser->token.at);
	return node == FAILED || next(parser) ? FAILED : node;
}

static int like_test(struct parser *parser, const struct term *term)
{
	if (term->form != TERM_STRING)
		return fault_set(here(parser), "%s is no name that could match a pattern",
				 term->name);
	return values(parser, term, true);
}

static int field_test(struct parser *parser, const struct term *term)
{
	enum token_kind kind = parser->token.kind;
	int node;

	if (next(parser))
		return FAILED;
	switch (kind) {
	case TOKEN_BITS:
		return bits_test(parser, term);
	case TOKEN_EQ:
	case TOKEN_NE:
		node = equal_test(parser, term);
		break;
	case TOKEN_LIKE:
	case TOKEN_UNLIKE:
		node = like_test(parser, term);
		break;
	default:
		return order_test(parser, term, order_of(kind));
	}
	if (node != FAILED && (kind == TOKEN_NE || kind == TOKEN_UNLIKE))
		tree_not(parser->tree, node);
	return node;
}

static bool is_operator(enum token_kind kind)
{
	return is_comparison(kind) || kind == TOKEN_BITS || kind == TOKEN_LIKE ||
	       kind == TOKEN_UNLIKE;
}

static int unknown(struct parser *parser, const struct token *word, bool compared)
{
	parser->fault->at = word->at;
	if (term_find(word->text) && !compared)
		return fault_set(parser->fault, "%s by itself says nothing: compare it",
				 word->text);
	if (term_word_find(word->text))
		return fault_set(parser->fault, "%s is a word by itself, not to be compared",
				 word->text);
	return fault_set(parser->fault, "no field '%.64s'", word->text);
}

static int test(struct parser *parser)
{
	struct token word = parser->token;
	const struct term_word *alone = term_word_find(word.text);
	const struct term *term = term_find(word.text);
	int node;

	if (word.kind == TOKEN_END)
		return fault_set(here(parser), "here something is missing");
	if (word.kind != TOKEN_WORD)
		return fault_set(here(parser), "here a field or a ( should be");
	if (next(parser))
		return FAILED;
	if (is_operator(parser->token.kind))
		return term ? field_test(parser, term) : unknown(parser, &word, true);
	if (!alone)
		return unknown(parser, &word, false);
	node = tree_test(parser->tree, alone->test.field, alone->test.op, alone->test.value,
			 alone->test.mask);
	return checked(parser, node, word.at);
}

static int any(struct parser *parser);

static int parenthesis(struct parser *parser)
{
	unsigned int at = parser->token.at;
	int node;

	if (next(parser))
		return FAILED;
	node = any(parser);
	if (node == FAILED)
		return FAILED;
	if (parser->token.kind == TOKEN_END)
		return checked(parser, fault_set(parser->fault, "this ( has no )"), at);
	if (parser->token.kind != TOKEN_CLOSE)
		return fault_set(here(parser), "here &&, || or ) should be");
	return next(parser) ? FAILED : node;
}

static int negation(struct parser *parser);

static int reversed(struct parser *parser)
{
	int node;

	if (next(parser))
		return FAILED;
	node = negation(parser);
	return node == FAILED ? FAILED : tree_not(parser->tree, node);
}

static int negation(struct parser *parser)
{
	enum token_kind kind = parser->token.kind;
	int node;

	if (kind != TOKEN_NOT && kind != TOKEN_OPEN)
		return test(parser);
	if (parser->depth == DEPTH_MAX)
		return fault_set(here(parser), "more than %u of ! and ( in each other", DEPTH_MAX);
	parser->depth++;
	node = kind == TOKEN_NOT ? reversed(parser) : parenthesis(parser);
	parser->depth--;
	return node;
}

/* What one word joins. */
static int joined(struct parser *parser, enum token_kind by, enum tree_kind kind,
		  int (*part)(struct parser *parser))
{
	int node = TREE_NOTHING, one;

	for (;;) {
		one = part(parser);
		if (one == FAILED)
			return FAILED;
		node = tree_join(parser->tree, kind, node, one);
		if (parser->token.kind != by)
			return node;
		if (next(parser))
			return FAILED;
	}
}

static int all(struct parser *parser)
{
	return joined(parser, TOKEN_AND, TREE_AND, negation);
}

static int any(struct parser *parser)
{
	return joined(parser, TOKEN_OR, TREE_OR, all);
}

/**
 * expr_parse() - make a tree of an expression
 * @text: the expression
 * @tree: to put it in, besides what is there
 * @fault: set if it makes no sense; then @tree is of no use any more
 *
 * Return: the node, or -1.
 */
int expr_parse(const char *text, struct tree *tree, struct mmt_fault *fault)
{
	struct parser parser = { .text = text, .tree = tree, .fault = fault };
	int node;

	if (next(&parser))
		return FAILED;
	node = any(&parser);
	if (node != FAILED && parser.token.kind != TOKEN_END)
		return fault_set(here(&parser), "here && or || should be");
	return node;
}
