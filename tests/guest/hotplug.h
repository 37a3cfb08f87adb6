/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of processors that come and go share: calls on one, and its account. */
#ifndef MMTRACE_TEST_HOTPLUG_H
#define MMTRACE_TEST_HOTPLUG_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "processors.h"

#define THREADS		4
#define CALLS		100
#define SMALL_RING	65536
#define SMALL_CALLS	(SMALL_RING / sizeof(struct mmtrace_record))	/* has room for no more */

static inline void begin(struct __test_metadata *_metadata, struct trace *trace, __u32 ring_size)
{
	trace_open(_metadata, trace, &(struct mmtrace_config) {
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.ring_size	= ring_size,
	});
	ASSERT_EQ(0, filter_mark(trace->fd));
	trace_start(_metadata, trace);
}

static inline void calls_on(struct __test_metadata *_metadata, unsigned int cpu, unsigned int calls)
{
	ASSERT_EQ(0, run_on(cpu));
	while (calls--)
		mark_call();
	run_anywhere();
}

/* Records of a processor among what was read last. */
static inline unsigned int count_on(const struct trace *trace, unsigned int cpu)
{
	const struct mmtrace_record *record = NULL;
	unsigned int n = 0;

	while ((record = trace_next(trace, record)))
		n += record->head.event == MMTRACE_EVENT_DO_MMAP && record->head.cpu == cpu;
	return n;
}

static inline void expect_account(struct __test_metadata *_metadata, int fd, unsigned int cpu,
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

static atomic_bool done;
static atomic_ullong made;

/* Also where all is slow, more than small rings can take. */
static inline void *load(void *data)
{
	unsigned long long calls = 0, least = *(unsigned int *)data * SMALL_CALLS;

	while (!atomic_load(&done) || calls < least) {
		mark_call();
		calls++;
	}
	atomic_fetch_add(&made, calls);
	return data;
}

static inline __u64 sum_of(const struct trace *trace)
{
	unsigned int cpu;
	__u64 sum = 0;

	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		sum += trace->seq[cpu];
	return sum;
}

static inline void expect_all(struct __test_metadata *_metadata, struct trace *trace)
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


/* What a load goes on for. */
struct change {
	bool		(*make)(unsigned int cpus);
	unsigned int	cpus;
	bool		made;
};

static inline void *make_change(void *data)
{
	struct change *change = data;

	change->made = change->make(change->cpus);
	atomic_store(&done, true);
	return NULL;
}

/*
 * One session is read all the time, another at the end: it has lost most by then. Returns
 * the first, closed.
 */
static inline const struct trace *
expect_all_under_load(struct __test_metadata *_metadata, unsigned int cpus,
		      bool (*make)(unsigned int cpus))
{
	static struct trace followed, left;
	struct change change = { .make = make, .cpus = cpus };
	pthread_t threads[THREADS], thread;
	struct pollfd pollfd;
	int i;

	atomic_store(&done, false);
	begin(_metadata, &followed, 1 << 20);
	begin(_metadata, &left, SMALL_RING);
	pollfd = (struct pollfd) { .fd = followed.fd, .events = POLLIN };
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, load, &cpus));
	ASSERT_EQ(0, pthread_create(&thread, NULL, make_change, &change));
	while (!atomic_load(&done))
		if (poll(&pollfd, 1, 100) == 1)
			trace_read(_metadata, &followed);
	pthread_join(thread, NULL);
	EXPECT_TRUE(change.made) TH_LOG("a processor did not come or go");
	for (i = 0; i < THREADS; i++)
		while (pthread_tryjoin_np(threads[i], NULL))
			trace_read(_metadata, &followed);
	expect_all(_metadata, &followed);
	expect_all(_metadata, &left);
	EXPECT_LT(0, left.lost);
	close(followed.fd);
	close(left.fd);
	return &followed;
}

#endif /* MMTRACE_TEST_HOTPLUG_H */
