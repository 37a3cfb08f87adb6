// SPDX-License-Identifier: GPL-2.0
/*
 * The contract of the ioctls: which errno when, in which order, and that a
 * refused request has changed nothing.
 */
#include "mmtrace_test.h"

/* Where no program has anything, with 32 bits either. */
#define KERNEL_ADDRESS	((void *)-0x7f000000l)

FIXTURE(request)
{
	int	fd;
	char	*pages;		/* two; the second can't be accessed */
};

FIXTURE_SETUP(request)
{
	self->fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	self->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	ASSERT_EQ(0, mprotect(self->pages + PAGE, PAGE, PROT_NONE));
}

FIXTURE_TEARDOWN(request)
{
	munmap(self->pages, 2 * PAGE);
	close(self->fd);
	expect_nothing_left(_metadata);
}

/**
 * struct request - an ioctl that takes a structure
 * @cmd: the ioctl
 * @size: of the structure
 * @event: its second word, or flags; 0 where that is not in but out
 * @is_set: nothing of it is out
 * @least: what the first version had, 0 if the same; what follows is in
 */
struct request {
	unsigned int	cmd;
	__u32		size;
	__u32		event;
	bool		is_set;
	__u32		least;
};

static __u32 least_of(const struct request *request)
{
	return request->least ?: request->size;
}

FIXTURE_VARIANT(request)
{
	struct request	is;
};

FIXTURE_VARIANT_ADD(request, info)
{
	.is = { MMTRACE_IOC_INFO, sizeof(struct mmtrace_info), 0, false },
};

FIXTURE_VARIANT_ADD(request, event)
{
	.is = { MMTRACE_IOC_EVENT, sizeof(struct mmtrace_event_info), 2, false },
};

FIXTURE_VARIANT_ADD(request, get_config)
{
	.is = { MMTRACE_IOC_GET_CONFIG, sizeof(struct mmtrace_config), 0, false },
};

FIXTURE_VARIANT_ADD(request, set_config)
{
	.is = { MMTRACE_IOC_SET_CONFIG, sizeof(struct mmtrace_config), 0, true },
};

FIXTURE_VARIANT_ADD(request, stats)
{
	.is = { MMTRACE_IOC_STATS, sizeof(struct mmtrace_stats), 3, false,
		offsetof(struct mmtrace_stats, session) },
};

FIXTURE_VARIANT_ADD(request, set_trigger)
{
	.is = { MMTRACE_IOC_SET_TRIGGER, sizeof(struct mmtrace_trigger), 0, true },
};

FIXTURE_VARIANT_ADD(request, get_trigger)
{
	.is = { MMTRACE_IOC_GET_TRIGGER, sizeof(struct mmtrace_trigger), 0, false },
};

/* Where to begin is beyond the second word. */
FIXTURE_VARIANT_ADD(request, session)
{
	.is = { MMTRACE_IOC_SESSION, sizeof(struct mmtrace_session), 0, false },
};

FIXTURE_VARIANT_ADD(request, get_filter)
{
	.is = { MMTRACE_IOC_GET_FILTER, sizeof(struct mmtrace_filter), 0, false },
};

FIXTURE_VARIANT_ADD(request, set_filter)
{
	.is = { MMTRACE_IOC_SET_FILTER, sizeof(struct mmtrace_filter), 0, true },
};

FIXTURE_VARIANT_ADD(request, get_device_filter)
{
	.is = { MMTRACE_IOC_GET_DEVICE_FILTER, sizeof(struct mmtrace_filter), 0, false },
};

FIXTURE_VARIANT_ADD(request, set_device_filter)
{
	.is = { MMTRACE_IOC_SET_DEVICE_FILTER, sizeof(struct mmtrace_filter), 0, true },
};

FIXTURE_VARIANT_ADD(request, follow)
{
	.is = { MMTRACE_IOC_FOLLOW, sizeof(struct mmtrace_follow), MMTRACE_FOLLOW_CHILDREN, false },
};

