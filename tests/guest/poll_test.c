// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for records: whoever sleeps is woken by the first record within the
 * timeout, by the watermark before it, by the end, and by signals.
 *
 * A child does what shall wake the test, once it has seen that the test sleeps.
 */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include "task_state.h"

#define MS		1000000ull
#define LONG_MS		20000	/* whoever sleeps so long was not woken */
#define TIMEOUT_MS	100
#define SOON_MS		3000	/* for a slow machine to notice that it is time */
#define NEVER_MS	60000	/* of a session that only its watermark wakes */

static __u64 soon_ns(void)
{
	return SOON_MS * MS * patience();
}

/* The session for a waker to stop. */
static int waker_fd;

FIXTURE(poll)
{
	struct trace	trace;
	struct pollfd	pollfd;
};

FIXTURE_SETUP(poll)
{
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
			.timeout_ms	= TIMEOUT_MS,
			.ring_size	= 65536,
		   });
	ASSERT_EQ(0, filter_mark(self->trace.fd));
	waker_fd = self->trace.fd;
	self->pollfd = (struct pollfd) { .fd = self->trace.fd, .events = POLLIN };
}

FIXTURE_TEARDOWN(poll)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static bool is_asleep(pid_t pid)
{
	char state = state_of(pid);

	if (!state)
		_exit(1);
	return state == 'S';
}

/* Once the parent sleeps, the child does it. */
static pid_t fork_waker(void (*wake)(void))
{
	pid_t pid = fork();

	if (pid)
		return pid;
	while (!is_asleep(getppid()))
		sched_yield();
	wake();
	_exit(0);
}

static void wake_by_call(void)
{
	mark_call();
}

static void wake_by_many_calls(void)
{
	cpu_set_t first;
	int i;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	for (i = 0; i < 100; i++)
		mark_call();
}

static void wake_by_stop(void)
{
	mmtrace_ioctl(waker_fd, MMTRACE_IOC_STOP, NULL);
}

static void wake_by_signal(void)
{
	kill(getppid(), SIGUSR1);
}

static void wake_by_signal_and_call(void)
{
	kill(getppid(), SIGUSR1);
	while (!is_asleep(getppid()))
		sched_yield();
	mark_call();
}

TEST_F(poll, nothing)
{
	__u64 start = now_ns();

	EXPECT_EQ(0, poll(&self->pollfd, 1, 0));
	EXPECT_EQ(0, poll(&self->pollfd, 1, 3 * TIMEOUT_MS));
	EXPECT_LE(3 * TIMEOUT_MS * MS, now_ns() - start);
}

/* The first poll() starts the session. */
TEST_F(poll, starts)
{
	struct mmtrace_event_info info;

	mark_call();
	EXPECT_EQ(0, poll(&self->pollfd, 1, 0));
	ASSERT_EQ(0, get_event(self->trace.fd, MMTRACE_EVENT_DO_MMAP, &info));
	EXPECT_EQ(1, info.sessions);
	mark_call();
	EXPECT_EQ(1, poll(&self->pollfd, 1, 0));
	EXPECT_EQ(POLLIN, self->pollfd.revents);
	EXPECT_EQ(sizeof(struct mmtrace_record), trace_read(_metadata, &self->trace));
	EXPECT_EQ(0, poll(&self->pollfd, 1, 0));
}

static void expect_poll(struct __test_metadata *_metadata, struct pollfd *pollfd,
			void (*wake)(void), short revents)
{
	__u64 start = now_ns();
	pid_t pid = fork_waker(wake);

	EXPECT_EQ(1, poll(pollfd, 1, LONG_MS));
	EXPECT_EQ(revents, pollfd->revents);
	EXPECT_GT(soon_ns(), now_ns() - start);
	EXPECT_TRUE(child_is_well(pid));
}

TEST_F(poll, woken_by_a_record)
{
	int i;

	for (i = 0; i < 5; i++) {
		expect_poll(_metadata, &self->pollfd, wake_by_call, POLLIN);
		EXPECT_EQ(1, poll(&self->pollfd, 1, 0)) TH_LOG("not level-triggered");
		EXPECT_EQ(sizeof(struct mmtrace_record), trace_read(_metadata, &self->trace));
	}
}

