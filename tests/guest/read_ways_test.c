// SPDX-License-Identifier: GPL-2.0
/*
 * Whichever way records are asked for: they come as by read(), or the way is refused,
 * and none is lost or given twice.
 */
#include <limits.h>
#include <linux/aio_abi.h>
#include <sched.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "uring.h"

#define CALLS		5
#define RECORDS		(2 * CALLS)	/* each a do_mmap and a mmap */
#define RECORD_LEN	sizeof(struct mmtrace_record)
#define KERNEL_ADDRESS	((void *)0xffffffff81000000)

FIXTURE(ways)
{
	struct trace	trace;
	struct uring	ring;
	char		*pages;		/* two; the second can't be accessed */
};

FIXTURE_SETUP(ways)
{
	self->ring.fd = -1;
	self->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	ASSERT_EQ(0, mprotect(self->pages + PAGE, PAGE, PROT_NONE));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(self->trace.fd));
	trace_start(_metadata, &self->trace);
}

/* What io_uring had to give back it gives back in its own time. */
static bool is_last(int fd)
{
	struct mmtrace_info info = { .size = sizeof(info) };

	return mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &info) || info.sessions == 1;
}

FIXTURE_TEARDOWN(ways)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	uring_close(&self->ring);
	munmap(self->pages, 2 * PAGE);
	close(self->trace.fd);
	while (!is_last(fd))
		sched_yield();
	close(fd);
	expect_nothing_left(_metadata);
}

static void make_calls(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		mark_call();
}

/* Checks the @got bytes of records at @from; how many? */
static unsigned int records(struct __test_metadata *_metadata, struct trace *trace,
			    const void *from, ssize_t got)
{
	const struct mmtrace_record *record = NULL;
	unsigned int count = 0;

	ASSERT_LE(0, got) TH_LOG("%s", strerror(-got));
	memcpy(trace->buf, from, got);
	trace->len = got;
	while ((record = trace_next(trace, record))) {
		record_check(_metadata, trace, record);
		count++;
	}
	EXPECT_EQ(0, trace->lost);
	return count;
}

/* So many are there, and no more. */
static void expect_rest(struct __test_metadata *_metadata, struct trace *trace,
			unsigned int count)
{
	ASSERT_EQ(count * RECORD_LEN, trace_read(_metadata, trace));
	EXPECT_EQ(0, trace_read(_metadata, trace));
}

#define expect_errno(err, call) ({		\
	errno = 0;				\
	EXPECT_TRUE((long)(call) == -1);	\
	EXPECT_EQ(err, errno);			\
})

/* Parts of 8 bytes, as many as a call may have. */
static void make_parts(struct iovec *parts, char *at)
{
	size_t i;

	for (i = 0; i < IOV_MAX; i++)
		parts[i] = (struct iovec) { at + 8 * i, 8 };
}

/* scenario 16 */
TEST_F(ways, many_parts)
{
	static char buf[8 * IOV_MAX];
	static struct iovec parts[IOV_MAX + 1];
	int fd = self->trace.fd;

	make_parts(parts, buf);
	make_calls();
	expect_errno(EINVAL, readv(fd, parts, IOV_MAX + 1));
	expect_errno(EFAULT, readv(fd, KERNEL_ADDRESS, IOV_MAX));
	parts[3].iov_len = -1;
	expect_errno(EINVAL, readv(fd, parts, IOV_MAX));
	parts[3].iov_len = 8;
	EXPECT_EQ(RECORDS, records(_metadata, &self->trace, buf, readv(fd, parts, IOV_MAX)));
	expect_rest(_metadata, &self->trace, 0);
}

/* In the first record: it stays. In the second: the first one is given. */
TEST_F(ways, bad_part)
{
	static char buf[8 * IOV_MAX];
	static struct iovec parts[IOV_MAX];
	int fd = self->trace.fd;

	make_parts(parts, buf);
	make_calls();
	parts[RECORD_LEN / 8 - 1].iov_base = self->pages + PAGE;
	expect_errno(EFAULT, readv(fd, parts, IOV_MAX));
	parts[RECORD_LEN / 8 - 1].iov_base = self->pages;
	parts[RECORD_LEN / 8].iov_base = NULL;
	EXPECT_EQ(RECORD_LEN, readv(fd, parts, IOV_MAX));
	memcpy(buf + RECORD_LEN - 8, self->pages, 8);
	EXPECT_EQ(1, records(_metadata, &self->trace, buf, RECORD_LEN));
	expect_rest(_metadata, &self->trace, RECORDS - 1);
}

