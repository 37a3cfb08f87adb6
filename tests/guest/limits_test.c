// SPDX-License-Identifier: GPL-2.0
/*
 * As many sessions as there may be, each with a filter, a mode and a format of its
 * own, have all of what they asked for and nothing else; one more is refused and
 * takes nothing from them. So is one whose memory is one ring too much.
 */
#include "mmtrace_test.h"

#define SESSIONS_MAX	1024
#define SMALL_RING	65536
#define CALLS		3

FIXTURE(limits)
{
	struct mmtrace_info	info;
	int			fds[SESSIONS_MAX];
};

FIXTURE_SETUP(limits)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	self->info.size = sizeof(self->info);
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &self->info));
	close(fd);
	ASSERT_GE(SESSIONS_MAX, self->info.max_sessions);
}

FIXTURE_TEARDOWN(limits)
{
	expect_nothing_left(_metadata);
}

static size_t mark_of(unsigned int i)
{
	return (100 + i) * PAGE;
}

static __u32 event_of(unsigned int i)
{
	return i % 3 ? MMTRACE_EVENT_DO_MMAP : MMTRACE_EVENT_MMAP;
}

static int open_one(unsigned int i)
{
	const struct mmtrace_pred preds[] = {
		{ MMTRACE_FIELD_TID, MMTRACE_OP_EQ, 1, MMTRACE_REJECT, gettid(), ~0ull },
		{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT,
		  mark_of(i), ~0ull },
	};
	struct mmtrace_config config;
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (get_config(fd, &config))
		return -EIO;
	config.flags = MMTRACE_CONFIG_OWN;
	config.events = MMTRACE_EVENT_BIT(event_of(i));
	config.format = MMTRACE_FORMAT_BINARY;
	config.mode = i % 2 ? MMTRACE_MODE_OVERWRITE : MMTRACE_MODE_DISCARD;
	config.ring_size = SMALL_RING << i % 2;
	config.watermark = SMALL_RING;
	return mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config) ?:
	       set_filter(fd, MMTRACE_IOC_SET_FILTER, preds, 2, NULL) ?:
	       mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL) ?: fd;
}

static void make_calls(unsigned int count)
{
	unsigned int i, n;

	for (n = 0; n < CALLS; n++)
		for (i = 0; i < count; i++)
			munmap(mmap(NULL, mark_of(i), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				    -1, 0), mark_of(i));
}

static void expect_own_calls(struct __test_metadata *_metadata, int fd, unsigned int i)
{
	struct mmtrace_record records[CALLS + 1];
	struct mmtrace_stats stats;
	unsigned int n;

	ASSERT_EQ(CALLS * sizeof(*records), read(fd, records, sizeof(records)))
		TH_LOG("session %u", i);
	for (n = 0; n < CALLS; n++) {
		EXPECT_EQ(event_of(i), records[n].head.event);
		EXPECT_EQ(mark_of(i), records[n].do_mmap.len);
		EXPECT_EQ(gettid(), (pid_t)records[n].call.tid);
	}
	ASSERT_EQ(0, get_stats(fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(CALLS, stats.delivered);
	EXPECT_EQ(stats.hits, stats.delivered + stats.filtered);
}

TEST_F(limits, all_sessions)
{
	unsigned int i, count = self->info.max_sessions;

	for (i = 0; i < count; i++) {
		self->fds[i] = open_one(i);
		ASSERT_LE(0, self->fds[i]) TH_LOG("session %u", i);
	}
	EXPECT_EQ(-EBUSY, open_one(0));
	make_calls(count);
	EXPECT_EQ(-EBUSY, open_one(0));
	for (i = 0; i < count; i++)
		expect_own_calls(_metadata, self->fds[i], i);
	/* Of one that goes another has the place, and nobody else notices. */
	close(self->fds[0]);
	self->fds[0] = open_one(0);
	ASSERT_LE(0, self->fds[0]);
	make_calls(count);
	for (i = 0; i < count; i++) {
		if (i) {
			struct mmtrace_record records[CALLS + 1];

			EXPECT_EQ(CALLS * sizeof(*records),
				  read(self->fds[i], records, sizeof(records)));
		} else {
			expect_own_calls(_metadata, self->fds[i], i);
		}
		close(self->fds[i]);
	}
}

static __u64 parameter(const char *name)
{
	char path[128], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/mmtrace/parameters/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) < 0)
		return 0;
	close(fd);
	return strtoull(text, NULL, 10);
}

static int open_large(__u64 ring_size)
{
	struct mmtrace_config config;
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC), err;

	if (fd < 0 || get_config(fd, &config))
		return -EIO;
	config.ring_size = ring_size;
	config.watermark = ring_size;
	err = mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config) ?:
	      mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL);
	if (err)
		close(fd);
	return err ?: fd;
}

/* Sessions of a quarter of all that they may take: not the fourth, as rings are not all. */
TEST_F(limits, memory_of_all_sessions)
{
	__u64 ring = 1, quarter = parameter("max_memory") / self->info.cpus / 4;
	unsigned int i;

	ASSERT_LT(0, quarter);
	while (ring * 2 <= quarter)
		ring *= 2;
	for (i = 0; (self->fds[i] = open_large(ring)) >= 0; i++)
		ASSERT_GT(8, i);
	EXPECT_EQ(-ENOMEM, self->fds[i]);
	EXPECT_EQ(parameter("max_memory") / ((ring + MMTRACE_RECORD_MAX) * self->info.cpus), i);
	EXPECT_EQ(-ENOMEM, open_large(ring));
	/* What there is goes on, and there is room again for one that goes. */
	close(self->fds[0]);
	self->fds[0] = open_large(ring);
	EXPECT_LE(0, self->fds[0]);
	EXPECT_EQ(-ENOMEM, open_large(ring));
	while (i)
		close(self->fds[--i]);
}

TEST_HARNESS_MAIN
