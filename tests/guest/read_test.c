// SPDX-License-Identifier: GPL-2.0
/*
 * read(): every size of buffer, good and bad ones, several readers, the end. No
 * record is lost, torn or given twice.
 */
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/uio.h>

#include "mmtrace_test.h"

#define CALLS		20
#define RECORDS		(2 * CALLS)
#define RECORD_LEN	sizeof(struct mmtrace_record)
#define TEXT_ROOM	65536

FIXTURE(read)
{
	struct trace	trace;
	char		*pages;		/* two; the second can't be accessed */
};

FIXTURE_SETUP(read)
{
	self->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	ASSERT_EQ(0, mprotect(self->pages + PAGE, PAGE, PROT_NONE));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(self->trace.fd));
}

FIXTURE_TEARDOWN(read)
{
	munmap(self->pages, 2 * PAGE);
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

/* All there is, by reads of @len bytes. */
static size_t read_all(int fd, char *to, size_t room, size_t len)
{
	size_t total = 0;
	ssize_t got;

	while (total + len <= room) {
		got = read(fd, to + total, len);
		if (got <= 0)
			break;
		total += got;
	}
	return total;
}

static size_t readv_all(int fd, char *to, size_t room)
{
	struct iovec parts[100];
	size_t i, total = 0;
	ssize_t got;

	do {
		for (i = 0; i < ARRAY_SIZE(parts); i++)
			parts[i] = (struct iovec) { to + total + 3 * i, 3 };
		got = readv(fd, parts, ARRAY_SIZE(parts));
		total += got > 0 ? got : 0;
	} while (got > 0 && total + 300 <= room);
	return total;
}

/* The same calls are the same text, whatever it is read with. */
TEST_F(read, text)
{
	static const size_t lens[] = { 1, 7, 100, TEXT_ROOM, 0 };
	static struct trace traces[ARRAY_SIZE(lens)];
	static char first[TEXT_ROOM], text[TEXT_ROOM];
	size_t i, n, len = 0, lines = 0;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		trace_open(_metadata, &traces[i], &(struct mmtrace_config) {});
		ASSERT_EQ(0, filter_mark(traces[i].fd));
		set_text(_metadata, traces[i].fd);
		trace_start(_metadata, &traces[i]);
	}
	trace_start(_metadata, &self->trace);
	mark_calls(CALLS);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		n = lens[i] ? read_all(traces[i].fd, text, TEXT_ROOM, lens[i]) :
			      readv_all(traces[i].fd, text, TEXT_ROOM);
		if (!i)
			len = n;
		memcpy(first, text, i ? 0 : n);
		EXPECT_EQ(len, n) TH_LOG("with %zu bytes each", lens[i]);
		EXPECT_EQ(0, memcmp(first, text, len)) TH_LOG("with %zu bytes each", lens[i]);
		close(traces[i].fd);
	}
	for (i = 0; i < len; i++)
		lines += first[i] == '\n';
	EXPECT_EQ('\n', first[len - 1]);
	EXPECT_EQ(RECORDS, lines);
	EXPECT_EQ(RECORDS * RECORD_LEN, trace_read(_metadata, &self->trace));
}

TEST_F(read, small_buffer)
{
	char buf[RECORD_LEN + 8];
	size_t len;

	trace_start(_metadata, &self->trace);
	mark_calls(1);
	for (len = 1; len < RECORD_LEN; len++) {
		EXPECT_EQ(-1, read(self->trace.fd, buf, len));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(RECORD_LEN, read(self->trace.fd, buf, RECORD_LEN + 7));
	EXPECT_EQ(RECORD_LEN, read(self->trace.fd, buf, RECORD_LEN));
	EXPECT_EQ(1, ((struct mmtrace_record *)buf)->head.seq);
	EXPECT_EQ(-1, read(self->trace.fd, buf, 1));
	EXPECT_EQ(EAGAIN, errno);
}

/* More than a read ever gives, and than the kernel lets it ask for. */
TEST_F(read, huge_buffer)
{
	static const size_t lens[] = { 1ul << 31, 1ul << 32 };
	static char buf[PAGE];	/* far from the end of memory */
	unsigned int i;

	trace_start(_metadata, &self->trace);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		mark_calls(1);
		EXPECT_EQ(-EFAULT, raw_syscall(SYS_read, self->trace.fd, buf, SSIZE_MAX));
		EXPECT_EQ(2 * RECORD_LEN, raw_syscall(SYS_read, self->trace.fd, buf, lens[i]));
		EXPECT_EQ(2 * i + 1, ((struct mmtrace_record *)(buf + RECORD_LEN))->head.seq);
	}
}

