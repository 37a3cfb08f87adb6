// SPDX-License-Identifier: GPL-2.0
/*
 * Records as JSON. Without an argument a few exact lines; with "corpus" many
 * lines for json_check.py to read with a parser that is not ours. There each
 * path is followed by its bytes in hexadecimal, behind a tab.
 */
#include <stdlib.h>

#include "golden.h"
#include "libmmtrace.h"
#include "sample.h"
#include "tap.h"

static union sample sample;

static void same(const char *what)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	mmt_json(out, &sample.rec, NULL);
	fclose(out);
	golden("tests/json.golden", what, text, len);
	free(text);
}

static void test_lines(void)
{
	sample_do_mmap(&sample);
	same("anonymous do_mmap");
	sample_file(&sample, "/a\xff\"\\\n\xe4\xb8\xad", 9);
	sample.rec.head.flags |= MMTRACE_R_MEMFD;
	sample.rec.call.ret = -12;
	same("do_mmap of a file");
	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample.rec.mremap = (struct mmtrace_mremap){ 0x1000, 4096, 8192, 3, 0xabc000 };
	same("mremap");
	sample_stack(&sample, 2, MMTRACE_STACK_CUT);
	same("mremap with a stack");
	memset(&sample, 0, sizeof(sample));
	sample.rec.head.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost);
	sample.rec.lost = (struct mmtrace_lost){ 5, 1, 2, MMTRACE_LOST_MISSED, 1 };
	same("missed");
	sample.rec.lost = (struct mmtrace_lost){ 0, 1, 2, MMTRACE_LOST_INTERRUPTED, 0 };
	same("interrupted");
	sample.rec.head.event = 9;
	same("an event of a newer module");
}

static void put_path(const char *path, size_t len)
{
	size_t i;

	sample_file(&sample, path, len);
	memset(sample.rec.call.comm, 0, sizeof(sample.rec.call.comm));
	memcpy(sample.rec.call.comm, path, len < 15 ? len : 15);
	mmt_json(stdout, &sample.rec, NULL);
	for (i = 0; i < len; i++)
		printf("%02x", (unsigned char)path[i]);
	putchar('\n');
}

static void put_events(void)
{
	__u32 event, i;

	for (event = 0; event < 8; event++) {
		for (i = 0; i < 200; i++) {
			size_t word;

			for (word = 0; word < 64; word++)
				sample.words[word] = (__u64)random() << 33 ^ random();
			sample.rec.head.size = 160;
			sample.rec.head.event = event;
			sample.rec.head.flags &= ~(MMTRACE_R_FILE | MMTRACE_R_STACK);
			mmt_json(stdout, &sample.rec, NULL);
			puts("-");
		}
	}
}

static void corpus(void)
{
	static const char pieces[] = "\xe2\x80\xa8\xf0\x9f\x98\x80\\\"";
	char path[64];
	int a, b;
	size_t i;

	for (a = 0; a < 256; a++) {
		path[0] = a;
		put_path(path, 1);
		for (b = 0; b < 256; b += 3) {
			path[1] = b;
			put_path(path, 2);
		}
	}
	for (a = 0; a < 2000; a++) {
		size_t len = random() % sizeof(path);

		for (i = 0; i < len; i++)
			path[i] = random() % 4 ? random() : pieces[random() % 9];
		put_path(path, len);
	}
	put_events();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "corpus")) {
		corpus();
		return 0;
	}
	test_lines();
	return tap_done();
}
