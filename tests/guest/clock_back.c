// SPDX-License-Identifier: GPL-2.0
/*
 * A clock that goes back between two calls: variants_test.sh runs it, on a module for
 * which some calls come two seconds late or early. All are there at once, times never
 * go back, and those that had to be changed are marked.
 */
#include "mmtrace_test.h"

/* As tests/vm/build-variants.sh has them. */
#define LEN_BEHIND	0x125000
#define LEN_AHEAD	0x126000
#define LEN_IN_TIME	0x127000

FIXTURE(clock)
{
	struct trace	trace;
};

FIXTURE_SETUP(clock)
{
	static const struct mmtrace_pred pred = {
		.field		= MMTRACE_FIELD_LEN,
		.op		= MMTRACE_OP_RANGE,
		.on_true	= MMTRACE_ACCEPT,
		.on_false	= MMTRACE_REJECT,
		.value		= LEN_BEHIND,
		.mask		= LEN_IN_TIME,
	};

	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
		.events	= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
	});
	self->trace.slewed = true;
	ASSERT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_FILTER, &pred, 1, NULL));
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(clock)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

/* Makes a call, whose record is the next. */
static void expect_late(struct __test_metadata *_metadata, struct trace *trace, size_t len,
			bool late)
{
	const struct mmtrace_record *record;

	munmap(mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), len);
	trace_read(_metadata, trace);
	record = trace_next(trace, NULL);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(NULL, trace_next(trace, record));
	EXPECT_EQ(len, record->do_mmap.len);
	EXPECT_GT(3000000000, record->call.duration);
	EXPECT_EQ(late ? MMTRACE_R_LATE : 0, record->head.flags & MMTRACE_R_LATE);
}

TEST_F(clock, goes_back)
{
	int i;

	for (i = 0; i < 3; i++) {
		expect_late(_metadata, &self->trace, LEN_IN_TIME, false);
		expect_late(_metadata, &self->trace, LEN_BEHIND, true);
		expect_late(_metadata, &self->trace, LEN_IN_TIME, false);
		expect_late(_metadata, &self->trace, LEN_AHEAD, false);
		expect_late(_metadata, &self->trace, LEN_IN_TIME, true);
		usleep(2100000);
	}
}

TEST_HARNESS_MAIN
