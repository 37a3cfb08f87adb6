/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest's tests share: a session, and the records that it gave. */
#ifndef MMTRACE_TEST_H
#define MMTRACE_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/mmtrace.h>

/* How many times as long something may take on a slow kernel. */
static inline unsigned int patience(void)
{
	const char *times = getenv("MMTRACE_PATIENCE");

	return times ? strtoul(times, NULL, 10) : 1;
}

/* What ends a test that takes too long. */
static inline unsigned int patient_alarm(unsigned int seconds)
{
	return alarm(seconds * patience());
}

#define alarm patient_alarm
#include <kselftest_harness.h>
#undef alarm

#define DEVICE		"/dev/mmtrace"
#define POISON		0xa5
#define PAGE		4096ul
#define CPUS_MAX	64
#define TRACE_ROOM	(128 * 1024)

/**
 * struct trace - a session in binary, and what the last read() gave
 * @fd: of the session, with O_NONBLOCK
 * @time: of the last record
 * @seq: that the next record of each CPU must have
 * @lost: sum of all lost records
 * @slewed: the clock may go back meanwhile
 * @len: bytes at @buf
 * @buf: records, and a word of poison that no read() comes to
 * @words: the same
 */
struct trace {
	int	fd;
	__u64	time;
	__u64	seq[CPUS_MAX];
	__u64	lost;
	bool	slewed;
	size_t	len;
	union {
		__u8	buf[TRACE_ROOM + 8];
		__u64	words[TRACE_ROOM / 8 + 1];
	};
};

/* How often to do it: @few in the suite, or as often as somebody asked for. */
static inline unsigned int rounds_of(unsigned int few)
{
	const char *rounds = getenv("MMTRACE_ROUNDS");

	return rounds ? strtoul(rounds, NULL, 10) : few;
}

static inline __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Another one? If nobody asked for more, a slow machine does as many until @enough, but @least. */
static inline bool goes_on(unsigned long done, unsigned int few, unsigned int least, __u64 enough)
{
	if (getenv("MMTRACE_ROUNDS"))
		return done < rounds_of(few);
	return done < few && (done < least || now_ns() < enough);
}

/*
 * For a load, beside each of its calls. Who never lets go of its processor keeps the kernel
 * from optimizing probes, and that all who want to arm one.
 */
static inline void let_go_at_times(unsigned int calls)
{
	if (calls % 16 == 0)
		sched_yield();
}

/* A system call as the kernel returns it: the result, or a negative errno. */
#define raw_syscall(...)						\
({									\
	long raw_ = syscall(__VA_ARGS__);				\
									\
	raw_ == -1 ? -(long)errno : raw_;				\
})

/* Of a switch of the kernel; errno tells why not. */
static inline bool write_word(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, word, strlen(word)) == (ssize_t)strlen(word);
	int number = errno;

	close(fd);
	errno = number;
	return done;
}

/* 0 or a negative errno. */
static inline int mmtrace_ioctl(int fd, unsigned int cmd, const void *arg)
{
	return ioctl(fd, cmd, arg) < 0 ? -errno : 0;
}

static inline int get_config(int fd, struct mmtrace_config *config)
{
	*config = (struct mmtrace_config) { .size = sizeof(*config) };
	return mmtrace_ioctl(fd, MMTRACE_IOC_GET_CONFIG, config);
}

static inline int get_stats(int fd, __u32 event, struct mmtrace_stats *stats)
{
	memset(stats, POISON, sizeof(*stats));
	stats->size = sizeof(*stats);
	stats->event = event;
	stats->session = 0;
	stats->cpu = 0;
	stats->reserved = 0;
	return mmtrace_ioctl(fd, MMTRACE_IOC_STATS, stats);
}

static inline int get_event(int fd, __u32 event, struct mmtrace_event_info *info)
{
	*info = (struct mmtrace_event_info) { .size = sizeof(*info), .event = event };
	return mmtrace_ioctl(fd, MMTRACE_IOC_EVENT, info);
}

static inline int set_filter(int fd, unsigned int cmd, const struct mmtrace_pred *preds,
			     __u32 preds_len, const char *strings)
{
	struct mmtrace_filter filter = {
		.size		= sizeof(filter),
		.preds_len	= preds_len,
		.strings_len	= strings ? strlen(strings) : 0,
		.preds		= (unsigned long)preds,
		.strings	= (unsigned long)strings,
	};

	return mmtrace_ioctl(fd, cmd, &filter);
}

/* A call that a test knows again among those of others. */
#define MARK_LEN	(77 * PAGE)

