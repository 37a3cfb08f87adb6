// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks and how often each was seen, as programs that draw flame graphs take them:
 *
 *   NAME;OUTERMOST;...;INNERMOST;EVENT COUNT
 *
 * All stacks are kept until the end. What comes when the memory for them is used up
 * is counted together, so that the sum is right.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "format.h"
#include "frame.h"
#include "libmmtrace.h"
#include "line.h"
#include "mapped.h"
#include "render.h"
#include "table.h"
#include "text.h"

#define STACKS_BYTES	(256u << 20)
#define STACK_TEXT	(64 * 1024)	/* frames that don't fit are left out */

/**
 * struct folded - stacks up to now
 * @stacks: a number each
 * @rest: the number of all for which there was no room
 * @line: a stack in the making
 */
struct folded {
	struct table	stacks;
	__u64		rest;
	char		line[STACK_TEXT];
};

static int folded_begin(struct render *render)
{
	struct folded *folded = calloc(1, sizeof(*folded));

	if (!folded)
		return -ENOMEM;
	folded->stacks.value_size = sizeof(__u64);
	folded->stacks.limit = STACKS_BYTES;
	render->state = folded;
	return 0;
}

static void put_separator(struct line *line)
{
	line_char(line, FRAME_SEPARATOR);
}

static void put_name(struct line *line, const struct mmtrace_name *name, __u64 number)
{
	put_separator(line);
	line_name_or(line, name, number);
}

/* The outermost first. Of a stack with too much text the innermost are left out. */
static void put_frames(struct line *line, const struct mmtrace_record *rec,
		       struct mmt_symbols *symbols, const struct mmtrace_stack *stack)
{
	__u32 i = stack->depth;

	while (i-- && line->end - line->at > FRAME_MAX + MMTRACE_NAME_ROOM + 2) {
		put_separator(line);
		frame_put(line, rec, symbols, stack->ip[i]);
	}
	put_name(line, mmtrace_event_name(rec->head.event), rec->head.event);
}

static void put_file(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_file *file = (const void *)(&rec->do_mmap + 1);

	put_name(line, mmtrace_event_name(rec->head.event), rec->head.event);
	if (rec->head.event != MMTRACE_EVENT_DO_MMAP)
		return;
	put_separator(line);
	if (rec->head.flags & MMTRACE_R_FILE)
		escape(line, file->path, strnlen(file->path, file->path_len), FRAME_SEPARATOR);
	else
		line_literal(line, "[anon]");
}

static void put_call(struct line *line, const struct mmtrace_record *rec,
		     struct mmt_symbols *symbols)
{
	const struct mmtrace_stack *stack = mmt_stack(rec);
	size_t len = strnlen(rec->call.comm, sizeof(rec->call.comm));

	if (len)
		escape(line, rec->call.comm, len, FRAME_SEPARATOR);
	else
		line_octal(line, 0);
	if (stack)
		put_frames(line, rec, symbols, stack);
	else
		put_file(line, rec);
}

static void put_words(struct line *line, const struct mmtrace_record *rec,
		      struct mmt_symbols *symbols)
{
	if (rec->head.event >= MMTRACE_EVENT_COUNT) {
		line_literal(line, "[unknown]");
		put_name(line, NULL, rec->head.event);
	} else if (rec->head.event == MMTRACE_EVENT_LOST) {
		line_literal(line, "[lost]");
		put_name(line, mmtrace_lost_name(rec->lost.cause), rec->lost.cause);
	} else {
		put_call(line, rec, symbols);
	}
}

static void add_to(__u64 *sum, __u64 number)
{
	if (__builtin_add_overflow(*sum, number, sum))
		*sum = ~0ull;
}

static void add(struct render *render, const struct mmtrace_record *rec, __u64 number)
{
	struct folded *folded = render->state;
	struct line line = { .at = folded->line, .end = folded->line + sizeof(folded->line) };
	__u64 *sum;

	put_words(&line, rec, render->symbols);
	sum = table_get(&folded->stacks, folded->line, line.at - folded->line);
	if (sum)
		add_to(sum, number);
	else if (errno == ENOSPC)
		add_to(&folded->rest, number);
	else
		render->failed = -ENOMEM;
}

static void folded_record(struct render *render, const struct mmtrace_record *rec)
{
	add(render, rec, rec->head.event == MMTRACE_EVENT_LOST ? rec->lost.count : 1);
}

static void folded_bytes_record(struct render *render, const struct mmtrace_record *rec)
{
	__s64 bytes = mapped_bytes(rec, render->facts.page_size);

	if (bytes > 0)
		add(render, rec, bytes);
}

static int folded_end(struct render *render, const struct ledger *ledger __attribute__((unused)))
{
	struct folded *folded = render->state;
	struct table_entry **sorted;
	size_t i;

	if (!folded->stacks.len)
		return 0;
	sorted = table_sorted(&folded->stacks);
	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < folded->stacks.len; i++)
		fprintf(render->out, "%s %llu\n", table_key(&folded->stacks, sorted[i]),
			(unsigned long long)sorted[i]->value[0]);
	free(sorted);
	if (folded->rest)
		fprintf(render->out, "[others] %llu\n", (unsigned long long)folded->rest);
	return 0;
}

static void folded_free(struct render *render)
{
	struct folded *folded = render->state;

	if (folded)
		table_clear(&folded->stacks);
	free(folded);
}

const struct format format_folded = {
	.name		= "folded",
	.summary	= "stacks and their number of calls, for flame graphs",
	.begin		= folded_begin,
	.record		= folded_record,
	.end		= folded_end,
	.free		= folded_free,
};

const struct format format_folded_bytes = {
	.name		= "folded-bytes",
	.summary	= "stacks and the bytes that they have mapped, likewise",
	.begin		= folded_begin,
	.record		= folded_bytes_record,
	.end		= folded_end,
	.free		= folded_free,
};
