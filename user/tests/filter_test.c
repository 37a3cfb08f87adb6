// SPDX-License-Identifier: GPL-2.0
/*
 * Filters as options: what they compile to, judged as the module judges it.
 *
 * With "show" and options it prints them as "filter show" would, for
 * filter_shell.sh.
 */
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "judge.h"
#include "libmmtrace.h"
#include "message.h"
#include "tap.h"

static int option_id(const char *name)
{
	const struct option_row *row = filter_options;

	while (row->id && strcmp(row->name, name))
		row++;
	return row->id;
}

/* @words: "len 4K|anon": options separated by a newline, value behind a space. */
static int add_all(struct filter *filter, const char *words)
{
	char copy[1024], *save, *word;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, "\n", &save); word; word = strtok_r(NULL, "\n", &save)) {
		char *value = strchr(word, ' ');

		if (value)
			*value++ = 0;
		if (!option_id(word) || filter_add(filter, option_id(word), value))
			return -1;
	}
	return 0;
}

static int compile(const char *words, struct mmt_program *program)
{
	static struct filter filter;

	memset(&filter, 0, sizeof(filter));
	return add_all(&filter, words) || filter_compile(&filter, program);
}

#define N(field)	(call->number[MMTRACE_FIELD_##field])
#define HAS(field)	(call->has[MMTRACE_FIELD_##field])
#define IS_MREMAP	(N(EVENT) == MMTRACE_EVENT_MREMAP)
#define IS_MMAP		(N(EVENT) == MMTRACE_EVENT_MMAP)
#define IS_SHARED	((N(FLAGS) & 15) == 1)
#define MAPS(test)	(!IS_MREMAP && (test))
#define REMAPS(test)	(IS_MREMAP && (test))

#define MUCH	"path /lib/*\nfailed\ncomm c*\ncomm !cat\nlen 4K-\nprot exec|write\nuid !500"

static bool in_ranges(__u64 len)
{
	return len == 8192 || (len >= 4096 && len <= 5120) ||
	       (len >= 1u << 20 && len <= 3u << 20);
}

static bool is_much(const struct call *call)
{
	return HAS(PATH) && !strncmp(call->path, "/lib/", 5) && N(FAILED) &&
	       *call->comm == 'c' && strcmp(call->comm, "cat") && N(LEN) >= 4096 &&
	       HAS(PROT) && N(PROT) & 6 && N(UID) != 500;
}

/* What a person would say that the options mean. */
#define CASE(_name, _words, _expression)					\
	static bool _name(const struct call *call) { return _expression; }	\
	static const char words_##_name[] = _words

