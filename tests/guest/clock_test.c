// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever is done to the machine's clocks, records come in the order of their time,
 * which is that of CLOCK_MONOTONIC, and no call ends before it began: while the time of
 * day is set back and forth, slewed and stepped, and the hardware that the kernel
 * takes its time from is exchanged.
 */
#include <sys/time.h>
#include <sys/timex.h>

#include "watch.h"

#define ROUNDS		200	/* or fewer, on a slow machine */
#define ROUNDS_MIN	16	/* however slow: two of each change */
#define TURNS		20	/* through all sources */
#define TURNS_MIN	2
#define ENOUGH_NS	(30 * 1000000000ull)
#define BETWEEN		50	/* calls between two changes of a clock */
#define CLOCKSOURCE	"/sys/devices/system/clocksource/clocksource0/"

/* The kernel's own clock source is the one that is left at the end. */
FIXTURE(clocks)
{
	struct watch	watch;
	char		source[64];
};

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
	watch_begin(_metadata, &self->watch);
}

FIXTURE_TEARDOWN(clocks)
{
	EXPECT_EQ(0, set_source(self->source));
	close(self->watch.trace.fd);
	expect_nothing_left(_metadata);
}

/* Nothing would be seen of changes that come before all calls. */
static void let_some_call(void)
{
	unsigned long enough = atomic_load(&watch_calls) + BETWEEN;

	while (atomic_load(&watch_calls) < enough)
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

/**
 * struct changes - what was done to the clocks
 * @rounds: that went well
 * @seen: sources of time that the kernel has taken, of change_sources()
 * @err: of the round that did not
 */
struct changes {
	unsigned long	rounds;
	unsigned long	seen;
	int		err;
};

/* Sets all right again. */
static void *set_clocks(void *data)
{
	struct timex usual = { .modes = ADJ_TICK, .tick = 10000 };
	__u64 enough = now_ns() + ENOUGH_NS;
	struct changes *changes = data;
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	while (goes_on(changes->rounds, ROUNDS, ROUNDS_MIN, enough)) {
		let_some_call();
		changes->err = set_time(changes->rounds, &real) || slew(changes->rounds);
		if (changes->err)
			break;
		changes->rounds++;
	}
	clock_settime(CLOCK_REALTIME, &real);
	adjtimex(&usual);
	atomic_store(&watch_done, true);
	return NULL;
}

/* Over and over through all that there are. */
static void *change_sources(void *data)
{
	char all[256], current[64], before[64] = "", *name, *rest;
	__u64 enough = now_ns() + ENOUGH_NS;
	struct changes *changes = data;

	while (goes_on(changes->rounds, TURNS, TURNS_MIN, enough)) {
		read_line(CLOCKSOURCE "available_clocksource", all, sizeof(all));
		for (name = strtok_r(all, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
			let_some_call();
			changes->err = set_source(name);
			if (changes->err)
				goto out;
			read_line(CLOCKSOURCE "current_clocksource", current, sizeof(current));
			changes->seen += !!strcmp(before, current);
			strcpy(before, current);
		}
		changes->rounds++;
	}
out:
	atomic_store(&watch_done, true);
	return NULL;
}

static bool has_several_sources(void)
{
	char all[256], *rest;

	read_line(CLOCKSOURCE "available_clocksource", all, sizeof(all));
	return strtok_r(all, " ", &rest) && strtok_r(NULL, " ", &rest);
}

/* scenario 39 */
TEST_F_TIMEOUT(clocks, time_of_day_is_set, 100)
{
	struct changes changes = {};

	self->watch.trace.slewed = true;
	watch_run(_metadata, &self->watch, set_clocks, &changes);
	EXPECT_EQ(0, changes.err) TH_LOG("in round %lu", changes.rounds);
}

TEST_F_TIMEOUT(clocks, sources_are_exchanged, 100)
{
	struct changes changes = {};

	if (!has_several_sources())
		SKIP(return, "there is one source of time");
	watch_run(_metadata, &self->watch, change_sources, &changes);
	EXPECT_EQ(0, changes.err);
	EXPECT_LE(2 * changes.rounds, changes.seen);
}

TEST_HARNESS_MAIN
