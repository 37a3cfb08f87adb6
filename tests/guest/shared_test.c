// SPDX-License-Identifier: GPL-2.0
/*
 * One session that several use at the same time, to read, to ask, to close: each record
 * is given once and whole, and what one of them waits for is no reason for another to
 * wait who asked not to.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

#include "missing.h"
#include "processors.h"
#include "task_state.h"

#define RECORD_LEN	sizeof(struct mmtrace_record)
#define LONG_MS		20000	/* whoever sleeps so long was not woken */
#define CALLS		250
#define STORM_CALLS	2000
#define STORMS		2
#define SEQ_MAX		(STORMS * STORM_CALLS + CALLS)

/**
 * struct given - how often each record was given
 * @fd: of the session
 * @times: by CPU and number
 * @torn: reads that gave something else than whole records
 */
struct given {
	int		fd;
	atomic_uchar	times[CPUS_MAX][SEQ_MAX];
	atomic_uint	torn;
};

FIXTURE(shared)
{
	struct trace	trace;
	struct given	*given;
};

FIXTURE_SETUP(shared)
{
	self->given = mmap(NULL, sizeof(*self->given), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->given);
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	ASSERT_EQ(0, filter_mark(self->trace.fd));
	self->given->fd = self->trace.fd;
}

FIXTURE_TEARDOWN(shared)
{
	close(self->trace.fd);
	munmap(self->given, sizeof(*self->given));
	expect_nothing_left(_metadata);
}

static void block(struct __test_metadata *_metadata, int fd)
{
	ASSERT_EQ(0, fcntl(fd, F_SETFL, 0));
}

static void give(struct given *given, __u32 cpu, __u64 seq)
{
	if (cpu < CPUS_MAX && seq < SEQ_MAX)
		given->times[cpu][seq]++;
	else
		given->torn++;
}

static unsigned int expect_each_once(struct __test_metadata *_metadata, struct given *given)
{
	unsigned int cpu, i, n, sum = 0;

	EXPECT_EQ(0, given->torn);
	for (cpu = 0; cpu < CPUS_MAX; cpu++) {
		for (n = 0; n < SEQ_MAX && given->times[cpu][n]; n++)
			ASSERT_EQ(1, given->times[cpu][n]) TH_LOG("record %u of CPU %u", n, cpu);
		for (i = n; i < SEQ_MAX; i++)
			ASSERT_EQ(0, given->times[cpu][i]) TH_LOG("record %u of CPU %u", i, cpu);
		sum += n;
	}
	return sum;
}

/* A reader in the middle of its first record, of which the rest has no memory to go to. */
struct stuck {
	pthread_t	thread;
	int		fd;
	char		*to;
	size_t		len;
	ssize_t		got;
};

static void *stuck_run(void *data)
{
	struct stuck *stuck = data;

	stuck->got = read(stuck->fd, stuck->to, stuck->len);
	return NULL;
}

/* scenario 17: of several CPUs, what is traced meanwhile waits for nobody */
TEST_F(shared, stuck_reader)
{
	struct pollfd pollfd = { .fd = self->trace.fd, .events = POLLIN };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	unsigned int cpu, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	static const char zeros[PAGE];
	const struct mmtrace_record *record;
	struct missing missing;
	struct stuck stuck = { .fd = self->trace.fd, .len = 2 * RECORD_LEN };
	char byte[RECORD_LEN];
	int epoll;

	trace_start(_metadata, &self->trace);
	mark_calls(2);
	missing_open(_metadata, &missing);
	missing_arm(_metadata, &missing);
	stuck.to = missing.pages + PAGE - RECORD_LEN / 2;
	ASSERT_EQ(0, pthread_create(&stuck.thread, NULL, stuck_run, &stuck));
	missing_wait(_metadata, &missing);

	for (cpu = 0; cpu < cpus; cpu++) {
		ASSERT_EQ(0, run_on(cpu));
		mark_call();
	}
	run_anywhere();
	EXPECT_EQ(-1, read(self->trace.fd, byte, sizeof(byte)));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, epoll);
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->trace.fd, &event));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));

	missing_fill(_metadata, &missing, zeros);
	ASSERT_EQ(0, pthread_join(stuck.thread, NULL));
	ASSERT_EQ((ssize_t)stuck.len, stuck.got);
	for (record = (void *)stuck.to; (char *)record < stuck.to + stuck.len; record++)
		EXPECT_EQ(self->trace.seq[record->head.cpu]++, record->head.seq);
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, LONG_MS))
		TH_LOG("not told of what came meanwhile");
	EXPECT_EQ(cpus * RECORD_LEN, trace_read(_metadata, &self->trace));
	missing_close(&missing);
	close(epoll);
}

