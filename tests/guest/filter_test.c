// SPDX-License-Identifier: GPL-2.0
/*
 * What filters say is what happens: each field with each operator, judged at the
 * entry of a call and at its return, for one session and for all.
 *
 * Each row is tried on the same calls, whose lengths tell them apart: the first
 * is 1 page long, the seventh 7 pages.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>

#include "mmtrace_test.h"

#define NAME	"filter test"
#define ALL	"d1 m1 d2 m2 m3 d4 m4 r5 r6 p7 "
#define RECORDS	10	/* in ALL */

/* Stand for what is known only when the test runs. */
#define SELF	0xdeadbeef00ull
#define PATH	"PATH"

FIXTURE(filter)
{
	struct trace	trace;
	int		file;
	char		path[4096];
};

FIXTURE_SETUP(filter)
{
	ASSERT_EQ(0, prctl(PR_SET_NAME, NAME));
	self->file = open("plain", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(0, ftruncate(self->file, 8 * PAGE));
	ASSERT_NE(NULL, realpath("plain", self->path));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(filter)
{
	EXPECT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_DEVICE_FILTER, NULL, 0, NULL));
	close(self->trace.fd);
	close(self->file);
	unlink("plain");
	expect_nothing_left(_metadata);
}

/* The calls: those of ALL, and no other. */
static void make_calls(int file)
{
	const int anon = MAP_PRIVATE | MAP_ANONYMOUS;
	long one, two, five;

	one = raw_syscall(SYS_mmap, NULL, PAGE, PROT_READ, anon, -1, 0);
	two = raw_syscall(SYS_mmap, NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	raw_syscall(SYS_mmap, NULL, 3 * PAGE, PROT_EXEC, MAP_PRIVATE, -1, 0);
	raw_syscall(SYS_mmap, one, 4 * PAGE, PROT_NONE, anon | MAP_FIXED_NOREPLACE, -1, 0);
	five = raw_syscall(SYS_mremap, one, PAGE, 5 * PAGE, MREMAP_MAYMOVE, 0);
	raw_syscall(SYS_mremap, five, PAGE, 6 * PAGE, 0x80, 0);
	raw_syscall(SYS_remap_file_pages, two, 7 * PAGE, PROT_READ, 0, MAP_NONBLOCK);
	munmap((void *)five, 5 * PAGE);
	munmap((void *)two, 2 * PAGE);
}

/* What was recorded of them, written like ALL; others' calls are left out. */
static void name_records(const struct trace *trace, char *names)
{
	static const char letters[] = {
		[MMTRACE_EVENT_DO_MMAP] = 'd', [MMTRACE_EVENT_MMAP] = 'm',
		[MMTRACE_EVENT_MREMAP] = 'r', [MMTRACE_EVENT_REMAP_FILE_PAGES] = 'p',
	};
	const struct mmtrace_record *record = NULL;
	__u64 len;

	while ((record = trace_next(trace, record))) {
		if ((pid_t)record->call.tid != gettid())
			continue;
		len = record->head.event == MMTRACE_EVENT_MREMAP ?
		      record->mremap.new_size : record->do_mmap.len;
		names += sprintf(names, "%c%llu ", letters[record->head.event], len / PAGE);
	}
	*names = '\0';
}

/* Everything of ALL that is not in @names. */
static void complement(const char *names, char *others)
{
	const char *at;

	for (at = ALL; *at; at += 3) {
		if (!strncmp(names, at, 3))
			names += 3;
		else
			others = mempcpy(others, at, 3);
	}
	*others = '\0';
}

static void expect_names(struct __test_metadata *_metadata, struct trace *trace, int file,
			 const char *expected)
{
	char names[4096];

	trace_read(_metadata, trace);
	make_calls(file);
	trace_read(_metadata, trace);
	name_records(trace, names);
	EXPECT_STREQ(expected, names);
}

struct row {
	__u16		field;
	__u16		op;
	__u64		value;
	__u64		mask;
	const char	*string;
	const char	*expected;
};

#define NUMBER(field, op, value, mask, expected)	\
	{ MMTRACE_FIELD_##field, MMTRACE_OP_##op, value, mask, NULL, expected }
#define STRING(field, op, string, expected)		\
	{ MMTRACE_FIELD_##field, MMTRACE_OP_##op, 0, 0, string, expected }

static const struct row rows[] = {
	NUMBER(EVENT, EQ, MMTRACE_EVENT_MMAP, ~0ull, "m1 m2 m3 m4 "),
	NUMBER(EVENT, LT, MMTRACE_EVENT_REMAP_FILE_PAGES, ~0ull, "d1 d2 d4 r5 r6 "),
	NUMBER(EVENT, GT, MMTRACE_EVENT_MREMAP, 7, "m1 m2 m3 m4 p7 "),
	NUMBER(TGID, EQ, SELF, ~0ull, ALL),
	NUMBER(TGID, EQ, SELF + 1, ~0ull, ""),
	NUMBER(TID, EQ, SELF, ~0ull, ALL),
	NUMBER(TID, LT, SELF, ~0ull, ""),
	NUMBER(UID, EQ, 0, ~0ull, ALL),
	NUMBER(UID, LT, 1, ~0ull, ALL),
	NUMBER(UID, ANY, 0, ~0ull, ""),
	STRING(COMM, EQ, NAME, ALL),
	STRING(COMM, EQ, "filter tes", ""),
	STRING(COMM, EQ, "filter tests", ""),
	STRING(COMM, EQ, "", ""),
	STRING(COMM, GLOB, "*", ALL),
	STRING(COMM, GLOB, "f?lter [a-z][!f]*", ALL),
	STRING(COMM, GLOB, "filter?", ""),
	STRING(COMM, GLOB, "\\filter test", ALL),
	STRING(COMM, GLOB, "filter\\*", ""),
	NUMBER(PROT, EQ, PROT_READ, ~0ull, "d1 m1 p7 "),
	NUMBER(PROT, EQ, PROT_READ, PROT_READ, "d1 m1 d2 m2 p7 "),
	NUMBER(PROT, ANY, 0, PROT_WRITE | PROT_EXEC, "d2 m2 m3 "),
	NUMBER(PROT, LT, 1, ~0ull, "d4 m4 "),
	NUMBER(FLAGS, ANY, 0, MAP_ANONYMOUS, "d1 m1 d4 m4 "),
	NUMBER(FLAGS, EQ, MAP_SHARED, 0xf, "d2 m2 r5 "),
	NUMBER(FLAGS, EQ, MAP_NONBLOCK, ~0ull, "p7 "),
	NUMBER(FLAGS, EQ, 0x80, ~0ull, "r6 "),
	NUMBER(LEN, LT, 3 * PAGE, ~0ull, "d1 m1 d2 m2 "),
	NUMBER(LEN, GT, 4 * PAGE, ~0ull, "r5 r6 p7 "),
	NUMBER(LEN, EQ, 3 * PAGE, ~0ull, "m3 "),
	NUMBER(LEN, EQ, 3 * PAGE + (1ull << 32), ~0ull, ""),
	NUMBER(LEN, EQ, 1 * PAGE, 3 * PAGE, "d1 m1 r5 "),
	NUMBER(ANON, EQ, 1, ~0ull, "d1 m1 d4 m4 "),
	NUMBER(ANON, EQ, 0, ~0ull, "d2 m2 m3 "),
	NUMBER(ANON, ANY, 0, 1, "d1 m1 d4 m4 "),
	STRING(PATH, EQ, PATH, "d2 "),
	STRING(PATH, EQ, "plain", ""),
	STRING(PATH, GLOB, "*", "d2 "),
	STRING(PATH, GLOB, "/*/pl[abc]in", "d2 "),
	STRING(PATH, GLOB, "*/plai", ""),
	NUMBER(FAILED, EQ, 1, ~0ull, "m3 d4 m4 r6 p7 "),
	NUMBER(FAILED, EQ, 0, ~0ull, "d1 m1 d2 m2 r5 "),
	NUMBER(FAILED, ANY, 0, ~0ull, "m3 d4 m4 r6 p7 "),
};

/*
 * The row as a filter, behind a predicate that only the return decides and that
 * leads to the row in any case.
 */
static const char *compile_row(const struct row *row, const char *path, bool negate,
			       struct mmtrace_pred preds[2])
{
	const char *string = row->string;

	if (string && !strcmp(string, PATH))
		string = path;
	preds[0] = (struct mmtrace_pred) {
		MMTRACE_FIELD_FAILED, MMTRACE_OP_EQ, 1, 1, 0, ~0ull
	};
	preds[1] = (struct mmtrace_pred) {
		.field		= row->field,
		.op		= row->op,
		.on_true	= negate ? MMTRACE_REJECT : MMTRACE_ACCEPT,
		.on_false	= negate ? MMTRACE_ACCEPT : MMTRACE_REJECT,
		.value		= row->value,
		.mask		= string ? strlen(string) : row->mask,
	};
	if (row->value == SELF || row->value == SELF + 1)
		preds[1].value = row->value - SELF + getpid();
	return string;
}

static void try_rows(struct __test_metadata *_metadata, struct trace *trace, int file,
		     const char *path, unsigned int cmd, bool negate)
{
	struct mmtrace_pred preds[2];
	char expected[sizeof(ALL)];
	const char *strings;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		strings = compile_row(&rows[i], path, negate, preds);
		strcpy(expected, rows[i].expected);
		if (negate)
			complement(rows[i].expected, expected);
		ASSERT_EQ(0, set_filter(trace->fd, cmd, &preds[1], 1, strings));
		expect_names(_metadata, trace, file, expected);
		ASSERT_EQ(0, set_filter(trace->fd, cmd, preds, 2, strings));
		expect_names(_metadata, trace, file, expected);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
}

TEST_F(filter, of_a_session)
{
	try_rows(_metadata, &self->trace, self->file, self->path, MMTRACE_IOC_SET_FILTER, false);
}

TEST_F(filter, of_a_session_negated)
{
	try_rows(_metadata, &self->trace, self->file, self->path, MMTRACE_IOC_SET_FILTER, true);
}

TEST_F(filter, of_the_device)
{
	try_rows(_metadata, &self->trace, self->file, self->path,
		 MMTRACE_IOC_SET_DEVICE_FILTER, false);
}

TEST_F(filter, of_the_device_negated)
{
	try_rows(_metadata, &self->trace, self->file, self->path,
		 MMTRACE_IOC_SET_DEVICE_FILTER, true);
}

#define LEN_IS(pages, on_true, on_false)	\
	{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, on_true, on_false, (pages) * PAGE, ~0ull }
#define FAILED(on_true, on_false)		\
	{ MMTRACE_FIELD_FAILED, MMTRACE_OP_EQ, on_true, on_false, 1, ~0ull }
#define YES	MMTRACE_ACCEPT
#define NO	MMTRACE_REJECT

TEST_F(filter, jumps)
{
	static const struct {
		struct mmtrace_pred	preds[4];
		__u32			len;
		const char		*expected;
	} programs[] = {
		{ { LEN_IS(1, YES, 1), LEN_IS(3, YES, 2), LEN_IS(6, YES, NO) }, 3, "d1 m1 m3 r6 " },
		{ { FAILED(1, NO), LEN_IS(4, YES, NO) }, 2, "d4 m4 " },
		{ { LEN_IS(4, 1, NO), FAILED(YES, NO) }, 2, "d4 m4 " },
		{ { LEN_IS(4, 1, NO), FAILED(NO, YES) }, 2, "" },
		/* len == 2 ? !failed : len == 6 && failed; the last is shared */
		{ { LEN_IS(2, 3, 1), LEN_IS(6, 2, NO), FAILED(YES, NO), FAILED(NO, YES) }, 4,
		  "d2 m2 r6 " },
		/* What is behind a predicate for the return may be decided at the entry. */
		{ { FAILED(1, 2), LEN_IS(3, YES, NO), LEN_IS(5, YES, NO) }, 3, "m3 r5 " },
		{ { FAILED(NO, NO) }, 1, "" },
		{ { FAILED(YES, YES) }, 1, ALL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		ASSERT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_FILTER, programs[i].preds,
					programs[i].len, NULL));
		expect_names(_metadata, &self->trace, self->file, programs[i].expected);
	}
	ASSERT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_FILTER, NULL, 0, NULL));
	expect_names(_metadata, &self->trace, self->file, ALL);
}