static void set_timeout(struct __test_metadata *_metadata, int fd, __u32 ms, __u64 watermark)
{
	struct mmtrace_config config;

	ASSERT_EQ(0, get_config(fd, &config));
	config.timeout_ms = ms;
	config.watermark = watermark;
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config));
}

TEST_F(poll, woken_by_the_watermark)
{
	set_timeout(_metadata, self->trace.fd, NEVER_MS,
		    10 * sizeof(struct mmtrace_record));
	expect_poll(_metadata, &self->pollfd, wake_by_many_calls, POLLIN);
}

/* Below the watermark nobody is woken before the timeout. */
TEST_F(poll, not_woken_below_the_watermark)
{
	const struct mmtrace_record *record;
	__u64 start, end;
	pid_t pid;

	set_timeout(_metadata, self->trace.fd, NEVER_MS, 65536);
	/* Once more, if the child did not get to its call in time. */
	do {
		start = now_ns();
		pid = fork_waker(wake_by_call);
		poll(&self->pollfd, 1, 1000);
		end = now_ns();
		EXPECT_LE(1000 * MS, end - start);
		EXPECT_TRUE(child_is_well(pid));
		trace_read(_metadata, &self->trace);
		record = trace_next(&self->trace, NULL);
		ASSERT_NE(NULL, record);
	} while (record->head.time > end - 100 * MS);
}

/* An alarm that was set before is not waited for. */
TEST_F(poll, timeout_made_shorter)
{
	set_timeout(_metadata, self->trace.fd, NEVER_MS, 65536);
	EXPECT_EQ(0, poll(&self->pollfd, 1, 0));
	mark_call();
	/* The alarm is set by an interrupt, or a thread. */
	usleep(TIMEOUT_MS * 1000);
	EXPECT_EQ(sizeof(struct mmtrace_record), trace_read(_metadata, &self->trace));
	EXPECT_EQ(0, poll(&self->pollfd, 1, 0));
	set_timeout(_metadata, self->trace.fd, TIMEOUT_MS, 65536);
	expect_poll(_metadata, &self->pollfd, wake_by_call, POLLIN);
}

/* Nor by who sleeps already. */
static void wake_by_timeout(void)
{
	struct mmtrace_config config;

	mark_call();
	while (!is_asleep(getppid()))
		sched_yield();
	get_config(waker_fd, &config);
	config.timeout_ms = TIMEOUT_MS;
	mmtrace_ioctl(waker_fd, MMTRACE_IOC_SET_CONFIG, &config);
}

TEST_F(poll, timeout_made_shorter_meanwhile)
{
	set_timeout(_metadata, self->trace.fd, NEVER_MS, 65536);
	expect_poll(_metadata, &self->pollfd, wake_by_timeout, POLLIN);
}

TEST_F(poll, woken_by_the_end)
{
	expect_poll(_metadata, &self->pollfd, wake_by_stop, POLLIN | POLLHUP);
}

TEST_F(poll, hangs_up_when_all_is_read)
{
	trace_start(_metadata, &self->trace);
	mark_call();
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_EQ(1, poll(&self->pollfd, 1, LONG_MS));
	EXPECT_EQ(POLLIN, self->pollfd.revents);
	trace_read(_metadata, &self->trace);
	EXPECT_EQ(1, poll(&self->pollfd, 1, LONG_MS));
	EXPECT_EQ(POLLIN | POLLHUP, self->pollfd.revents);
}

/* Rings that can't be had are an error that poll() can tell. */
TEST_F(poll, no_memory)
{
	struct mmtrace_config config;

	ASSERT_EQ(0, get_config(self->trace.fd, &config));
	config.ring_size = 256 << 20;
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_SET_CONFIG, &config));
	EXPECT_EQ(1, poll(&self->pollfd, 1, LONG_MS));
	EXPECT_EQ(POLLERR, self->pollfd.revents);
}

