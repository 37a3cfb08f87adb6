// SPDX-License-Identifier: GPL-2.0
/*
 * CTF 1.8, https://diamon.org/ctf/v1.8.3. Nothing is aligned, so that what is
 * announced here can be written byte by byte.
 */
#include <ctype.h>

#include "column.h"
#include "ctf_metadata.h"
#include "libmmtrace.h"
#include "names.h"

#define ERRNO_MAX	4095

static const char types[] =
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
	"typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; base = 16; } := hex32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; base = 16; } := hex64_t;\n"
	"typealias integer { size = 64; align = 8; signed = false;\n"
	"\tmap = clock.monotonic.value; } := time_t;\n\n";

/* As struct ctf_packet and struct ctf_event have it. */
static const char framing[] =
	"stream {\n"
	"\tpacket.context := struct {\n"
	"\t\ttime_t timestamp_begin;\n"
	"\t\ttime_t timestamp_end;\n"
	"\t\tuint64_t content_size;\n"
	"\t\tuint64_t packet_size;\n"
	"\t\tuint64_t packet_seq_num;\n"
	"\t\tuint64_t events_discarded;\n"
	"\t\tuint32_t cpu_id;\n"
	"\t};\n"
	"\tevent.header := struct { uint16_t id; time_t timestamp; };\n"
	"};\n\n";

static void put_trace(FILE *out)
{
	fprintf(out, "trace {\n\tmajor = 1;\n\tminor = 8;\n\tbyte_order = %s;\n"
		"\tpacket.header := struct { uint32_t magic; uint32_t stream_id; };\n};\n\n",
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "le" : "be");
}

static void put_string(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\t%s = \"", key);
	for (; *text; text++) {
		if (isprint((unsigned char)*text) && *text != '"' && *text != '\\')
			fputc(*text, out);
		else
			fprintf(out, "\\%03o", (unsigned char)*text);
	}
	fputs("\";\n", out);
}

static void put_env(FILE *out, const struct mmt_facts *facts)
{
	fputs("env {\n", out);
	put_string(out, "hostname", facts->host);
	put_string(out, "sysname", "Linux");
	put_string(out, "kernel_release", facts->release);
	put_string(out, "machine", facts->machine);
	put_string(out, "tracer_name", "mmtrace");
	put_string(out, "tracer_version", facts->version);
	fprintf(out, "\tpage_size = %u;\n};\n\n", facts->page_size);
}

/* From the epoch on, so that traces of several machines can be read together. */
static void put_clock(FILE *out, const struct mmt_facts *facts)
{
	fprintf(out, "clock {\n\tname = monotonic;\n\tdescription = \"CLOCK_MONOTONIC\";\n"
		"\tfreq = 1000000000;\n\toffset = %lld;\n\tabsolute = true;\n};\n\n",
		(long long)facts->wall);
}

static void put_errors(FILE *out)
{
	const struct mmtrace_name *name;
	__u64 number;

	fputs("enum error_name : uint16_t {\n\t\"none\" = 0", out);
	for (number = 1; number <= ERRNO_MAX; number++) {
		name = mmtrace_errno_name(number);
		if (name)
			fprintf(out, ",\n\t\"%s\" = %u", name->text, (unsigned int)number);
	}
	fputs("\n};\n\n", out);
}

/* What @name_of knows, from 0 or 1 to the last without a gap. */
static void put_names(FILE *out, const char *what, const struct mmtrace_name *(*name_of)(__u32))
{
	__u32 number = !name_of(0);
	const char *separator = "";

	fprintf(out, "enum %s : uint32_t {", what);
	for (; name_of(number); number++, separator = ",")
		fprintf(out, "%s\n\t\"%s\" = %u", separator, name_of(number)->text, number);
	fputs("\n};\n\n", out);
}

static const char *type_of(const struct column *column)
{
	bool wide = column->size == sizeof(__u64);

	switch (column->kind) {
	case COLUMN_SIGNED:
	case COLUMN_NATURAL:
		return wide ? "int64_t" : "int32_t";
	case COLUMN_ADDRESS:
	case COLUMN_RET:
	case COLUMN_PROT:
	case COLUMN_FLAGS:
	case COLUMN_OPEN_FLAGS:
		return wide ? "hex64_t" : "hex32_t";
	case COLUMN_ERRNO:
		return "enum error_name";
	case COLUMN_EVENT:
		return "enum event_name";
	case COLUMN_CAUSE:
		return "enum cause_name";
	case COLUMN_BOOL:
	case COLUMN_STACK_BOOL:
		return "uint8_t";
	case COLUMN_COMM:
	case COLUMN_PATH:
		return "string";
	default:
		return wide ? "uint64_t" : "uint32_t";
	}
}

static void put_field(FILE *out, const struct column *column)
{
	if (column->kind == COLUMN_STACK)
		fprintf(out, "\t\tuint16_t %s_depth;\n\t\thex64_t %s[%s_depth];\n", column->name,
			column->name, column->name);
	else
		fprintf(out, "\t\t%s %s;\n", type_of(column), column->name);
}

static void put_event(FILE *out, __u32 event)
{
	const struct mmtrace_name *name = mmtrace_event_name(event);
	const struct column *column;

	fprintf(out, "event {\n\tname = \"%s\";\n\tid = %u;\n\tfields := struct {\n",
		event == MMTRACE_EVENT_COUNT ? "unknown" : name->text, event);
	for (column = columns; column < columns + columns_len; column++)
		if (column->at[event] && !column->framed)
			put_field(out, column);
	fputs("\t};\n};\n\n", out);
}

/**
 * ctf_metadata() - write the metadata of a trace
 * @out: where to
 * @facts: of the trace
 *
 * Errors in writing are left to ferror().
 */
void ctf_metadata(FILE *out, const struct mmt_facts *facts)
{
	__u32 event;

	fputs("/* CTF 1.8 */\n\n", out);
	put_clock(out, facts);
	fputs(types, out);
	put_errors(out);
	put_names(out, "event_name", mmtrace_event_name);
	put_names(out, "cause_name", mmtrace_lost_name);
	put_trace(out);
	put_env(out, facts);
	fputs(framing, out);
	for (event = 0; event < COLUMN_EVENTS; event++)
		put_event(out, event);
}
