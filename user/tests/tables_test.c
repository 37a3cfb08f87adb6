// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of stat: what they say, and that none is wider than its screen, whatever
 * numbers and names there are. With "json", a line of JSON for another parser to read.
 */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "render.h"
#include "sample.h"
#include "tables.h"
#include "tap.h"
#include "units.h"

#define WIDE	"\xe4\xb8\xad\xe6\x96\x87"
#define PICTURE	"\xf0\x9f\x98\x80"

static union sample sample;
static struct tables tables;
static struct render render;
static char *text;
static size_t text_len;

static void begin(void)
{
	__u32 by;

	tables = (struct tables){ 0 };
	for (by = 0; by < KEY_COUNT; by++)
		tally_init(&tables.tallies[tables.tallies_len++], by);
	render = (struct render){ .format = &format_tables, .state = &tables };
	render.facts.page_size = 4096;
	render.out = open_memstream(&text, &text_len);
	render_begin(&render);
}

static void add(void)
{
	render_records(&render, &sample, sample.rec.head.size);
}

static void done(void)
{
	render_end(&render, NULL);
	render_free(&render);
	fclose(render.out);
}

static bool is_narrow(unsigned int width)
{
	const char *line = text, *end;

	for (; *line; line = end + (*end == '\n')) {
		end = strchrnul(line, '\n');
		if (columns_of(line, end - line) <= width)
			continue;
		printf("# %.*s\n", (int)(end - line), line);
		return false;
	}
	return true;
}

/* Nothing of a name may move the cursor. */
static bool is_plain(void)
{
	const char *at;

	for (at = text; *at; at++)
		if ((unsigned char)*at < ' ' && *at != '\n')
			return false;
	return true;
}

/* What the numbers of a row and the names of all keys are when they are longest. */
static void add_extremes(void)
{
	static const char path[] =
		"/usr/lib/a\n\t\x1b[31m/" WIDE WIDE "/\xff\xfe/\"quotes\"/" PICTURE "/end.so.1.2.3";
	__u64 ns;

	for (ns = 1; ns; ns *= 2) {
		sample_file(&sample, path, sizeof(path) - 1);
		sample.rec.call.duration = ns - 1;
		sample.rec.do_mmap.len = ns;
		sample.rec.call.tgid = ns % 4194304;
		memcpy(sample.rec.call.comm, "a\nb\x1b" WIDE " cdefg", 16);
		sample.rec.call.cgroup = ~ns;
		sample.rec.call.uid = ~ns;
		sample.rec.call.syscall = ~ns;
		sample.rec.head.flags |= MMTRACE_R_COMPAT;
		add();
		sample.rec.call.ret = -12;
		add();
		sample.rec.call.ret = -4000;
		add();
	}
}

static void add_lost(__u32 cause, __u64 count)
{
	memset(&sample, 0, sizeof(sample));
	sample.rec.head.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost);
	sample.rec.lost = (struct mmtrace_lost){ .count = count, .cause = cause };
	add();
}

static void add_all(void)
{
	add_extremes();
	add_lost(MMTRACE_LOST_RING_FULL, 7);
	add_lost(MMTRACE_LOST_MISSED, 2);
	add_lost(77, 1);
	sample.rec.head.event = 99;
	add();
}

static void test_width(void)
{
	static const unsigned int widths[] = { 60, 79, 80, 81, 133, 300 };
	size_t i;

	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		begin();
		tables.view.width = widths[i];
		add_all();
		done();
		ok(is_narrow(widths[i]) && is_plain(), "%u columns suffice", widths[i]);
		free(text);
	}
}

static bool is(struct units units, const char *expected)
{
	return !strcmp(units.text, expected);
}

/* Numbers that 1000 machines would not make in a year. */
static void test_numbers(void)
{
	double value;
	size_t longest = 0, len;

	for (value = 0; value < 2e19; value = value * 1.00113 + 0.01) {
		len = strlen(units_count(value).text);
		longest = len > 5 ? 99 : len > longest ? len : longest;
		len = strlen(units_bytes(value).text);
		longest = len > 5 ? 99 : longest;
		len = strlen(units_time(value).text);
		longest = len > UNITS_MAX ? 99 : len > longest ? len : longest;
	}
	ok(longest == UNITS_MAX, "numbers up to 2^64 are short");
	ok(is(units_count(99999), "99999") && is(units_count(123456), "123k") &&
	   is(units_count(1e12), "1.00T") && is(units_count(0.5), "0.50"), "counts");
	ok(is(units_bytes(1023), "1023") && is(units_bytes(4096), "4.00K") &&
	   is(units_bytes(18.4e18), "16.0E"), "bytes");
	ok(is(units_time(999), "999ns") && is(units_time(1234), "1.23us") &&
	   is(units_time(3600e9), "3600s") && is(units_time(1.8e19), "571y"), "times");
}

static bool says(const char *line)
{
	if (strstr(text, line))
		return true;
	printf("# there is no '%s' in\n# %s\n", line, text);
	return false;
}

#define HEADING	\
	"event                calls  errs bytes    min   mean    p50    p95    p99    max\n"

static void test_text(void)
{
	begin();
	tables.tallies_len = 2;
	tables.view.limit = 1;
	sample_do_mmap(&sample);
	add();
	add();
	sample.rec.call.tgid = 99;
	sample.rec.call.ret = -12;
	add();
	add_lost(MMTRACE_LOST_OVERWRITTEN, 3);
	add_lost(MMTRACE_LOST_OVERWRITTEN, 3);
	done();
	ok(says(HEADING) &&
	   says("\ndo_mmap                  3     1 16.0K 2.35us 2.35us 2.35us 2.35us 2.35us"),
	   "a table by event");
	ok(says("\npython3/812              2     0 16.0K"), "and by process");
	ok(says("\ntotal                    3     1 16.0K"), "their sum");
	ok(says("\n(1 more, with 1 calls; --limit 0 shows all)\n"), "what a limit leaves out");
	ok(says("\nerrors    ENOMEM 1\nlost      6 overwritten\n"), "errors, and what is lost");
	free(text);
}

static void test_histogram(void)
{
	int i;

	begin();
	tables.tallies_len = 1;
	tables.histogram = true;
	sample_do_mmap(&sample);
	for (i = 0; i < 100; i++) {
		sample.rec.call.duration = i < 50 ? 1024 : i < 75 ? 5000 : 4096;
		add();
	}
	done();
	ok(says(" 1.02us to 2.05us     50 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
		" 2.05us to 4.10us      0 |\n"
		" 4.10us to 8.19us     50 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"),
	   "bars");
	free(text);
}

static void test_shortened(void)
{
	static const char path[] = "/usr/lib/x86_64-linux-gnu/libc.so.6";
	static const char mixed[] = WIDE PICTURE "\xc3\xa9 ";
	char *shown = NULL;
	size_t len = 0, used;
	FILE *out = open_memstream(&shown, &len);

	used = columns_print(path, sizeof(path) - 1, 20, out);
	fclose(out);
	ok(used == 20 && !strcmp(shown, "/usr/l..nu/libc.so.6"),
	   "a long path keeps its ends: %s", shown);
	free(shown);
	ok(columns_of(mixed, sizeof(mixed) - 1) == 8, "wide characters take two columns");
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "json")) {
		begin();
		tables.json = true;
		tables.histogram = true;
		add_all();
		done();
		fputs(text, stdout);
		free(text);
		return 0;
	}
	test_width();
	test_numbers();
	test_text();
	test_histogram();
	test_shortened();
	return tap_done();
}
