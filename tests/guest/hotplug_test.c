// SPDX-License-Identifier: GPL-2.0
/*
 * Processors come and go: nothing that was recorded on one is lost with it, the account
 * stays exact, and a reader is woken by what it did last.
 *
 * For 1,000 rounds: MMTRACE_ROUNDS=1000 MMTRACE_PATIENCE=30 tests/run.sh hotplug_test
 *
 * timeout: 180
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "processors.h"

#define ROUNDS		20
#define CALLS		100
#define THREADS		4
#define SMALL_RING	65536
#define SMALL_CALLS	(SMALL_RING / sizeof(struct mmtrace_record))	/* has room for no more */

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

static void begin(struct __test_metadata *_metadata, struct trace *trace, __u32 ring_size)
{
	trace_open(_metadata, trace, &(struct mmtrace_config) {
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.ring_size	= ring_size,
	});
	ASSERT_EQ(0, filter_mark(trace->fd));
	trace_start(_metadata, trace);
}

static void calls_on(struct __test_metadata *_metadata, unsigned int cpu, unsigned int calls)
{
	ASSERT_EQ(0, run_on(cpu));
	while (calls--)
		mark_call();
	run_anywhere();
}

/* Records of a processor among what was read last. */
static unsigned int count_on(const struct trace *trace, unsigned int cpu)
{
	const struct mmtrace_record *record = NULL;
	unsigned int n = 0;

	while ((record = trace_next(trace, record)))
		n += record->head.event == MMTRACE_EVENT_DO_MMAP && record->head.cpu == cpu;
	return n;
}

static void expect_account(struct __test_metadata *_metadata, int fd, unsigned int cpu,
			   __u64 delivered, __u64 lost, __u64 pending)
{
	struct mmtrace_stats stats = {
		.size	= sizeof(stats),
		.event	= MMTRACE_EVENT_DO_MMAP,
		.cpu	= cpu + 1,
	};

	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_STATS, &stats));
	EXPECT_EQ(delivered, stats.delivered);
	EXPECT_EQ(lost, stats.lost);
	EXPECT_EQ(pending, stats.pending);
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost + stats.pending);
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

static atomic_bool done;
static atomic_ullong made;

/* Also where all is slow, more than small rings can take. */
static void *load(void *data)
{
	unsigned long long calls = 0, least = *(unsigned int *)data * SMALL_CALLS;

	while (!atomic_load(&done) || calls < least) {
		mark_call();
		calls++;
	}
	atomic_fetch_add(&made, calls);
	return data;
}

static void *switcher(void *data)
{
	unsigned int cpus = *(unsigned int *)data, rounds = rounds_of(ROUNDS), i;

	for (i = 0; i < rounds; i++) {
		unsigned int cpu = 1 + i % (cpus - 1);

		if (cpu_switch(cpu, false) || cpu_switch(cpu, true))
			break;
	}
	atomic_store(&done, true);
	return i == rounds ? data : NULL;
}

static __u64 sum_of(const struct trace *trace)
{
	unsigned int cpu;
	__u64 sum = 0;

	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		sum += trace->seq[cpu];
	return sum;
}

static void expect_all(struct __test_metadata *_metadata, struct trace *trace)
{
	struct mmtrace_stats stats;

	while (trace_read(_metadata, trace))
		;
	EXPECT_EQ(made, sum_of(trace));
	ASSERT_EQ(0, get_stats(trace->fd, MMTRACE_EVENT_DO_MMAP, &stats));
	EXPECT_EQ(made, stats.delivered + stats.lost);
	EXPECT_EQ(trace->lost, stats.lost);
	EXPECT_EQ(0, stats.missed);
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost);
}

/* One session is read all the time, another at the end: it has lost most by then. */
TEST_F_TIMEOUT(hotplug, under_load, 170)
{
	static struct trace followed, left;
	pthread_t threads[THREADS], thread;
	struct pollfd pollfd;
	void *all;
	int i;

	atomic_store(&done, false);
	begin(_metadata, &followed, 1 << 20);
	begin(_metadata, &left, SMALL_RING);
	pollfd = (struct pollfd) { .fd = followed.fd, .events = POLLIN };
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, load, &self->cpus));
	ASSERT_EQ(0, pthread_create(&thread, NULL, switcher, &self->cpus));
	while (!atomic_load(&done))
		if (poll(&pollfd, 1, 100) == 1)
			trace_read(_metadata, &followed);
	pthread_join(thread, &all);
	EXPECT_NE(NULL, all) TH_LOG("a processor could not be switched");
	for (i = 0; i < THREADS; i++)
		while (pthread_tryjoin_np(threads[i], NULL))
			trace_read(_metadata, &followed);
	expect_all(_metadata, &followed);
	expect_all(_metadata, &left);
	EXPECT_LT(0, left.lost);
	close(followed.fd);
	close(left.fd);
}

TEST_HARNESS_MAIN