static inline void mark_call(void)
{
	munmap(mmap(NULL, MARK_LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MARK_LEN);
}

static inline void mark_calls(int calls)
{
	while (calls--)
		mark_call();
}

/* Nothing but such calls. */
static inline int filter_mark(int fd)
{
	static const struct mmtrace_pred pred = {
		.field		= MMTRACE_FIELD_LEN,
		.op		= MMTRACE_OP_EQ,
		.on_true	= MMTRACE_ACCEPT,
		.on_false	= MMTRACE_REJECT,
		.value		= MARK_LEN,
		.mask		= ~0ull,
	};

	return set_filter(fd, MMTRACE_IOC_SET_FILTER, &pred, 1, NULL);
}

/**
 * trace_open() - a session of its own, not started
 * @trace: to be filled in
 * @config: @format and @events are set here, MMTRACE_CONFIG_OWN too; the rest is
 *	taken from it where it is not 0
 */
static inline void trace_open(struct __test_metadata *_metadata, struct trace *trace,
			      const struct mmtrace_config *config)
{
	struct mmtrace_config own;

	memset(trace, 0, sizeof(*trace));
	trace->fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, trace->fd) TH_LOG("open: %s", strerror(errno));
	ASSERT_EQ(0, get_config(trace->fd, &own));
	own.format = MMTRACE_FORMAT_BINARY;
	own.flags = MMTRACE_CONFIG_OWN | config->flags;
	own.stack_depth = config->stack_depth;
	own.events = config->events ?: MMTRACE_EVENTS_ALL;
	own.mode = config->mode;
	own.timeout_ms = config->timeout_ms ?: own.timeout_ms;
	own.ring_size = config->ring_size ?: own.ring_size;
	own.watermark = config->watermark ?: own.ring_size / 4;
	ASSERT_EQ(0, mmtrace_ioctl(trace->fd, MMTRACE_IOC_SET_CONFIG, &own));
}

static inline void set_text(struct __test_metadata *_metadata, int fd)
{
	struct mmtrace_config config;

	ASSERT_EQ(0, get_config(fd, &config));
	config.format = MMTRACE_FORMAT_TEXT;
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config));
}

static inline void trace_start(struct __test_metadata *_metadata, struct trace *trace)
{
	ASSERT_EQ(0, mmtrace_ioctl(trace->fd, MMTRACE_IOC_START, NULL));
}

static inline const struct mmtrace_file *file_of(const struct mmtrace_record *record)
{
	return record->head.flags & MMTRACE_R_FILE ?
	       (const struct mmtrace_file *)(record + 1) : NULL;
}

/* Bytes that a record must have, without a stack. */
static inline size_t record_size(const struct mmtrace_record *record)
{
	const struct mmtrace_file *file = file_of(record);

	switch (record->head.event) {
	case MMTRACE_EVENT_LOST:
		return sizeof(record->head) + sizeof(record->lost);
	case MMTRACE_EVENT_MREMAP:
		return offsetof(struct mmtrace_record, mremap) + sizeof(record->mremap);
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		return offsetof(struct mmtrace_record, remap_file_pages) +
		       sizeof(record->remap_file_pages);
	default:
		return sizeof(*record) +
		       (file ? sizeof(*file) + (file->path_len + 8) / 8 * 8 : 0);
	}
}

static inline const struct mmtrace_stack *stack_of(const struct mmtrace_record *record)
{
	return record->head.flags & MMTRACE_R_STACK ?
	       (const void *)((const __u8 *)record + record_size(record)) : NULL;
}

static inline size_t stack_size(const struct mmtrace_stack *stack)
{
	return stack ? sizeof(*stack) + stack->depth * sizeof(stack->ip[0]) : 0;
}

/* Nothing in it can be an address of the kernel. */
static inline void stack_check(struct __test_metadata *_metadata,
			       const struct mmtrace_stack *stack)
{
	__u32 i;

	ASSERT_LE(1, stack->depth);
	ASSERT_GE(MMTRACE_STACK_MAX, stack->depth);
	EXPECT_EQ(0, stack->flags >> 3);
	EXPECT_TRUE(!(stack->flags & MMTRACE_STACK_LINK) || stack->depth > 1);
	EXPECT_NE(MMTRACE_STACK_CUT | MMTRACE_STACK_BROKEN,
		  stack->flags & (MMTRACE_STACK_CUT | MMTRACE_STACK_BROKEN));
	for (i = 0; i < stack->depth; i++) {
		EXPECT_NE(0, stack->ip[i]);
		EXPECT_EQ(0, stack->ip[i] >> 56);
	}
}