CASE(nothing, "", *call->comm != 1);
CASE(event, "event mmap,mremap", N(EVENT) == 4 || N(EVENT) == 2);
CASE(all, "event all", *call->comm != 1);
CASE(no_event, "event !do_mmap", N(EVENT) != 1);
CASE(pid, "pid 1,3", N(TGID) == 1 || N(TGID) == 3);
CASE(pid_twice, "pid 1\npid 3\ntid 2", (N(TGID) == 1 || N(TGID) == 3) && N(TID) == 2);
CASE(pid_but, "pid 1,2,3\npid !3", N(TGID) == 1 || N(TGID) == 2);
CASE(no_pids, "pid !1,2\ntid !4", N(TGID) > 2 && N(TID) != 4);
CASE(uid, "uid root", N(UID) == 0);
CASE(comm, "comm cat", !strcmp(call->comm, "cat"));
CASE(comm_glob, "comm c*", *call->comm == 'c');
CASE(comm_not, "comm !cat\ncomm !d?g", strcmp(call->comm, "cat") && strcmp(call->comm, "dog"));
CASE(comm_space, "comm a b", !strcmp(call->comm, "a b"));
CASE(comm_star, "comm \\*", !strcmp(call->comm, "*"));
CASE(comm_mark, "comm \\!x", !strcmp(call->comm, "!x"));
CASE(prot_exec, "prot exec", HAS(PROT) && N(PROT) & 4);
CASE(prot_any, "prot PROT_EXEC|write", HAS(PROT) && N(PROT) & 6);
CASE(prot_comma, "prot EXEC,Prot_Write", HAS(PROT) && N(PROT) & 6);
CASE(prot_all, "prot read+exec", HAS(PROT) && (N(PROT) & 5) == 5);
CASE(prot_exact, "prot =read+exec", HAS(PROT) && N(PROT) == 5);
CASE(prot_none, "prot none", HAS(PROT) && N(PROT) == 0);
CASE(prot_number, "prot 0x10", HAS(PROT) && N(PROT) & 0x10);
CASE(prot_not, "prot !exec", !(HAS(PROT) && N(PROT) & 4));
CASE(prot_none_or, "prot none|exec", HAS(PROT) && (N(PROT) == 0 || N(PROT) & 4));
CASE(shared, "flags shared", MAPS((N(FLAGS) & 15) == 1));
CASE(private, "flags MAP_PRIVATE", MAPS((N(FLAGS) & 15) == 2));
CASE(validate, "flags shared_validate", MAPS((N(FLAGS) & 15) == 3));
CASE(types, "flags shared|private", MAPS((N(FLAGS) & 15) == 1 || (N(FLAGS) & 15) == 2));
CASE(type_or_bit, "flags shared,hugetlb", MAPS((N(FLAGS) & 15) == 1 || N(FLAGS) & 0x40000));
CASE(type_and_bit, "flags private+anon", MAPS((N(FLAGS) & 0x2f) == 0x22));
CASE(flags_exact, "flags =private+anonymous", MAPS(N(FLAGS) == 0x22));
CASE(not_shared, "flags !shared", !MAPS((N(FLAGS) & 15) == 1));
CASE(not_types, "flags !shared|private", !MAPS((N(FLAGS) & 15) == 1 || (N(FLAGS) & 15) == 2));
CASE(maymove, "flags maymove", REMAPS(N(FLAGS) & 1));
CASE(moves, "flags maymove+mremap_fixed", REMAPS((N(FLAGS) & 3) == 3));
CASE(either, "flags fixed|mremap_fixed", MAPS(N(FLAGS) & 0x10) || REMAPS(N(FLAGS) & 2));
CASE(bare, "flags 0x1", N(FLAGS) & 1);
CASE(bare_all, "flags 0x1+0x2", (N(FLAGS) & 3) == 3);
CASE(bare_exact, "flags =0x22", N(FLAGS) == 0x22);
CASE(no_flags, "flags 0", N(FLAGS) == 0);
CASE(mremap_bare, "event mremap\nflags 0x20", IS_MREMAP && N(FLAGS) & 0x20);
CASE(mremap_bare_move, "event mremap\nflags 0x1", IS_MREMAP && N(FLAGS) & 1);
CASE(two_events_bare, "event mmap,mremap\nflags 0x1", (IS_MMAP || IS_MREMAP) && N(FLAGS) & 1);
CASE(not_mremap_bare, "event !mremap\nflags 0x20", MAPS(N(FLAGS) & 0x20));
CASE(mixed, "event !mremap\nflags 0x20\nflags shared", MAPS(N(FLAGS) & 0x20 || IS_SHARED));
CASE(len, "len 4K", N(LEN) == 4096);
CASE(len_range, "len 4K-2M", N(LEN) >= 4096 && N(LEN) <= 2097152);
CASE(len_from, "len 64K-", N(LEN) >= 65536);
CASE(len_to, "len -4096", N(LEN) <= 4096);
CASE(len_tera, "len 2T", N(LEN) == 1ull << 41);
CASE(len_two, "len -4095,2M-", N(LEN) <= 4095 || N(LEN) >= 2097152);
CASE(len_not, "len !4K-2M", N(LEN) < 4096 || N(LEN) > 2097152);
CASE(len_both, "len 4K-\nlen !2M-", N(LEN) >= 4096 && N(LEN) < 2097152);
CASE(len_ranges, "len 8K\nlen 4K-5K\nlen 1M-3M", in_ranges(N(LEN)));
CASE(anon, "anon", HAS(ANON) && N(ANON));
CASE(file, "file", HAS(ANON) && !N(ANON));
CASE(path, "path /tmp/x", HAS(PATH) && !strcmp(call->path, "/tmp/x"));
CASE(path_glob, "path *.so*", HAS(PATH) && strstr(call->path, ".so"));
CASE(path_comma, "path /lib/x,y", HAS(PATH) && !strcmp(call->path, "/lib/x,y"));
CASE(path_escape, "path /a\\\\b", HAS(PATH) && !strcmp(call->path, "/a\\b"));
CASE(path_not, "path !/lib/*", !(HAS(PATH) && !strncmp(call->path, "/lib/", 5)));
CASE(failed, "failed", N(FAILED));
CASE(okay, "ok", !N(FAILED));
CASE(much, MUCH, is_much(call));

#define ROW(name) { words_##name, name }

