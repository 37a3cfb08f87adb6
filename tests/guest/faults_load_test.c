// SPDX-License-Identifier: GPL-2.0
/*
 * What fails does so by chance, and others call all the time: a thread opens sessions,
 * sets them up, reads and closes them, while one of a few allocations and copies of its
 * own fails. Each request is done or says ENOMEM or EFAULT, and in the end every call
 * was recorded or counted.
 *
 * timeout: 300
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "fault.h"

#define ONE_OF		20	/* things fails */
#define SESSIONS	300
#define READS		20
#define THREADS		2

static atomic_bool done;

FIXTURE(faults)
{
	pthread_t	threads[THREADS];
	struct trace	other;
	struct trace	trace;
	unsigned int	refused;
	__u64		delivered;
};

static void *storm(void *unused)
{
	(void)unused;
	while (!atomic_load(&done)) {
		mark_call();
		sched_yield();
	}
	return NULL;
}

FIXTURE_SETUP(faults)
{
	int i;

	/*
	 * Keeps the hooks armed: a kernel that has no memory while it disarms one counts
	 * its probes wrong, see docs/debug.md.
	 */
	trace_open(_metadata, &self->other, &(struct mmtrace_config) {
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.mode		= MMTRACE_MODE_OVERWRITE,
		.ring_size	= 65536,
	});
	trace_start(_metadata, &self->other);
	self->refused = 0;
	atomic_store(&done, false);
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&self->threads[i], NULL, storm, NULL));
	ASSERT_TRUE(fault_by_chance(ONE_OF));
}

FIXTURE_TEARDOWN(faults)
{
	int i;

	EXPECT_TRUE(fault_by_chance(0));
	atomic_store(&done, true);
	for (i = 0; i < THREADS; i++)
		pthread_join(self->threads[i], NULL);
	close(self->other.fd);
	expect_nothing_left(_metadata);
}

/* Those of this thread alone. The write itself can fail once it is on. */
static void let_fail(int switch_fd, bool on)
{
	while (pwrite(switch_fd, on ? "1" : "0", 1, 0) != 1)
		;
}

/* Counts a refusal; true if it was done. */
static bool is_done(struct __test_metadata *_metadata, unsigned int *refused, long ret)
{
	if (ret >= 0)
		return true;
	EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT) TH_LOG("%s", strerror(-ret));
	++*refused;
	return false;
}

static long set_up(struct trace *trace)
{
	struct mmtrace_config config = {
		.size		= sizeof(config),
		.flags		= MMTRACE_CONFIG_OWN,
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.format		= MMTRACE_FORMAT_BINARY,
		.timeout_ms	= 1000,
		.ring_size	= 65536,
		.watermark	= 65536,
	};
	long ret = mmtrace_ioctl(trace->fd, MMTRACE_IOC_SET_CONFIG, &config);

	return ret ?: filter_mark(trace->fd);
}

/* What a read gave is looked at while nothing fails. */
static void take(struct __test_metadata *_metadata, struct trace *trace, long got,
		 __u64 *delivered)
{
	const struct mmtrace_record *record = NULL;

	trace->len = got;
	while ((record = trace_next(trace, record))) {
		record_check(_metadata, trace, record);
		*delivered += record->head.event != MMTRACE_EVENT_LOST;
	}
}

/* True if the session runs. */
static bool begin(struct __test_metadata *_metadata, struct trace *trace, int switch_fd,
		  unsigned int *refused)
{
	long fd, ret;

	let_fail(switch_fd, true);
	fd = raw_syscall(SYS_openat, AT_FDCWD, DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	trace->fd = fd;
	ret = fd < 0 ? fd : set_up(trace);
	if (!ret)
		ret = mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL);
	let_fail(switch_fd, false);
	if (is_done(_metadata, refused, ret))
		return true;
	if (fd >= 0)
		close(fd);
	return false;
}

static void read_some(struct __test_metadata *_metadata, struct trace *trace, int switch_fd,
		      unsigned int *refused, __u64 *delivered)
{
	struct pollfd pollfd = { .fd = trace->fd, .events = POLLIN };
	long got;
	int i;

	for (i = 0; i < READS; i++) {
		poll(&pollfd, 1, 10);
		let_fail(switch_fd, true);
		got = raw_syscall(SYS_read, trace->fd, trace->buf, TRACE_ROOM);
		let_fail(switch_fd, false);
		if (got == -EAGAIN)
			continue;
		if (is_done(_metadata, refused, got))
			take(_metadata, trace, got, delivered);
	}
}

static void end(struct __test_metadata *_metadata, struct trace *trace, __u64 *delivered)
{
	struct mmtrace_stats stats;
	long got;

	ASSERT_EQ(0, mmtrace_ioctl(trace->fd, MMTRACE_IOC_STOP, NULL));
	while ((got = raw_syscall(SYS_read, trace->fd, trace->buf, TRACE_ROOM)) > 0)
		take(_metadata, trace, got, delivered);
	EXPECT_EQ(0, got);
	ASSERT_EQ(0, get_stats(trace->fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(*delivered, stats.delivered);
	EXPECT_EQ(trace->lost, stats.lost + stats.missed);
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost);
	close(trace->fd);
}

/* scenario 50 */
TEST_F_TIMEOUT(faults, by_chance, 250)
{
	int switch_fd = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	unsigned int i, sessions = rounds_of(SESSIONS), begun = 0;

	ASSERT_LE(0, switch_fd);
	for (i = 0; i < sessions; i++) {
		memset(&self->trace, 0, sizeof(self->trace));
		self->delivered = 0;
		if (!begin(_metadata, &self->trace, switch_fd, &self->refused))
			continue;
		begun++;
		read_some(_metadata, &self->trace, switch_fd, &self->refused, &self->delivered);
		end(_metadata, &self->trace, &self->delivered);
	}
	close(switch_fd);
	TH_LOG("%u of %u sessions began, %u requests were refused", begun, sessions, self->refused);
	EXPECT_LT(0, begun);
	EXPECT_LT(0, sessions - begun);
	EXPECT_LT(0, self->refused);
}

int main(int argc, char **argv)
{
	return fault_main(argc, argv);
}