TEST_F(poll, select)
{
	struct timeval zero = { 0, 0 }, long_time = { LONG_MS / 1000, 0 };
	fd_set fds;
	pid_t pid;

	FD_ZERO(&fds);
	FD_SET(self->trace.fd, &fds);
	EXPECT_EQ(0, select(self->trace.fd + 1, &fds, NULL, NULL, &zero));
	FD_SET(self->trace.fd, &fds);
	pid = fork_waker(wake_by_call);
	EXPECT_EQ(1, select(self->trace.fd + 1, &fds, NULL, NULL, &long_time));
	EXPECT_TRUE(FD_ISSET(self->trace.fd, &fds));
	EXPECT_TRUE(child_is_well(pid));
}

static int make_epoll(struct __test_metadata *_metadata, int fd, __u32 events)
{
	struct epoll_event event = { .events = events };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_LE(0, epoll);
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	return epoll;
}

static int wait_epoll(int epoll, int ms)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, ms);
}

static int wait_epoll_for_call(struct __test_metadata *_metadata, int epoll)
{
	pid_t pid = fork_waker(wake_by_call);
	int ret = wait_epoll(epoll, LONG_MS);

	EXPECT_TRUE(child_is_well(pid));
	return ret;
}

TEST_F(poll, epoll_level)
{
	int epoll = make_epoll(_metadata, self->trace.fd, EPOLLIN), i;

	EXPECT_EQ(0, wait_epoll(epoll, 0));
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(1, wait_epoll_for_call(_metadata, epoll));
		EXPECT_EQ(1, wait_epoll(epoll, 0));
		trace_read(_metadata, &self->trace);
		EXPECT_EQ(0, wait_epoll(epoll, 0));
	}
	close(epoll);
}

/* An edge for what comes after all has been read, on whichever CPU. */
TEST_F(poll, epoll_edge)
{
	int epoll = make_epoll(_metadata, self->trace.fd, EPOLLIN | EPOLLET), i;

	EXPECT_EQ(0, wait_epoll(epoll, 0));
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(1, wait_epoll_for_call(_metadata, epoll)) TH_LOG("in round %d", i);
		EXPECT_EQ(0, wait_epoll(epoll, 0));
		trace_read(_metadata, &self->trace);
		EXPECT_EQ(0, trace_read(_metadata, &self->trace));
	}
	close(epoll);
}

TEST_F(poll, epoll_oneshot)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };
	int epoll = make_epoll(_metadata, self->trace.fd, event.events);

	EXPECT_EQ(1, wait_epoll_for_call(_metadata, epoll));
	mark_call();
	EXPECT_EQ(0, wait_epoll(epoll, 3 * TIMEOUT_MS));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_MOD, self->trace.fd, &event));
	EXPECT_EQ(1, wait_epoll(epoll, LONG_MS));
	close(epoll);
}

static void block(struct __test_metadata *_metadata, int fd)
{
	ASSERT_EQ(0, fcntl(fd, F_SETFL, 0));
}

static ssize_t read_woken(struct __test_metadata *_metadata, struct trace *trace,
			  void (*wake)(void))
{
	pid_t pid = fork_waker(wake);
	ssize_t ret = read(trace->fd, trace->buf, TRACE_ROOM);
	int err = errno;

	EXPECT_TRUE(child_is_well(pid));
	return ret < 0 ? -err : ret;
}

TEST_F(poll, read_sleeps)
{
	const ssize_t len = sizeof(struct mmtrace_record);
	int i;

	block(_metadata, self->trace.fd);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(len, read_woken(_metadata, &self->trace, wake_by_call));
	EXPECT_EQ(0, read_woken(_metadata, &self->trace, wake_by_stop));
}

static atomic_int signals;

static void count_signal(int signal)
{
	signals += signal == SIGUSR1;
}

TEST_F(poll, read_and_signals)
{
	struct sigaction action = { .sa_handler = count_signal };

	block(_metadata, self->trace.fd);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	EXPECT_EQ(-EINTR, read_woken(_metadata, &self->trace, wake_by_signal));
	EXPECT_EQ(1, signals);
	action.sa_flags = SA_RESTART;
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	EXPECT_EQ((ssize_t)sizeof(struct mmtrace_record),
		  read_woken(_metadata, &self->trace, wake_by_signal_and_call));
	EXPECT_EQ(2, signals);
}

TEST_HARNESS_MAIN
