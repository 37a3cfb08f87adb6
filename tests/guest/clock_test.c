// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever is done to the machine's clocks, records come in the order of their time,
 * which is that of CLOCK_MONOTONIC, and no call ends before it began: while the time of
 * day is set back and forth, slewed and stepped, and the hardware that the kernel
 * takes its time from is exchanged.
 *
 * Threads call without end, and move from processor to processor.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <sys/timex.h>

#include "processors.h"

#define ROUNDS		200
#define THREADS		4
#define STAY		20	/* calls between two moves */
#define BETWEEN		50	/* calls between two changes of a clock */
#define CLOCKSOURCE	"/sys/devices/system/clocksource/clocksource0/"

/**
 * struct watch - what was read so far
 * @trace: records
 * @begun: when the session was
 * @seen: calls
 */
struct watch {
	struct trace	trace;
	__u64		begun;
	__u64		seen;
};

/* The kernel's own clock source is the one that is left at the end. */
FIXTURE(clocks)
{
	struct watch	watch;
	char		source[64];
};

static atomic_bool done;
static atomic_ulong calls;

/* The first line of a file, without its end. */
static void read_line(const char *path, char *line, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, line, size - 1);

	close(fd);
	line[got > 0 ? got : 0] = 0;
	line[strcspn(line, "\n")] = 0;
}

/* 0 or a negative errno. */
static int set_source(const char *name)
{
	int fd = open(CLOCKSOURCE "current_clocksource", O_WRONLY | O_CLOEXEC), err;

	err = write(fd, name, strlen(name)) < 0 ? -errno : 0;
	close(fd);
	return err;
}

FIXTURE_SETUP(clocks)
{
	read_line(CLOCKSOURCE "current_clocksource", self->source, sizeof(self->source));
	trace_open(_metadata, &self->watch.trace, &(struct mmtrace_config) {
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.ring_size	= 4 << 20,
		.watermark	= 65536,
	});
	ASSERT_EQ(0, filter_mark(self->watch.trace.fd));
	trace_start(_metadata, &self->watch.trace);
	self->watch.begun = now_ns();
	self->watch.seen = 0;
	atomic_store(&calls, 0);
	atomic_store(&done, false);
}

FIXTURE_TEARDOWN(clocks)
{
	EXPECT_EQ(0, set_source(self->source));
	close(self->watch.trace.fd);
	expect_nothing_left(_metadata);
}

static void *load(void *data)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN), i;

	for (i = 0; !atomic_load(&done); i++) {
		if (i % STAY == 0)
			run_on((i / STAY + (unsigned long)data) % cpus);
		mark_call();
		atomic_fetch_add(&calls, 1);
	}
	return NULL;
}

/* Nothing would be seen of changes that come before all calls. */
static void let_some_call(void)
{
	unsigned long enough = atomic_load(&calls) + BETWEEN;

	while (atomic_load(&calls) < enough)
		sched_yield();
}

/* A year back or forth, by both of the calls that there are. */
static int set_time(unsigned int round, const struct timespec *real)
{
	struct timespec to = *real;
	struct timeval day;

	to.tv_sec += round % 2 ? -31536000 : 31536000;
	if (round % 4 < 2)
		return clock_settime(CLOCK_REALTIME, &to);
	day = (struct timeval) { .tv_sec = to.tv_sec };
	return settimeofday(&day, NULL);
}

/* A tenth faster, a tenth slower, and a step of half a second, as NTP does them. */
static int slew(unsigned int round)
{
	struct timex timex = { .modes = ADJ_TICK, .tick = round % 2 ? 9000 : 11000 };

	if (round % 8 == 7)
		timex = (struct timex) {
			.modes	= ADJ_SETOFFSET,
			.time	= { .tv_usec = 500000 },
		};
	return adjtimex(&timex) < 0;
}

/* Sets all right again; returns how many rounds went well. */
static void *set_clocks(void *data)
{
	struct timex usual = { .modes = ADJ_TICK, .tick = 10000 };
	unsigned long rounds = rounds_of(ROUNDS), i;
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	for (i = 0; i < rounds; i++) {
		let_some_call();
		if (set_time(i, &real) || slew(i))
			break;
	}
	clock_settime(CLOCK_REALTIME, &real);
	adjtimex(&usual);
	*(unsigned long *)data = i;
	atomic_store(&done, true);
	return NULL;
}

/* Over and over through all that there are. */
static void *change_sources(void *data)
{
	unsigned long rounds = rounds_of(ROUNDS) / 10, i;
	char all[256], *name, *rest;

	for (i = 0; i < rounds; i++) {
		read_line(CLOCKSOURCE "available_clocksource", all, sizeof(all));
		for (name = strtok_r(all, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
			let_some_call();
			if (set_source(name))
				goto out;
		}
	}
out:
	*(unsigned long *)data = i;
	atomic_store(&done, true);
	return NULL;
}

/* trace_read() has looked at their order. */
static void expect_times(struct __test_metadata *_metadata, struct watch *watch)
{
	const struct mmtrace_record *record = NULL;
	__u64 now = now_ns();

	while ((record = trace_next(&watch->trace, record))) {
		EXPECT_LE(record->head.time, now);
		if (record->head.event == MMTRACE_EVENT_LOST)
			continue;
		EXPECT_LE(watch->begun, record->head.time);
		EXPECT_LE(record->call.duration, record->head.time - watch->begun);
		watch->seen++;
	}
}

static void run(struct __test_metadata *_metadata, struct watch *watch,
		void *(*disturb)(void *), unsigned long *rounds)
{
	struct pollfd pollfd = { .fd = watch->trace.fd, .events = POLLIN };
	pthread_t threads[THREADS + 1];
	unsigned long i;

	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, load, (void *)i));
	ASSERT_EQ(0, pthread_create(&threads[i], NULL, disturb, rounds));
	while (!atomic_load(&done)) {
		if (poll(&pollfd, 1, 100) != 1)
			continue;
		trace_read(_metadata, &watch->trace);
		expect_times(_metadata, watch);
	}
	for (i = 0; i <= THREADS; i++)
		pthread_join(threads[i], NULL);
	while (trace_read(_metadata, &watch->trace))
		expect_times(_metadata, watch);
	EXPECT_EQ(calls, watch->seen);
	EXPECT_EQ(0, watch->trace.lost);
}

/* scenario 39 */
TEST_F_TIMEOUT(clocks, time_of_day_is_set, 100)
{
	unsigned long rounds = 0;

	run(_metadata, &self->watch, set_clocks, &rounds);
	EXPECT_EQ(rounds_of(ROUNDS), rounds);
}

TEST_F_TIMEOUT(clocks, sources_are_exchanged, 100)
{
	unsigned long rounds = 0;

	run(_metadata, &self->watch, change_sources, &rounds);
	EXPECT_EQ(rounds_of(ROUNDS) / 10, rounds);
}

TEST_HARNESS_MAIN
