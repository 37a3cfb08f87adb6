// SPDX-License-Identifier: GPL-2.0
/*
 * No wake-up is lost: one call at a time, made just as its readers go to sleep, and
 * the next one only when it was read. MMTRACE_ROUNDS says how many calls for each way
 * of waiting.
 *
 * timeout: 300
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>

#include "mmtrace_test.h"

#define ROUNDS		1000	/* unless told otherwise */
#define LOST_MS		60000	/* a record that nobody has read by then was not told of */
#define READERS_MAX	2

struct reader;

/**
 * struct reader - a thread that waits and reads
 * @thread: of it
 * @fd: of the session
 * @epoll: the reader's own, if it has one
 * @events: that it asks epoll for
 * @wait: returns when there may be something to read; NULL to sleep in read()
 * @done: where it says how many records it has read
 */
struct reader {
	pthread_t	thread;
	int		fd;
	int		epoll;
	__u32		events;
	void		(*wait)(struct reader *reader);
	int		done;
};

static void wait_by_poll(struct reader *reader)
{
	struct pollfd pollfd = { .fd = reader->fd, .events = POLLIN };

	poll(&pollfd, 1, -1);
}

static void wait_by_select(struct reader *reader)
{
	fd_set fds;

	FD_ZERO(&fds);
	FD_SET(reader->fd, &fds);
	select(reader->fd + 1, &fds, NULL, NULL, NULL);
}

static void wait_by_epoll(struct reader *reader)
{
	struct epoll_event event = { .events = reader->events };

	if (reader->events & EPOLLONESHOT)
		epoll_ctl(reader->epoll, EPOLL_CTL_MOD, reader->fd, &event);
	epoll_wait(reader->epoll, &event, 1, -1);
}

/* Until the end, or an error, which is an end that comes too early. */
static void *reader_run(void *data)
{
	char buf[16 * sizeof(struct mmtrace_record)];
	struct reader *reader = data;
	ssize_t got;
	__u64 count;

	for (;;) {
		if (reader->wait)
			reader->wait(reader);
		while ((got = read(reader->fd, buf, sizeof(buf))) > 0) {
			count = got / sizeof(struct mmtrace_record);
			if (write(reader->done, &count, sizeof(count)) != sizeof(count))
				return data;
		}
		if (!got || errno != EAGAIN)
			return got ? data : NULL;
	}
}

static void use_cpu(struct __test_metadata *_metadata, int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpus), &cpus));
}

FIXTURE(wakes)
{
	struct trace	trace;
	struct reader	readers[READERS_MAX];
	int		done;
};

FIXTURE_VARIANT(wakes)
{
	void		(*wait)(struct reader *reader);
	__u32		events;		/* for epoll */
	int		readers;
	bool		is_late;	/* woken by the timeout, not by the watermark */
};

FIXTURE_VARIANT_ADD(wakes, read)
{
	.wait = NULL, .readers = 1,
};

FIXTURE_VARIANT_ADD(wakes, read_of_two)
{
	.wait = NULL, .readers = 2,
};

FIXTURE_VARIANT_ADD(wakes, poll)
{
	.wait = wait_by_poll, .readers = 1,
};

FIXTURE_VARIANT_ADD(wakes, select)
{
	.wait = wait_by_select, .readers = 1,
};

FIXTURE_VARIANT_ADD(wakes, epoll_level)
{
	.wait = wait_by_epoll, .events = EPOLLIN, .readers = 1,
};

FIXTURE_VARIANT_ADD(wakes, epoll_edge)
{
	.wait = wait_by_epoll, .events = EPOLLIN | EPOLLET, .readers = 1,
};

FIXTURE_VARIANT_ADD(wakes, epoll_oneshot)
{
	.wait = wait_by_epoll, .events = EPOLLIN | EPOLLONESHOT, .readers = 1,
};

FIXTURE_VARIANT_ADD(wakes, epoll_exclusive)
{
	.wait = wait_by_epoll, .events = EPOLLIN | EPOLLEXCLUSIVE, .readers = 2,
};

FIXTURE_VARIANT_ADD(wakes, epoll_exclusive_edge)
{
	.wait = wait_by_epoll, .events = EPOLLIN | EPOLLET | EPOLLEXCLUSIVE, .readers = 2,
};

