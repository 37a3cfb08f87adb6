// SPDX-License-Identifier: GPL-2.0
/* The same of a 32-bit program; of one for Arm there is less to be known. */
#include "mmtrace_test.h"

/* Of i386 alone. */
#ifdef SYS_modify_ldt
#include "stack_test.c"
#else

TEST(stack_of_32_bit_arm)
{
	const struct mmtrace_stack *stack;
	const struct mmtrace_record *record;
	static struct trace trace;

	trace_open(_metadata, &trace, &(struct mmtrace_config) { .flags = MMTRACE_CONFIG_STACK });
	trace_start(_metadata, &trace);
	mark_call();
	trace_read(_metadata, &trace);
	record = trace_find(&trace, MMTRACE_EVENT_MMAP2, gettid(), 0);
	ASSERT_NE(NULL, record);
	stack = stack_of(record);
	ASSERT_NE(NULL, stack);
	EXPECT_EQ(2, stack->depth);
	EXPECT_EQ(MMTRACE_STACK_BROKEN | MMTRACE_STACK_LINK, stack->flags);
	EXPECT_EQ(0, stack->ip[1] & 1);
	EXPECT_EQ(0, stack->ip[1] >> 32);
	close(trace.fd);
}

TEST_HARNESS_MAIN
#endif
