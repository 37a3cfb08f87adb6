// SPDX-License-Identifier: GPL-2.0
/*
 * Which filters are taken, and what a get says of them: a hostile program must
 * neither get in nor change anything.
 */
#include "mmtrace_test.h"

#define YES	MMTRACE_ACCEPT
#define NO	MMTRACE_REJECT
#define ROOM	(2 * MMTRACE_STRINGS_MAX)

FIXTURE(filter_set)
{
	int	fd;
};

FIXTURE_VARIANT(filter_set)
{
	unsigned int	get;
	unsigned int	set;
};

FIXTURE_VARIANT_ADD(filter_set, session)
{
	.get	= MMTRACE_IOC_GET_FILTER,
	.set	= MMTRACE_IOC_SET_FILTER,
};

FIXTURE_VARIANT_ADD(filter_set, device)
{
	.get	= MMTRACE_IOC_GET_DEVICE_FILTER,
	.set	= MMTRACE_IOC_SET_DEVICE_FILTER,
};

/* Set before each test, so that a refused one has something to leave alone. */
static const struct mmtrace_pred kept[] = {
	{ MMTRACE_FIELD_COMM, MMTRACE_OP_EQ, 2, 1, 1, 3 },
	{ MMTRACE_FIELD_LEN, MMTRACE_OP_GT, YES, NO, 4096, ~0ull },
	{ MMTRACE_FIELD_PATH, MMTRACE_OP_GLOB, YES, NO, 4, 4 },
};

FIXTURE_SETUP(filter_set)
{
	self->fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, set_filter(self->fd, variant->set, kept, 3, "xcat/us*y"));
}

FIXTURE_TEARDOWN(filter_set)
{
	EXPECT_EQ(0, set_filter(self->fd, variant->set, NULL, 0, NULL));
	close(self->fd);
	expect_nothing_left(_metadata);
}

/* The filter that is set, or a negative errno; everything poisoned before. */
struct got {
	struct mmtrace_filter	filter;
	struct mmtrace_pred	preds[MMTRACE_PREDS_MAX];
	char			strings[ROOM];
};

static int get_filter(int fd, unsigned int cmd, struct got *got, __u32 preds, __u32 strings)
{
	memset(got, POISON, sizeof(*got));
	got->filter = (struct mmtrace_filter) {
		.size		= sizeof(got->filter),
		.preds_len	= preds,
		.strings_len	= strings,
		.preds		= (unsigned long)got->preds,
		.strings	= (unsigned long)got->strings,
	};
	return mmtrace_ioctl(fd, cmd, &got->filter);
}

static bool is_string(const struct mmtrace_pred *pred)
{
	return pred->field == MMTRACE_FIELD_COMM || pred->field == MMTRACE_FIELD_PATH;
}

/* The same but for where the strings are. */
static void expect_same(struct __test_metadata *_metadata, const struct got *got,
			const struct mmtrace_pred *preds, __u32 len, const char *strings)
{
	__u32 i;

	ASSERT_EQ(len, got->filter.preds_len);
	for (i = 0; i < len; i++) {
		const struct mmtrace_pred *pred = &got->preds[i];

		EXPECT_EQ(preds[i].field, pred->field);
		EXPECT_EQ(preds[i].op, pred->op);
		EXPECT_EQ(preds[i].on_true, pred->on_true);
		EXPECT_EQ(preds[i].on_false, pred->on_false);
		EXPECT_EQ(preds[i].mask, pred->mask);
		if (!is_string(pred)) {
			ASSERT_EQ(preds[i].value, pred->value);
			continue;
		}
		ASSERT_GE(got->filter.strings_len, pred->value + pred->mask);
		EXPECT_EQ(0, memcmp(strings + preds[i].value, got->strings + pred->value,
				    pred->mask));
	}
	EXPECT_EQ((char)POISON, got->strings[got->filter.strings_len]);
	EXPECT_TRUE(len == MMTRACE_PREDS_MAX || got->preds[len].field == (POISON << 8 | POISON));
}

static void expect_kept(struct __test_metadata *_metadata, int fd, unsigned int cmd)
{
	struct got got;

	ASSERT_EQ(0, get_filter(fd, cmd, &got, MMTRACE_PREDS_MAX, ROOM));
	expect_same(_metadata, &got, kept, 3, "xcat/us*y");
}