/* A good request, its outputs poisoned, with @more bytes behind it. */
static void make_request(int fd, const struct request *request, void *at, size_t more)
{
	__u32 *words = at;

	memset(at, request->is_set ? 0 : POISON, request->size);
	memset(at + request->size, 0, more);
	memset(at + least_of(request), 0, request->size - least_of(request));
	if (request->cmd == MMTRACE_IOC_SESSION)
		((struct mmtrace_session *)at)->id = ((struct mmtrace_session *)at)->reserved = 0;
	if (request->cmd == MMTRACE_IOC_SET_CONFIG)
		get_config(fd, at);
	if (request->size == sizeof(struct mmtrace_filter) ||
	    request->cmd == MMTRACE_IOC_GET_TRIGGER)
		memset(at, 0, request->size);
	words[0] = request->size + more;
	words[1] = request->event;
	if (request->cmd == MMTRACE_IOC_FOLLOW)
		words[2] = getpid();
}

/* A refused request has written nothing. */
static void expect_refused(struct __test_metadata *_metadata, int fd, unsigned int cmd,
			   void *at, size_t len, int err)
{
	char before[256 * 4];

	ASSERT_LE(len, sizeof(before));
	memcpy(before, at, len);
	EXPECT_EQ(-err, mmtrace_ioctl(fd, cmd, at));
	EXPECT_EQ(0, memcmp(before, at, len));
}

TEST_F(request, as_published)
{
	char *at = self->pages + PAGE - variant->is.size;

	make_request(self->fd, &variant->is, at, 0);
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->is.cmd, at));
	EXPECT_EQ(variant->is.size, *(__u32 *)at);
	EXPECT_TRUE(!variant->is.event || *(__u32 *)(at + 4) == variant->is.event);
}

TEST_F(request, too_short)
{
	static const __u32 sizes[] = { 0, 1, 4 };
	__u32 *at = (__u32 *)self->pages;
	size_t i;

	make_request(self->fd, &variant->is, at, 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		at[0] = sizes[i];
		expect_refused(_metadata, self->fd, variant->is.cmd, at, variant->is.size, EINVAL);
	}
	at[0] = least_of(&variant->is) - 1;
	expect_refused(_metadata, self->fd, variant->is.cmd, at, variant->is.size, EINVAL);
	/* The size is judged before the rest is read. */
	at = (__u32 *)(self->pages + PAGE - 4);
	at[0] = least_of(&variant->is) - 1;
	expect_refused(_metadata, self->fd, variant->is.cmd, at, 4, EINVAL);
}

/* An older program on a newer kernel. */
TEST_F(request, as_first_published)
{
	__u32 least = least_of(&variant->is);
	char *at = self->pages + PAGE - least;

	make_request(self->fd, &variant->is, self->pages, 0);
	memmove(at, self->pages, least);
	*(__u32 *)at = least;
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->is.cmd, at));
	EXPECT_EQ(least, *(__u32 *)at);
}

/* A newer program on an older kernel. */
TEST_F(request, longer)
{
	static const size_t more[] = { 1, 8, 200 };
	char *at = self->pages, zeros[200] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(more); i++) {
		make_request(self->fd, &variant->is, at, more[i]);
		EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->is.cmd, at));
		EXPECT_EQ(variant->is.size + more[i], *(__u32 *)at);
		EXPECT_EQ(0, memcmp(zeros, at + variant->is.size, more[i]));

		make_request(self->fd, &variant->is, at, more[i]);
		at[variant->is.size + more[i] - 1] = 1;
		expect_refused(_metadata, self->fd, variant->is.cmd, at,
			       variant->is.size + more[i], E2BIG);
	}
	make_request(self->fd, &variant->is, at, PAGE - variant->is.size);
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, variant->is.cmd, at));
	make_request(self->fd, &variant->is, at, 0);
	*(__u32 *)at = PAGE + 1;
	expect_refused(_metadata, self->fd, variant->is.cmd, at, variant->is.size, E2BIG);
	*(__u32 *)at = ~0u;
	expect_refused(_metadata, self->fd, variant->is.cmd, at, variant->is.size, E2BIG);
}

