// SPDX-License-Identifier: GPL-2.0
/* The line of a record: its exact bytes, and that nothing can break it. */
#include <ctype.h>
#include <stdlib.h>

#include "golden.h"
#include "sample.h"
#include "tap.h"
#include "text.h"


static union sample sample;
static char line[4 * MMTRACE_RECORD_MAX + 4096];

static void same(const char *what)
{
	golden("tests/text.golden", what, line,
	       mmtrace_text(line, MMTRACE_TEXT_MAX, &sample.rec));
}

static void test_do_mmap(void)
{
	sample_do_mmap(&sample);
	same("anonymous do_mmap without fd");
	sample.rec.head.flags = MMTRACE_R_FD;
	sample.rec.call.ret = -12;
	same("failed do_mmap with fd -1");
	sample_file(&sample, "/usr/lib/libc.so.6", 18);
	sample.rec.head.flags |= MMTRACE_R_TMPFS | MMTRACE_R_UNLINKED;
	sample.rec.do_mmap.pgoff = 0x22;
	sample.rec.do_mmap.addr = 0x7f0000001000;
	same("do_mmap of a file");
	sample_file_of(&sample)->ctime = -1500000000;
	sample.rec.head.flags &= ~(MMTRACE_R_TMPFS | MMTRACE_R_UNLINKED | MMTRACE_R_FD);
	sample.rec.call.syscall = -1;
	mmtrace_text(line, sizeof(line), &sample.rec);
	ok(strstr(line, " ctime=-1.500000000 "), "ctime before 1970");
	ok(!strstr(line, " fd=") && !strstr(line, " file="), "no fd, no kinds without flags");
	ok(strstr(line, " syscall=- compat=0 "), "no system call");
}

static void test_calls(void)
{
	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample.rec.mremap = (struct mmtrace_mremap){ 0x1000, 4096, 8192, 3, 0xabc000 };
	same("mremap");
	sample_call(&sample, MMTRACE_EVENT_REMAP_FILE_PAGES,
		    sizeof(struct mmtrace_remap_file_pages));
	sample.rec.remap_file_pages =
		(struct mmtrace_remap_file_pages){ 0x1000, 4096, 0, 0x10, 0x10000 };
	sample.rec.call.ret = 0;
	same("remap_file_pages");
	sample_call(&sample, MMTRACE_EVENT_MMAP, sizeof(struct mmtrace_mmap));
	sample.rec.mmap = (struct mmtrace_mmap){ 0, 1, 5, 1, 0x2000, -77, 0 };
	sample.rec.call.ret = -9;
	same("mmap");
	sample.rec.head.event = MMTRACE_EVENT_MMAP2;
	sample.rec.head.flags = MMTRACE_R_COMPAT | MMTRACE_R_ARGS_UNREAD;
	sample.rec.call.ret = -1234;
	mmtrace_text(line, sizeof(line), &sample.rec);
	ok(strstr(line, " mmap2            -1234          addr="), "mmap2, unknown errno");
	ok(strstr(line, " fd=-77 pgoffset=0x2000 args=unread dur="), "mmap2, unread arguments");
	ok(strstr(line, " syscall=9 compat=1 call="), "32-bit call");
}

static void test_stack(void)
{
	struct mmtrace_stack *stack;

	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample_stack(&sample, 2, 0);
	same("mremap with a stack");
	sample_file(&sample, "/usr/lib/libc.so.6", 18);
	sample_stack(&sample, 3, MMTRACE_STACK_CUT);
	same("do_mmap of a file with a stack that is cut");
	sample_do_mmap(&sample);
	stack = sample_stack(&sample, 1, MMTRACE_STACK_BROKEN);
	line[mmtrace_text(line, sizeof(line) - 1, &sample.rec)] = 0;
	ok(strstr(line, " seq=17 stack=0x7f12a4d11a2a,?\n"), "a stack that is broken");
	ok(mmtrace_record_stack(&sample.rec) == stack, "the stack is found");
	sample.rec.head.flags = 0;
	ok(!mmtrace_record_stack(&sample.rec), "or not, without the flag");
	sample.rec.head.flags = MMTRACE_R_STACK;
	stack->depth = 2;
	ok(!mmtrace_record_valid(&sample, sizeof(sample)), "a stack longer than its record");
	stack->depth = 0;
	ok(!mmtrace_record_valid(&sample, sizeof(sample)), "a stack of nothing");
	sample_do_mmap(&sample);
	sample_stack(&sample, MMTRACE_STACK_MAX + 1, 0);
	ok(!mmtrace_record_valid(&sample, sizeof(sample)), "a stack that is too deep");
	sample_do_mmap(&sample);
	sample.rec.head.flags = MMTRACE_R_STACK;
	ok(!mmtrace_record_valid(&sample, sizeof(sample)), "no room for a stack");
}

