// SPDX-License-Identifier: GPL-2.0
/*
 * What a session may be asked to do, and when: every value at the edges of its
 * range, what the start fixes, and what memory there is.
 */
#include "mmtrace_test.h"

#define RING_MAX	(256ull << 20)

FIXTURE(config)
{
	int			fd;
	struct mmtrace_config	config;
};

FIXTURE_SETUP(config)
{
	self->fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	memset(&self->config, POISON, sizeof(self->config));
	self->config.size = sizeof(self->config);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_GET_CONFIG, &self->config));
}

FIXTURE_TEARDOWN(config)
{
	close(self->fd);
	expect_nothing_left(_metadata);
}

/* Sets; then a get says either just that, or what it said before. */
static void expect_set(struct __test_metadata *_metadata, int fd,
		       const struct mmtrace_config *config, int err)
{
	struct mmtrace_config before, after;

	ASSERT_EQ(0, get_config(fd, &before));
	EXPECT_EQ(-err, mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, config));
	ASSERT_EQ(0, get_config(fd, &after));
	EXPECT_EQ(0, memcmp(err ? &before : config, &after, sizeof(after)));
}

TEST_F(config, defaults)
{
	EXPECT_EQ(0, self->config.flags);
	EXPECT_EQ(MMTRACE_EVENTS_DEFAULT, self->config.events);
	EXPECT_EQ(MMTRACE_FORMAT_TEXT, self->config.format);
	EXPECT_EQ(MMTRACE_MODE_DISCARD, self->config.mode);
	EXPECT_LE(1, self->config.timeout_ms);
	EXPECT_LE(65536, self->config.ring_size);
	EXPECT_LE(1, self->config.watermark);
	EXPECT_GE(self->config.ring_size, self->config.watermark);
	EXPECT_EQ(0, self->config.stack_depth);
	EXPECT_EQ(0, self->config.reserved);
}

/* A field, by its place; this machine is little-endian. */
struct value {
	size_t	offset;
	__u64	value;
	int	err;
};

#define VALUE(field, value, err)					\
	{ offsetof(struct mmtrace_config, field), value, err }

static const struct value values[] = {
	VALUE(flags, 0, 0), VALUE(flags, MMTRACE_CONFIG_OWN, 0),
	VALUE(flags, MMTRACE_CONFIG_STACK, 0), VALUE(flags, 3, 0),
	VALUE(flags, 4, EINVAL), VALUE(flags, 0x80000001, EINVAL),
	VALUE(events, MMTRACE_EVENTS_ALL, 0), VALUE(events, 2, 0), VALUE(events, 32, 0),
	VALUE(events, 0, EINVAL), VALUE(events, 1, EINVAL), VALUE(events, 3, EINVAL),
	VALUE(events, 64, EINVAL), VALUE(events, ~0u, EINVAL),
	VALUE(format, 0, 0), VALUE(format, 1, 0), VALUE(format, 2, EINVAL),
	VALUE(format, ~0u, EINVAL),
	VALUE(mode, 0, 0), VALUE(mode, 1, 0), VALUE(mode, 2, EINVAL), VALUE(mode, ~0u, EINVAL),
	VALUE(timeout_ms, 1, 0), VALUE(timeout_ms, 60000, 0),
	VALUE(timeout_ms, 0, EINVAL), VALUE(timeout_ms, 60001, EINVAL),
	VALUE(timeout_ms, ~0u, EINVAL),
	VALUE(ring_size, 65536, 0), VALUE(ring_size, RING_MAX, 0),
	VALUE(ring_size, 0, EINVAL), VALUE(ring_size, 1, EINVAL),
	VALUE(ring_size, 32768, EINVAL), VALUE(ring_size, 65537, EINVAL),
	VALUE(ring_size, 65536 * 3, EINVAL), VALUE(ring_size, RING_MAX * 2, EINVAL),
	VALUE(ring_size, 1ull << 31, EINVAL), VALUE(ring_size, 1ull << 32, EINVAL),
	VALUE(ring_size, (1ull << 32) + 65536, EINVAL), VALUE(ring_size, 1ull << 63, EINVAL),
	VALUE(ring_size, ~0ull, EINVAL),
	VALUE(watermark, 1, 0), VALUE(watermark, 65536, 0),
	VALUE(watermark, 0, EINVAL), VALUE(watermark, 65537, EINVAL),
	VALUE(watermark, (1ull << 32) + 1, EINVAL), VALUE(watermark, ~0ull, EINVAL),
	VALUE(stack_depth, 1, 0), VALUE(stack_depth, 127, 0),
	VALUE(stack_depth, 128, EINVAL), VALUE(stack_depth, ~0u, EINVAL),
	VALUE(reserved, 1, EINVAL), VALUE(reserved, ~0u, EINVAL),
};

static bool is_wide(size_t offset)
{
	return offset == offsetof(struct mmtrace_config, ring_size) ||
	       offset == offsetof(struct mmtrace_config, watermark);
}

TEST_F(config, values)
{
	struct mmtrace_config config;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		config = self->config;
		config.ring_size = 65536;
		config.watermark = 4096;
		memcpy((char *)&config + values[i].offset, &values[i].value,
		       is_wide(values[i].offset) ? 8 : 4);
		expect_set(_metadata, self->fd, &config, values[i].err);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
}