TEST_F(request, bad_pointer)
{
	char *half = self->pages + PAGE - 8;

	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->is.cmd, NULL));
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->is.cmd, self->pages + PAGE));
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->is.cmd, self->pages + PAGE - 2));
	EXPECT_EQ(-EFAULT, mmtrace_ioctl(self->fd, variant->is.cmd, KERNEL_ADDRESS));
	((__u32 *)half)[0] = variant->is.size;
	((__u32 *)half)[1] = variant->is.event;
	expect_refused(_metadata, self->fd, variant->is.cmd, half, 8, EFAULT);
	/* What is longer than known is looked at before what is wrong with it. */
	((__u32 *)half)[0] = 8;
	expect_refused(_metadata, self->fd, variant->is.cmd, half, 8, EINVAL);

	make_request(self->fd, &variant->is, self->pages, 0);
	ASSERT_EQ(0, mprotect(self->pages, PAGE, PROT_READ));
	EXPECT_EQ(variant->is.is_set ? 0 : -EFAULT,
		  mmtrace_ioctl(self->fd, variant->is.cmd, self->pages));
}

FIXTURE(ioctl)
{
	int	fd;
};

FIXTURE_SETUP(ioctl)
{
	self->fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(ioctl)
{
	close(self->fd);
	expect_nothing_left(_metadata);
}

TEST_F(ioctl, unknown)
{
	static const unsigned int others[] = {
		_IO(MMTRACE_IOC_TYPE - 1, 0), _IO(MMTRACE_IOC_TYPE + 1, 0),
		_IOR(MMTRACE_IOC_TYPE, 0, __u32), _IOW(MMTRACE_IOC_TYPE, 3, __u32),
		_IOWR(MMTRACE_IOC_TYPE, 2, struct mmtrace_config), 0x5401 /* TCGETS */, ~0u,
	};
	unsigned int nr;

	for (nr = 0x0f; nr < 256; nr++)
		EXPECT_EQ(-ENOTTY, mmtrace_ioctl(self->fd, _IO(MMTRACE_IOC_TYPE, nr), NULL));
	for (nr = 0; nr < ARRAY_SIZE(others); nr++)
		EXPECT_EQ(-ENOTTY, mmtrace_ioctl(self->fd, others[nr], NULL));
}

/* All that can be asked of the session, as one. */
struct state {
	struct mmtrace_config	config;
	struct mmtrace_stats	stats;
	struct mmtrace_session	session;
	int			flags;
};

static void get_state(struct __test_metadata *_metadata, int fd, struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->session.size = sizeof(state->session);
	ASSERT_EQ(0, get_config(fd, &state->config));
	ASSERT_EQ(0, get_stats(fd, 0, &state->stats));
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_SESSION, &state->session));
	state->flags = fcntl(fd, F_GETFL);
}

static bool is_ours(unsigned int cmd)
{
	return cmd >= _IO(MMTRACE_IOC_TYPE, 0) && cmd <= _IO(MMTRACE_IOC_TYPE, 0x0f);
}

/*
 * scenario 21: types and numbers in all directions, with pointers that are good for
 * nothing. Some belong to all files: these do here what they do of a file that has no
 * ioctls.
 */
TEST_F_TIMEOUT(ioctl, every_number, 100)
{
	static const size_t sizes[] = { 0, sizeof(struct mmtrace_config) };
	char *page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const void *pointers[] = { NULL, KERNEL_ADDRESS, page, page - 2, (void *)-1l };
	int null = open("/dev/null", O_RDWR | O_NONBLOCK | O_CLOEXEC), err;
	unsigned int low, dir, cmd, i, tried = 0;
	struct state before, after;
	const void *arg;

	ASSERT_LE(0, null);
	get_state(_metadata, self->fd, &before);
	for (low = 0; low < 65536; low++) {
		for (dir = 0; dir < 4 * ARRAY_SIZE(sizes); dir++) {
			i = dir / 4;
			cmd = _IOC(dir % 4, low >> 8, low & 0xff, sizes[i]);
			arg = pointers[tried++ % ARRAY_SIZE(pointers)];
			if (is_ours(cmd))
				continue;
			err = mmtrace_ioctl(self->fd, cmd, arg);
			ASSERT_TRUE(err == -ENOTTY || err == mmtrace_ioctl(null, cmd, arg))
				TH_LOG("ioctl %#x of %p: %s", cmd, arg, strerror(-err));
		}
	}
	get_state(_metadata, self->fd, &after);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	close(null);
	munmap(page, PAGE);
}

static __u64 parameter(const char *name)
{
	char path[128], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/mmtrace/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) < 0)
		return ~0ull;
	close(fd);
	return strtoull(text, NULL, 10);
}

