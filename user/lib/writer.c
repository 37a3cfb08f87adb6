// SPDX-License-Identifier: GPL-2.0
/* Writes recordings. Each batch becomes a section, or some. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "layout.h"
#include "libmmtrace.h"
#include "recording.h"
#include "symbols.h"

/* What could not be written is found by ferror(). */
static void put_section(FILE *out, __u32 type, const void *bytes, size_t len)
{
	struct recording_section section = {
		.type = type, .length = len, .sum = crc32c(bytes, len),
	};

	section.head_sum = crc32c(&section, offsetof(struct recording_section, head_sum));
	fwrite(&section, sizeof(section), 1, out);
	fwrite(bytes, 1, len, out);
	fwrite("\0\0\0\0\0\0\0", 1, -len % 8, out);
}

static void put_text(FILE *out, __u32 type, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (text)
		put_section(out, type, text,
			    len < RECORDING_SECTION_MAX ? len : RECORDING_SECTION_MAX);
}

static void put_facts(FILE *out, const struct mmt_facts *facts)
{
	struct recording_facts put = {
		.start = facts->start, .wall = facts->wall, .cpus = facts->cpus,
		.page_size = facts->page_size, .events = facts->events,
	};

	memcpy(put.version, facts->version, sizeof(facts->version));
	memcpy(put.host, facts->host, sizeof(facts->host));
	memcpy(put.release, facts->release, sizeof(facts->release));
	memcpy(put.machine, facts->machine, sizeof(facts->machine));
	put_section(out, RECORDING_FACTS, &put, sizeof(put));
}

static int put_layout(FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return -1;
	layout_print(memory);
	if (fclose(memory)) {
		free(text);
		return -1;
	}
	put_section(out, RECORDING_LAYOUT, text, len);
	free(text);
	return 0;
}

int mmt_write_begin(FILE *out, const struct mmt_facts *facts)
{
	struct recording_header header = {
		.order = RECORDING_ORDER, .version = RECORDING_VERSION,
	};
	struct mmt_facts all = { .size = 0 };

	memcpy(&all, facts, facts->size < sizeof(all) ? facts->size : sizeof(all));
	memcpy(header.magic, RECORDING_MAGIC, sizeof(header.magic));
	fwrite(&header, sizeof(header), 1, out);
	put_facts(out, &all);
	put_text(out, RECORDING_FILTER, all.filter);
	put_text(out, RECORDING_COMMAND, all.command);
	return put_layout(out);
}

/* Bytes of whole records, as many as a section takes. */
static size_t section_of(const char *records, size_t len)
{
	const struct mmtrace_head *head;
	size_t at = 0;

	if (len <= RECORDING_SECTION_MAX)
		return len;
	for (head = (const void *)records; at + head->size <= RECORDING_SECTION_MAX;
	     head = (const void *)(records + at))
		at += head->size;
	return at;
}

static void put_records(FILE *out, const void *records, size_t len)
{
	const char *at = records;
	size_t part;

	for (; len; len -= part, at += part) {
		part = section_of(at, len);
		put_section(out, RECORDING_RECORDS, at, part);
	}
}

/* As much of it as there is room for, in whole lines. Without memory: addresses alone. */
static void put_maps(FILE *out, __u32 tgid, const char *lines)
{
	const size_t room = RECORDING_SECTION_MAX - sizeof(struct recording_maps);
	size_t len = strlen(lines);
	struct recording_maps *maps;
	const char *end;

	if (len > room) {
		end = memrchr(lines, '\n', room);
		len = end ? end + 1 - lines : 0;
	}
	maps = len ? malloc(sizeof(*maps) + len) : NULL;
	if (!maps)
		return;
	*maps = (struct recording_maps) { .tgid = tgid };
	memcpy(maps + 1, lines, len);
	put_section(out, RECORDING_MAPS, maps, sizeof(*maps) + len);
	free(maps);
}

void mmt_write_records(FILE *out, const void *records, size_t len, struct mmt_symbols *symbols)
{
	const struct mmtrace_record *rec;
	size_t at = 0, next = 0, written = 0;
	char *lines;

	for (; symbols && (rec = mmt_next(records, len, &next)); at = next) {
		if (rec->head.event >= MMTRACE_EVENT_COUNT)
			continue;
		mmt_symbols_learn(symbols, rec);
		lines = mmt_stack(rec) ? symbols_news(symbols, rec) : NULL;
		if (!lines)
			continue;
		put_records(out, (const char *)records + written, at - written);
		written = at;
		put_maps(out, rec->call.tgid, lines);
		free(lines);
	}
	put_records(out, (const char *)records + written, len - written);
}

void mmt_write_end(FILE *out, const struct mmtrace_stats *stats, __u32 len, size_t size)
{
	struct mmtrace_stats put[MMTRACE_EVENT_COUNT] = { { .size = 0 } };
	__u32 event;

	for (event = 0; event < MMTRACE_EVENT_COUNT; event++) {
		if (event < len)
			memcpy(&put[event], (const char *)stats + event * size,
			       size < sizeof(put[event]) ? size : sizeof(put[event]));
		put[event].size = sizeof(put[event]);
		put[event].event = event;
	}
	put_section(out, RECORDING_LEDGER, put, sizeof(put));
}
