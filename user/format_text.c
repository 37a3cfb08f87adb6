// SPDX-License-Identifier: GPL-2.0
/* A line a record, the same as cat has it; with symbols, lines of their own for the stack. */
#include <string.h>

#include "format.h"
#include "line.h"
#include "render.h"
#include "symbols.h"
#include "text.h"

static void text_line(FILE *out, const struct mmtrace_record *rec)
{
	static char line[MMTRACE_TEXT_MAX];

	fwrite(line, 1, mmtrace_text(line, sizeof(line), rec), out);
}

static void text_symbol(FILE *out, const struct symbol *symbol, __u64 ip)
{
	static char text[4 * MMTRACE_TEXT_PATH_MAX + 4096];
	struct line line = { .at = text, .end = text + sizeof(text) - 1 };

	line_literal(&line, " > ");
	if (symbol->path) {
		line_escaped(&line, symbol->path, strlen(symbol->path));
		line_char(&line, '(');
		if (symbol->name) {
			line_escaped(&line, symbol->name, strlen(symbol->name));
			line_char(&line, '+');
			line_hex(&line, symbol->distance);
		}
		line_literal(&line, ") ");
	}
	line_char(&line, '[');
	line_hex(&line, symbol->path ? symbol->offset : ip);
	line_char(&line, ']');
	*line.at++ = '\n';
	fwrite(text, 1, line.at - text, out);
}

/* The line is that of a record without a stack, which lines of its own tell. */
static void text_with_symbols(FILE *out, const struct mmtrace_record *rec, struct symbols *symbols)
{
	static union {
		struct mmtrace_record	rec;
		char			bytes[MMTRACE_RECORD_MAX];
	} bare;
	const struct mmtrace_stack *stack = mmtrace_record_stack(rec);
	struct symbol symbol;
	__u32 i;

	memcpy(&bare, rec, rec->head.size);
	bare.rec.head.flags &= ~MMTRACE_R_STACK;
	text_line(out, &bare.rec);
	for (i = 0; i < stack->depth; i++) {
		symbol = symbols_find(symbols, rec, stack->ip[i]);
		text_symbol(out, &symbol, stack->ip[i]);
	}
	if (stack->flags & MMTRACE_STACK_CUT)
		fputs(" > ...\n", out);
	if (stack->flags & MMTRACE_STACK_BROKEN)
		fputs(" > ?\n", out);
}

static void text_record(struct render *render, const struct mmtrace_record *rec)
{
	if (render->symbols && rec->head.event < MMTRACE_EVENT_COUNT && mmtrace_record_stack(rec))
		text_with_symbols(render->out, rec, render->symbols);
	else
		text_line(render->out, rec);
}

const struct format format_text = {
	.name		= "text",
	.summary	= "a line a record, as cat /dev/mmtrace has it",
	.record		= text_record,
};
