// SPDX-License-Identifier: GPL-2.0
/*
 * page_samples html|svg SET [COUNT] - a picture of records made by hand, for tests with
 * another parser, and with a browser; "page_samples hostile" lists names that are in
 * one of these sets.
 */
#include <stdlib.h>

#include "facts.h"
#include "libmmtrace.h"
#include "page.h"
#include "sample.h"
#include "summary.h"
#include "text.h"

#define MS	1000000ull

static union sample sample;
static struct mmt_symbols *symbols;

/* The same numbers on every machine. */
static __u32 number(__u32 below)
{
	static __u32 state = 1;

	state = state * 1664525u + 1013904223u;
	return (state >> 8) % below;
}

static void take(struct summary *summary)
{
	if (!mmtrace_record_valid(&sample.rec, sample.rec.head.size)) {
		fprintf(stderr, "no valid record\n");
		exit(1);
	}
	if (symbols)
		mmt_symbols_learn(symbols, &sample.rec);
	summary_take(summary, &sample.rec, symbols);
}

static void take_lost(struct summary *summary, __u64 time)
{
	memset(&sample, 0, sizeof(sample));
	sample.rec.head = (struct mmtrace_head){
		.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost), .time = time,
	};
	sample.rec.lost = (struct mmtrace_lost){ 1234, 1, time, MMTRACE_LOST_RING_FULL, 0 };
	take(summary);
}

/* A call that might have been. */
static void make_call(__u32 process)
{
	static const char *const files[] = {
		"/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libm.so.6",
		"/usr/lib/locale/locale-archive", "/usr/bin/make", "/home/user/a file",
	};
	__u32 kind = number(10);

	if (kind == 0) {
		sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
		sample.rec.mremap = (struct mmtrace_mremap){
			0x1000, 1 << 20, (1 << 20) + number(1 << 20), 1, 0
		};
	} else if (kind < 6) {
		const char *path = files[number(5)];

		sample_file(&sample, path, strlen(path));
		sample.rec.do_mmap.len = 4096 * (1 + number(400));
		sample.rec.do_mmap.prot = number(8);
	} else {
		sample_do_mmap(&sample);
		sample.rec.do_mmap.len = 4096 * (1 + number(1000)) * (1 + process % 5);
	}
	if (number(40) == 0)
		sample.rec.call.ret = -12;
	if (kind & 1)
		sample_stack(&sample, 1 + number(6), 0);
}

/* Processes that come and go, one after the other. */
static void take_usual(struct summary *summary, __u32 count)
{
	static const char *const names[] = {
		"make", "cc1", "as", "ld", "python3", "sh", "sort", "sed", "perl", "tar", "gzip",
	};
	__u32 i, process;

	for (i = 0; i < count; i++) {
		process = 1000 + (__u64)i * 20 / count + number(3);
		make_call(process);
		sample.rec.head.time = 1000 * MS + i * (4000 * MS / count) + number(1000);
		sample.rec.call.tgid = process;
		sample.rec.call.tid = process;
		sample.rec.call.duration = 800 + number(4000) * (1 + number(50) / 45 * number(300));
		strcpy(sample.rec.call.comm, names[process % 11]);
		take(summary);
	}
}

static const char *const hostile[] = {
	"/<script>alert(1)</script>", "/\"onmouseover=\"alert(1)",
	"/'><img src=x onerror=alert(1)>", "/'onmouseover='alert(1)",
	"/&lt;&amp;&#60;", "/]]></style></title><!--", "/\xff\xfe\xc0\xaf\xed\xa0\x80",
	"/a\nb\tc\x01\x1b[31m", "/\xe2\x80\xaegpj.exe", "/\xe4\xb8\xad\xf0\x9f\x98\x80\xc3\xa9",
	"/back\\slash", "/\xef\xbf\xbe\xef\xbf\xbf", "/ two  spaces ", "http://example.invalid/x",
};

#define HOSTILE	(sizeof(hostile) / sizeof(hostile[0]))