static const struct {
	const char	*words;
	bool		(*expected)(const struct call *call);
} cases[] = {
	ROW(nothing), ROW(event), ROW(all), ROW(no_event), ROW(pid), ROW(pid_twice),
	ROW(pid_but), ROW(no_pids), ROW(uid), ROW(comm), ROW(comm_glob), ROW(comm_not),
	ROW(comm_space), ROW(comm_star), ROW(comm_mark), ROW(prot_exec), ROW(prot_any),
	ROW(prot_comma), ROW(prot_all), ROW(prot_exact), ROW(prot_none), ROW(prot_number),
	ROW(prot_not), ROW(prot_none_or), ROW(shared), ROW(private), ROW(validate), ROW(types),
	ROW(type_or_bit), ROW(type_and_bit), ROW(flags_exact), ROW(not_shared), ROW(not_types),
	ROW(maymove), ROW(moves), ROW(either), ROW(bare), ROW(bare_all), ROW(bare_exact),
	ROW(no_flags), ROW(mremap_bare), ROW(mremap_bare_move), ROW(two_events_bare),
	ROW(not_mremap_bare), ROW(mixed), ROW(len), ROW(len_range), ROW(len_from),
	ROW(len_to), ROW(len_tera), ROW(len_two), ROW(len_not), ROW(len_both), ROW(len_ranges),
	ROW(anon), ROW(file), ROW(path), ROW(path_glob), ROW(path_comma), ROW(path_escape),
	ROW(path_not), ROW(failed), ROW(okay), ROW(much),
};

#define CASES	(sizeof(cases) / sizeof(cases[0]))

static const char *one_line(const char *words)
{
	static char copy[1024];
	char *at;

	snprintf(copy, sizeof(copy), "%s", words);
	for (at = copy; *at; at++)
		if (*at == '\n')
			*at = ';';
	return copy;
}

static void test_meaning(size_t i)
{
	static struct mmt_program program;
	int wrong = 0, yes = 0, round;

	if (compile(cases[i].words, &program)) {
		ok(false, "'%s' compiles", one_line(cases[i].words));
		return;
	}
	for (round = 0; round < 4000; round++) {
		struct call call = random_call();

		wrong += accepts(&program, &call) != cases[i].expected(&call);
		yes += cases[i].expected(&call);
	}
	if (!ok(!wrong && yes && well_made(&program), "'%s' means what it says",
		one_line(cases[i].words)))
		printf("# %d of %d calls judged wrong, %d to be accepted\n", wrong, round, yes);
}

static void test_shown(size_t i)
{
	static struct mmt_program program;
	bool good = !compile(cases[i].words, &program) &&
		    (!program.preds_len || mmt_program_text(&program, fopen("/dev/null", "we")));

	ok(good, "'%s' can be shown", one_line(cases[i].words));
}

static const char *const errors[] = {
	"event nothing", "event do_mmap,", "event ", "event lost", "pid 0", "pid -1", "pid x",
	"pid 1,,2", "pid 99999999999999999999", "pid 4194305", "tid 1x", "uid nobody-by-this-name",
	"uid 4294967295", "comm ", "comm !", "comm 0123456789abcdef", "comm a*\\",
	"prot bogus", "prot exec|", "prot exec|read+write", "prot none+exec", "prot 0x", "prot =",
	"prot MAP_SHARED", "flags PROT_READ", "flags shared+private", "flags shared+maymove",
	"flags shared+0x2", "flags 99999999999999999999", "len", "len -", "len x", "len 4K-2K",
	"len 4Q", "len 16777216T", "len 0-", "len 4K-2M-8M", "len -18446744073709551615",
	"len  4K", "len +4K", "anon\nfile", "failed\nok",
	"path !",
};

static void test_errors(void)
{
	static struct mmt_program program;
	static struct filter filter;
	char name[300];
	size_t i;
	int failed = 0;

	complain_off(true);
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		char words[64];

		snprintf(words, sizeof(words), "%s%s", errors[i],
			 strchr(errors[i], ' ') || strchr(errors[i], '\n') ? "" : " ");
		ok(compile(words, &program), "'%s' is refused", one_line(errors[i]));
	}
	memset(name, '*', sizeof(name));
	name[257] = 0;
	memset(&filter, 0, sizeof(filter));
	ok(filter_add(&filter, FILTER_PATH, name), "a pattern of 257 bytes is refused");
	name[256] = 0;
	ok(!filter_add(&filter, FILTER_PATH, name), "one of 256 is not");
	memset(&filter, 0, sizeof(filter));
	for (i = 0; i < 65; i++)
		failed += filter_add(&filter, FILTER_PID, "7") != 0;
	ok(failed == 1, "the 65th condition is refused");
	memset(&filter, 0, sizeof(filter));
	for (i = 0; i < 33; i++)
		filter_add(&filter, FILTER_FLAGS, "shared");
	ok(filter_compile(&filter, &program), "so are 66 predicates of 33 conditions");
	complain_off(false);
}