/* What holds for every record, whatever it tells. */
static inline void record_check(struct __test_metadata *_metadata, struct trace *trace,
				const struct mmtrace_record *record)
{
	const struct mmtrace_head *head = &record->head;
	const struct mmtrace_file *file = file_of(record);
	const char *p;

	ASSERT_GT(MMTRACE_EVENT_COUNT, head->event);
	ASSERT_EQ(record_size(record) + stack_size(stack_of(record)), head->size);
	ASSERT_GT(CPUS_MAX, head->cpu);
	EXPECT_EQ(0, head->flags >> 14);
	if (stack_of(record))
		stack_check(_metadata, stack_of(record));
	EXPECT_LE(trace->time, head->time) TH_LOG("not in the order of time");
	if (head->flags & MMTRACE_R_LATE) {
		EXPECT_TRUE(trace->slewed);
		EXPECT_EQ(trace->time, head->time);
	}
	trace->time = head->time;
	if (head->event == MMTRACE_EVENT_LOST) {
		EXPECT_LE(record->lost.first, record->lost.last);
		EXPECT_EQ(record->lost.last, head->time);
		EXPECT_EQ(record->lost.cause == MMTRACE_LOST_INTERRUPTED, !record->lost.count);
		trace->lost += record->lost.count;
		if (record->lost.cause == MMTRACE_LOST_MISSED)
			return;
		EXPECT_EQ(0, record->lost.missed_event);
		if (record->lost.cause == MMTRACE_LOST_INTERRUPTED)
			return;
		EXPECT_EQ(trace->seq[head->cpu], head->seq);
		trace->seq[head->cpu] += record->lost.count;
		return;
	}
	ASSERT_EQ(trace->seq[head->cpu], head->seq) TH_LOG("a hole on CPU %u", head->cpu);
	trace->seq[head->cpu]++;
	EXPECT_EQ(0, record->call.comm[sizeof(record->call.comm) - 1]);
	EXPECT_TRUE(head->event == MMTRACE_EVENT_MREMAP ||
		    head->event == MMTRACE_EVENT_REMAP_FILE_PAGES ||
		    !record->do_mmap.reserved);
	if (!file)
		return;
	EXPECT_EQ(0, file->reserved);
	EXPECT_EQ(file->path_len, strlen(file->path));
	for (p = file->path + file->path_len; p < (const char *)record + record_size(record); p++)
		EXPECT_EQ(0, *p) TH_LOG("padding is not zero");
}

/* The next record of what the last trace_read() gave, after @record; or NULL. */
static inline const struct mmtrace_record *
trace_next(const struct trace *trace, const struct mmtrace_record *record)
{
	const __u8 *next = record ? (const __u8 *)record + record->head.size : trace->buf;

	return next < trace->buf + trace->len ? (const void *)next : NULL;
}

/**
 * trace_read() - all there is, up to what fits
 *
 * Calls that have returned are there at once: nobody has to wait for them.
 *
 * Return: bytes, 0 if there is nothing.
 */
static inline size_t trace_read(struct __test_metadata *_metadata, struct trace *trace)
{
	const struct mmtrace_record *record = NULL;
	ssize_t got;
	const __u64 *words = trace->words;
	size_t i;

	memset(trace->buf, POISON, sizeof(trace->buf));
	got = read(trace->fd, trace->buf, TRACE_ROOM);
	if (got < 0) {
		ASSERT_EQ(EAGAIN, errno);
		got = 0;
	}
	trace->len = got;
	ASSERT_EQ(0, got % 8);
	for (i = got / 8; i < TRACE_ROOM / 8 && words[i] == words[TRACE_ROOM / 8]; i++)
		;
	ASSERT_EQ(TRACE_ROOM / 8, i) TH_LOG("written past what was returned");
	while ((record = trace_next(trace, record)))
		record_check(_metadata, trace, record);
	return trace->len;
}

/* The @n-th record of @event that thread @tid made; @tid 0 is any thread. */
static inline const struct mmtrace_record *
trace_find(const struct trace *trace, __u32 event, pid_t tid, unsigned int n)
{
	const struct mmtrace_record *record = NULL;

	while ((record = trace_next(trace, record)))
		if (record->head.event == event && (!tid || (pid_t)record->call.tid == tid) &&
		    !n--)
			break;
	return record;
}

static inline unsigned int trace_count(const struct trace *trace, __u32 event, pid_t tid)
{
	unsigned int n = 0;

	while (trace_find(trace, event, tid, n))
		n++;
	return n;
}

/* Nobody has the device open, no hook is in place: what teardowns check. */
static inline void expect_nothing_left(struct __test_metadata *_metadata)
{
	struct mmtrace_info info = { .size = sizeof(info) };
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	struct mmtrace_event_info event_info;
	__u32 event;

	EXPECT_LE(0, fd);
	EXPECT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(1, info.sessions) TH_LOG("sessions are left");
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		EXPECT_EQ(0, get_event(fd, event, &event_info));
		EXPECT_EQ(0, event_info.sessions);
		EXPECT_EQ(0, event_info.flags & MMTRACE_EVENT_ARMED);
	}
	close(fd);
}

/* Waits for a child; true if it came to an end by itself and with status 0. */
static inline bool child_is_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

#endif /* MMTRACE_TEST_H */