TEST_F(filter_set, get)
{
	struct got got, again;

	expect_kept(_metadata, self->fd, variant->get);
	ASSERT_EQ(0, get_filter(self->fd, variant->get, &got, MMTRACE_PREDS_MAX, ROOM));
	/* What a get says can be set, and says the same again. */
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, variant->set, &got.filter));
	expect_kept(_metadata, self->fd, variant->get);
	ASSERT_EQ(0, get_filter(self->fd, variant->get, &again, got.filter.preds_len,
				got.filter.strings_len));
	EXPECT_EQ(0, memcmp(got.preds, again.preds, sizeof(got.preds)));
	EXPECT_EQ(0, memcmp(got.strings, again.strings, sizeof(got.strings)));

	ASSERT_EQ(0, set_filter(self->fd, variant->set, NULL, 0, NULL));
	ASSERT_EQ(0, get_filter(self->fd, variant->get, &got, 7, 7));
	EXPECT_EQ(0, got.filter.preds_len);
	EXPECT_EQ(0, got.filter.strings_len);
	EXPECT_EQ((char)POISON, got.strings[0]);
}

TEST_F(filter_set, get_with_too_little_room)
{
	static const __u32 rooms[][2] = { { 0, 0 }, { 2, 7 }, { 3, 6 }, { 2, ROOM } };
	struct got got, poison;
	size_t i;

	memset(&poison, POISON, sizeof(poison));
	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		EXPECT_EQ(-ENOSPC, get_filter(self->fd, variant->get, &got,
					      rooms[i][0], rooms[i][1]));
		EXPECT_EQ(3, got.filter.preds_len);
		EXPECT_EQ(7, got.filter.strings_len);
		EXPECT_EQ(0, memcmp(poison.preds, got.preds, sizeof(got.preds)));
		EXPECT_EQ(0, memcmp(poison.strings, got.strings, sizeof(got.strings)));
	}
	ASSERT_EQ(0, get_filter(self->fd, variant->get, &got, 3, 7));
}

TEST_F(filter_set, bad_pointers)
{
	struct mmtrace_filter filter = {
		.size = sizeof(filter), .preds_len = 3, .strings_len = 9,
		.preds = (unsigned long)kept, .strings = 1,
	};

	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->set, &filter));
	filter.preds = 0;
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->set, &filter));
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->get, &filter));
	filter.preds = 0xffffffff81000000;
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->set, &filter));
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->get, &filter));
	EXPECT_EQ(3, filter.preds_len);
	EXPECT_EQ(9, filter.strings_len);
	/* Of too much, and of what does not exist, before it is read. */
	filter.preds_len = MMTRACE_PREDS_MAX + 1;
	EXPECT_EQ(-E2BIG, mmtrace_ioctl(self->fd, variant->set, &filter));
	filter.preds_len = ~0u;
	EXPECT_EQ(-E2BIG, mmtrace_ioctl(self->fd, variant->set, &filter));
	filter.preds_len = 3;
	filter.strings_len = MMTRACE_STRINGS_MAX + 1;
	EXPECT_EQ(-E2BIG, mmtrace_ioctl(self->fd, variant->set, &filter));
	filter.flags = 1;
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->fd, variant->set, &filter));
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->fd, variant->get, &filter));
	expect_kept(_metadata, self->fd, variant->get);
}

