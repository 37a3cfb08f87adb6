// SPDX-License-Identifier: GPL-2.0
/*
 * Recordings: what is written is read again; of one that is cut at any byte all that
 * is there; of one with any byte changed nothing wrong. With "write" as its argument
 * it writes one to standard output, for other tests to read.
 */
#include <stdlib.h>
#include <unistd.h>

#include "crc32c.h"
#include "libmmtrace.h"
#include "recording.h"
#include "stream.h"
#include "symbols.h"
#include "tap.h"

static char *whole;
static size_t whole_len, ends[STREAM_RECORDS];

/**
 * struct reading - what a reader was given
 * @records: how many
 * @right: each was one that was written, in their order
 * @complete: there was an account
 * @faults: how many
 * @error: the last one
 */
struct reading {
	unsigned int	records;
	bool		right;
	bool		complete;
	unsigned int	faults;
	char		error[160];
};

static void compare(struct reading *reading, const char *records, size_t len, __u64 *next)
{
	static union sample sample;
	const struct mmtrace_head *head;
	size_t at;

	for (at = 0; at < len; at += head->size) {
		head = (const void *)(records + at);
		stream_record(&sample, head->seq);
		if (head->seq < *next || memcmp(&sample, head, head->size))
			reading->right = false;
		*next = head->seq + 1;
		reading->records++;
	}
}

static struct reading read_bytes(const char *bytes, size_t len)
{
	struct reading reading = { .right = true };
	struct mmt_recording *recording = mmt_recording_new();
	enum mmt_recording_result got;
	const void *records;
	__u64 next = 0;
	size_t part;
	FILE *in = len ? fmemopen((void *)bytes, len, "r") : fopen("/dev/null", "r");

	if (mmt_recording_open(recording, in)) {
		reading.faults = 1;
		strcpy(reading.error, mmt_recording_error(recording));
		mmt_recording_free(recording);
		return reading;
	}
	while ((got = mmt_recording_next(recording, &records, &part)) != MMT_RECORDING_END) {
		if (got == MMT_RECORDING_BATCH) {
			compare(&reading, records, part, &next);
			continue;
		}
		reading.faults++;
		strcpy(reading.error, mmt_recording_error(recording));
	}
	reading.complete = mmt_recording_stats(recording, 0);
	mmt_recording_free(recording);
	return reading;
}

