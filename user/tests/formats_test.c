// SPDX-License-Identifier: GPL-2.0
/*
 * Formats. Without an argument, what can be said of them here. With the name of a
 * format, records of all kinds in it, on standard output or in the directory that
 * follows, for formats_check.py to read them with parsers that are not ours; with
 * a number behind that, so many records.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "column.h"
#include "escape.h"
#include "golden.h"
#include "libmmtrace.h"
#include "mapped.h"
#include "render.h"
#include "sample.h"
#include "table.h"
#include "tap.h"
#include "text.h"

#define CPUS	3

static union sample sample;

static const char *const names[] = {
	"/usr/lib/libc.so.6", "/a b", "/new\nline", "/cr\rlf\n", "/comma,comma", "/semi;colon 12",
	"/\"quoted\"", "\"", "/back\\slash", "/not\xff\xfeutf8", "/cut\xe4\xb8", "/\xe4\xb8\xad",
	"/\xf0\x9f\x98\x80", "/tab\t", "/esc\033[2J", "/\x01\x7f", "/\xe2\x80\xa8", "'", "", " ",
	"/trailing ", "=1+1", "/#hash", "/NULL", "/a;b;c 1",
};

#define NAMES	(sizeof(names) / sizeof(names[0]))

static const struct mmt_facts facts = {
	.size = sizeof(facts),
	.host = "a \"host\"\\", .release = "6.1.0", .machine = "x86_64", .version = "0.1.0",
	.cpus = CPUS, .page_size = 4096, .events = MMTRACE_EVENTS_ALL,
	.start = 1000, .wall = 1700000000123456789ll,
};

/* Records, and what is expected of them, in the order of time. */
struct corpus {
	struct render	*render;
	__u64		time;
	__u64		seq[CPUS];
	int		failed;
};

static void give(struct corpus *corpus)
{
	struct mmtrace_head *head = &sample.rec.head;

	head->cpu = random() % CPUS;
	head->seq = corpus->seq[head->cpu]++;
	head->time = corpus->time += random() % 3000;
	if (!(random() % 64))
		head->time -= 100000;
	if (head->event == MMTRACE_EVENT_LOST) {
		sample.rec.lost.first = head->time - random() % 2000;
		sample.rec.lost.last = head->time;
	}
	corpus->failed = corpus->failed ?: render_records(corpus->render, &sample, head->size);
}

static void give_named(struct corpus *corpus, const char *name)
{
	sample_file(&sample, name, strlen(name));
	memset(sample.rec.call.comm, 0, sizeof(sample.rec.call.comm));
	memcpy(sample.rec.call.comm, name, strnlen(name, 15));
	sample.rec.call.tid = 812 + random() % 3;
	sample.rec.do_mmap.len = random() % 100000;
	if (random() % 2)
		sample_stack(&sample, 1 + random() % 4, random() % 8);
	give(corpus);
}

static void give_lost(struct corpus *corpus, __u32 cause)
{
	memset(&sample, 0, sizeof(sample));
	sample.rec.head.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost);
	sample.rec.lost.count = cause == MMTRACE_LOST_INTERRUPTED ? 0 : 1 + random() % 100;
	sample.rec.lost.cause = cause;
	sample.rec.lost.missed_event = cause == MMTRACE_LOST_MISSED ? MMTRACE_EVENT_MREMAP : 0;
	give(corpus);
}

/* Any bits in any field, but for what a valid record has to be. */
static void give_random(struct corpus *corpus, __u32 event)
{
	size_t word;

	for (word = 0; word < 64; word++)
		sample.words[word] = (__u64)random() << 33 ^ random();
	sample.rec.head.size = 160;
	sample.rec.head.event = event;
	sample.rec.head.flags &= ~(MMTRACE_R_FILE | MMTRACE_R_STACK);
	if (event == MMTRACE_EVENT_LOST) {
		give_lost(corpus, random() % 6);
		return;
	}
	if (random() % 3)
		sample.rec.call.ret = -(random() % 600);
	give(corpus);
}

/* The largest record that there can be. */
static void give_largest(struct corpus *corpus)
{
	static char path[MMTRACE_TEXT_PATH_MAX];

	memset(path, '\xff', sizeof(path));
	sample_file(&sample, path, sizeof(path));
	sample_stack(&sample, MMTRACE_STACK_MAX, 0);
	give(corpus);
}

