// SPDX-License-Identifier: GPL-2.0
/*
 * A row a record, as RFC 4180 has it. Names are escaped as in lines of text, so
 * that a row is always one line and always UTF-8.
 */
#include <string.h>

#include "column.h"
#include "escape.h"
#include "format.h"
#include "frame.h"
#include "libmmtrace.h"
#include "names.h"
#include "render.h"
#include "text.h"

#define ERRNO_MAX	4095

static void put_quoted(FILE *out, const char *bytes, size_t len)
{
	const char *quote;

	while ((quote = memchr(bytes, '"', len))) {
		fwrite(bytes, 1, quote + 1 - bytes, out);
		fputc('"', out);
		len -= quote + 1 - bytes;
		bytes = quote + 1;
	}
	fwrite(bytes, 1, len, out);
}

static void put_string(FILE *out, const char *bytes, size_t len)
{
	static char text[4 * MMTRACE_TEXT_PATH_MAX];
	struct line line = { .at = text, .end = text + sizeof(text) };

	escape(&line, bytes, len, '\0');
	fputc('"', out);
	put_quoted(out, text, line.at - text);
	fputc('"', out);
}

static void put_stack(struct render *render, const struct mmtrace_record *rec)
{
	const struct mmtrace_stack *stack = mmt_stack(rec);
	static char text[FRAME_MAX];
	__u32 i;

	fputc('"', render->out);
	for (i = 0; i < stack->depth; i++) {
		struct line line = { .at = text, .end = text + sizeof(text) };

		if (i)
			fputc(FRAME_SEPARATOR, render->out);
		frame_put(&line, rec, render->symbols, stack->ip[i]);
		put_quoted(render->out, text, line.at - text);
	}
	fputc('"', render->out);
}

/* Names of flags, events and errors hold nothing that would want quotes. */
static void put_name(FILE *out, const struct mmtrace_name *name, __u64 number)
{
	if (name)
		fputs(name->text, out);
	else
		fprintf(out, "%llu", (unsigned long long)number);
}

static void put_flags(FILE *out, const struct mmtrace_flags *set, __u64 value)
{
	char text[MMTRACE_TEXT_FLAGS_MAX];

	fwrite(text, 1, mmtrace_text_flags(text, sizeof(text), set, value), out);
}

static void put_ret(FILE *out, __s64 ret)
{
	if (ret < 0 && ret >= -ERRNO_MAX)
		fprintf(out, "%lld", (long long)ret);
	else
		fprintf(out, "0x%llx", (unsigned long long)ret);
}

static void put_event(FILE *out, __u32 event)
{
	if (event == MMTRACE_EVENT_COUNT)
		fputs("unknown", out);
	else
		put_name(out, mmtrace_event_name(event), event);
}

static void put_number(FILE *out, const struct column *column, const struct mmtrace_record *rec)
{
	__u64 value = column_number(column, rec);

	switch (column->kind) {
	case COLUMN_SIGNED:
	case COLUMN_NATURAL:
		fprintf(out, "%lld", (long long)value);
		break;
	case COLUMN_ADDRESS:
		fprintf(out, "0x%llx", (unsigned long long)value);
		break;
	case COLUMN_RET:
		put_ret(out, value);
		break;
	case COLUMN_ERRNO:
		put_name(out, mmtrace_errno_name(value), value);
		break;
	case COLUMN_EVENT:
		put_event(out, column->framed ? column_event(rec) : value);
		break;
	case COLUMN_CAUSE:
		put_name(out, mmtrace_lost_name(value), value);
		break;
	default:
		fprintf(out, "%llu", (unsigned long long)value);
	}
}

static void put_cell(struct render *render, const struct column *column,
		     const struct mmtrace_record *rec)
{
	const char *bytes;
	size_t len;

	switch (column->kind) {
	case COLUMN_COMM:
	case COLUMN_PATH:
		bytes = column_string(column, rec, &len);
		put_string(render->out, bytes, len);
		break;
	case COLUMN_STACK:
		put_stack(render, rec);
		break;
	default:
		put_number(render->out, column, rec);
	}
}

static int csv_begin(struct render *render)
{
	const struct column *column;

	for (column = columns; column < columns + columns_len; column++) {
		if (column->implied)
			continue;
		fprintf(render->out, "%s%s", column == columns ? "" : ",", column->name);
		if (column_flags(column, 0))
			fprintf(render->out, ",%s_names", column->name);
	}
	fputs("\r\n", render->out);
	return 0;
}

static void csv_record(struct render *render, const struct mmtrace_record *rec)
{
	const struct column *column;
	const struct mmtrace_flags *set;
	bool has;

	for (column = columns; column < columns + columns_len; column++) {
		if (column->implied)
			continue;
		if (column != columns)
			fputc(',', render->out);
		has = column_has(column, rec);
		if (has)
			put_cell(render, column, rec);
		set = column_flags(column, rec->head.event);
		if (set)
			fputc(',', render->out);
		if (set && has)
			put_flags(render->out, set, column_number(column, rec));
	}
	fputs("\r\n", render->out);
}

const struct format format_csv = {
	.name		= "csv",
	.summary	= "comma-separated values, with a header line",
	.begin		= csv_begin,
	.record		= csv_record,
};