static void take_hostile_numbers(struct summary *summary)
{
	__u32 event, i;
	size_t word;

	for (event = 0; event < 8; event++) {
		for (i = 0; i < 300; i++) {
			for (word = 0; word < 64; word++)
				sample.words[word] = (__u64)number(1 << 24) << 40 ^
					(__u64)number(1 << 24) << 20 ^ number(1 << 24);
			sample.rec.head.size = 160;
			sample.rec.head.event = event;
			sample.rec.head.flags &= ~(MMTRACE_R_FILE | MMTRACE_R_STACK);
			summary_take(summary, &sample.rec, symbols);
		}
	}
}

static void take_hostile(struct summary *summary)
{
	static char path[4096];
	size_t i;

	for (i = 0; i < HOSTILE; i++) {
		sample_file(&sample, hostile[i], strlen(hostile[i]));
		memset(sample.rec.call.comm, 0, sizeof(sample.rec.call.comm));
		memcpy(sample.rec.call.comm, hostile[i] + 1, strnlen(hostile[i] + 1, 15));
		sample.rec.call.tgid = 100 + i;
		sample.rec.do_mmap.len = 1ull << (20 + i);
		sample_stack(&sample, 1 + i, MMTRACE_STACK_BROKEN);
		take(summary);
		sample.rec.call.ret = -12;
		take(summary);
	}
	memset(path, '<', sizeof(path));
	path[0] = '/';
	sample_file(&sample, path, sizeof(path) - 1);
	take(summary);
	sample.rec.head.event = 77;
	summary_take(summary, &sample.rec, symbols);
	take_hostile_numbers(summary);
}

/* What is to be found on the page, a line each: the bytes in hexadecimal. */
static void list_hostile(void)
{
	const char *byte;
	size_t i;

	for (i = 0; i < HOSTILE; i++) {
		for (byte = hostile[i]; *byte; byte++)
			printf("%02x", (unsigned char)*byte);
		putchar('\n');
	}
}

static int draw(const char *format, const char *name, const char *count)
{
	struct summary *summary = summary_new(MMTRACE_EVENTS_ALL, 4096);
	struct ledger ledger = {
		.events[0] = { .hits = 5000, .filtered = 1000, .delivered = 4000 },
	};
	struct mmt_facts facts = {
		.size = sizeof(facts),
		.host = "example", .release = "6.1.0-53-cloud-amd64", .machine = "x86_64",
		.version = "0.1.0", .cpus = 4, .events = MMTRACE_EVENTS_ALL,
		.wall = 1771000000000000000ll, .command = "make -j4 'a b'",
	};
	bool has_ledger = true;

	if (strcmp(name, "plain"))
		symbols = mmt_symbols_new(false);
	if (!strcmp(name, "usual") || !strcmp(name, "plain")) {
		take_usual(summary, count ? atoi(count) : 4000);
	} else if (!strcmp(name, "lost")) {
		take_usual(summary, 2000);
		take_lost(summary, 3100 * MS);
		ledger.events[0].lost = 1234;
	} else if (!strcmp(name, "cut")) {
		take_usual(summary, 10);
		has_ledger = false;
	} else if (!strcmp(name, "one")) {
		sample_do_mmap(&sample);
		take(summary);
	} else if (!strcmp(name, "hostile")) {
		strcpy(facts.host, "<b>\"host");
		facts.filter = "path ~ \"</dd>*\" && comm == '<b>'";
		take_hostile(summary);
	}
	if (!strcmp(format, "svg"))
		page_svg(stdout, summary, &facts, has_ledger ? &ledger : NULL);
	else
		page_html(stdout, summary, &facts, has_ledger ? &ledger : NULL);
	summary_free(summary);
	mmt_symbols_free(symbols);
	return ferror(stdout) || fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return draw(argv[1], argv[2], argc > 3 ? argv[3] : NULL);
	list_hostile();
	return 0;
}
