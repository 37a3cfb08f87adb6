// SPDX-License-Identifier: GPL-2.0
/*
 * A million records of threads that move from CPU to CPU come out of read() in the
 * order of their time, each once, none late, while they are made.
 *
 * The calls are mremap() to the size that the mapping has, with a number in the
 * argument that the kernel then does not look at.
 *
 * timeout: 400
 * cpus: 8
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>

#include "mmtrace_test.h"

#define THREADS		8
#define STAY		37	/* calls between two moves */
#define MILLION		1000000ull
#define FEW		80000ull	/* where there are fewer CPUs than threads */

static __u64 calls;	/* of each thread */
static unsigned int cpus;

static void move_to(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % cpus, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *caller(void *argument)
{
	unsigned long thread = (unsigned long)argument, i;
	void *at = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (i = 0; i < calls; i++) {
		if (i % STAY == 0)
			move_to(thread + i / STAY);
		syscall(SYS_mremap, at, PAGE, PAGE, 0, thread << 32 | i);
	}
	return NULL;
}

/**
 * struct order - what was read so far
 * @trace: records
 * @next: number of each thread's next call
 * @cpu: on which its last one was
 * @moves: calls that were not on the same as the one before
 * @seen: calls
 */
struct order {
	struct trace	trace;
	__u64		next[THREADS];
	__u32		cpu[THREADS];
	__u64		moves;
	__u64		seen;
};

FIXTURE(order)
{
	struct order	order;
};

FIXTURE_SETUP(order)
{
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	calls = (cpus < THREADS ? FEW : MILLION) / THREADS;
	memset(&self->order, 0, sizeof(self->order));
	trace_open(_metadata, &self->order.trace, &(struct mmtrace_config) {
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP),
		.ring_size	= 16 << 20,
		.watermark	= 1 << 20,
	});
	trace_start(_metadata, &self->order.trace);
}

FIXTURE_TEARDOWN(order)
{
	close(self->order.trace.fd);
	expect_nothing_left(_metadata);
}

/* trace_read() has looked at time and sequence numbers. */
static void read_all(struct __test_metadata *_metadata, struct order *order)
{
	const struct mmtrace_record *record;

	while (trace_read(_metadata, &order->trace)) {
		for (record = NULL; (record = trace_next(&order->trace, record));) {
			__u64 thread = record->mremap.new_address >> 32;

			if (record->head.event != MMTRACE_EVENT_MREMAP ||
			    record->call.tgid != (__u32)getpid())
				continue;
			ASSERT_GT(THREADS, thread);
			ASSERT_EQ(order->next[thread], (__u32)record->mremap.new_address);
			order->next[thread]++;
			order->seen++;
			order->moves += order->cpu[thread] != record->head.cpu;
			order->cpu[thread] = record->head.cpu;
		}
	}
}

TEST_F_TIMEOUT(order, of_threads_that_move, 380)
{
	struct order *order = &self->order;
	struct pollfd pollfd = { .fd = order->trace.fd, .events = POLLIN };
	pthread_t threads[THREADS];
	unsigned long i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, caller, (void *)i));
	while (order->seen + order->trace.lost < THREADS * calls) {
		ASSERT_EQ(1, poll(&pollfd, 1, 60000)) TH_LOG("only %llu calls", order->seen);
		read_all(_metadata, order);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(0, order->trace.lost);
	EXPECT_EQ(THREADS * calls, order->seen);
	if (cpus > 1)
		EXPECT_LE(THREADS * (calls / STAY - 1), order->moves);
}

TEST_HARNESS_MAIN