FIXTURE_VARIANT_ADD(wakes, by_the_timeout)
{
	.wait = wait_by_poll, .readers = 1, .is_late = true,
};

static void reader_begin(struct __test_metadata *_metadata, struct reader *reader)
{
	struct epoll_event event = { .events = reader->events };

	reader->epoll = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, reader->epoll);
	if (reader->events)
		ASSERT_EQ(0, epoll_ctl(reader->epoll, EPOLL_CTL_ADD, reader->fd, &event));
	ASSERT_EQ(0, pthread_create(&reader->thread, NULL, reader_run, reader));
}

static void reader_end(struct __test_metadata *_metadata, struct reader *reader)
{
	void *failed;

	ASSERT_EQ(0, pthread_join(reader->thread, &failed));
	EXPECT_EQ(NULL, failed);
	close(reader->epoll);
}

FIXTURE_SETUP(wakes)
{
	int i;

	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
			.timeout_ms	= variant->is_late ? 1 : 60000,
			.watermark	= variant->is_late ? 65536 : 1,
			.ring_size	= 65536,
		   });
	ASSERT_EQ(0, filter_mark(self->trace.fd));
	if (!variant->wait)
		ASSERT_EQ(0, fcntl(self->trace.fd, F_SETFL, 0));
	trace_start(_metadata, &self->trace);
	self->done = eventfd(0, EFD_CLOEXEC);
	ASSERT_LE(0, self->done);
	use_cpu(_metadata, 0);
	for (i = 0; i < variant->readers; i++) {
		self->readers[i] = (struct reader) {
			.fd	= self->trace.fd,
			.wait	= variant->wait,
			.events	= variant->events,
			.done	= self->done,
		};
		reader_begin(_metadata, &self->readers[i]);
	}
}

FIXTURE_TEARDOWN(wakes)
{
	close(self->done);
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static unsigned long rounds(void)
{
	const char *told = getenv("MMTRACE_ROUNDS");

	return told ? strtoul(told, NULL, 10) : ROUNDS;
}

/* Long enough to meet a reader on each step of its way to sleep. */
static void dawdle(unsigned long round)
{
	unsigned long i;

	for (i = 0; i < round * 31 % 997; i++)
		__sync_synchronize();
}

/* scenario 18 */
TEST_F_TIMEOUT(wakes, none_is_lost, 1800)
{
	struct pollfd done = { .fd = self->done, .events = POLLIN };
	unsigned long round, count = rounds() / (variant->is_late ? 4 : 1);
	__u64 got;
	int i;

	use_cpu(_metadata, sysconf(_SC_NPROCESSORS_ONLN) > 1);
	for (round = 0; round < count; round++) {
		dawdle(round);
		mark_call();
		ASSERT_EQ(1, poll(&done, 1, LOST_MS)) TH_LOG("lost in round %lu", round);
		ASSERT_EQ(sizeof(got), read(self->done, &got, sizeof(got)));
		ASSERT_EQ(1, got);
	}
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	for (i = 0; i < variant->readers; i++)
		reader_end(_metadata, &self->readers[i]);
}

/* A signal for each record there is not: who asks for it is refused, or told nothing. */
TEST(no_signals)
{
	static struct trace trace;
	struct pollfd pollfd;
	sigset_t signals;
	int on = 1;

	trace_open(_metadata, &trace, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(trace.fd));
	sigemptyset(&signals);
	sigaddset(&signals, SIGIO);
	ASSERT_EQ(0, sigprocmask(SIG_BLOCK, &signals, NULL));
	ASSERT_EQ(0, fcntl(trace.fd, F_SETOWN, getpid()));
	EXPECT_EQ(-1, ioctl(trace.fd, FIOASYNC, &on));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(0, fcntl(trace.fd, F_SETFL, O_NONBLOCK | O_ASYNC));
	trace_start(_metadata, &trace);
	pollfd = (struct pollfd) { .fd = trace.fd, .events = POLLIN };
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	mark_call();
	EXPECT_EQ(1, poll(&pollfd, 1, LOST_MS));
	ASSERT_EQ(0, sigpending(&signals));
	EXPECT_FALSE(sigismember(&signals, SIGIO));
	close(trace.fd);
	expect_nothing_left(_metadata);
}

TEST_HARNESS_MAIN