#define LEN(on_true, on_false)	{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, on_true, on_false, 1, ~0ull }
#define STR(field, op, value, mask)	\
	{ MMTRACE_FIELD_##field, MMTRACE_OP_##op, YES, NO, value, mask }

TEST_F(filter_set, hostile)
{
	static const struct {
		struct mmtrace_pred	preds[2];
		const char		*strings;
		int			err;
	} programs[] = {
		{ { LEN(1, NO), LEN(YES, 0) }, NULL, EINVAL },		/* backward */
		{ { LEN(1, NO), LEN(1, NO) }, NULL, EINVAL },		/* itself */
		{ { LEN(0, NO), LEN(YES, NO) }, NULL, EINVAL },
		{ { LEN(2, NO), LEN(YES, NO) }, NULL, EINVAL },		/* past the end */
		{ { LEN(YES, 0xfffd), LEN(YES, NO) }, NULL, EINVAL },
		{ { LEN(YES, NO), LEN(YES, 64) }, NULL, EINVAL },
		{ { LEN(YES, NO), { MMTRACE_FIELD_COUNT, 0, YES, NO, 0, 0 } }, NULL, EINVAL },
		{ { LEN(YES, NO), { 0xffff, 0, YES, NO, 0, 0 } }, NULL, EINVAL },
		{ { LEN(YES, NO), STR(LEN, COUNT, 0, 0) }, NULL, EINVAL },
		{ { LEN(YES, NO), STR(LEN, GLOB, 0, 0) }, "x", EINVAL },
		{ { LEN(YES, NO), STR(LEN, ANY, 1, ~0ull) }, NULL, EINVAL },
		{ { LEN(YES, NO), STR(COMM, LT, 0, 1) }, "x", EINVAL },
		{ { LEN(YES, NO), STR(PATH, ANY, 0, 1) }, "x", EINVAL },
		{ { LEN(YES, NO), STR(PATH, EQ, 0, 2) }, "x", EINVAL },	/* past the strings */
		{ { LEN(YES, NO), STR(PATH, EQ, 2, 0) }, "x", EINVAL },
		{ { LEN(YES, NO), STR(PATH, EQ, 1, ~0ull) }, "x", EINVAL },
		{ { LEN(YES, NO), STR(PATH, EQ, ~0ull, 2) }, "x", EINVAL },
		{ { LEN(YES, NO), STR(PATH, EQ, 0, 1) }, NULL, EINVAL },
		{ { LEN(1, NO), LEN(YES, NO) }, NULL, 0 },
		{ { LEN(YES, NO), STR(PATH, EQ, 1, 0) }, "x", 0 },
		{ { LEN(YES, NO), STR(COMM, EQ, 0, 0) }, NULL, 0 },
		{ { LEN(YES, NO), STR(LEN, ANY, 0, 0) }, NULL, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		EXPECT_EQ(-programs[i].err, set_filter(self->fd, variant->set, programs[i].preds,
						       2, programs[i].strings)) {
			TH_LOG("in row %zu", i);
		}
		if (programs[i].err)
			expect_kept(_metadata, self->fd, variant->get);
	}
}

/* Which operators a field takes, whatever it is asked with. */
static __u32 operators_of(__u16 field)
{
	const __u32 numbers = 1u << MMTRACE_OP_EQ | 1u << MMTRACE_OP_LT | 1u << MMTRACE_OP_GT |
			      1u << MMTRACE_OP_ANY | 1u << MMTRACE_OP_RANGE;

	switch (field) {
	case MMTRACE_FIELD_COMM:
	case MMTRACE_FIELD_PATH:
		return 1u << MMTRACE_OP_EQ | 1u << MMTRACE_OP_GLOB;
	case MMTRACE_FIELD_ADDR:
		return 1u << MMTRACE_OP_OVERLAP;
	case MMTRACE_FIELD_CGROUP:
		return numbers | 1u << MMTRACE_OP_UNDER;
	default:
		return field < MMTRACE_FIELD_COUNT ? numbers : 0;
	}
}

TEST_F(filter_set, each_operator_of_each_field)
{
	struct mmtrace_pred pred = { .on_true = YES, .on_false = NO };
	int expected;

	for (pred.field = 0; pred.field < MMTRACE_FIELD_COUNT + 2; pred.field++) {
		for (pred.op = 0; pred.op < MMTRACE_OP_COUNT + 2; pred.op++) {
			expected = operators_of(pred.field) & 1u << pred.op ? 0 : -EINVAL;
			EXPECT_EQ(expected, set_filter(self->fd, variant->set, &pred, 1, NULL)) {
				TH_LOG("field %u, operator %u", pred.field, pred.op);
			}
		}
		/* The same, in a number whose lower half is good. */
		pred.op = 0x100;
		EXPECT_EQ(-EINVAL, set_filter(self->fd, variant->set, &pred, 1, NULL));
	}
}

#define NUM(field, op, value, mask)	\
	{ MMTRACE_FIELD_##field, MMTRACE_OP_##op, YES, NO, value, mask }

/* What an operator makes of value and mask. */
TEST_F(filter_set, bounds)
{
	static const struct {
		struct mmtrace_pred	pred;
		int			err;
	} rows[] = {
		{ NUM(CGROUP, UNDER, 1, 0), 0 },
		{ NUM(CGROUP, UNDER, ~0ull, 0), 0 },
		{ NUM(CGROUP, UNDER, 1, 1), EINVAL },
		{ NUM(CGROUP, UNDER, 1, ~0ull), EINVAL },
		{ NUM(ADDR, OVERLAP, 0, 0), 0 },
		{ NUM(ADDR, OVERLAP, 0, ~0ull), 0 },
		{ NUM(ADDR, OVERLAP, 1, 0), EINVAL },
		{ NUM(ADDR, OVERLAP, ~0ull, ~0ull - 1), EINVAL },
		{ NUM(LEN, RANGE, 5, 5), 0 },
		{ NUM(LEN, RANGE, 0, ~0ull), 0 },
		{ NUM(LEN, RANGE, 6, 5), EINVAL },
		{ NUM(LEN, RANGE, ~0ull, 0), EINVAL },
		{ NUM(FD, RANGE, ~0ull, 0), 0 },
		{ NUM(FD, RANGE, 0, ~0ull), EINVAL },
		{ NUM(RET, RANGE, 1ull << 63, ~0ull >> 1), 0 },
		{ NUM(SYSCALL, RANGE, ~0ull >> 1, 1ull << 63), EINVAL },
		{ NUM(KIND, ANY, 1, ~0ull), EINVAL },
		{ NUM(KIND, ANY, 0, 0), 0 },
		{ NUM(DEV, EQ, ~0ull, 0), 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_EQ(-rows[i].err, set_filter(self->fd, variant->set, &rows[i].pred, 1,
						   NULL)) {
			TH_LOG("in row %zu", i);
		}
}

/* Strings that nothing but their length or their bytes speaks against. */
TEST_F(filter_set, strings)
{
	static const struct mmtrace_pred shared = STR(PATH, GLOB, 0, 256);
	struct mmtrace_pred pred = STR(PATH, GLOB, 0, 257), preds[MMTRACE_PREDS_MAX];
	static char strings[MMTRACE_STRINGS_MAX];
	struct mmtrace_filter filter = {
		.size = sizeof(filter), .preds_len = 1, .strings_len = sizeof(strings),
		.preds = (unsigned long)&pred, .strings = (unsigned long)strings,
	};
	struct got got;
	int i;

	memset(strings, '*', sizeof(strings));
	EXPECT_EQ(-E2BIG, mmtrace_ioctl(self->fd, variant->set, &filter));
	strings[5] = '\0';
	pred.mask = 256;
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->fd, variant->set, &filter));
	expect_kept(_metadata, self->fd, variant->get);
	pred.value = 6;
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->set, &filter));
	pred.op = MMTRACE_OP_EQ;
	pred.mask = sizeof(strings) - 6;
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->set, &filter));
	/* As many as there may be, with all the bytes that there may be. */
	for (i = 0; i < MMTRACE_PREDS_MAX; i++)
		preds[i] = (struct mmtrace_pred) {
			MMTRACE_FIELD_PATH, MMTRACE_OP_EQ, i < 63 ? i + 1 : YES, NO, 128 * i, 128
		};
	strings[5] = '?';
	filter.preds_len = MMTRACE_PREDS_MAX;
	filter.preds = (unsigned long)preds;
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->set, &filter));
	ASSERT_EQ(0, get_filter(self->fd, variant->get, &got, MMTRACE_PREDS_MAX, ROOM));
	expect_same(_metadata, &got, preds, MMTRACE_PREDS_MAX, strings);
	/* Of patterns all together there may be less. */
	for (i = 0; i < MMTRACE_PREDS_MAX; i++)
		preds[i] = (struct mmtrace_pred) {
			MMTRACE_FIELD_PATH, MMTRACE_OP_GLOB, YES, NO, 0, MMTRACE_GLOB_MAX
		};
	filter.preds_len = MMTRACE_GLOBS_MAX / MMTRACE_GLOB_MAX;
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->set, &filter));
	filter.preds_len++;
	EXPECT_EQ(-E2BIG, mmtrace_ioctl(self->fd, variant->set, &filter));
	filter.preds_len = MMTRACE_PREDS_MAX;
	/* Shared bytes are kept once for each predicate: that has an end, too. */
	for (i = 0; i < MMTRACE_PREDS_MAX; i++)
		preds[i] = shared;
	EXPECT_EQ(-E2BIG, mmtrace_ioctl(self->fd, variant->set, &filter));
	/* Strings that nobody refers to are no filter, and none is kept. */
	filter.preds_len = 0;
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->fd, variant->set, &filter));
}

TEST_HARNESS_MAIN
