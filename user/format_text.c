// SPDX-License-Identifier: GPL-2.0
/*
 * A line a record, the same as cat has it, but with another time or colours if they are
 * asked for; with symbols, lines of their own for the stack.
 */
#include <string.h>

#include "format.h"
#include "libmmtrace.h"
#include "line.h"
#include "render.h"
#include "text.h"

/* The line with another time; the one in it is its first word. */
static size_t put_time(struct render *render, const struct mmtrace_record *rec, char *text,
		       size_t room, const char *plain, size_t len)
{
	struct line line = { .at = text, .end = text + room };
	const char *rest = plain + strspn(plain, " ");

	rest = memchr(rest, ' ', plain + len - rest);
	stamp_put(&render->stamp, &render->facts, rec->head.time, &line);
	line_bytes(&line, rest, plain + len - rest);
	return line.at - text;
}

static void text_line(struct render *render, const struct mmtrace_record *rec)
{
	static char plain[MMT_TEXT_MAX], timed[MMT_TEXT_MAX + STAMP_MAX];
	size_t len = mmt_text(plain, sizeof(plain), rec);
	const char *text = plain;

	if (render->stamp.kind != STAMP_MONO) {
		len = put_time(render, rec, timed, sizeof(timed), plain, len);
		text = timed;
	}
	if (render->is_painted)
		paint_line(render->out, text, len);
	else
		fwrite(text, 1, len, render->out);
}

static void put_path(struct render *render, const char *text, size_t len)
{
	if (render->is_painted)
		paint_path(render->out, text, len);
	else
		fwrite(text, 1, len, render->out);
}

static void text_symbol(struct render *render, const struct mmt_symbol *symbol, __u64 ip)
{
	static char text[4 * MMTRACE_TEXT_PATH_MAX + 4096];
	struct line line = { .at = text, .end = text + sizeof(text) - 1 };

	fputs(" > ", render->out);
	if (symbol->path) {
		line_escaped(&line, symbol->path, strlen(symbol->path));
		put_path(render, text, line.at - text);
		line.at = text;
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
	fwrite(text, 1, line.at - text, render->out);
}

/* The line is that of a record without a stack, which lines of its own tell. */
static void text_with_symbols(struct render *render, const struct mmtrace_record *rec)
{
	static union {
		struct mmtrace_record	rec;
		char			bytes[MMTRACE_RECORD_MAX];
	} bare;
	const struct mmtrace_stack *stack = mmt_stack(rec);
	struct mmt_symbol symbol;
	__u32 i;

	memcpy(&bare, rec, rec->head.size);
	bare.rec.head.flags &= ~MMTRACE_R_STACK;
	text_line(render, &bare.rec);
	for (i = 0; i < stack->depth; i++) {
		symbol = mmt_symbols_find(render->symbols, rec, stack->ip[i]);
		text_symbol(render, &symbol, stack->ip[i]);
	}
	if (stack->flags & MMTRACE_STACK_CUT)
		fputs(" > ...\n", render->out);
	if (stack->flags & MMTRACE_STACK_BROKEN)
		fputs(" > ?\n", render->out);
}

static void text_record(struct render *render, const struct mmtrace_record *rec)
{
	if (render->symbols && rec->head.event < MMTRACE_EVENT_COUNT && mmt_stack(rec))
		text_with_symbols(render, rec);
	else
		text_line(render, rec);
}

const struct format format_text = {
	.name		= "text",
	.summary	= "a line a record, as cat /dev/mmtrace has it",
	.record		= text_record,
};
