// SPDX-License-Identifier: GPL-2.0
/*
 * Processors come and go: nothing that was recorded on one is lost with it, the account
 * stays exact, and a reader is woken by what it did last.
 *
 * For 1,000 rounds: MMTRACE_ROUNDS=1000 MMTRACE_PATIENCE=30 tests/run.sh hotplug_test
 *
 * timeout: 180
 */
#include "hotplug.h"

#define ROUNDS		20

/* The last processor, which is switched alone where one is enough. */
FIXTURE(hotplug)
{
	unsigned int	cpus;
	unsigned int	last;
};

/* A processor that was never online is brought up: as with maxcpus=1. */
FIXTURE_SETUP(hotplug)
{
	unsigned int cpu;

	self->cpus = sysconf(_SC_NPROCESSORS_CONF);
	ASSERT_GE(CPUS_MAX, self->cpus);
	self->last = self->cpus - 1;
	if (!self->last || !cpu_can_switch(self->last))
		SKIP(return, "no processor here can be switched off");
	for (cpu = 1; cpu < self->cpus; cpu++)
		ASSERT_EQ(0, cpu_switch(cpu, true));
}

FIXTURE_TEARDOWN(hotplug)
{
	unsigned int cpu;

	run_anywhere();
	for (cpu = 1; cpu < self->cpus; cpu++)
		EXPECT_EQ(0, cpu_switch(cpu, true));
	expect_nothing_left(_metadata);
}

/* scenario 37 */
TEST_F(hotplug, what_is_off_is_read)
{
	static struct trace trace;

	begin(_metadata, &trace, SMALL_RING);
	calls_on(_metadata, self->last, CALLS);
	ASSERT_EQ(0, cpu_switch(self->last, false));
	expect_account(_metadata, trace.fd, self->last, 0, 0, CALLS);
	calls_on(_metadata, 0, 1);
	trace_read(_metadata, &trace);
	EXPECT_EQ(CALLS, count_on(&trace, self->last));
	EXPECT_EQ(1, count_on(&trace, 0));
	expect_account(_metadata, trace.fd, self->last, CALLS, 0, 0);
	/* Its numbers go on where they were: trace_read() looks at that. */
	ASSERT_EQ(0, cpu_switch(self->last, true));
	calls_on(_metadata, self->last, CALLS);
	trace_read(_metadata, &trace);
	EXPECT_EQ(CALLS, count_on(&trace, self->last));
	expect_account(_metadata, trace.fd, self->last, 2 * CALLS, 0, 0);
	close(trace.fd);
}

/* Nothing is left to do for a session when a processor comes. */
TEST_F(hotplug, what_was_off_at_the_start_is_recorded)
{
	static struct trace trace;

	ASSERT_EQ(0, cpu_switch(self->last, false));
	begin(_metadata, &trace, SMALL_RING);
	ASSERT_EQ(0, cpu_switch(self->last, true));
	calls_on(_metadata, self->last, CALLS);
	trace_read(_metadata, &trace);
	EXPECT_EQ(CALLS, count_on(&trace, self->last));
	close(trace.fd);
}

TEST_F(hotplug, loss_of_what_is_off)
{
	static struct trace trace;
	__u32 calls = 2 * SMALL_CALLS;

	begin(_metadata, &trace, SMALL_RING);
	calls_on(_metadata, self->last, calls);
	ASSERT_EQ(0, cpu_switch(self->last, false));
	while (trace_read(_metadata, &trace))
		;
	EXPECT_LT(0, trace.lost);
	EXPECT_EQ(calls, trace.seq[self->last]);
	expect_account(_metadata, trace.fd, self->last, calls - trace.lost, trace.lost, 0);
	close(trace.fd);
}

static void *one_call(void *data)
{
	if (run_on(*(unsigned int *)data))
		return NULL;
	mark_call();
	return data;
}

/* The call wakes by way of its processor, which goes at once. */
TEST_F_TIMEOUT(hotplug, reader_is_woken_by_what_is_off, 150)
{
	static struct trace trace;
	struct pollfd pollfd = { .events = POLLIN };
	unsigned int rounds = rounds_of(ROUNDS), i;
	pthread_t thread;
	void *called;

	begin(_metadata, &trace, SMALL_RING);
	pollfd.fd = trace.fd;
	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, trace_read(_metadata, &trace));
		/* Asks to be woken. */
		ASSERT_EQ(0, poll(&pollfd, 1, 0));
		ASSERT_EQ(0, pthread_create(&thread, NULL, one_call, &self->last));
		if (i % 2)
			pthread_join(thread, &called);
		ASSERT_EQ(0, cpu_switch(self->last, false));
		if (!(i % 2))
			pthread_join(thread, &called);
		/* A thread that found its processor gone has called on another one, or not. */
		if (called)
			ASSERT_EQ(1, poll(&pollfd, 1, 60000)) TH_LOG("round %u", i);
		ASSERT_EQ(!!called, trace_read(_metadata, &trace) > 0);
		ASSERT_EQ(0, cpu_switch(self->last, true));
	}
	close(trace.fd);
}

static bool switch_all(unsigned int cpus)
{
	unsigned int rounds = rounds_of(ROUNDS), i;

	for (i = 0; i < rounds; i++) {
		unsigned int cpu = 1 + i % (cpus - 1);

		if (cpu_switch(cpu, false) || cpu_switch(cpu, true))
			return false;
	}
	return true;
}

TEST_F_TIMEOUT(hotplug, under_load, 170)
{
	expect_all_under_load(_metadata, self->cpus, switch_all);
}

TEST_HARNESS_MAIN