/* Each call counts once, whatever judged it and when. */
TEST_F(filter, counts)
{
	static const struct mmtrace_pred preds[] = { FAILED(1, NO), LEN_IS(4, YES, NO) };
	unsigned int cmds[] = { MMTRACE_IOC_SET_FILTER, MMTRACE_IOC_SET_DEVICE_FILTER }, i;
	struct mmtrace_stats before, after;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		ASSERT_EQ(0, set_filter(self->trace.fd, cmds[i], preds, 2, NULL));
		ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_LOST, &before));
		make_calls(self->file);
		ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_LOST, &after));
		EXPECT_EQ(RECORDS, after.hits - before.hits);
		EXPECT_EQ(RECORDS - 2, after.filtered - before.filtered);
		EXPECT_EQ(2, after.pending - before.pending);
		ASSERT_EQ(0, set_filter(self->trace.fd, cmds[i], NULL, 0, NULL));
	}
}

/* The device filter is before all sessions, and stays when its setter is gone. */
TEST_F(filter, device_filter_is_for_all)
{
	static const struct mmtrace_pred three[] = { LEN_IS(3, YES, NO) };
	static const struct mmtrace_pred failed[] = { FAILED(YES, NO) };
	static struct trace later;
	int setter = open(DEVICE, O_RDONLY | O_CLOEXEC);

	ASSERT_EQ(0, set_filter(setter, MMTRACE_IOC_SET_DEVICE_FILTER, failed, 1, NULL));
	close(setter);
	expect_names(_metadata, &self->trace, self->file, "m3 d4 m4 r6 p7 ");
	trace_open(_metadata, &later, &(struct mmtrace_config) {});
	ASSERT_EQ(0, set_filter(later.fd, MMTRACE_IOC_SET_FILTER, three, 1, NULL));
	trace_start(_metadata, &later);
	expect_names(_metadata, &later, self->file, "m3 ");
	ASSERT_EQ(0, set_filter(later.fd, MMTRACE_IOC_SET_DEVICE_FILTER, NULL, 0, NULL));
	expect_names(_metadata, &later, self->file, "m3 ");
	close(later.fd);
	expect_names(_metadata, &self->trace, self->file, ALL);
}

