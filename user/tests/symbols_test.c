// SPDX-License-Identifier: GPL-2.0
/*
 * What is at an address: as the records of a process tell it, in their order, and
 * nothing where they do not. The process is ourselves under another number, so that
 * the files are real. Built once with libdw, where names of functions come too.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmmtrace.h"
#include "sample.h"
#include "space.h"
#include "symbols.h"
#include "tap.h"

/* No process has it: /proc knows nothing. */
#define TGID		0x7ffffff0u
#define PROT_EXEC	4
#define FMODE_EXEC	0x20

static union sample sample;
static struct mmt_symbols *symbols;
static struct mapping ours;
static char path[4096];

/* Not inlined, and not among what a compiler may leave out. */
static __attribute__((noinline, used)) int a_function_of_ours(int x)
{
	return x * 3 + 1;
}

/* Where this program is, as the kernel has it. */
static bool find_ourselves(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	const struct mapping *found;
	static struct space space;

	if (!maps)
		return false;
	space_read(&space, maps);
	fclose(maps);
	found = space_find(&space, (unsigned long)a_function_of_ours);
	if (!found)
		return false;
	ours = *found;
	snprintf(path, sizeof(path), "%s", found->path);
	space_clear(&space);
	return true;
}

static void make_record(__u32 tgid)
{
	sample_file(&sample, path, strlen(path));
	sample.rec.call.tgid = tgid;
	sample.rec.call.ret = ours.start;
	sample.rec.do_mmap.len = ours.end - ours.start - 7;
	sample.rec.do_mmap.prot = PROT_EXEC;
	sample.rec.do_mmap.pgoff = ours.offset / sysconf(_SC_PAGESIZE);
	sample_file_of(&sample)->inode = ours.inode;
	sample_file_of(&sample)->dev_major = ours.dev_major;
	sample_file_of(&sample)->dev_minor = ours.dev_minor;
}

static struct mmt_symbol find(__u32 tgid, __u64 ip)
{
	sample.rec.call.tgid = tgid;
	return mmt_symbols_find(symbols, &sample.rec, ip);
}

/* The right file and offset, and with libdw the right name. */
static bool is_known(__u32 tgid, __u64 ip)
{
	struct mmt_symbol symbol = find(tgid, ip);

	return symbol.path && !strcmp(symbol.path, path) &&
	       symbol.offset == ip - ours.start + ours.offset;
}

static bool is_unknown(__u32 tgid, __u64 ip)
{
	struct mmt_symbol symbol = find(tgid, ip);

	return !symbol.path && !symbol.name;
}

static bool has_name(__u64 distance)
{
	struct mmt_symbol symbol = find(TGID, (unsigned long)a_function_of_ours + distance);

#ifdef HAVE_LIBDW
	return symbol.name && !strcmp(symbol.name, "a_function_of_ours") &&
	       symbol.distance == distance;
#else
	return !symbol.name;
#endif
}

static void test_records(void)
{
	ok(is_unknown(TGID, ours.start + 1), "nothing is known at first");
	make_record(TGID);
	sample.rec.call.ret = -12;
	mmt_symbols_learn(symbols, &sample.rec);
	sample.rec.call.ret = ours.start;
	sample.rec.do_mmap.prot = 1;
	mmt_symbols_learn(symbols, &sample.rec);
	ok(is_unknown(TGID, ours.start + 1), "nor after a failure, nor of data");
	make_record(TGID);
	mmt_symbols_learn(symbols, &sample.rec);
	ok(is_known(TGID, ours.start + 1) && is_known(TGID, ours.end),
	   "a mapping from its first byte to its last, rounded to pages");
	ok(is_unknown(TGID, ours.start) && is_unknown(TGID, ours.end + 1), "and not beyond");
	ok(is_unknown(TGID - 1, ours.start + 1), "another process has its own");
	ok(has_name(1) && has_name(5), "the name of the function");
}

/* Ours, and one of another file number in its place. */
static void test_other_file(void)
{
	make_record(TGID);
	sample_file_of(&sample)->inode++;
	mmt_symbols_learn(symbols, &sample.rec);
	ok(is_known(TGID, ours.start + 1) &&
	   !find(TGID, (unsigned long)a_function_of_ours + 1).name,
	   "no name from a file that is not the one any more");
	make_record(TGID);
	mmt_symbols_learn(symbols, &sample.rec);
	ok(has_name(1), "the name is back with the file");
}

static void learn_anonymous(__u64 start, __u64 len)
{
	sample_do_mmap(&sample);
	sample.rec.call.tgid = TGID;
	sample.rec.call.ret = start;
	sample.rec.do_mmap.len = len;
	sample.rec.do_mmap.prot = PROT_EXEC;
	mmt_symbols_learn(symbols, &sample.rec);
}