TEST_F(ways, preadv2)
{
	struct iovec part = { self->pages, PAGE };
	int fd = self->trace.fd;

	make_calls();
	expect_errno(ESPIPE, preadv(fd, &part, 1, 0));
	expect_errno(ESPIPE, preadv2(fd, &part, 1, 0, 0));
	expect_errno(EOPNOTSUPP, preadv2(fd, &part, 1, -1, RWF_NOWAIT));
	expect_errno(EOPNOTSUPP, preadv2(fd, &part, 1, -1, 1 << 30));
	EXPECT_EQ(RECORDS, records(_metadata, &self->trace, self->pages,
				   preadv2(fd, &part, 1, -1, 0)));
	expect_errno(EAGAIN, preadv2(fd, &part, 1, -1, 0));
}

/* From the file to another one, without a buffer: the device has none of these. */
TEST_F(ways, refused)
{
	int fd = self->trace.fd, ends[2], out = open("out", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ASSERT_EQ(0, pipe2(ends, O_NONBLOCK | O_CLOEXEC));
	make_calls();
	expect_errno(EINVAL, splice(fd, NULL, ends[1], NULL, PAGE, 0));
	expect_errno(EINVAL, tee(fd, ends[1], PAGE, 0));
	expect_errno(EINVAL, sendfile(out, fd, NULL, PAGE));
	expect_errno(EINVAL, sendfile(ends[1], fd, NULL, PAGE));
	expect_errno(EINVAL, copy_file_range(fd, NULL, out, NULL, PAGE, 0));
	expect_errno(EINVAL, splice(ends[0], NULL, fd, NULL, PAGE, 0) ?: -1);
	expect_rest(_metadata, &self->trace, RECORDS);
	close(ends[0]);
	close(ends[1]);
	close(out);
	unlink("out");
}

/* One read by aio; what came of it. */
static ssize_t read_by_aio(int fd, void *to, size_t len)
{
	struct iocb request = {
		.aio_lio_opcode	= IOCB_CMD_PREAD,
		.aio_fildes	= fd,
		.aio_buf	= (unsigned long)to,
		.aio_nbytes	= len,
	};
	struct iocb *requests[] = { &request };
	aio_context_t context = 0;
	struct io_event event;
	ssize_t ret;

	if (syscall(SYS_io_setup, 1, &context))
		return -errno;
	ret = syscall(SYS_io_submit, context, 1, requests) == 1 ? 0 : -errno;
	if (!ret && syscall(SYS_io_getevents, context, 1, 1, &event, NULL) == 1)
		ret = event.res;
	syscall(SYS_io_destroy, context);
	return ret;
}

TEST_F(ways, aio)
{
	char *at = self->pages;
	int fd = self->trace.fd;

	make_calls();
	EXPECT_EQ(-EFAULT, read_by_aio(fd, NULL, PAGE));
	EXPECT_EQ(-EFAULT, read_by_aio(fd, KERNEL_ADDRESS, PAGE));
	EXPECT_EQ(-EFAULT, read_by_aio(fd, at + PAGE - 8, PAGE));
	EXPECT_EQ(-EINVAL, read_by_aio(fd, at, 8));
	EXPECT_EQ(1, records(_metadata, &self->trace, at, read_by_aio(fd, at, RECORD_LEN)));
	EXPECT_EQ(RECORDS - 1, records(_metadata, &self->trace, at, read_by_aio(fd, at, PAGE)));
	EXPECT_EQ(-EAGAIN, read_by_aio(fd, at, PAGE));
}

static bool open_ring(struct __test_metadata *_metadata, struct uring *ring)
{
	int err = uring_open(ring);

	if (err == -ENOSYS || err == -EPERM)
		SKIP(return false, "no io_uring: %s", strerror(-err));
	ASSERT_EQ(0, err);
	return true;
}

static void submit_read(struct __test_metadata *_metadata, struct uring *ring, int fd,
			const void *to, size_t len)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ, .fd = fd,
		.addr = (unsigned long)to, .len = len, .off = -1,
	};

	ASSERT_EQ(0, uring_submit(ring, &sqe));
}

#define ring_read(fd, to, len) ({					\
	submit_read(_metadata, &self->ring, fd, to, len);		\
	uring_result(&self->ring);					\
})