static bool same_text(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

static void test_whole(void)
{
	struct reading reading = read_bytes(whole, whole_len);
	struct ledger ledger = stream_ledger();
	struct mmt_facts facts = stream_facts();
	struct mmt_recording *recording = mmt_recording_new();
	const struct mmt_facts *got = mmt_recording_facts(recording);
	const struct mmtrace_stats *stats;
	const void *records;
	size_t len;

	ok(reading.records == STREAM_RECORDS && reading.right && reading.complete &&
	   !reading.faults, "all that was written is read");
	ok(!mmt_recording_open(recording, fmemopen(whole, whole_len, "r")),
	   "a recording is opened");
	ok(got->start == facts.start && got->wall == facts.wall &&
	   got->cpus == 4 && got->page_size == 4096 &&
	   got->events == 0xe && same_text(got->host, facts.host) &&
	   same_text(got->release, facts.release) &&
	   same_text(got->machine, facts.machine) &&
	   same_text(got->version, facts.version), "its facts are known");
	ok(same_text(got->filter, facts.filter) &&
	   same_text(got->command, facts.command), "its filter and command, too");
	while (mmt_recording_next(recording, &records, &len) != MMT_RECORDING_END)
		;
	stats = mmt_recording_stats(recording, MMTRACE_EVENT_LOST);
	ok(stats && stats->hits == ledger.events[0].hits && stats->pending == 1,
	   "and its account");
	mmt_recording_free(recording);
}

static unsigned int records_before(size_t cut)
{
	unsigned int count = 0;

	while (count < STREAM_RECORDS && ends[count] <= cut)
		count++;
	return count;
}

static void test_cuts(void)
{
	struct reading reading;
	bool told = true, given = true;
	char expected[64];
	size_t cut;

	for (cut = 0; cut < whole_len; cut++) {
		reading = read_bytes(whole, cut);
		snprintf(expected, sizeof(expected), "cut at byte %zu:", cut);
		told = told && reading.faults == 1 && !reading.complete &&
		       !strncmp(reading.error, expected, strlen(expected));
		given = given && reading.right && reading.records == records_before(cut);
		if (!told || !given)
			break;
	}
	if (!ok(told, "cut at each of %zu bytes: it says so", whole_len))
		printf("# cut at %zu: %u faults, %s\n", cut, reading.faults, reading.error);
	if (!ok(given, "and every record that is whole is given, no other"))
		printf("# cut at %zu: %u records, not %u\n", cut, reading.records,
		       records_before(cut));
}

/* Records of other sections than the damaged one. */
static void test_flips(unsigned char bits)
{
	char *bytes = malloc(whole_len);
	struct reading reading;
	bool told = true, right = true;
	size_t at;

	for (at = 0; at < whole_len && told && right; at++) {
		memcpy(bytes, whole, whole_len);
		bytes[at] ^= bits;
		reading = read_bytes(bytes, whole_len);
		told = reading.faults && *reading.error;
		right = reading.right && (!reading.complete || reading.records >=
					  STREAM_RECORDS - 3);
	}
	if (!ok(told, "byte by byte changed by %#x: it says so", bits))
		printf("# byte %zu\n", at - 1);
	if (!ok(right, "nothing wrong is given, and all of other sections"))
		printf("# byte %zu: %s\n", at - 1, reading.error);
	free(bytes);
}

/* With another section at @at, whose bytes are random but for its checksums. */
static char *insert(size_t at, __u32 type, const void *payload, __u64 length, size_t *len)
{
	struct recording_section section = {
		.type = type, .length = length, .sum = crc32c(payload, length),
	};
	size_t padded = (length + 7) / 8 * 8;
	char *bytes = calloc(1, whole_len + sizeof(section) + padded);

	section.head_sum = crc32c(&section, offsetof(struct recording_section, head_sum));
	memcpy(bytes, whole, at);
	memcpy(bytes + at, &section, sizeof(section));
	memcpy(bytes + at + sizeof(section), payload, length);
	memcpy(bytes + at + sizeof(section) + padded, whole + at, whole_len - at);
	*len = whole_len + sizeof(section) + padded;
	return bytes;
}

static void test_versions(void)
{
	static const char payload[] = "of a later version";
	__u32 swapped = __builtin_bswap32(RECORDING_ORDER);
	size_t first = sizeof(struct recording_header) + sizeof(struct recording_section) +
		       sizeof(struct recording_facts), len;
	char *bytes = insert(first, 77, payload, sizeof(payload), &len);
	struct reading reading = read_bytes(bytes, len);

	ok(reading.records == STREAM_RECORDS && !reading.faults && reading.complete,
	   "a section of a newer version is left out");
	memcpy(bytes + 8, &swapped, sizeof(swapped));
	ok(strstr(read_bytes(bytes, len).error, "other byte order"),
	   "another byte order is refused");
	memcpy(bytes, whole, 12);
	bytes[12] = 2;
	ok(strstr(read_bytes(bytes, len).error, "version 2 of recordings, but this"),
	   "a newer format is refused");
	ok(!strcmp(read_bytes("once upon a time there was", 26).error, "no recording of mmtrace"),
	   "so is what is no recording");
	free(bytes);
}

/* Facts and account as a newer version, or an older one, might write them. */
static void test_growth(void)
{
	size_t start = sizeof(struct recording_header), size = sizeof(struct recording_facts) + 8;
	size_t rest = start + sizeof(struct recording_section) + sizeof(struct recording_facts);
	struct recording_section section = { .type = RECORDING_FACTS };
	char *bytes = calloc(1, whole_len + 8);
	struct mmt_recording *recording = mmt_recording_new();
	const struct mmt_facts *got;
	bool opened;

	memcpy(bytes, whole, start);
	memcpy(bytes + start + sizeof(section), whole + start + sizeof(section), size - 8);
	memset(bytes + rest, 0x55, 8);
	memcpy(bytes + rest + 8, whole + rest, whole_len - rest);
	section.length = size;
	section.sum = crc32c(bytes + start + sizeof(section), size);
	section.head_sum = crc32c(&section, offsetof(struct recording_section, head_sum));
	memcpy(bytes + start, &section, sizeof(section));
	opened = !mmt_recording_open(recording, fmemopen(bytes, whole_len + 8, "r"));
	ok(opened && same_text(mmt_recording_facts(recording)->machine, "x86_64"),
	   "longer facts are fine");
	mmt_recording_free(recording);
	recording = mmt_recording_new();
	section.length = 16;
	section.sum = crc32c(bytes + start + sizeof(section), 16);
	section.head_sum = crc32c(&section, offsetof(struct recording_section, head_sum));
	memcpy(bytes + start, &section, sizeof(section));
	memcpy(bytes + start + sizeof(section) + 16, whole + rest, whole_len - rest);
	opened = !mmt_recording_open(recording, fmemopen(bytes, whole_len + 24 - size, "r"));
	got = mmt_recording_facts(recording);
	ok(opened && got->start == 12345678901ull && !*got->host,
	   "shorter ones, too");
	mmt_recording_free(recording);
	free(bytes);
}

/* What has the right checksums, and is nonsense. */
static void test_nonsense(void)
{
	unsigned char payload[600];
	struct reading reading;
	bool right = true;
	size_t i, n, len;
	char *bytes;

	srandom(1);
	for (n = 0; n < 6000 && right; n++) {
		for (i = 0; i < sizeof(payload); i++)
			payload[i] = random() % 8 ? 0 : random();
		bytes = insert(n % 2 ? ends[2] : sizeof(struct recording_header),
			       1 + n % 7, payload, random() % sizeof(payload), &len);
		reading = read_bytes(bytes, len);
		right = reading.records || reading.faults;
		free(bytes);
	}
	ok(right, "nonsense with checksums is survived");
	bytes = insert(whole_len, 77, "more", 4, &len);
	ok(strstr(read_bytes(bytes, len).error, "more behind the end"),
	   "and so is more behind the end");
	free(bytes);
}

/* Longer than a section. */
static void test_large_batch(void)
{
	size_t count = RECORDING_SECTION_MAX / 160, len = 0, size, i;
	struct render render = { .format = &format_recording, .facts = stream_facts() };
	char *batch = malloc(count * MMTRACE_RECORD_MAX), *text = NULL;
	struct ledger ledger = stream_ledger();
	static union sample sample;
	struct reading reading;

	for (i = 0; i < count; i++) {
		stream_record(&sample, 1);
		memcpy(batch + len, &sample, sample.rec.head.size);
		len += sample.rec.head.size;
	}
	render.out = open_memstream(&text, &size);
	render_begin(&render);
	ok(!render_records(&render, batch, len), "more than a section takes is written");
	render_end(&render, &ledger);
	fclose(render.out);
	reading = read_bytes(text, size);
	ok(reading.records == count && !reading.faults && reading.complete, "and read again");
	free(batch);
	free(text);
}

/* A recording of a stack in a process whose maps are known, with one record before it. */
static char *write_maps(size_t *size)
{
	static const char maps[] = "7f12a4d11000-7f12a4d12000 r-xp 3000 8:1 11 /lib/c\n";
	struct mmt_symbols *symbols = mmt_symbols_new(false);
	struct mmt_facts facts = stream_facts();
	static union sample samples[2];
	char *text = NULL, *batch = (char *)samples;
	size_t len;
	FILE *out = open_memstream(&text, size);

	stream_record(&samples[0], 1);
	len = samples[0].rec.head.size;
	stream_record(&samples[1], 2);
	memcpy(batch + len, &samples[1], samples[1].rec.head.size);
	len += samples[1].rec.head.size;
	symbols_take(symbols, samples[0].rec.call.tgid, maps, strlen(maps));
	mmt_write_begin(out, &facts);
	mmt_write_records(out, batch, len, symbols);
	mmt_write_records(out, batch, len, symbols);
	mmt_symbols_free(symbols);
	fclose(out);
	return text;
}

static void test_maps(void)
{
	struct mmt_symbols *symbols = mmt_symbols_new(false);
	struct mmt_recording *recording = mmt_recording_new();
	struct mmt_symbol symbol;
	const void *records;
	size_t size, len, lens[4] = {};
	unsigned int i;
	char *text = write_maps(&size);

	mmt_recording_symbols(recording, symbols);
	ok(!mmt_recording_open(recording, fmemopen(text, size, "r")), "a recording with maps");
	for (i = 0; i < 4; i++) {
		if (mmt_recording_next(recording, &records, &len) != MMT_RECORDING_BATCH)
			break;
		lens[i] = len;
	}
	ok(i == 3 && lens[0] + lens[1] == lens[2], "has them once, before the stack");
	mmt_recording_free(recording);

	recording = mmt_recording_new();
	mmt_recording_symbols(recording, symbols);
	mmt_recording_open(recording, fmemopen(text, size, "r"));
	mmt_recording_next(recording, &records, &len);
	symbol = mmt_symbols_find(symbols, records, 0x7f12a4d11a2aull);
	ok(symbol.path && !strcmp(symbol.path, "/lib/c") && symbol.offset == 0x3a2a,
	   "which tell what is at its addresses");
	mmt_recording_free(recording);
	mmt_symbols_free(symbols);
	free(text);
}

/* As a recording that somebody made may have it, and report writes it again. */
static void test_long_maps(void)
{
	static char line[RECORDING_SECTION_MAX - sizeof(struct recording_maps)];
	struct mmt_symbols *symbols = mmt_symbols_new(false);
	static union sample sample;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	memset(line, 'x', sizeof(line));
	memcpy(line, "1-2 r-xp 0 0:0 0 ", 17);
	stream_record(&sample, 2);
	symbols_take(symbols, sample.rec.call.tgid, line, sizeof(line));
	mmt_write_records(out, &sample, sample.rec.head.size, symbols);
	fclose(out);
	ok(size < 2 * sizeof(struct recording_section) + sample.rec.head.size,
	   "a line that no section has room for is left out");
	mmt_symbols_free(symbols);
	free(text);
}

int main(int argc, char **argv)
{
	FILE *out;

	if (argc > 1 && !strcmp(argv[1], "write")) {
		stream_write(stdout, NULL);
		return 0;
	}
	out = open_memstream(&whole, &whole_len);
	stream_write(out, ends);
	fclose(out);
	ok(crc32c("123456789", 9) == 0xe3069283u, "the checksum is CRC-32C");
	test_whole();
	test_cuts();
	test_flips(0xff);
	test_flips(1);
	test_versions();
	test_growth();
	test_nonsense();
	test_large_batch();
	test_maps();
	test_long_maps();
	free(whole);
	return tap_done();
}