static void do_nothing(int signal)
{
	(void)signal;
}

/* Numbers of lines, each of which has to be whole. */
static void give_lines(struct given *given, const char *text, size_t len)
{
	unsigned long long seq;
	const char *line, *end, *found;

	for (line = text; line < text + len; line = end + 1) {
		end = memchr(line, '\n', text + len - line);
		if (!end) {
			given->torn++;
			return;
		}
		found = memmem(line, end - line, " seq=", 5);
		if (found && sscanf(found, " seq=%llu", &seq) == 1)
			give(given, 0, seq);
		else
			given->torn++;
	}
}

/* scenario 15: what was copied before a signal is told, and the rest is still there */
TEST_F(shared, signal_within_read)
{
	struct sigaction action = { .sa_handler = do_nothing };
	static const char zeros[PAGE];
	static char rest[CALLS * 512];
	struct missing missing;
	struct stuck stuck = { .fd = self->trace.fd, .len = 2 * PAGE };

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	set_text(_metadata, self->trace.fd);
	ASSERT_EQ(0, run_on(0));
	trace_start(_metadata, &self->trace);
	mark_calls(CALLS);
	run_anywhere();
	missing_open(_metadata, &missing);
	missing_arm(_metadata, &missing);
	stuck.to = missing.pages;
	ASSERT_EQ(0, pthread_create(&stuck.thread, NULL, stuck_run, &stuck));
	missing_wait(_metadata, &missing);
	ASSERT_EQ(0, pthread_kill(stuck.thread, SIGUSR1));
	missing_fill(_metadata, &missing, zeros);
	ASSERT_EQ(0, pthread_join(stuck.thread, NULL));
	ASSERT_LT((ssize_t)PAGE, stuck.got);
	EXPECT_GT((ssize_t)PAGE + 1024, stuck.got) TH_LOG("the signal did not end it");
	give_lines(self->given, stuck.to, stuck.got);
	stuck.got = read(self->trace.fd, rest, sizeof(rest));
	ASSERT_LT(0, stuck.got);
	give_lines(self->given, rest, stuck.got);
	EXPECT_EQ(CALLS, expect_each_once(_metadata, self->given));
	missing_close(&missing);
}

/* A child that holds the session in a read that never ends. */
static pid_t fork_stuck(struct __test_metadata *_metadata, int fd)
{
	struct missing missing;
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	missing_open(_metadata, &missing);
	missing_arm(_metadata, &missing);
	_exit(read(fd, missing.pages + PAGE - RECORD_LEN / 2, PAGE) < 0);
}

/* scenario 7: its record was not given */
TEST_F(shared, killed_within_copy)
{
	struct pollfd pollfd = { .fd = self->trace.fd, .events = POLLIN };
	int status;
	pid_t pid;

	/* Or it would be turned away, while it is polled. */
	block(_metadata, self->trace.fd);
	trace_start(_metadata, &self->trace);
	mark_calls(3);
	ASSERT_EQ(1, poll(&pollfd, 1, LONG_MS));
	pid = fork_stuck(_metadata, self->trace.fd);
	ASSERT_LT(0, pid);
	while (poll(&pollfd, 1, 0) && !waitpid(pid, &status, WNOHANG))
		sched_yield();
	/* It may have been polled in the midst of something else. */
	while (poll(&pollfd, 1, 100) && !waitpid(pid, &status, WNOHANG))
		sched_yield();
	ASSERT_EQ(0, kill(pid, SIGKILL)) TH_LOG("it read all the same");
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(3 * RECORD_LEN, trace_read(_metadata, &self->trace));
}

static void *read_records(void *data)
{
	char buf[7 * RECORD_LEN];
	const struct mmtrace_record *record;
	struct given *given = data;
	ssize_t got;

	while ((got = read(given->fd, buf, sizeof(buf))) > 0) {
		given->torn += !!(got % RECORD_LEN);
		for (record = (void *)buf; (char *)record < buf + got; record++)
			give(given, record->head.event == MMTRACE_EVENT_LOST ? CPUS_MAX :
							   record->head.cpu, record->head.seq);
	}
	given->torn += got < 0;
	return NULL;
}

static atomic_uint storms;

static void *storm(void *unused)
{
	(void)unused;
	mark_calls(STORM_CALLS);
	storms--;
	return NULL;
}