/* Asks for nothing, so it doesn't start the session either. */
TEST_F(read, nothing)
{
	struct mmtrace_event_info info;

	EXPECT_EQ(0, read(self->trace.fd, NULL, 0));
	ASSERT_EQ(0, get_event(self->trace.fd, MMTRACE_EVENT_MMAP, &info));
	EXPECT_EQ(0, info.sessions);
	EXPECT_EQ(-1, read(self->trace.fd, self->pages, 1));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, get_event(self->trace.fd, MMTRACE_EVENT_MMAP, &info));
	EXPECT_EQ(1, info.sessions);
}

static void expect_fault(struct __test_metadata *_metadata, int fd, void *buf)
{
	EXPECT_EQ(-1, read(fd, buf, PAGE));
	EXPECT_EQ(EFAULT, errno);
}

static void expect_faults(struct __test_metadata *_metadata, int fd, char *pages)
{
	expect_fault(_metadata, fd, NULL);
	expect_fault(_metadata, fd, (void *)0xffffffff81000000);
	expect_fault(_metadata, fd, pages + PAGE);
	ASSERT_EQ(0, mprotect(pages, PAGE, PROT_READ));
	expect_fault(_metadata, fd, pages);
	ASSERT_EQ(0, mprotect(pages, PAGE, PROT_READ | PROT_WRITE));
}

TEST_F(read, bad_buffer)
{
	trace_start(_metadata, &self->trace);
	mark_calls(2);
	expect_faults(_metadata, self->trace.fd, self->pages);
	expect_fault(_metadata, self->trace.fd, self->pages + PAGE - 8);
	expect_fault(_metadata, self->trace.fd, self->pages + PAGE - RECORD_LEN + 1);
	/* The second record of the four does not fit any more: it stays. */
	EXPECT_EQ(RECORD_LEN, read(self->trace.fd, self->pages + PAGE - 2 * RECORD_LEN + 8, PAGE));
	EXPECT_EQ(3 * RECORD_LEN, read(self->trace.fd, self->trace.buf, TRACE_ROOM));
	EXPECT_EQ(1, ((struct mmtrace_record *)self->trace.buf)->head.seq);
}

TEST_F(read, bad_buffer_in_text)
{
	static struct trace whole;
	static char text[TEXT_ROOM];
	char *at = self->pages;
	size_t len, total = 0;
	ssize_t got;

	trace_open(_metadata, &whole, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(whole.fd));
	set_text(_metadata, whole.fd);
	set_text(_metadata, self->trace.fd);
	trace_start(_metadata, &whole);
	trace_start(_metadata, &self->trace);
	mark_calls(4);
	expect_faults(_metadata, self->trace.fd, at);
	/*
	 * Up to the bad page, or what the processor copies at once before it, as
	 * often as it takes: the rest is still there.
	 */
	for (len = 100; len < PAGE / 4; len += 100) {
		got = read(self->trace.fd, at + PAGE - len, PAGE);
		ASSERT_LT((ssize_t)len - 64, got);
		ASSERT_GE((ssize_t)len, got);
		memcpy(text + total, at + PAGE - len, got);
		total += got;
		if (total > 700)
			break;
		expect_faults(_metadata, self->trace.fd, at);
	}
	total += read_all(self->trace.fd, text + total, 8192, 100);
	EXPECT_EQ(total, read(whole.fd, self->trace.buf, TRACE_ROOM));
	EXPECT_EQ(0, memcmp(self->trace.buf, text, total));
	close(whole.fd);
}

TEST_F(read, until_the_end)
{
	char byte;

	trace_start(_metadata, &self->trace);
	mark_calls(1);
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	mark_calls(1);
	EXPECT_EQ(0, fcntl(self->trace.fd, F_SETFL, 0)) TH_LOG("from here on it may block");
	EXPECT_EQ(2 * RECORD_LEN, trace_read(_metadata, &self->trace));
	EXPECT_EQ(0, read(self->trace.fd, &byte, 1));
	EXPECT_EQ(0, read(self->trace.fd, &byte, 1));
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_START, NULL));
	EXPECT_EQ(0, read(self->trace.fd, &byte, 1));
}

