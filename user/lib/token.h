/* SPDX-License-Identifier: GPL-2.0 */
/* The words of an expression. */
#ifndef MMTRACE_TOKEN_H
#define MMTRACE_TOKEN_H

struct mmt_fault;

#define TOKEN_TEXT_MAX	4096

/**
 * enum token_kind - what a token is
 * @TOKEN_END: there is no more
 * @TOKEN_WORD: a name, number, path, pattern: what needs no quotes
 * @TOKEN_STRING: the same in quotes
 * @TOKEN_AND: &&
 * @TOKEN_OR: ||
 * @TOKEN_NOT: !
 * @TOKEN_OPEN: (
 * @TOKEN_CLOSE: )
 * @TOKEN_BITS: &
 * @TOKEN_BAR: |
 * @TOKEN_PLUS: +
 * @TOKEN_EQ: ==
 * @TOKEN_NE: !=
 * @TOKEN_LT: <
 * @TOKEN_LE: <=
 * @TOKEN_GT: >
 * @TOKEN_GE: >=
 * @TOKEN_LIKE: ~
 * @TOKEN_UNLIKE: !~
 */
enum token_kind {
	TOKEN_END,
	TOKEN_WORD,
	TOKEN_STRING,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_BITS,
	TOKEN_BAR,
	TOKEN_PLUS,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_LIKE,
	TOKEN_UNLIKE,
};

/**
 * struct token - one of them
 * @kind: enum token_kind
 * @at: where it begins in the text
 * @end: where it ends
 * @text: of a word or string, without its quotes
 */
struct token {
	enum token_kind	kind;
	unsigned int	at;
	unsigned int	end;
	char		text[TOKEN_TEXT_MAX];
};

int token_next(const char *text, struct token *token, struct mmt_fault *fault);

#endif /* MMTRACE_TOKEN_H */