static atomic_bool done;

static void *replace_filters(void *data)
{
	static const struct mmtrace_pred filters[2][2] = {
		{ LEN_IS(9, 1, NO), { MMTRACE_FIELD_PROT, MMTRACE_OP_EQ, YES, NO, 1, ~0ull } },
		{ LEN_IS(8, 1, NO), { MMTRACE_FIELD_PROT, MMTRACE_OP_EQ, YES, NO, 2, ~0ull } },
	};
	unsigned long changes = 0;

	while (!atomic_load(&done) && !set_filter(*(int *)data, MMTRACE_IOC_SET_FILTER,
						  filters[changes % 2], 2, NULL))
		changes++;
	return (void *)changes;
}

/* No call is judged by half of one filter and half of another. */
TEST_F(filter, replaced_at_once)
{
	pthread_t thread;
	void *changes;
	int i;

	ASSERT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_FILTER,
				(struct mmtrace_pred[]) { FAILED(NO, NO) }, 1, NULL));
	atomic_store(&done, false);
	ASSERT_EQ(0, pthread_create(&thread, NULL, replace_filters, &self->trace.fd));
	for (i = 0; i < 20000; i++)
		munmap(mmap(NULL, (8 + i % 2) * PAGE, i % 2 ? PROT_WRITE : PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), (8 + i % 2) * PAGE);
	atomic_store(&done, true);
	ASSERT_EQ(0, pthread_join(thread, &changes));
	EXPECT_LT(1, (unsigned long)changes);
	EXPECT_EQ(0, trace_read(_metadata, &self->trace));
}

TEST_HARNESS_MAIN