static void fill(struct corpus *corpus, unsigned long records)
{
	unsigned long i;
	size_t name;

	/* Rings that overwrite begin with what is lost. */
	for (i = 0; i < 10; i++)
		give_lost(corpus, MMTRACE_LOST_OVERWRITTEN);
	for (name = 0; name < NAMES; name++)
		give_named(corpus, names[name]);
	for (i = 0; i < 20; i++)
		give_largest(corpus);
	for (i = NAMES + 30; i < records; i++) {
		if (i % 4)
			give_named(corpus, names[random() % NAMES]);
		else
			give_random(corpus, random() % 8);
	}
}

static int write_corpus(const char *format, const char *path, unsigned long records)
{
	struct render render = { .out = stdout, .path = path, .facts = facts };
	struct corpus corpus = { .render = &render, .time = 5000000000ull };

	srandom(1);
	render.format = format_find(format);
	if (!render.format)
		return 2;
	corpus.failed = render_begin(&render);
	fill(&corpus, records);
	corpus.failed = corpus.failed ?: render_end(&render, NULL);
	render_free(&render);
	if (corpus.failed)
		fprintf(stderr, "%s: %s\n", format, strerror(-corpus.failed));
	return corpus.failed != 0;
}

static void escaped(const char *what, const char *bytes, const char *expected)
{
	char text[256];
	struct line line = { .at = text, .end = text + sizeof(text) };

	escape(&line, bytes, strlen(bytes), ';');
	ok(line.at - text == (ptrdiff_t)strlen(expected) && !memcmp(text, expected, line.at - text),
	   "escape: %s", what);
}

static void test_escape(void)
{
	escaped("nothing to do", "/usr/bin/\xe4\xb8\xad", "/usr/bin/\xe4\xb8\xad");
	escaped("spaces stay", " a  b ", " a  b ");
	escaped("the separator", ";a;;", "\\073a\\073\\073");
	escaped("what would not show", "\n\\\xff", "\\012\\134\\377");
}

static __s64 mremap_bytes(__u64 old_size, __u64 new_size, __u64 flags)
{
	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample.rec.mremap = (struct mmtrace_mremap){ 0, old_size, new_size, flags, 0 };
	return mapped_bytes(&sample.rec, 4096);
}

static void test_mapped(void)
{
	sample_do_mmap(&sample);
	sample.rec.do_mmap.len = 4097;
	ok(mapped_bytes(&sample.rec, 4096) == 8192, "do_mmap maps whole pages");
	ok(mapped_bytes(&sample.rec, 65536) == 65536, "of this machine");
	ok(mapped_bytes(&sample.rec, 0) == 4097, "or bytes, if their size is not known");
	sample.rec.do_mmap.len = ~0ull;
	ok(mapped_bytes(&sample.rec, 4096) > 0, "a length that nobody has");
	sample.rec.call.ret = -12;
	ok(!mapped_bytes(&sample.rec, 4096), "a call that failed maps nothing");
	ok(mremap_bytes(4096, 12288, 1) == 8192, "mremap maps more");
	ok(mremap_bytes(12288, 1, 1) == -8192, "or less");
	ok(mremap_bytes(8192, 8192, 5) == 8192, "or leaves the old one there");
	sample_call(&sample, MMTRACE_EVENT_MMAP, sizeof(struct mmtrace_mmap));
	sample.rec.mmap.length = 4096;
	ok(!mapped_bytes(&sample.rec, 4096), "what mmap maps is that of its do_mmap");
}

static void test_table(void)
{
	struct table table = { .value_size = sizeof(__u64) };
	struct table_entry **sorted;
	unsigned int i, right = 0;
	char key[16];

	for (i = 0; i < 20000; i++) {
		snprintf(key, sizeof(key), "%05u", i % 10000);
		++*(__u64 *)table_get(&table, key, strlen(key));
	}
	/* Two with the same hash. */
	ok(table_get(&table, "declinate", 9) != table_get(&table, "macallums", 9),
	   "a table compares keys");
	sorted = table_sorted(&table);
	for (i = 0; i < 10000; i++)
		right += (unsigned int)atoi(table_key(&table, sorted[i])) == i &&
			 sorted[i]->value[0] == 2;
	ok(table.len == 10002 && right == 10000, "a table has each key once, in order");
	free(sorted);
	table.limit = table.bytes;
	ok(table_get(&table, "00000", 5), "a full table still finds");
	ok(!table_get(&table, "more", 4) && errno == ENOSPC, "and takes no more");
	table_clear(&table);
	ok(!table.len && table_get(&table, "more", 4), "until it is cleared");
	table_clear(&table);
}

