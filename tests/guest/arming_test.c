// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks come and go under load: while every CPU is busy mapping, sessions start,
 * record all that they must from the first call on, and end.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "mmtrace_test.h"

#define ROUNDS	10
#define CALLS	5

FIXTURE(arming)
{
	unsigned int	threads;
	pthread_t	thread[CPUS_MAX];
};

static atomic_bool done;

/* A file, then an anonymous mapping, a move, and a call that fails. */
static void *load(void *data)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	unsigned int i;
	void *at;

	for (i = 0; !atomic_load(&done); i++) {
		munmap(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), PAGE);
		at = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		at = mremap(at, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
		munmap(at, 2 * PAGE);
		syscall(SYS_remap_file_pages, 0, 0, 1, 0, 0);
		let_go_at_times(i);
	}
	close(fd);
	return data;
}

FIXTURE_SETUP(arming)
{
	unsigned int i;

	atomic_store(&done, false);
	self->threads = sysconf(_SC_NPROCESSORS_ONLN);
	ASSERT_GE(CPUS_MAX, self->threads);
	for (i = 0; i < self->threads; i++)
		ASSERT_EQ(0, pthread_create(&self->thread[i], NULL, load, NULL));
}

FIXTURE_TEARDOWN(arming)
{
	unsigned int i;

	atomic_store(&done, true);
	for (i = 0; i < self->threads; i++)
		EXPECT_EQ(0, pthread_join(self->thread[i], NULL));
	expect_nothing_left(_metadata);
}

TEST_F_TIMEOUT(arming, sessions_come_and_go, 100)
{
	static struct trace trace;
	struct mmtrace_stats stats;
	int round, i;

	for (round = 0; round < ROUNDS; round++) {
		trace_open(_metadata, &trace, &(struct mmtrace_config) {
				.ring_size = 65536,
			   });
		ASSERT_EQ(0, filter_mark(trace.fd));
		trace_start(_metadata, &trace);
		for (i = 0; i < CALLS; i++)
			mark_call();
		ASSERT_EQ(2 * CALLS * sizeof(struct mmtrace_record),
			  trace_read(_metadata, &trace));
		ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_STOP, NULL));
		ASSERT_EQ(0, get_stats(trace.fd, MMTRACE_EVENT_LOST, &stats));
		EXPECT_EQ(0, stats.missed);
		EXPECT_EQ(0, stats.lost);
		EXPECT_EQ(stats.hits, stats.filtered + stats.delivered);
		close(trace.fd);
	}
}

TEST_HARNESS_MAIN