/* Random options, so that none of what compiles can't be shown. */
static void test_all_shown(void)
{
	static const char *const words[] = {
		"event mmap", "event !mremap", "event mremap,do_mmap", "pid 5", "pid !5,6", "tid 9",
		"uid 0", "anon", "prot exec", "prot =0x31", "prot 0x30+0x40", "prot !none",
		"flags shared", "flags !private|anon", "flags 0x20", "flags maymove|0x8",
		"flags =fixed+0x4", "flags !0x3+0x8", "flags =0", "flags =0x8", "flags 0x13+0x10",
		"len 4K-8K", "len 1-", "len !-3M", "len 5", "len 8193-12289", "comm a*b", "comm x",
		"comm !'q\"", "path /a b", "path !*\n", "failed",
	};
	int round, shown = 0, made = 0;
	FILE *null = fopen("/dev/null", "we");

	for (round = 0; round < 20000; round++) {
		static struct filter filter;
		static struct mmt_program program;
		__u64 count = 1 + any(5);

		memset(&filter, 0, sizeof(filter));
		while (count--) {
			const char *word = words[any(sizeof(words) / sizeof(words[0]))];
			char option[16] = "";
			const char *value = strchr(word, ' ');

			memcpy(option, word, value ? (size_t)(value - word) : strlen(word));
			filter_add(&filter, option_id(option), value ? value + 1 : NULL);
		}
		if (filter_compile(&filter, &program))
			continue;
		made++;
		shown += well_made(&program) && mmt_program_text(&program, null);
	}
	fclose(null);
	if (!ok(made == 20000 && shown == made, "20000 random filters can be shown"))
		printf("# %d of %d\n", shown, made);
}

/* Programs that nobody would write must not disturb us. */
static void test_strange_programs(void)
{
	static struct mmt_program program;
	FILE *null = fopen("/dev/null", "we");
	int round, shown = 0;
	size_t i;

	for (round = 0; round < 20000; round++) {
		memset(&program, 0, sizeof(program));
		program.preds_len = any(6);
		program.strings_len = any(20);
		for (i = 0; i < program.preds_len; i++)
			program.preds[i] = (struct mmtrace_pred){
				any(MMTRACE_FIELD_COUNT + 2), any(MMTRACE_OP_COUNT + 1), any(8),
				any(2) ? MMTRACE_REJECT : any(8), any(30),
				any(2) ? ~0ull : any(30),
			};
		shown += mmt_program_text(&program, null);
		mmt_program_list(&program, null);
	}
	fclose(null);
	ok(shown < 20000, "random programs: at worst listed");
}

static int show(int argc, char **argv)
{
	static struct filter filter;
	static struct mmt_program program;
	int i;

	for (i = 0; i < argc; i++) {
		int id = option_id(argv[i] + 2);
		const struct option_row *row = filter_options;

		while (row->id && row->id != id)
			row++;
		if (!id || filter_add(&filter, id, row->value ? argv[++i] : NULL))
			return 1;
	}
	if (filter_compile(&filter, &program) || !mmt_program_text(&program, stdout))
		return 1;
	putchar('\n');
	return 0;
}

/* What is taken out is no condition any more; the rest stays. */
static void test_take_pids(void)
{
	static struct filter filter, rest;
	static struct mmt_program program, expected;
	pid_t pids[MMTRACE_PREDS_MAX];

	memset(&filter, 0, sizeof(filter));
	memset(&rest, 0, sizeof(rest));
	filter_add(&filter, FILTER_PID, "7,8");
	filter_add(&filter, FILTER_PID, "!9");
	filter_add(&filter, FILTER_TID, "10");
	filter_add(&filter, FILTER_PID, "11");
	filter_add(&rest, FILTER_PID, "!9");
	filter_add(&rest, FILTER_TID, "10");
	ok(filter_take_pids(&filter, pids) == 3 && pids[0] == 7 && pids[1] == 8 && pids[2] == 11,
	   "processes are taken out");
	filter_compile(&filter, &program);
	filter_compile(&rest, &expected);
	ok(!memcmp(&program, &expected, sizeof(program)), "the rest stays");
	ok(!filter_take_pids(&filter, pids), "there are no more");
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc > 1 && !strcmp(argv[1], "show"))
		return show(argc - 2, argv + 2);
	for (i = 0; i < CASES; i++) {
		test_meaning(i);
		test_shown(i);
	}
	test_errors();
	test_all_shown();
	test_strange_programs();
	test_take_pids();
	return tap_done();
}