/* What may be changed while it runs, and what may be asked. */
static void change(struct __test_metadata *_metadata, int fd, unsigned int round)
{
	struct mmtrace_config config;
	struct mmtrace_stats stats;

	ASSERT_EQ(0, get_config(fd, &config));
	config.timeout_ms = round % 2 ? 1 : 60000;
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, filter_mark(fd));
	ASSERT_EQ(0, get_stats(fd, MMTRACE_EVENT_DO_MMAP, &stats));
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost + stats.pending);
}

/* scenario 14 */
TEST_F_TIMEOUT(shared, all_at_once, 120)
{
	pthread_t readers[2], callers[STORMS];
	struct mmtrace_stats stats;
	unsigned int i;

	block(_metadata, self->trace.fd);
	trace_start(_metadata, &self->trace);
	storms = STORMS;
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		ASSERT_EQ(0, pthread_create(&readers[i], NULL, read_records, self->given));
	for (i = 0; i < STORMS; i++)
		ASSERT_EQ(0, pthread_create(&callers[i], NULL, storm, NULL));
	for (i = 0; storms; i++)
		change(_metadata, self->trace.fd, i);
	for (i = 0; i < STORMS; i++)
		ASSERT_EQ(0, pthread_join(callers[i], NULL));
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		ASSERT_EQ(0, pthread_join(readers[i], NULL));
	EXPECT_EQ(STORMS * STORM_CALLS, expect_each_once(_metadata, self->given));
	ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_DO_MMAP, &stats));
	EXPECT_EQ(STORMS * STORM_CALLS, stats.delivered);
	EXPECT_EQ(0, stats.lost);
}

struct sleeper {
	int		fd;
	atomic_int	tid;
	char		buf[RECORD_LEN];
	ssize_t		got;
};

static void *sleeper_run(void *data)
{
	struct sleeper *sleeper = data;

	sleeper->tid = gettid();
	sleeper->got = read(sleeper->fd, sleeper->buf, sizeof(sleeper->buf));
	return NULL;
}

/* scenario 14: the number is gone, and not the file */
TEST_F(shared, closed_within_read)
{
	struct sleeper sleeper = { .fd = self->trace.fd };
	pthread_t thread;

	block(_metadata, self->trace.fd);
	trace_start(_metadata, &self->trace);
	ASSERT_EQ(0, pthread_create(&thread, NULL, sleeper_run, &sleeper));
	while (!sleeper.tid || state_of(sleeper.tid) != 'S')
		sched_yield();
	ASSERT_EQ(0, close(self->trace.fd));
	self->trace.fd = -1;
	mark_call();
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ((ssize_t)RECORD_LEN, sleeper.got);
}

/* scenario 11 */
TEST_F(shared, closed_by_child)
{
	struct mmtrace_event_info info;
	pid_t pid;

	trace_start(_metadata, &self->trace);
	pid = fork();
	if (!pid)
		_exit(!!close(self->trace.fd));
	ASSERT_TRUE(child_is_well(pid));
	ASSERT_EQ(0, get_event(self->trace.fd, MMTRACE_EVENT_DO_MMAP, &info));
	EXPECT_EQ(1, info.sessions);
	mark_call();
	EXPECT_EQ(RECORD_LEN, trace_read(_metadata, &self->trace));
}

static void read_lines(struct given *given)
{
	char buf[1000];
	ssize_t got;

	while ((got = read(given->fd, buf, sizeof(buf))) > 0)
		give_lines(given, buf, got);
	given->torn += got < 0;
}

/* scenario 11: nobody has the end of a line of which somebody else has the beginning */
TEST_F(shared, lines)
{
	pid_t pid;

	set_text(_metadata, self->trace.fd);
	ASSERT_EQ(0, run_on(0));
	trace_start(_metadata, &self->trace);
	mark_calls(CALLS);
	run_anywhere();
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	block(_metadata, self->trace.fd);
	pid = fork();
	read_lines(self->given);
	if (!pid)
		_exit(0);
	EXPECT_TRUE(child_is_well(pid));
	EXPECT_EQ(CALLS, expect_each_once(_metadata, self->given));
}

/* scenario 11: a reader that waits, as one in an epoll does at all times, makes no difference */
TEST_F(shared, lines_while_somebody_waits)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_LE(0, epoll);
	set_text(_metadata, self->trace.fd);
	ASSERT_EQ(0, run_on(0));
	trace_start(_metadata, &self->trace);
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->trace.fd, &event));
	mark_calls(CALLS);
	run_anywhere();
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	read_lines(self->given);
	EXPECT_EQ(CALLS, expect_each_once(_metadata, self->given));
	close(epoll);
}

TEST_HARNESS_MAIN