TEST_F(ways, io_uring)
{
	char *at = self->pages;
	int fd = self->trace.fd;

	if (!open_ring(_metadata, &self->ring))
		return;
	make_calls();
	EXPECT_EQ(-EFAULT, ring_read(fd, NULL, PAGE));
	EXPECT_EQ(-EFAULT, ring_read(fd, KERNEL_ADDRESS, PAGE));
	EXPECT_EQ(-EFAULT, ring_read(fd, at + PAGE - 8, PAGE));
	EXPECT_EQ(-EINVAL, ring_read(fd, at, 8));
	EXPECT_EQ(0, ring_read(fd, at, 0));
	EXPECT_EQ(1, records(_metadata, &self->trace, at, ring_read(fd, at, RECORD_LEN)));
	EXPECT_EQ(RECORDS - 1, records(_metadata, &self->trace, at, ring_read(fd, at, PAGE)));
	expect_rest(_metadata, &self->trace, 0);
}

/* Into pages that the kernel holds, whatever their addresses are by then. */
TEST_F(ways, io_uring_fixed)
{
	struct iovec part = { self->pages, PAGE };
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_READ_FIXED, .fd = self->trace.fd,
		.addr = (unsigned long)self->pages, .len = PAGE, .off = -1,
	};

	if (!open_ring(_metadata, &self->ring))
		return;
	ASSERT_EQ(0, syscall(SYS_io_uring_register, self->ring.fd, IORING_REGISTER_BUFFERS,
			     &part, 1));
	ASSERT_EQ(0, mprotect(self->pages, PAGE, PROT_READ));
	make_calls();
	sqe.addr += PAGE - RECORD_LEN;
	ASSERT_EQ(0, uring_submit(&self->ring, &sqe));
	EXPECT_EQ(-EFAULT, uring_result(&self->ring)) TH_LOG("past the pages");
	sqe.addr = (unsigned long)self->pages;
	sqe.len = RECORDS * RECORD_LEN;
	ASSERT_EQ(0, uring_submit(&self->ring, &sqe));
	EXPECT_EQ(RECORDS, records(_metadata, &self->trace, self->pages,
				   uring_result(&self->ring)));
	expect_rest(_metadata, &self->trace, 0);
}

/* How io_uring waits: by poll(), or with a worker that sleeps in read(). */
FIXTURE(waiting)
{
	struct trace	trace;
	struct uring	ring;
};

FIXTURE_VARIANT(waiting)
{
	__u8	flags;
};

FIXTURE_VARIANT_ADD(waiting, poll)
{
	.flags = 0,
};

FIXTURE_VARIANT_ADD(waiting, worker)
{
	.flags = IOSQE_ASYNC,
};

FIXTURE_SETUP(waiting)
{
	static struct io_uring_sqe sqe = { .opcode = IORING_OP_READ, .len = TRACE_ROOM };

	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(self->trace.fd));
	trace_start(_metadata, &self->trace);
	ASSERT_EQ(0, fcntl(self->trace.fd, F_SETFL, 0));
	if (!open_ring(_metadata, &self->ring))
		return;
	sqe.flags = variant->flags;
	sqe.fd = self->trace.fd;
	sqe.addr = (unsigned long)self->trace.buf;
	sqe.off = -1;
	ASSERT_EQ(0, uring_submit(&self->ring, &sqe));
	EXPECT_FALSE(uring_is_done(&self->ring));
}

FIXTURE_TEARDOWN(waiting)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	uring_close(&self->ring);
	close(self->trace.fd);
	while (!is_last(fd))
		sched_yield();
	close(fd);
	expect_nothing_left(_metadata);
}

TEST_F(waiting, is_woken)
{
	static char buf[TRACE_ROOM];
	unsigned int count;
	int got;

	if (self->ring.fd < 0)
		SKIP(return, "no io_uring");
	mark_call();
	got = uring_result(&self->ring);
	memcpy(buf, self->trace.buf, got > 0 ? got : 0);
	count = records(_metadata, &self->trace, buf, got);
	EXPECT_LE(1, count);
	ASSERT_EQ(0, fcntl(self->trace.fd, F_SETFL, O_NONBLOCK));
	expect_rest(_metadata, &self->trace, 2 - count);
}

TEST_F(waiting, comes_to_the_end)
{
	if (self->ring.fd < 0)
		SKIP(return, "no io_uring");
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_EQ(0, uring_result(&self->ring));
}

/* Whoever waits lets go of the session: the teardown has the proof. */
TEST_F(waiting, is_cancelled)
{
	if (self->ring.fd < 0)
		SKIP(return, "no io_uring");
	uring_close(&self->ring);
	mark_call();
	ASSERT_EQ(0, fcntl(self->trace.fd, F_SETFL, O_NONBLOCK));
}

TEST_HARNESS_MAIN
