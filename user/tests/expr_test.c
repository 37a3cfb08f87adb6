// SPDX-License-Identifier: GPL-2.0
/*
 * Expressions: what each test means, how words bind, what is wrong where; and that
 * the program that is compiled judges as the expression itself does.
 */
#include <stdlib.h>

#include "fault.h"
#include "filter.h"
#include "judge.h"
#include "libmmtrace.h"
#include "message.h"
#include "tap.h"

static struct tree tree;
static struct mmt_program program;

/* -1 with @fault set. */
static int compile(const char *text, struct mmt_fault *fault)
{
	int root;

	memset(&tree, 0, sizeof(tree));
	memset(fault, 0, sizeof(*fault));
	root = expr_parse(text, &tree, fault);
	if (root < 0)
		return -1;
	tree_compile(&tree, root, &program);
	return 0;
}

#define N(field)	(call->number[MMTRACE_FIELD_##field])
#define S(field)	((__s64)N(field))
#define HAS(field)	(call->has[MMTRACE_FIELD_##field])
#define IS_MREMAP	(N(EVENT) == MMTRACE_EVENT_MREMAP)
#define KIND(bit)	(HAS(KIND) && N(KIND) & MMTRACE_R_##bit)
#define EXAMPLE		(N(EVENT) == 1 && N(PROT) & 4 && (N(ANON) || BELOW("/tmp/")) &&	\
			 N(LEN) >= 65536)
#define COMM(name)	(!strcmp(call->comm, name))
#define PATH(name)	(HAS(PATH) && !strcmp(call->path, name))
#define BELOW(dir)	(HAS(PATH) && strstr(call->path, dir) == call->path)

#ifdef __aarch64__
#define EXECVE	221
#else
#define EXECVE	59
#endif

#define ROW(text, meaning) text
static const char *const texts[] = {
#include "expr_rows.h"
};
#undef ROW

#define TEXTS	(sizeof(texts) / sizeof(texts[0]))

/* What each of them says of a call. */
static void ask_all(const struct call *call, bool *said)
{
#define ROW(text, meaning) (!!(meaning))
	const bool meanings[] = {
#include "expr_rows.h"
	};

	memcpy(said, meanings, sizeof(meanings));
}

/* On one line, and without what TAP takes for a directive. */
static const char *plain(const char *text)
{
	static char copy[256];
	char *at;

	snprintf(copy, sizeof(copy), "%s", text);
	for (at = copy; *at; at++)
		if (*at == '\n' || *at == '#')
			*at = ' ';
	return copy;
}

static bool shown(const struct mmt_program *made)
{
	static struct mmt_program before;
	char *text = NULL;
	struct mmt_fault fault;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool good;

	before = *made;
	good = mmt_program_text(made, out);
	fclose(out);
	good = good && !compile(text, &fault) && program.preds_len == before.preds_len &&
	       !memcmp(&program, &before, sizeof(before));
	free(text);
	return good;
}

/* Each by itself. */
static void test_meaning(void)
{
	static struct mmt_program programs[TEXTS];
	unsigned int wrong[TEXTS] = { 0 }, yes[TEXTS] = { 0 }, round;
	bool said[TEXTS], good[TEXTS];
	struct mmt_fault fault;
	size_t i;

	for (i = 0; i < TEXTS; i++) {
		good[i] = !compile(texts[i], &fault) && well_made(&program);
		programs[i] = program;
	}
	for (round = 0; round < 3000; round++) {
		struct call call = random_call();

		ask_all(&call, said);
		for (i = 0; i < TEXTS; i++) {
			wrong[i] += good[i] && accepts(&programs[i], &call) != said[i];
			yes[i] += said[i];
		}
	}
	for (i = 0; i < TEXTS; i++) {
		if (!ok(good[i] && !wrong[i] && yes[i], "means what it says: %s",
			plain(texts[i])))
			printf("# %u of %u calls judged wrong, %u to be accepted\n", wrong[i],
			       round, yes[i]);
		ok(good[i] && shown(&programs[i]), "and is shown: %s", plain(texts[i]));
	}
}

#define PARTS_MAX	64

/**
 * struct part - a part of a random expression
 * @word: '&', '|', '!', or 'x' for a row of the table
 * @a: the first part of it, or the row
 * @b: the second part
 */
struct part {
	char	word;
	size_t	a;
	size_t	b;
};

/* The expression itself, evaluated as it stands. */
static bool evaluate(const struct part *parts, size_t at, const bool *said)
{
	const struct part *part = &parts[at];

	switch (part->word) {
	case '&':
		return evaluate(parts, part->a, said) && evaluate(parts, part->b, said);
	case '|':
		return evaluate(parts, part->a, said) || evaluate(parts, part->b, said);
	case '!':
		return !evaluate(parts, part->a, said);
	default:
		return said[part->a];
	}
}