static void expect_fixed(struct __test_metadata *_metadata, int fd)
{
	struct mmtrace_config now, config;

	ASSERT_EQ(0, get_config(fd, &now));
	config = now;
	config.flags ^= MMTRACE_CONFIG_OWN;
	expect_set(_metadata, fd, &config, EBUSY);
	config = now;
	config.flags ^= MMTRACE_CONFIG_STACK;
	expect_set(_metadata, fd, &config, EBUSY);
	config = now;
	config.stack_depth++;
	expect_set(_metadata, fd, &config, EBUSY);
	config = now;
	config.mode = MMTRACE_MODE_OVERWRITE;
	expect_set(_metadata, fd, &config, EBUSY);
	config = now;
	config.ring_size *= 2;
	expect_set(_metadata, fd, &config, EBUSY);
	config = now;
	config.watermark--;
	expect_set(_metadata, fd, &config, EBUSY);
	/* What can't be is told before what can't be now. */
	config.events = 0;
	expect_set(_metadata, fd, &config, EINVAL);
	expect_set(_metadata, fd, &now, 0);
}

TEST_F(config, fixed_by_the_start)
{
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	expect_fixed(_metadata, self->fd);
	self->config.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP);
	self->config.format = MMTRACE_FORMAT_BINARY;
	self->config.timeout_ms = 1234;
	expect_set(_metadata, self->fd, &self->config, 0);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_STOP, NULL));
	expect_fixed(_metadata, self->fd);
}

/* Of the events of a running session: hooks come and go with them. */
TEST_F(config, events_of_a_running_session)
{
	struct mmtrace_event_info info;
	__u32 event, events;

	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	for (events = 2; events <= MMTRACE_EVENTS_ALL; events += 2) {
		self->config.events = events;
		expect_set(_metadata, self->fd, &self->config, 0);
		for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
			ASSERT_EQ(0, get_event(self->fd, event, &info));
			EXPECT_EQ(!!(events & MMTRACE_EVENT_BIT(event)), info.sessions);
			EXPECT_EQ(info.sessions, !!(info.flags & MMTRACE_EVENT_ARMED));
		}
	}
}

TEST_F(config, format_within_a_line)
{
	char byte;

	self->config.flags = MMTRACE_CONFIG_OWN;
	expect_set(_metadata, self->fd, &self->config, 0);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	munmap(mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE);
	ASSERT_EQ(1, read(self->fd, &byte, 1));
	self->config.format = MMTRACE_FORMAT_BINARY;
	expect_set(_metadata, self->fd, &self->config, EBUSY);
	self->config.format = MMTRACE_FORMAT_TEXT;
	self->config.timeout_ms = 99;
	expect_set(_metadata, self->fd, &self->config, 0);
	while (read(self->fd, &byte, 1) == 1 && byte != '\n')
		;
	ASSERT_EQ('\n', byte);
	self->config.format = MMTRACE_FORMAT_BINARY;
	expect_set(_metadata, self->fd, &self->config, 0);
}

#define OWN_CALLS	1000

static void map_and_read(int fd, void *buf, size_t len)
{
	void *at = mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* Nothing is as good: what is there is looked at later. */
	if (read(fd, buf, len) < 0 && errno != EAGAIN)
		abort();
	munmap(at, 1 << 20);
}

/* scenario 33: a reader that maps memory for each read() sees no call of its own, and all others */
TEST_F(config, reader_that_maps)
{
	static char kept[sizeof(struct mmtrace_record) * 10], all[TRACE_ROOM];
	const struct mmtrace_record *record;
	struct mmtrace_stats stats;
	unsigned int i, others = 0;
	ssize_t got, at;
	pid_t pid;

	self->config.format = MMTRACE_FORMAT_BINARY;
	self->config.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP);
	expect_set(_metadata, self->fd, &self->config, 0);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	for (i = 0; i < OWN_CALLS; i++)
		map_and_read(self->fd, kept, sizeof(kept));
	pid = fork();
	for (i = 0; i < 100 && !pid; i++)
		mark_call();
	if (!pid)
		_exit(0);
	ASSERT_TRUE(child_is_well(pid));
	while ((got = read(self->fd, all, sizeof(all))) > 0) {
		for (at = 0; at < got; at += record->head.size) {
			record = (void *)(all + at);
			EXPECT_NE((__u32)getpid(), record->call.tgid);
			others += record->call.tgid == (__u32)pid;
		}
	}
	EXPECT_EQ(100, others);
	ASSERT_EQ(0, get_stats(self->fd, MMTRACE_EVENT_DO_MMAP, &stats));
	EXPECT_LE(OWN_CALLS, stats.filtered) TH_LOG("they are counted, as filtered");
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost);
	EXPECT_EQ(0, stats.lost + stats.missed);
}

/* The guest has 2 GiB; a quarter of that is for all rings. */
TEST_F(config, too_much_memory)
{
	char byte;

	self->config.ring_size = RING_MAX;
	expect_set(_metadata, self->fd, &self->config, 0);
	EXPECT_EQ(-ENOMEM, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	EXPECT_EQ(-1, read(self->fd, &byte, 1));
	EXPECT_EQ(ENOMEM, errno);
	/* It has not started: what the start fixes can still be changed. */
	self->config.ring_size = 65536;
	self->config.watermark = 65536;
	expect_set(_metadata, self->fd, &self->config, 0);
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
}

TEST_HARNESS_MAIN
