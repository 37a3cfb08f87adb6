// SPDX-License-Identifier: GPL-2.0
/*
 * Reads recordings, whatever is in them: no byte is believed before a checksum, a
 * bound or mmtrace_record_valid() has had a look at it. What is missing or damaged
 * is told with its place, and all that can still be read is given.
 */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "crc32c.h"
#include "libmmtrace.h"
#include "recording.h"
#include "symbols.h"
#include "text.h"

static_assert(sizeof(off_t) == 8, "a recording may have more than 2 GiB");

static int fault(struct mmt_recording *recording, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fault(struct mmt_recording *recording, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(recording->error, sizeof(recording->error), format, args);
	va_end(args);
	recording->is_fault = true;
	return -1;
}

/* Nothing behind it can be read, either. */
static int last_fault(struct mmt_recording *recording)
{
	recording->is_over = true;
	return -1;
}

static int damaged(struct mmt_recording *recording, __u64 at, const char *what)
{
	return fault(recording, "damaged at byte %llu: %s", (unsigned long long)at, what);
}

/* The end of the file where it should not be, or an error. */
static int cut(struct mmt_recording *recording)
{
	if (ferror(recording->in))
		fault(recording, "reading at byte %llu: %s",
		      (unsigned long long)recording->at, strerror(errno));
	else
		fault(recording, "cut at byte %llu: the end of the recording is missing",
		      (unsigned long long)recording->at);
	return last_fault(recording);
}

static size_t take(struct mmt_recording *recording, void *to, size_t len)
{
	size_t got = fread(to, 1, len, recording->in);

	recording->at += got;
	return got;
}

static int read_header(struct mmt_recording *recording)
{
	struct recording_header header = { .order = 0 };
	size_t got = take(recording, &header, sizeof(header));

	if (memcmp(header.magic, RECORDING_MAGIC, got < 8 ? got : 8))
		fault(recording, "no recording of mmtrace");
	else if (got < sizeof(header))
		return cut(recording);
	else if (header.order == __builtin_bswap32(RECORDING_ORDER))
		fault(recording, "made on a machine of the other byte order");
	else if (header.order != RECORDING_ORDER)
		damaged(recording, 8, "no byte order");
	else if (header.version != RECORDING_VERSION)
		fault(recording, "version %u of recordings, but this mmtrace-ctl reads %u",
		      header.version, RECORDING_VERSION);
	else
		return 0;
	return last_fault(recording);
}

static int make_room(struct mmt_recording *recording, size_t len)
{
	void *more;

	if (len <= recording->room)
		return 0;
	more = realloc(recording->buffer, len);
	if (!more) {
		fault(recording, "no memory");
		return last_fault(recording);
	}
	recording->buffer = more;
	recording->room = len;
	return 0;
}

/* The next section's head, and room for its bytes. Returns 0 or -1. */
static int read_head(struct mmt_recording *recording)
{
	struct recording_section *section = &recording->section;
	__u64 at = recording->at;

	if (take(recording, section, sizeof(*section)) < sizeof(*section))
		return cut(recording);
	if (section->head_sum == crc32c(section, offsetof(struct recording_section, head_sum)) &&
	    section->length <= RECORDING_SECTION_MAX)
		return make_room(recording, section->length + 8);
	damaged(recording, at, "the head of a section, what follows can't be found");
	return last_fault(recording);
}

/* Bytes of those at the buffer that are valid records. */
static size_t valid_records(const struct mmt_recording *recording, size_t len)
{
	const struct mmtrace_record *rec;
	size_t at;

	for (at = 0; at < len; at += rec->head.size) {
		rec = (const void *)((const char *)recording->buffer + at);
		if (!mmtrace_record_valid(rec, len - at))
			break;
	}
	return at;
}

/* The last byte of the text stays a NUL. */
static void copy_text(char *to, size_t room, const char *from)
{
	memcpy(to, from, room - 1);
}

static void take_facts(struct mmt_recording *recording)
{
	struct mmt_facts *facts = &recording->facts;
	struct recording_facts got = { .start = 0 };
	size_t len = recording->section.length;

	memcpy(&got, recording->buffer, len < sizeof(got) ? len : sizeof(got));
	facts->size = sizeof(*facts);
	facts->start = got.start;
	facts->wall = got.wall;
	facts->cpus = got.cpus;
	facts->page_size = got.page_size;
	facts->events = got.events;
	copy_text(facts->version, sizeof(facts->version), got.version);
	copy_text(facts->host, sizeof(facts->host), got.host);
	copy_text(facts->release, sizeof(facts->release), got.release);
	copy_text(facts->machine, sizeof(facts->machine), got.machine);
}

/* Returns the bytes of the row at the beginning; 0 if there is none. */
static size_t take_account(struct mmtrace_stats *ledger, const char *row, size_t len)
{
	struct mmtrace_stats stats = { .size = 0 };
	size_t size;

	memcpy(&stats, row, len < sizeof(stats) ? len : sizeof(stats));
	size = stats.size;
	if (len < sizeof(stats.size) || size < offsetof(struct mmtrace_stats, hits) || size > len)
		return 0;
	if (size < sizeof(stats))
		memset((char *)&stats + size, 0, sizeof(stats) - size);
	stats.size = sizeof(stats);
	if (stats.event < MMTRACE_EVENT_COUNT)
		ledger[stats.event] = stats;
	return size;
}

static void take_ledger(struct mmt_recording *recording)
{
	size_t at = 0, row, len = recording->section.length;

	do {
		row = take_account(recording->ledger, (char *)recording->buffer + at, len - at);
		at += row;
	} while (row);
	recording->has_ledger = true;
	recording->is_over = true;
	if (getc(recording->in) != EOF)
		fault(recording, "more behind the end of the recording, at byte %llu",
		      (unsigned long long)recording->at);
}

/* The first of its kind: somebody may have it already. */
static int take_text(struct mmt_recording *recording, char **text)
{
	if (*text)
		return 0;
	*text = strndup(recording->buffer, recording->section.length);
	if (*text)
		return 0;
	fault(recording, "no memory");
	return last_fault(recording);
}

static void take_maps(struct mmt_recording *recording)
{
	const struct recording_maps *maps = recording->buffer;
	size_t len = recording->section.length;

	if (recording->symbols && len > sizeof(*maps))
		symbols_take(recording->symbols, maps->tgid, (const char *)(maps + 1),
			     len - sizeof(*maps));
}

/* What a section says that is whole. */
static int take_section(struct mmt_recording *recording)
{
	size_t len = recording->section.length;

	switch (recording->section.type) {
	case RECORDING_FACTS:
		take_facts(recording);
		return 0;
	case RECORDING_FILTER:
		return take_text(recording, &recording->filter);
	case RECORDING_COMMAND:
		return take_text(recording, &recording->command);
	case RECORDING_RECORDS:
		recording->batch = valid_records(recording, len);
		if (recording->batch == len)
			return 0;
		return damaged(recording, recording->at - (len + 7) / 8 * 8 + recording->batch,
			       "no record");
	case RECORDING_MAPS:
		take_maps(recording);
		return 0;
	case RECORDING_LEDGER:
		take_ledger(recording);
	}
	return 0;
}

/* Are the bytes of the section, and the zeros behind them, what was written? */
static bool is_whole(const struct mmt_recording *recording, size_t padded)
{
	static const char zeros[8];
	size_t len = recording->section.length;

	return crc32c(recording->buffer, len) == recording->section.sum &&
	       !memcmp((char *)recording->buffer + len, zeros, padded - len);
}

/* Sets what mmt_recording_next() is to tell, if anything. Returns 0 or -1. */
static int read_section(struct mmt_recording *recording)
{
	__u64 at = recording->at;
	size_t len, got;

	if (read_head(recording))
		return -1;
	len = (recording->section.length + 7) / 8 * 8;
	got = take(recording, recording->buffer, len);
	if (got < len) {
		if (recording->section.type == RECORDING_RECORDS)
			recording->batch = valid_records(recording, got);
		return cut(recording);
	}
	if (is_whole(recording, len))
		return take_section(recording);
	return damaged(recording, at, "the checksum of a section, which is left out");
}

static bool has_something(const struct mmt_recording *recording)
{
	return recording->batch || recording->is_fault || recording->is_over;
}

struct mmt_recording *mmt_recording_new(void)
{
	return calloc(1, sizeof(struct mmt_recording));
}

int mmt_recording_open(struct mmt_recording *recording, FILE *in)
{
	recording->in = in;
	if (read_header(recording) || read_section(recording))
		return -1;
	if (recording->section.type != RECORDING_FACTS)
		return damaged(recording, sizeof(struct recording_header), "no facts");
	while (!has_something(recording))
		read_section(recording);
	recording->facts.filter = recording->filter;
	recording->facts.command = recording->command;
	return 0;
}

void mmt_recording_symbols(struct mmt_recording *recording, struct mmt_symbols *symbols)
{
	recording->symbols = symbols;
}

enum mmt_recording_result mmt_recording_next(struct mmt_recording *recording, const void **records,
					     size_t *len)
{
	while (!has_something(recording))
		read_section(recording);
	if (recording->batch) {
		*records = recording->buffer;
		*len = recording->batch;
		recording->batch = 0;
		return MMT_RECORDING_BATCH;
	}
	if (!recording->is_fault)
		return MMT_RECORDING_END;
	recording->is_fault = false;
	return MMT_RECORDING_FAULT;
}

const struct mmt_facts *mmt_recording_facts(const struct mmt_recording *recording)
{
	return &recording->facts;
}

const struct mmtrace_stats *mmt_recording_stats(const struct mmt_recording *recording, __u32 event)
{
	if (!recording->has_ledger || event >= MMTRACE_EVENT_COUNT)
		return NULL;
	return &recording->ledger[event];
}

const char *mmt_recording_error(const struct mmt_recording *recording)
{
	return recording->error;
}

void mmt_recording_free(struct mmt_recording *recording)
{
	if (!recording)
		return;
	if (recording->in)
		fclose(recording->in);
	free(recording->filter);
	free(recording->command);
	free(recording->buffer);
	free(recording);
}
