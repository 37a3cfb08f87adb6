// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "json.h"
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

static void put_record(const struct render *render, const struct mmtrace_record *rec)
{
	bool known = rec->head.event < MMTRACE_EVENT_COUNT;

	if (render->symbols && known)
		symbols_learn(render->symbols, rec);
	if (render->json)
		json_record(render->out, rec, render->symbols);
	else if (render->symbols && known && mmtrace_record_stack(rec))
		text_with_symbols(render->out, rec, render->symbols);
	else
		text_line(render->out, rec);
}

/**
 * render_records() - write records, and all of it at once
 * @render: where to
 * @buf: the records, aligned to 8 bytes
 * @len: bytes of them
 *
 * Return: 0; a negative errno if writing failed; -EBADMSG if these are no
 * records.
 */
int render_records(struct render *render, const void *buf, size_t len)
{
	size_t at = 0;

	errno = 0;
	while (at < len) {
		const struct mmtrace_record *rec =
			(const void *)((const char *)buf + at);

		if (!mmtrace_record_valid(rec, len - at))
			return -EBADMSG;
		put_record(render, rec);
		at += rec->head.size;
	}
	if (fflush(render->out) || ferror(render->out))
		return errno ? -errno : -EIO;
	return 0;
}