static void test_lost(void)
{
	memset(&sample, 0, sizeof(sample));
	sample.rec.head = (struct mmtrace_head){
		.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost),
		.time = 12300000000ull, .cpu = 5, .seq = 99,
	};
	sample.rec.lost = (struct mmtrace_lost){ 1234, 12100000000ull, 12300000000ull, 1, 0 };
	same("lost");
	sample.rec.lost.cause = MMTRACE_LOST_MISSED;
	sample.rec.lost.missed_event = MMTRACE_EVENT_MREMAP;
	same("missed");
	sample.rec.lost = (struct mmtrace_lost){
		0, 12100000000ull, 12300000000ull, MMTRACE_LOST_INTERRUPTED, 0
	};
	same("interrupted");
	sample.rec.lost.cause = 77;
	mmtrace_text(line, sizeof(line), &sample.rec);
	ok(strstr(line, " cause=77 "), "a cause of a newer module");
}

static void test_strange(void)
{
	sample_do_mmap(&sample);
	sample.rec.head.event = 77;
	same("an event of a newer module");
	sample_do_mmap(&sample);
	sample.rec.head.size = 152;
	same("a record too short for its event");
	sample_file(&sample, "/x", 2);
	sample_file_of(&sample)->path_len = 4000;
	mmtrace_text(line, sizeof(line), &sample.rec);
	ok(strstr(line, " malformed "), "a path longer than its record");
	sample_file(&sample, "/x", 2);
	sample_file_of(&sample)->path[2] = 'y';
	ok(!mmtrace_record_valid(&sample, sizeof(sample)), "a path without a NUL");
	sample_file(&sample, "/x", 2);
	ok(mmtrace_record_valid(&sample, sample.rec.head.size), "valid in its own size");
	ok(!mmtrace_record_valid(&sample, sample.rec.head.size - 1), "but not in one byte less");
}

/* What line_escaped() did, undone. */
static size_t unescape(char *out, const char *text, size_t len)
{
	size_t i, used = 0;

	for (i = 0; i < len; i++) {
		if (text[i] == '\\' && i + 3 < len) {
			out[used++] = (text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 |
				      (text[i + 3] - '0');
			i += 3;
		} else {
			out[used++] = text[i];
		}
	}
	return used;
}

/* One line, of nothing but what shows, whose path is what was put in. */
static bool path_survives(const char *path, size_t len)
{
	static char back[MMTRACE_RECORD_MAX * 4];
	char *value, *end;
	size_t i, got;

	sample_file(&sample, path, len);
	got = mmtrace_text(line, MMTRACE_TEXT_MAX, &sample.rec);
	for (i = 0; i + 1 < got; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return false;
	if (line[got - 1] != '\n')
		return false;
	line[got] = 0;
	value = strstr(line, " path=");
	end = value ? strchr(value + 6, ' ') : NULL;
	if (!end || strncmp(end, " dev=8:1 ", 9))
		return false;
	got = unescape(back, value + 6, end - value - 6);
	return got == len && !memcmp(back, path, len);
}

static void test_bytes(void)
{
	static const struct {
		const char *what, *path, *expected;
	} cases[] = {
		{ "spaces and newlines", "/a b\nc\t", " path=/a\\040b\\012c\\011 " },
		{ "a backslash", "/a\\040", " path=/a\\134040 " },
		{ "UTF-8", "/\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80",
		  " path=/\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80 " },
		{ "C1 controls", "/\xc2\x9b[m", " path=/\\302\\233[m " },
		{ "a line separator", "/\xe2\x80\xa8", " path=/\\342\\200\\250 " },
		{ "direction turned", "/\xe2\x80\xaex", " path=/\\342\\200\\256x " },
		{ "no-break space", "/\xc2\xa0", " path=/\\302\\240 " },
		{ "overlong slash", "/\xc0\xaf", " path=/\\300\\257 " },
		{ "a surrogate", "/\xed\xa0\x80", " path=/\\355\\240\\200 " },
		{ "above U+10FFFF", "/\xf4\x90\x80\x80", " path=/\\364\\220\\200\\200 " },
		{ "cut off", "/\xe4\xb8", " path=/\\344\\270 " },
	};
	char path[3] = "/x";
	bool good = true;
	size_t i;
	int a, b;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sample_file(&sample, cases[i].path, strlen(cases[i].path));
		line[mmtrace_text(line, sizeof(line) - 1, &sample.rec)] = 0;
		if (!ok(strstr(line, cases[i].expected), "path: %s", cases[i].what))
			printf("# %s", line);
	}
	for (a = 0; a < 256; a++) {
		path[1] = a;
		good &= path_survives(path, 2);
	}
	ok(good, "each of 256 bytes in a path comes back");
	for (a = 0, good = true; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			path[1] = a;
			path[2] = b;
			good &= path_survives(path, 3);
		}
	}
	ok(good, "each pair of bytes in a path comes back");
}