static void test_holes(void)
{
	__u64 page = sysconf(_SC_PAGESIZE), end = ours.start + 64 * page;
	__u64 real = ours.end;

	ours.end = end;
	make_record(TGID);
	mmt_symbols_learn(symbols, &sample.rec);
	learn_anonymous(ours.start + 8 * page, page);
	ok(is_known(TGID, ours.start + 8 * page) && is_known(TGID, ours.start + 9 * page + 1) &&
	   is_known(TGID, end), "what is left around a hole has the same offsets");
	ok(is_unknown(TGID, ours.start + 8 * page + 1) && is_unknown(TGID, ours.start + 9 * page),
	   "the hole has none");
	learn_anonymous(ours.start - page, 2 * page);
	learn_anonymous(end - page, 2 * page);
	ok(is_unknown(TGID, ours.start + page) && is_known(TGID, ours.start + page + 1) &&
	   is_unknown(TGID, end) && is_known(TGID, end - page), "nor what is cut off at the ends");
	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample.rec.call.tgid = TGID;
	sample.rec.call.ret = ours.start + 16 * page;
	sample.rec.mremap = (struct mmtrace_mremap) {
		.old_address = ours.start + 32 * page, .old_size = page, .new_size = page,
	};
	mmt_symbols_learn(symbols, &sample.rec);
	ok(is_unknown(TGID, ours.start + 32 * page + 1) &&
	   is_unknown(TGID, ours.start + 16 * page + 1) &&
	   is_known(TGID, ours.start + 17 * page + 1), "mremap makes two of them");
	ours.end = real;
}

static void test_exec(void)
{
	make_record(TGID);
	mmt_symbols_learn(symbols, &sample.rec);
	make_record(TGID);
	sample.rec.call.ret += 1ull << 40;
	sample_file_of(&sample)->open_flags |= FMODE_EXEC;
	mmt_symbols_learn(symbols, &sample.rec);
	ok(is_unknown(TGID, ours.start + 1), "execve() forgets what was before");
	make_record(TGID);
	sample_file_of(&sample)->open_flags |= FMODE_EXEC;
	mmt_symbols_learn(symbols, &sample.rec);
	ok(is_known(TGID, ours.start + 1) &&
	   find(TGID, ours.start + (1ull << 40) + 1).path, "and keeps what it maps itself");
}

static void test_many(void)
{
	__u32 i;

	for (i = 0; i < 300; i++) {
		make_record(TGID - 400 + i);
		mmt_symbols_learn(symbols, &sample.rec);
	}
	ok(is_unknown(TGID, ours.start + 1), "the oldest of many processes is forgotten");
	ok(is_known(TGID - 400 + 299, ours.start + 1) && is_known(TGID - 400 + 100, ours.start + 1),
	   "others are not");
}

static void test_maps(void)
{
	static char text[] =
		"00400000-00401000 r--p 00000000 08:01 11  /a/data\n"
		"00401000-00402000 r-xp 00001000 08:01 11  /a/b c (deleted)\n"
		"7f0000000000-7f0000001000 rwxp 00000000 00:00 0\n"
		"7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0      [vdso]\n"
		"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]\n"
		"nonsense\n";
	FILE *maps = fmemopen(text, strlen(text), "r");
	struct space space = {};
	const struct mapping *found;

	space_read(&space, maps);
	fclose(maps);
	found = space_find(&space, 0x401fff);
	ok(found && !strcmp(found->path, "/a/b c (deleted)") && found->offset == 0x1000 &&
	   found->dev_major == 8 && found->dev_minor == 1 && found->inode == 11, "a line of maps");
	ok(!space_find(&space, 0x400000) && !space_find(&space, 0x7f0000000000) && space.len == 3,
	   "neither data nor what has no name");
	found = space_find(&space, 0x7ffd00000001);
	ok(found && !strcmp(found->path, "[vdso]"), "what is not of a file");
	space_clear(&space);
}

static void test_news(void)
{
	static const char text[] =
		"1000-2000 r-xp 5000 8:1 11 /a b\\012c\n"
		"3000-4000 r-xp 0 0:0 0 [vdso]\n";
	char *news;

	make_record(TGID - 1000);
	ok(!symbols_news(symbols, &sample.rec), "no news of what /proc does not have");
	symbols_take(symbols, TGID - 1000, text, strlen(text));
	ok(find(TGID - 1000, 0x1235).path && find(TGID - 1000, 0x1235).offset == 0x5235,
	   "what was told is known");
	news = symbols_news(symbols, &sample.rec);
	ok(news && !strcmp(news, text), "and told on");
	free(news);
	ok(!symbols_news(symbols, &sample.rec), "once");
	symbols_take(symbols, TGID - 1000, text, strlen(text));
	ok(!symbols_news(symbols, &sample.rec), "and not again if it is the same");
	symbols_take(symbols, TGID - 1000, text, strlen(text) - 1);
	ok(find(TGID - 1000, 0x3001).path, "cut in its last line");
	symbols_take(symbols, TGID - 1000, text, 0);
	ok(find(TGID - 1000, 0x3001).path, "nothing tells nothing");
}

int main(void)
{
	symbols = mmt_symbols_new(true);
	if (!symbols || !find_ourselves()) {
		puts("Bail out! /proc/self/maps does not say where we are");
		return 1;
	}
	test_records();
	test_other_file();
	test_holes();
	test_exec();
	test_many();
	test_maps();
	test_news();
	mmt_symbols_free(symbols);
	return tap_done();
}
