// SPDX-License-Identifier: GPL-2.0
/*
 * Recordings of any bytes: read, and each record given to all that looks into one, and
 * to one of the formats.
 */
#include <string.h>

#include "crc32c.h"
#include "format.h"
#include "fuzz.h"
#include "libmmtrace.h"
#include "recording.h"
#include "render.h"

/* Asks for fields of all kinds. */
#define FILTER									\
	"failed || path ~ '*x' || addr == 0x1000-0x100000 && comm != a || pgoff > 3 ||"	\
	" fd == -1 || kind & memfd || latency > 1us || prot & exec"

/**
 * struct sink - where records go
 * @program: that judges them
 * @symbols: that learn from them
 * @render: a format
 * @null: to write to
 */
struct sink {
	struct mmt_program	*program;
	struct mmt_symbols	*symbols;
	struct render		render;
	FILE			*null;
};

static void look_at(struct sink *sink, const struct mmtrace_record *rec)
{
	static char text[MMT_TEXT_MAX + 1];
	const struct mmtrace_file *file;
	const struct mmtrace_stack *stack;
	size_t len = mmt_text(text, sizeof(text), rec);

	MUST(len && len <= MMT_TEXT_MAX && !text[len] && text[len - 1] == '\n');
	mmt_json(sink->null, rec, NULL);
	if (rec->head.event >= MMTRACE_EVENT_COUNT)
		return;
	mmt_program_accepts(sink->program, rec, 4096);
	mmt_symbols_learn(sink->symbols, rec);
	file = mmt_file(rec);
	if (file)
		MUST(strlen(file->path) <= file->path_len);
	stack = mmt_stack(rec);
	if (stack)
		mmt_symbols_find(sink->symbols, rec, stack->ip[stack->depth - 1]);
}

static void look_at_all(struct sink *sink, const void *records, size_t len)
{
	const struct mmtrace_record *rec;
	size_t at = 0;

	MUST(len && len <= MMT_BATCH_MAX);
	while ((rec = mmt_next(records, len, &at)))
		look_at(sink, rec);
	MUST(at == len);
	render_records(&sink->render, records, len);
}

static void read_on(struct sink *sink, struct mmt_recording *recording)
{
	enum mmt_recording_result got;
	const void *records;
	size_t len;

	sink->render.facts = *mmt_recording_facts(recording);
	render_begin(&sink->render);
	while ((got = mmt_recording_next(recording, &records, &len)) != MMT_RECORDING_END)
		if (got == MMT_RECORDING_BATCH)
			look_at_all(sink, records, len);
		else
			MUST(*mmt_recording_error(recording));
	render_end(&sink->render, NULL);
}

/* One that writes no directory. */
static const struct format *choose_format(size_t size)
{
	static const struct format *const some[] = {
		&format_text, &format_json, &format_recording, &format_csv, &format_chrome,
		&format_folded, &format_folded_bytes, &format_html, &format_svg,
	};

	return some[size / 8 % (sizeof(some) / sizeof(*some))];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink sink = {
		.program = mmt_program_new(),
		.symbols = mmt_symbols_new(false),
		.null = fopen("/dev/null", "w"),
	};
	struct mmt_recording *recording = mmt_recording_new();
	struct mmt_fault fault;

	if (!size)
		goto out;
	sink.render = (struct render) { .format = choose_format(size), .out = sink.null };
	MUST(!mmt_program_parse(sink.program, FILTER, &fault));
	if (mmt_recording_open(recording, fmemopen((void *)data, size, "r")))
		MUST(*mmt_recording_error(recording));
	else
		read_on(&sink, recording);
	render_free(&sink.render);
out:
	mmt_recording_free(recording);
	mmt_symbols_free(sink.symbols);
	mmt_program_free(sink.program);
	fclose(sink.null);
	return 0;
}

/* What goes behind the header, and how far it goes, with the right sums. */
static void repair(uint8_t *data, size_t size)
{
	struct recording_section section;
	size_t at = sizeof(struct recording_header), end;

	while (at + sizeof(section) <= size) {
		memcpy(&section, data + at, sizeof(section));
		end = at + sizeof(section);
		if (section.length <= size - end)
			section.sum = crc32c(data + end, section.length);
		section.head_sum = crc32c(&section, offsetof(struct recording_section, head_sum));
		memcpy(data + at, &section, sizeof(section));
		if (section.length > size - end)
			return;
		at = end + (section.length + 7) / 8 * 8;
	}
}

/* With wrong sums nearly all would be left out unseen; of eight one stays wrong. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	size = LLVMFuzzerMutate(data, size, max);
	if (seed % 8)
		repair(data, size);
	return size;
}