TEST_F(ioctl, info)
{
	struct mmtrace_info info;
	int other;

	memset(&info, POISON, sizeof(info));
	info.size = sizeof(info);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(MMTRACE_ABI_VERSION, info.abi_version);
	EXPECT_EQ(MMTRACE_EVENTS_ALL, info.events);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_CONF), (long)info.cpus);
	EXPECT_EQ(1, info.sessions);
	EXPECT_EQ(parameter("parameters/max_sessions"), info.max_sessions);
	EXPECT_EQ(65536, info.ring_min);
	EXPECT_EQ(256 << 20, info.ring_max);
	EXPECT_LT(0, strnlen(info.version, sizeof(info.version)));
	EXPECT_GT(sizeof(info.version), strnlen(info.version, sizeof(info.version)));
	other = open(DEVICE, O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(2, info.sessions);
	close(other);
}

/* The kernel has a function of that name; so much is to be known from here. */
static bool is_symbol(const char *name)
{
	char line[512], seen[256];
	FILE *file = fopen("/proc/kallsyms", "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*s %*s %255s", seen) == 1 && !strcmp(seen, name);
	if (file)
		fclose(file);
	return found;
}

TEST_F(ioctl, event)
{
	struct mmtrace_event_info info;
	struct mmtrace_config config;
	unsigned int hooked = 0;
	char *symbol, *next;
	__u32 event;

	ASSERT_EQ(0, get_config(self->fd, &config));
	config.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP) |
			MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP2);
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		bool wanted = config.events & MMTRACE_EVENT_BIT(event);

		memset(&info, POISON, sizeof(info));
		info.size = sizeof(info);
		info.event = event;
		ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_EVENT, &info));
		EXPECT_EQ(event, info.event);
		EXPECT_TRUE(info.flags & MMTRACE_EVENT_AVAILABLE);
		EXPECT_EQ(wanted, !!(info.flags & MMTRACE_EVENT_ARMED));
		EXPECT_EQ(0, info.flags & ~7u);
		EXPECT_EQ(wanted, info.sessions);
		EXPECT_EQ(0, info.missed);
		EXPECT_STREQ("", info.reason);
		next = info.symbols;
		while ((symbol = strsep(&next, ","))) {
			EXPECT_TRUE(is_symbol(symbol)) TH_LOG("no symbol '%s'", symbol);
			hooked++;
		}
	}
	EXPECT_LE(5, hooked);
	info = (struct mmtrace_event_info) { .size = sizeof(info), .event = 0 };
	expect_refused(_metadata, self->fd, MMTRACE_IOC_EVENT, &info, sizeof(info), EINVAL);
	info.event = MMTRACE_EVENT_COUNT;
	expect_refused(_metadata, self->fd, MMTRACE_IOC_EVENT, &info, sizeof(info), EINVAL);
	info.event = ~0u;
	expect_refused(_metadata, self->fd, MMTRACE_IOC_EVENT, &info, sizeof(info), EINVAL);
}

TEST_F(ioctl, stats)
{
	struct mmtrace_stats stats;
	__u32 event;

	for (event = 0; event < MMTRACE_EVENT_COUNT; event++) {
		memset(&stats, POISON, sizeof(stats));
		stats.size = sizeof(stats);
		stats.event = event;
		stats.session = 0;
		stats.cpu = 0;
		stats.reserved = 0;
		ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_STATS, &stats));
		EXPECT_EQ(event, stats.event);
		EXPECT_EQ(0, stats.hits | stats.filtered | stats.delivered | stats.lost |
			  stats.overwritten | stats.pending | stats.missed);
	}
	stats.event = MMTRACE_EVENT_COUNT;
	expect_refused(_metadata, self->fd, MMTRACE_IOC_STATS, &stats, sizeof(stats), EINVAL);
	stats.event = 0;
	stats.reserved = 1;
	expect_refused(_metadata, self->fd, MMTRACE_IOC_STATS, &stats, sizeof(stats), EINVAL);
}

TEST_F(ioctl, start_and_stop)
{
	/* There is no argument: what is there is not looked at. */
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_STOP, KERNEL_ADDRESS));
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, KERNEL_ADDRESS));
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
}

TEST_HARNESS_MAIN