/* Adds a random expression, writes it, and returns where it is. */
static size_t grow(struct part *parts, size_t *len, unsigned int depth, FILE *out)
{
	struct part part = { .word = depth ? "&&||!x"[any(6)] : 'x' };

	fputc('(', out);
	if (part.word == 'x') {
		part.a = any(TEXTS);
		fputs(texts[part.a], out);
	} else if (part.word == '!') {
		fputc('!', out);
		part.a = grow(parts, len, depth - 1, out);
	} else {
		part.a = grow(parts, len, depth - 1, out);
		fprintf(out, " %c%c ", part.word, part.word);
		part.b = grow(parts, len, depth - 1, out);
	}
	fputc(')', out);
	parts[*len] = part;
	return (*len)++;
}

/* How many tests there are at the return before one that is decided at entry? */
static bool is_sorted(const struct mmt_program *made)
{
	unsigned int i, late = 0;

	for (i = 0; i < made->preds_len; i++) {
		if (term_at_return(&made->preds[i]))
			late++;
		else if (late)
			return false;
	}
	return true;
}

/* Returns false if the expression is too much for a filter. */
static bool random_program(struct part *parts, size_t *root, char **text)
{
	size_t len, count = 0;
	FILE *out = open_memstream(text, &len);
	struct mmt_fault fault;

	*root = grow(parts, &count, 4, out);
	fclose(out);
	return !compile(*text, &fault);
}

/* All together: what is compiled judges as the expression does. */
static void test_random(void)
{
	unsigned int round, call_round, wrong = 0, hidden = 0, made = 0, bad = 0;
	struct part parts[PARTS_MAX];
	bool said[TEXTS];
	size_t root;

	for (round = 0; round < 4000; round++) {
		static struct mmt_program kept;
		char *text;

		if (random_program(parts, &root, &text)) {
			made++;
			kept = program;
			bad += !well_made(&kept) || kept.preds_len != tree.tests;
			for (call_round = 0; call_round < 20; call_round++) {
				struct call call = random_call();

				ask_all(&call, said);
				wrong += accepts(&kept, &call) != evaluate(parts, root, said);
			}
			if (!shown(&kept) && ++hidden < 5)
				printf("# not shown: %s\n", text);
		}
		free(text);
	}
	if (!ok(made > 3000 && !wrong && !hidden && !bad, "random expressions"))
		printf("# %u made, %u calls judged wrong, %u not shown, %u not well made\n", made,
		       wrong, hidden, bad);
}

/* What only the return decides is asked last, where the words allow it. */
static void test_order(void)
{
	static const char *const sorted[] = {
		"path ~ x* && pid == 1 && failed && anon",
		"failed || pid == 1 || addr == 5 || fd == 3",
		"!(path == x || errno == 5 || comm == y)",
		"(failed || pid == 1) && tid == 2 && (memfd || anon)",
		"latency > 1 && (ret < 0 && (unlinked && (anon && pid == 4)))",
	};
	struct mmt_fault fault;
	size_t i;

	for (i = 0; i < sizeof(sorted) / sizeof(sorted[0]); i++) {
		bool good = !compile(sorted[i], &fault);

		if (i == 3)
			good = good && program.preds[0].field == MMTRACE_FIELD_TID;
		else
			good = good && is_sorted(&program);
		ok(good, "what is known at entry goes first: %s", sorted[i]);
	}
}

/* What is wrong, and in which column, from 0. */
static const struct {
	const char	*text;
	unsigned int	at;
	const char	*said;
} errors[] = {
	{ "", 0, "missing" },
	{ "   ", 3, "missing" },
	{ "pth == 3", 0, "no field 'pth'" },
	{ "anon && pth == 3", 8, "no field 'pth'" },
	{ "anon &&", 7, "missing" },
	{ "anon && && file", 8, "should be" },
	{ "anon file", 5, "&& or ||" },
	{ "(anon", 0, "no )" },
	{ "anon || (file && (ok)", 8, "no )" },
	{ "(anon file)", 6, "should be" },
	{ "anon)", 4, "&& or ||" },
	{ ")", 0, "should be" },
	{ "!", 1, "missing" },
	{ "pid", 0, "by itself" },
	{ "pid && anon", 0, "by itself" },
	{ "file == 1", 0, "a word by itself" },
	{ "pid = 3", 4, "write ==" },
	{ "pid ==", 6, "compared with" },
	{ "pid == && anon", 7, "compared with" },
	{ "pid == 0", 7, "no process" },
	{ "pid == 1|", 9, "compared with" },
	{ "pid == 1|x", 9, "no process" },
	{ "pid == 5-4", 7, "holds nothing" },
	{ "pid ~ 3", 6, "pattern" },
	{ "uid == nobody-by-this-name", 7, "no user" },
	{ "gid == nobody-by-this-name", 7, "no group" },
	{ "event == nothing", 9, "no event" },
	{ "event == lost", 9, "no event" },
	{ "prot & bogus", 7, "no flag 'bogus'" },
	{ "prot & (exec|bogus)", 13, "no flag 'bogus'" },
	{ "prot & (exec", 12, "a ) is missing" },
	{ "prot & exec|read+write", 16, "not both" },
	{ "prot == read|write", 8, "write + between" },
	{ "flags & private+shared", 8, "one of these types" },
	{ "flags & anon+maymove", 8, "no call has both" },
	{ "flags & shared == 1", 8, "numbers, not names" },
	{ "prot & 7 <= 3", 9, "only ==" },
	{ "comm & 3", 7, "no bits" },
	{ "comm < x", 7, "an order" },
	{ "cgroup < 3", 9, "an order" },
	{ "cgroup == /no/such/cgroup", 10, "no cgroup" },
	{ "mntns == /no/such", 9, "no namespace" },
	{ "len == 4Q", 7, "no number of bytes" },
	{ "len == -", 7, "no number of bytes" },
	{ "len < 0", 6, "nothing is below" },
	{ "len > 18446744073709551615", 6, "nothing is above" },
	{ "len == 16777216T", 7, "no number of bytes" },
	{ "latency > 5h", 10, "no time" },
	{ "dev == 8", 7, "no device" },
	{ "errno == EBOGUS", 9, "no error" },
	{ "fd == 9223372036854775808", 6, "no number" },
	{ "syscall == bogus", 11, "no number" },
	{ "comm == 0123456789abcdef", 8, "too many" },
	{ "comm == \"abc", 8, "does not end" },
	{ "comm == \"a\\bc\"", 10, "backslash" },
	{ "comm == \"a\\000\"", 10, "NUL" },
	{ "comm ~ \"a\\\\\"", 7, "ends in a backslash" },
	{ "path == /a;b", 10, "quotes" },
	{ "anon\n&& pth == 3", 8, "no field 'pth'" },
	{ "anon # pth\n&& pth", 14, "no field 'pth'" },
};