/* Formats as text, of what the sample is. */
static void same(const struct format *format, const char *what)
{
	char *text = NULL, *line;
	size_t len = 0;
	struct render render = {
		.format = format, .facts = facts, .out = open_memstream(&text, &len),
	};

	render_begin(&render);
	fflush(render.out);
	line = text + len;
	render_records(&render, &sample, sample.rec.head.size);
	if (format->end)
		render_end(&render, NULL);
	fclose(render.out);
	line = format == &format_csv ? strchr(text, '\n') + 1 : text;
	golden("tests/formats.golden", what, line, text + len - line);
	free(text);
	render_free(&render);
}

static void test_lines(void)
{
	sample_file(&sample, "/a;b, \"c\"\n", 10);
	sample_stack(&sample, 2, MMTRACE_STACK_CUT);
	same(&format_csv, "csv: do_mmap of a file with a stack");
	same(&format_folded, "folded: with a stack");
	same(&format_folded_bytes, "folded-bytes: with a stack");
	sample_call(&sample, MMTRACE_EVENT_MMAP, sizeof(struct mmtrace_mmap));
	sample.rec.mmap = (struct mmtrace_mmap){ 0, 1, 5, 1, 0x2000, -77, 0 };
	sample.rec.call.ret = -9;
	sample.rec.call.syscall = -1;
	same(&format_csv, "csv: mmap");
	same(&format_folded, "folded: mmap");
	sample_file(&sample, "/a;b, \"c\"\n", 10);
	sample.rec.call.comm[0] = 0;
	same(&format_folded, "folded: without a stack");
	sample_do_mmap(&sample);
	same(&format_folded, "folded: without a file");
	memset(&sample, 0, sizeof(sample));
	sample.rec.head.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost);
	sample.rec.lost = (struct mmtrace_lost){ 5, 1, 2, MMTRACE_LOST_MISSED, 1 };
	same(&format_csv, "csv: missed");
	same(&format_folded, "folded: missed");
	sample.rec.head.event = 9;
	same(&format_csv, "csv: an event of a newer module");
	same(&format_folded, "folded: an event of a newer module");
}

/* More stacks than there is memory for: each has a path of 4096 bytes, in octal. */
static void test_others(void)
{
	static char path[MMTRACE_TEXT_PATH_MAX], text[1 << 20];
	struct render render = { .format = &format_folded, .facts = facts };
	unsigned int i, lines = 0, records = 17000;
	unsigned long long sum = 0;
	FILE *file = tmpfile();

	memset(path, '\xff', sizeof(path));
	render.out = file;
	render_begin(&render);
	for (i = 0; i < records; i++) {
		path[snprintf(path, sizeof(path), "%u", i)] = '\xff';
		sample_file(&sample, path, sizeof(path));
		render_records(&render, &sample, sample.rec.head.size);
	}
	ok(!render_end(&render, NULL), "folded: more than there is room for");
	rewind(file);
	while (fgets(text, sizeof(text), file) && ++lines)
		sum += strtoull(strrchr(text, ' '), NULL, 10);
	ok(lines < records && !strncmp(text, "[others] ", 9) && sum == records,
	   "the rest is counted together: %u lines, %llu calls", lines, sum);
	fclose(file);
	render_free(&render);
}

/* What @format does with the sample on a device or in a directory. */
static int try(const struct format *format, const char *path)
{
	struct render render = {
		.format = format, .facts = facts, .path = path,
		.out = fopen(format->is_directory ? "/dev/null" : path, "w"),
	};
	int failed = render_begin(&render) ?:
		     render_records(&render, &sample, sample.rec.head.size) ?:
		     render_end(&render, NULL);

	render_free(&render);
	fclose(render.out);
	return failed;
}

static void test_failures(void)
{
	const struct format *const *format;
	char dir[] = "/tmp/mmtrace-XXXXXX", path[64];

	sample_do_mmap(&sample);
	for (format = formats; *format; format++)
		if (!(*format)->is_directory)
			ok(try(*format, "/dev/full") == -ENOSPC, "%s: a full disk",
			   (*format)->name);
	if (!ok(mkdtemp(dir), "a directory"))
		return;
	ok(try(&format_ctf, dir) == -EEXIST, "ctf: a directory that is there");
	ok(try(&format_ctf, "/nonexistent/x") == -ENOENT, "ctf: one that can't be made");
	snprintf(path, sizeof(path), "%s/a", dir);
	sample.rec.head.cpu = 8192;
	ok(try(&format_ctf, path) == -EBADMSG, "ctf: a CPU that there can't be");
	snprintf(path, sizeof(path), "rm -r %s", dir);
	ok(!system(path), "gone");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return write_corpus(argv[1], argv[2],
				    argc > 3 ? strtoul(argv[3], NULL, 10) : 4000);
	test_escape();
	test_mapped();
	test_table();
	test_lines();
	test_others();
	test_failures();
	return tap_done();
}