static void test_comm(void)
{
	sample_do_mmap(&sample);
	memcpy(sample.rec.call.comm, "0123456789abcdef", 16);
	line[mmtrace_text(line, sizeof(line) - 1, &sample.rec)] = 0;
	ok(strstr(line, " 0123456789abcdef 812/813 "), "a comm without a NUL");
	memset(sample.rec.call.comm, 0, 16);
	line[mmtrace_text(line, sizeof(line) - 1, &sample.rec)] = 0;
	ok(strstr(line, "  0 \\000            812/813 "), "an empty comm");
	strcpy(sample.rec.call.comm, "a 1/1 lost\n");
	line[mmtrace_text(line, sizeof(line) - 1, &sample.rec)] = 0;
	ok(strstr(line, "  0 a\\0401/1\\040lost\\012 812/813 "), "a comm that would be columns");
}

static __u64 seed = 1;

static __u64 any(void)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return seed >> 33 ^ seed << 13;
}

static void fill(void)
{
	size_t i;

	for (i = 0; i < sizeof(sample.words) / 8; i++)
		sample.words[i] = any() % 3 ? any() : any() % 3;
	sample.rec.head.size = any() % 5 ? any() % 1025 * 8 : any();
	if (sample.rec.head.size < sizeof(struct mmtrace_head))
		sample.rec.head.size = sizeof(struct mmtrace_head);
	sample.rec.head.event = any() % 8;
	if (any() % 2)
		sample.rec.head.flags |= MMTRACE_R_FILE;
	if (any() % 2)
		sample.rec.head.flags &= ~MMTRACE_R_STACK;
	if (any() % 2)
		sample_file_of(&sample)->path_len = any() % 8192;
	for (i = 300; i < 340 && any() % 2; i++)
		sample.bytes[i] = any();
}

/* The room is allocated exactly, so that the sanitizer sees one byte too many. */
static bool fits_room(size_t room)
{
	char *exact = malloc(room ? room : 1);
	size_t len = mmtrace_text(exact, room, &sample.rec);
	bool good = len <= room && (room ? len > 0 && exact[len - 1] == '\n' : len == 0);
	size_t i;

	for (i = 0; good && i + 1 < len; i++)
		good = isprint((unsigned char)exact[i]) || (unsigned char)exact[i] >= 0x80;
	free(exact);
	return good;
}

static void test_room(void)
{
	bool good = true;
	size_t i, full;

	for (i = 0; i < 20000; i++) {
		fill();
		good &= fits_room(MMTRACE_TEXT_MAX) && fits_room(any() % 2048);
	}
	ok(good, "20000 records of random bytes: one line each, within its room");
	sample_file(&sample, "/usr/lib/\xe4\xb8\xad x", 14);
	for (i = 0, good = true; i < 600; i++)
		good &= fits_room(i);
	ok(good, "every room from 0 on: cut, but a line");
	full = mmtrace_text(line, sizeof(line), &sample.rec);
	for (i = 1, good = true; i < 600; i++) {
		char cut[600];
		size_t len = mmtrace_text(cut, i, &sample.rec);

		good &= len <= full && !memcmp(cut, line, len - 1);
	}
	ok(good, "what is cut is the end, nothing in the middle");
}

/* The longest line there can be: the constant in text.h is honest. */
static void test_longest(void)
{
	const size_t stack_len = 19 * MMTRACE_STACK_MAX;
	static char path[MMTRACE_TEXT_PATH_MAX];
	struct mmtrace_stack *stack;
	size_t len, more;

	memset(path, 1, sizeof(path));
	sample_file(&sample, path, sizeof(path));
	memset(&sample.rec.call, 0xff, sizeof(sample.rec.call));
	memset(sample.rec.call.comm, 1, 16);
	sample.rec.head.time = ~0ull;
	sample.rec.head.cpu = ~0u;
	sample.rec.head.seq = ~0ull;
	sample.rec.head.flags = ~0u;
	stack = sample_stack(&sample, MMTRACE_STACK_MAX, ~0u);
	memset(stack->ip, 0xff, sizeof(stack->ip[0]) * MMTRACE_STACK_MAX);
	sample.rec.call.ret = -516;
	sample.rec.call.syscall = 0x7fffffff;
	sample.rec.do_mmap = (struct mmtrace_do_mmap){
		~0ull, ~0ull, ~0ull, ~0xcull, ~0ull, -2147483647 - 1, 0,
	};
	*sample_file_of(&sample) = (struct mmtrace_file){
		~0ull, INT64_MIN, ~0u, ~0u, ~0u, ~1u, sizeof(path), 0,
	};
	len = mmtrace_text(line, MMTRACE_TEXT_MAX, &sample.rec);
	more = mmtrace_text(line, sizeof(line), &sample.rec);
	ok(len == more && strstr(line, " seq=18446744073709551615 stack=") &&
	   !memcmp(line + len - 7, ",...,?\n", 7),
	   "the longest line is whole in MMTRACE_TEXT_MAX");
	more -= 4 * sizeof(path) + stack_len;
	printf("# longest line: %zu, of which neither path nor stack: %zu\n", len, more);
	ok(more == 1158, "as long as text.h says");
}

int main(void)
{
	test_do_mmap();
	test_calls();
	test_stack();
	test_lost();
	test_strange();
	test_bytes();
	test_comm();
	test_room();
	test_longest();
	return tap_done();
}