static void test_errors(void)
{
	struct mmt_fault fault;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		bool refused = compile(errors[i].text, &fault);

		if (!ok(refused && fault.at == errors[i].at && strstr(fault.text, errors[i].said),
			"wrong in column %u: %s", errors[i].at, plain(errors[i].text)))
			printf("# in column %u: %s\n", fault.at, refused ? fault.text : "taken");
	}
}

/* @count times @word, with @between. */
static const char *repeated(const char *word, unsigned int count, const char *between)
{
	static char text[64 * 1024];
	char *at = text;

	*at = 0;
	while (count--)
		at += sprintf(at, "%s%s", word, count ? between : "");
	return text;
}

static bool wraps(unsigned int depth)
{
	static char text[4096];
	struct mmt_fault fault;

	memset(text, '(', depth);
	strcpy(text + depth, "anon");
	memset(text + depth + 4, ')', depth);
	text[2 * depth + 4] = 0;
	return !compile(text, &fault);
}

static void test_limits(void)
{
	struct mmt_fault fault;
	char name[300];

	ok(!compile(repeated("anon", 64, "||"), &fault) && program.preds_len == 64,
	   "64 tests are taken");
	ok(compile(repeated("anon", 65, "||"), &fault) && fault.at == 64 * 6 &&
	   strstr(fault.text, "at most 64 tests"), "the 65th is not");
	ok(wraps(64) && !wraps(65) && !wraps(2000), "nor more than 64 parentheses");
	ok(compile(repeated("!", 60000, ""), &fault) && strstr(fault.text, "in each other"),
	   "nor 60000 reversals");
	memset(name, 'x', sizeof(name));
	strcpy(name + 290, "*");
	memcpy(name, "path ~ ", 7);
	ok(compile(name, &fault) && strstr(fault.text, "too many"), "nor a pattern too long");
	ok(compile(repeated("x", 60000, ""), &fault) && strstr(fault.text, "a word of more"),
	   "nor a word too long");
}

/* Whatever is written, there is an answer. */
static void test_noise(void)
{
	static const char *const pieces[] = {
		"anon", "pid", "==", "!=", "(", ")", "!", "&&", "||", "&", "|", "+", "<", "~",
		"\"", "'", "\\", "7", "4K-", "-", "prot", "exec", "path", "/x*", "flags", "shared",
		"len", "\n", "#", "\xff", "=", "addr", "0x", "fd", "-1", "kind", "memfd", ",",
	};
	unsigned int round, taken = 0, bad = 0;
	struct mmt_fault fault;
	char text[256];

	for (round = 0; round < 100000; round++) {
		__u64 count = any(12);

		text[0] = 0;
		while (count--) {
			strcat(text, pieces[any(sizeof(pieces) / sizeof(pieces[0]))]);
			strcat(text, any(2) ? " " : "");
		}
		if (!compile(text, &fault)) {
			taken++;
			bad += !well_made(&program);
		} else {
			bad += !*fault.text || fault.at > strlen(text);
		}
	}
	if (!ok(taken && !bad, "words in any order: a program, or what is wrong"))
		printf("# %u taken, %u bad\n", taken, bad);
}

int main(void)
{
	test_meaning();
	test_random();
	test_order();
	test_errors();
	test_limits();
	test_noise();
	return tap_done();
}
