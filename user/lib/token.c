// SPDX-License-Identifier: GPL-2.0
/* The words of an expression. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "fault.h"
#include "libmmtrace.h"
#include "token.h"

/* The longer ones first. */
static const struct {
	const char	*text;
	enum token_kind	kind;
} signs[] = {
	{ "&&", TOKEN_AND },
	{ "||", TOKEN_OR },
	{ "==", TOKEN_EQ },
	{ "!=", TOKEN_NE },
	{ "!~", TOKEN_UNLIKE },
	{ "<=", TOKEN_LE },
	{ ">=", TOKEN_GE },
	{ "!", TOKEN_NOT },
	{ "(", TOKEN_OPEN },
	{ ")", TOKEN_CLOSE },
	{ "&", TOKEN_BITS },
	{ "|", TOKEN_BAR },
	{ "+", TOKEN_PLUS },
	{ "<", TOKEN_LT },
	{ ">", TOKEN_GT },
	{ "~", TOKEN_LIKE },
};

#define SPACE	" \t\r\n"
/* Ends a word that has no quotes; a byte that can't be part of any is among them. */
#define SPECIAL	SPACE "!()&|+<>=~\"'\\#;"

/* A comment goes on to the end of its line. */
static unsigned int skip_space(const char *text, unsigned int at)
{
	for (;;) {
		at += strspn(text + at, SPACE);
		if (text[at] != '#')
			return at;
		at += strcspn(text + at, "\n");
	}
}

static int put_byte(struct token *token, size_t *len, char byte, struct mmt_fault *fault)
{
	if (*len + 1 == sizeof(token->text))
		return fault_set(fault, "a word of more than %zu bytes", sizeof(token->text) - 1);
	token->text[(*len)++] = byte;
	token->text[*len] = 0;
	return 0;
}

static bool is_octal(const char *digits)
{
	return digits[0] >= '0' && digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' &&
	       digits[2] >= '0' && digits[2] <= '7';
}

/* Behind a backslash; returns how many bytes that took, or -1. */
static int escape(struct token *token, size_t *len, const char *at, struct mmt_fault *fault)
{
	if (is_octal(at)) {
		char byte = (at[0] - '0') << 6 | (at[1] - '0') << 3 | (at[2] - '0');

		if (!byte)
			return fault_set(fault, "no name has a NUL in it");
		return put_byte(token, len, byte, fault) ? -1 : 3;
	}
	if (*at && strchr("\\\"'", *at))
		return put_byte(token, len, *at, fault) ? -1 : 1;
	return fault_set(fault, "behind a backslash goes one more, a quote, or three octal digits");
}

static int quoted(const char *text, struct token *token, struct mmt_fault *fault)
{
	char quote = text[token->at];
	size_t len = 0;
	int used;

	token->kind = TOKEN_STRING;
	for (token->end = token->at + 1; text[token->end] != quote; token->end++) {
		if (!text[token->end])
			return fault_set(fault, "the quote does not end");
		if (text[token->end] != '\\') {
			if (put_byte(token, &len, text[token->end], fault))
				return -1;
			continue;
		}
		used = escape(token, &len, text + token->end + 1, fault);
		if (used < 0) {
			fault->at = token->end;
			return -1;
		}
		token->end += used;
	}
	token->end++;
	return 0;
}

static int word(const char *text, struct token *token, struct mmt_fault *fault)
{
	size_t len = strcspn(text + token->at, SPECIAL);

	if (!len)
		return fault_set(fault, text[token->at] == '=' ? "= compares nothing: write ==" :
				 "what is this? Put names with such a byte in quotes");
	if (len >= sizeof(token->text))
		return fault_set(fault, "a word of more than %zu bytes", sizeof(token->text) - 1);
	token->kind = TOKEN_WORD;
	memcpy(token->text, text + token->at, len);
	token->text[len] = 0;
	token->end = token->at + len;
	return 0;
}

static int read_token(const char *text, struct token *token, struct mmt_fault *fault)
{
	size_t i, len;

	if (!text[token->at]) {
		token->kind = TOKEN_END;
		token->end = token->at;
		return 0;
	}
	if (text[token->at] == '"' || text[token->at] == '\'')
		return quoted(text, token, fault);
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		len = strlen(signs[i].text);
		if (strncmp(text + token->at, signs[i].text, len))
			continue;
		token->kind = signs[i].kind;
		token->end = token->at + len;
		return 0;
	}
	return word(text, token, fault);
}

/**
 * token_next() - the next token
 * @text: the expression
 * @token: the last one, all zero to begin with; set to the next
 * @fault: set if there is none
 *
 * Return: 0 or -1.
 */
int token_next(const char *text, struct token *token, struct mmt_fault *fault)
{
	token->at = skip_space(text, token->end);
	token->text[0] = 0;
	fault->at = token->at;
	return read_token(text, token, fault);
}
