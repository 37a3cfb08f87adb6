/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that call without end, and move from processor to processor; all of their
 * records come, in the order of their time, while something is done to the clock.
 */
#ifndef MMTRACE_TEST_WATCH_H
#define MMTRACE_TEST_WATCH_H

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "processors.h"

#define WATCH_THREADS	4
#define WATCH_STAY	20	/* calls between two moves */
#define WATCH_SLEWED	500000000ull	/* ns by which the clock may have gone back */

/**
 * struct watch - what was read so far
 * @trace: records
 * @begun: when the session was
 * @seen: calls
 * @longest: time between two that followed each other, ns
 * @last: time of the one before
 */
struct watch {
	struct trace	trace;
	__u64		begun;
	__u64		seen;
	__u64		longest;
	__u64		last;
};

static atomic_bool watch_done;
static atomic_ulong watch_calls;

static inline void watch_begin(struct __test_metadata *_metadata, struct watch *watch)
{
	*watch = (struct watch) {};
	trace_open(_metadata, &watch->trace, &(struct mmtrace_config) {
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.ring_size	= 4 << 20,
		.watermark	= 65536,
	});
	ASSERT_EQ(0, filter_mark(watch->trace.fd));
	trace_start(_metadata, &watch->trace);
	watch->begun = now_ns();
	atomic_store(&watch_calls, 0);
	atomic_store(&watch_done, false);
}

static inline void *watch_load(void *data)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN), i;

	for (i = 0; !atomic_load(&watch_done); i++) {
		if (i % WATCH_STAY == 0)
			run_on((i / WATCH_STAY + (unsigned long)data) % cpus);
		mark_call();
		atomic_fetch_add(&watch_calls, 1);
	}
	return NULL;
}

/*
 * trace_read() has looked at their order. The clock itself goes back by milliseconds while it
 * is slewed, but never by as much as it is set or a machine stands still.
 */
static inline void watch_expect(struct __test_metadata *_metadata, struct watch *watch)
{
	const struct mmtrace_record *record = NULL;
	__u64 now = now_ns() + (watch->trace.slewed ? WATCH_SLEWED : 0);

	while ((record = trace_next(&watch->trace, record))) {
		EXPECT_LE(record->head.time, now);
		if (record->head.event == MMTRACE_EVENT_LOST)
			continue;
		EXPECT_LE(watch->begun, record->head.time);
		EXPECT_LE(record->call.duration, record->head.time - watch->begun);
		if (watch->last && record->head.time - watch->last > watch->longest)
			watch->longest = record->head.time - watch->last;
		watch->last = record->head.time;
		watch->seen++;
	}
}

/**
 * watch_run() - read until @disturb is done
 * @disturb: sets watch_done at its end
 * @data: for it
 */
static inline void watch_run(struct __test_metadata *_metadata, struct watch *watch,
			     void *(*disturb)(void *), void *data)
{
	struct pollfd pollfd = { .fd = watch->trace.fd, .events = POLLIN };
	pthread_t threads[WATCH_THREADS + 1];
	unsigned long i;

	for (i = 0; i < WATCH_THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, watch_load, (void *)i));
	ASSERT_EQ(0, pthread_create(&threads[i], NULL, disturb, data));
	while (!atomic_load(&watch_done)) {
		if (poll(&pollfd, 1, 100) != 1)
			continue;
		trace_read(_metadata, &watch->trace);
		watch_expect(_metadata, watch);
	}
	for (i = 0; i <= WATCH_THREADS; i++)
		pthread_join(threads[i], NULL);
	while (trace_read(_metadata, &watch->trace))
		watch_expect(_metadata, watch);
	EXPECT_EQ(watch_calls, watch->seen);
	EXPECT_EQ(0, watch->trace.lost);
}

#endif /* MMTRACE_TEST_WATCH_H */
