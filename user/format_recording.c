// SPDX-License-Identifier: GPL-2.0
/* A recording, for report to read. Each batch becomes a section, or some. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "format.h"
#include "layout.h"
#include "recording.h"
#include "render.h"

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

static void put_facts(FILE *out, const struct facts *facts)
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
		return -ENOMEM;
	layout_print(memory);
	if (fclose(memory)) {
		free(text);
		return -ENOMEM;
	}
	put_section(out, RECORDING_LAYOUT, text, len);
	free(text);
	return 0;
}

static int recording_begin(struct render *render)
{
	struct recording_header header = {
		.order = RECORDING_ORDER, .version = RECORDING_VERSION,
	};

	memcpy(header.magic, RECORDING_MAGIC, sizeof(header.magic));
	fwrite(&header, sizeof(header), 1, render->out);
	put_facts(render->out, &render->facts);
	put_text(render->out, RECORDING_FILTER, render->facts.filter);
	put_text(render->out, RECORDING_COMMAND, render->facts.command);
	return put_layout(render->out);
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

static int recording_batch(struct render *render, const void *buf, size_t len)
{
	const char *records = buf;
	size_t part;

	for (; len; len -= part, records += part) {
		part = section_of(records, len);
		put_section(render->out, RECORDING_RECORDS, records, part);
	}
	return 0;
}

static int recording_end(struct render *render, const struct ledger *ledger)
{
	struct ledger put;
	__u32 event;

	if (!ledger)
		return 0;
	put = *ledger;
	for (event = 0; event < MMTRACE_EVENT_COUNT; event++) {
		put.events[event].size = sizeof(put.events[event]);
		put.events[event].event = event;
	}
	put_section(render->out, RECORDING_LEDGER, put.events, sizeof(put.events));
	return 0;
}

const struct format format_recording = {
	.name		= "recording",
	.summary	= "a file for report, as record writes it",
	.is_binary	= true,
	.begin		= recording_begin,
	.batch		= recording_batch,
	.end		= recording_end,
};