#define expect_errno(err, call) ({		\
	errno = 0;				\
	EXPECT_TRUE((long)(call) == -1);	\
	EXPECT_EQ(err, errno);			\
})

/* It is a stream to be read, and nothing else. */
TEST_F(read, other_calls)
{
	int fd = self->trace.fd;
	char byte = 0;

	expect_errno(ESPIPE, lseek(fd, 0, SEEK_CUR));
	expect_errno(ESPIPE, lseek(fd, 0, SEEK_END));
	expect_errno(ESPIPE, pread(fd, &byte, 1, 0));
	expect_errno(ESPIPE, pwrite(fd, &byte, 1, 0));
	expect_errno(EINVAL, write(fd, &byte, 1));
	expect_errno(ENODEV, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
	expect_errno(EINVAL, ftruncate(fd, 0));
	expect_errno(ENODEV, fallocate(fd, 0, 0, PAGE));
	expect_errno(EINVAL, fsync(fd));
	EXPECT_EQ(0, flock(fd, LOCK_EX | LOCK_NB));
	EXPECT_EQ(0, flock(fd, LOCK_UN));
}

/* Two that read one file, and what each record was given how often. */
struct readers {
	int			fd;
	pthread_barrier_t	ready;
	unsigned char		given[4096];
};

static void *read_and_mark(void *data)
{
	char buf[3 * RECORD_LEN];
	struct readers *readers = data;
	ssize_t got, at;

	pthread_barrier_wait(&readers->ready);
	while ((got = read(readers->fd, buf, sizeof(buf))) > 0)
		for (at = 0; at < got; at += RECORD_LEN)
			__sync_fetch_and_add(&readers->given[((struct mmtrace_record *)
							      (buf + at))->head.seq % 4096], 1);
	return got < 0 ? data : NULL;
}

static struct readers *prepare_readers(struct __test_metadata *_metadata, struct trace *trace)
{
	pthread_barrierattr_t shared;
	struct readers *readers;
	cpu_set_t first;

	readers = mmap(NULL, sizeof(*readers), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, readers);
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&readers->ready, &shared, 2);
	readers->fd = trace->fd;
	/* On one CPU, so that the number alone tells one record from another. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(first), &first));
	trace_start(_metadata, trace);
	mark_calls(250);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpu_set_t),
				       &(cpu_set_t) { .__bits = { ~0ul } }));
	ASSERT_EQ(0, mmtrace_ioctl(trace->fd, MMTRACE_IOC_STOP, NULL));
	/* Who may not wait for the other one would be told EAGAIN. */
	ASSERT_EQ(0, fcntl(trace->fd, F_SETFL, 0));
	return readers;
}

static void expect_each_once(struct __test_metadata *_metadata, struct readers *readers)
{
	unsigned int i;

	for (i = 0; i < 500; i++)
		ASSERT_EQ(1, readers->given[i]) TH_LOG("record %u", i);
	EXPECT_EQ(0, readers->given[500]);
	munmap(readers, sizeof(*readers));
}

TEST_F(read, by_two_threads)
{
	struct readers *readers = prepare_readers(_metadata, &self->trace);
	pthread_t thread;
	void *failed;

	ASSERT_EQ(0, pthread_create(&thread, NULL, read_and_mark, readers));
	EXPECT_EQ(NULL, read_and_mark(readers));
	ASSERT_EQ(0, pthread_join(thread, &failed));
	EXPECT_EQ(NULL, failed);
	expect_each_once(_metadata, readers);
}

TEST_F(read, by_parent_and_child)
{
	struct readers *readers = prepare_readers(_metadata, &self->trace);
	pid_t pid = fork();

	if (!pid)
		_exit(read_and_mark(readers) ? 1 : 0);
	EXPECT_EQ(NULL, read_and_mark(readers));
	EXPECT_TRUE(child_is_well(pid));
	expect_each_once(_metadata, readers);
}

TEST_HARNESS_MAIN
