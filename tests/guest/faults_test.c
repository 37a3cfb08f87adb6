// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever fails within a call to the device, an allocation or a copy, the caller is
 * told so, nothing has changed, nothing is left over, and the same call works
 * afterwards. Each thing that can fail does, one after the other, up to the call in
 * which nothing is left to fail.
 *
 * timeout: 300
 */
#include <poll.h>

#include "fault.h"

#define STRINGS		"/tmp/faults"

/* Accepts what has the path, with all that makes a filter allocate. */
static const struct mmtrace_pred preds[] = {
	{ MMTRACE_FIELD_PATH, MMTRACE_OP_GLOB, MMTRACE_ACCEPT, 1, 0, sizeof(STRINGS) - 1 },
	{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, MARK_LEN, ~0ull },
};

/**
 * struct state - what must not change when a request is refused
 * @config: of the session
 * @filter: how long it is
 * @device: how long the device filter is
 * @trigger: how long the trigger is
 * @stats: the account, and how many are followed
 * @session: how it shows to others
 */
struct state {
	struct mmtrace_config	config;
	struct mmtrace_filter	filter;
	struct mmtrace_filter	device;
	struct mmtrace_trigger	trigger;
	struct mmtrace_stats	stats;
	struct mmtrace_session	session;
};

FIXTURE(faults)
{
	int	fd;
};

FIXTURE_SETUP(faults)
{
	self->fd = -1;
}

FIXTURE_TEARDOWN(faults)
{
	close(self->fd);
	expect_nothing_left(_metadata);
}

static void state_get(struct __test_metadata *_metadata, int fd, struct state *state)
{
	struct mmtrace_info info = { .size = sizeof(info) };

	memset(state, 0, sizeof(*state));
	ASSERT_EQ(0, get_config(fd, &state->config));
	state->filter.size = sizeof(state->filter);
	mmtrace_ioctl(fd, MMTRACE_IOC_GET_FILTER, &state->filter);
	state->device.size = sizeof(state->device);
	mmtrace_ioctl(fd, MMTRACE_IOC_GET_DEVICE_FILTER, &state->device);
	state->trigger.size = sizeof(state->trigger);
	mmtrace_ioctl(fd, MMTRACE_IOC_GET_TRIGGER, &state->trigger);
	ASSERT_EQ(0, get_stats(fd, 0, &state->stats));
	state->session.size = sizeof(state->session);
	state->session.id = 1;
	while (!mmtrace_ioctl(fd, MMTRACE_IOC_SESSION, &state->session) &&
	       !(state->session.flags & MMTRACE_SESSION_SELF))
		state->session.id++;
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(1, info.sessions);
}

/**
 * struct attempt - a request that is to fail
 * @fd: of a session that has not started
 * @cmd: the ioctl
 */
struct attempt {
	int		fd;
	unsigned int	cmd;
};

/* With room for what @preds are. */
static long get_parts(int fd, unsigned int cmd)
{
	struct mmtrace_pred room[ARRAY_SIZE(preds)];
	char strings[sizeof(STRINGS)];
	struct mmtrace_trigger uapi = {
		.size		= cmd == MMTRACE_IOC_GET_TRIGGER ? sizeof(uapi) :
				  sizeof(struct mmtrace_filter),
		.preds_len	= ARRAY_SIZE(room),
		.strings_len	= sizeof(strings),
		.preds		= (unsigned long)room,
		.strings	= (unsigned long)strings,
	};

	return mmtrace_ioctl(fd, cmd, &uapi);
}

/* The last @count of @preds. A filter is what a trigger begins with. */
static long set_parts(int fd, unsigned int cmd, unsigned int count)
{
	struct mmtrace_trigger uapi = {
		.size		= cmd == MMTRACE_IOC_SET_TRIGGER ? sizeof(uapi) :
				  sizeof(struct mmtrace_filter),
		.preds_len	= count,
		.strings_len	= sizeof(STRINGS) - 1,
		.preds		= (unsigned long)(preds + ARRAY_SIZE(preds) - count),
		.strings	= (unsigned long)STRINGS,
	};

	return mmtrace_ioctl(fd, cmd, &uapi);
}

/* As small as may be, and of one hook alone: there is less to fail. */
static long set_config(int fd)
{
	struct mmtrace_config config = {
		.size		= sizeof(config),
		.flags		= MMTRACE_CONFIG_OWN,
		.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.format		= MMTRACE_FORMAT_BINARY,
		.mode		= MMTRACE_MODE_OVERWRITE,
		.timeout_ms	= 1000,
		.ring_size	= 65536,
		.watermark	= 65536,
	};

	return mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config);
}

static long ask(void *data)
{
	const struct attempt *attempt = data;
	unsigned int cmd = attempt->cmd;
	struct mmtrace_follow follow = {
		.size = sizeof(follow), .flags = MMTRACE_FOLLOW_CHILDREN, .pid = getpid(),
	};
	struct mmtrace_session session = { .size = sizeof(session), .id = 1 };
	struct mmtrace_info info = { .size = sizeof(info) };
	struct mmtrace_event_info event;
	struct mmtrace_config config;
	struct mmtrace_stats stats;

	switch (cmd) {
	case MMTRACE_IOC_INFO:		return mmtrace_ioctl(attempt->fd, cmd, &info);
	case MMTRACE_IOC_EVENT:		return get_event(attempt->fd, 1, &event);
	case MMTRACE_IOC_GET_CONFIG:	return get_config(attempt->fd, &config);
	case MMTRACE_IOC_SET_CONFIG:	return set_config(attempt->fd);
	case MMTRACE_IOC_STATS:		return get_stats(attempt->fd, 1, &stats);
	case MMTRACE_IOC_FOLLOW:	return mmtrace_ioctl(attempt->fd, cmd, &follow);
	case MMTRACE_IOC_SESSION:	return mmtrace_ioctl(attempt->fd, cmd, &session);
	case MMTRACE_IOC_SET_FILTER:
	case MMTRACE_IOC_SET_DEVICE_FILTER:
	case MMTRACE_IOC_SET_TRIGGER:	return set_parts(attempt->fd, cmd, 2);
	case MMTRACE_IOC_GET_FILTER:
	case MMTRACE_IOC_GET_DEVICE_FILTER:
	case MMTRACE_IOC_GET_TRIGGER:	return get_parts(attempt->fd, cmd);
	default:			return mmtrace_ioctl(attempt->fd, cmd, NULL);
	}
}

static int open_session(struct __test_metadata *_metadata)
{
	int fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_config(fd));
	return fd;
}

/* What a request is to find, so that it has something to tell, or to replace. */
static int prepare(int fd, unsigned int cmd)
{
	switch (cmd) {
	case MMTRACE_IOC_SET_FILTER:
	case MMTRACE_IOC_SET_DEVICE_FILTER:
	case MMTRACE_IOC_SET_TRIGGER:
		return set_parts(fd, cmd, 1);
	case MMTRACE_IOC_GET_FILTER:
		return set_parts(fd, MMTRACE_IOC_SET_FILTER, 2);
	case MMTRACE_IOC_GET_DEVICE_FILTER:
		return set_parts(fd, MMTRACE_IOC_SET_DEVICE_FILTER, 2);
	case MMTRACE_IOC_GET_TRIGGER:
		return set_parts(fd, MMTRACE_IOC_SET_TRIGGER, 2);
	case MMTRACE_IOC_STATS:
		return mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL) ?:
		       mmtrace_ioctl(fd, MMTRACE_IOC_STOP, NULL);
	default:
		return 0;
	}
}

/* True if the request came so far that the n-th thing failed. */
static bool request_fails(struct __test_metadata *_metadata, unsigned int cmd, unsigned int nth,
			  unsigned int *refused)
{
	struct attempt attempt = { open_session(_metadata), cmd };
	struct state before, after;
	bool failed;
	long ret;

	ASSERT_EQ(0, prepare(attempt.fd, cmd));
	state_get(_metadata, attempt.fd, &before);
	failed = fault_call(nth, ask, &attempt, &ret);
	if (ret) {
		++*refused;
		expect_fault(_metadata, nth, ret);
		state_get(_metadata, attempt.fd, &after);
		/* Who is followed is counted when it is done, and told last. */
		EXPECT_TRUE(!memcmp(&before, &after, sizeof(before)) ||
			    (cmd == MMTRACE_IOC_FOLLOW && ret == -EFAULT))
			TH_LOG("%u: a refused request has changed something", nth);
		EXPECT_EQ(0, ask(&attempt)) TH_LOG("%u: once more", nth);
	}
	EXPECT_TRUE(failed || !ret);
	EXPECT_EQ(0, set_filter(attempt.fd, MMTRACE_IOC_SET_DEVICE_FILTER, NULL, 0, NULL));
	close(attempt.fd);
	return failed;
}

FIXTURE_VARIANT(faults)
{
	unsigned int	cmd;
	bool		never;	/* it has nothing that can fail */
};

FIXTURE_VARIANT_ADD(faults, info) { .cmd = MMTRACE_IOC_INFO };
FIXTURE_VARIANT_ADD(faults, event) { .cmd = MMTRACE_IOC_EVENT };
FIXTURE_VARIANT_ADD(faults, get_config) { .cmd = MMTRACE_IOC_GET_CONFIG };
FIXTURE_VARIANT_ADD(faults, set_config) { .cmd = MMTRACE_IOC_SET_CONFIG };
FIXTURE_VARIANT_ADD(faults, start) { .cmd = MMTRACE_IOC_START };
FIXTURE_VARIANT_ADD(faults, stop) { .cmd = MMTRACE_IOC_STOP, .never = true };
FIXTURE_VARIANT_ADD(faults, stats) { .cmd = MMTRACE_IOC_STATS };
FIXTURE_VARIANT_ADD(faults, get_filter) { .cmd = MMTRACE_IOC_GET_FILTER };
FIXTURE_VARIANT_ADD(faults, set_filter) { .cmd = MMTRACE_IOC_SET_FILTER };
FIXTURE_VARIANT_ADD(faults, get_device_filter) { .cmd = MMTRACE_IOC_GET_DEVICE_FILTER };
FIXTURE_VARIANT_ADD(faults, set_device_filter) { .cmd = MMTRACE_IOC_SET_DEVICE_FILTER };
FIXTURE_VARIANT_ADD(faults, follow) { .cmd = MMTRACE_IOC_FOLLOW };
FIXTURE_VARIANT_ADD(faults, set_trigger) { .cmd = MMTRACE_IOC_SET_TRIGGER };
FIXTURE_VARIANT_ADD(faults, get_trigger) { .cmd = MMTRACE_IOC_GET_TRIGGER };
FIXTURE_VARIANT_ADD(faults, session) { .cmd = MMTRACE_IOC_SESSION };

/* What follows first allocates thousands of the same: not each of them is tried. */
static unsigned int next(unsigned int cmd, unsigned int nth)
{
	return nth + (cmd == MMTRACE_IOC_FOLLOW && nth > 40 ? nth / 4 : 1);
}

TEST_F_TIMEOUT(faults, ioctl, 300)
{
	unsigned int nth = 1, refused = 0;

	while (request_fails(_metadata, variant->cmd, nth, &refused))
		nth = next(variant->cmd, nth);
	EXPECT_EQ(!variant->never, refused > 0);
	TH_LOG("%u things can fail, %u requests were refused", nth - 1, refused);
}

FIXTURE(file)
{
};

FIXTURE_SETUP(file)
{
}

FIXTURE_TEARDOWN(file)
{
	expect_nothing_left(_metadata);
}

static long open_device(void *unused __attribute__((unused)))
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

TEST_F(file, open)
{
	unsigned int nth = 1, refused = 0;
	bool failed;
	long ret;

	do {
		failed = fault_call(nth++, open_device, NULL, &ret);
		if (ret < 0) {
			refused++;
			expect_fault(_metadata, nth, ret);
			ret = open_device(NULL);
			EXPECT_LE(0, ret);
		}
		close(ret);
	} while (failed);
	EXPECT_LT(0, refused);
	TH_LOG("%u things can fail, %u opens were refused", nth - 2, refused);
}

static long poll_device(void *fd)
{
	struct pollfd pollfd = { *(int *)fd, POLLIN, 0 };
	int ret = poll(&pollfd, 1, 0);

	return ret < 0 ? -errno : pollfd.revents == POLLERR ? -ENOMEM : pollfd.revents;
}

static long read_device(void *fd)
{
	char buf[16384];
	ssize_t ret = read(*(int *)fd, buf, sizeof(buf));

	return ret < 0 ? -errno : ret;
}

/* The first read, or poll, of a session starts it. */
static void first(struct __test_metadata *_metadata, long (*call)(void *), long expected)
{
	unsigned int nth = 1, refused = 0;
	bool failed;
	long ret;
	int fd;

	do {
		fd = open_session(_metadata);
		failed = fault_call(nth++, call, &fd, &ret);
		if (ret != expected) {
			refused++;
			expect_fault(_metadata, nth, ret);
			EXPECT_EQ(expected, call(&fd));
		}
		close(fd);
	} while (failed);
	EXPECT_LT(0, refused);
}

TEST_F_TIMEOUT(file, first_read, 300)
{
	first(_metadata, read_device, -EAGAIN);
}

TEST_F_TIMEOUT(file, first_poll, 300)
{
	first(_metadata, poll_device, 0);
}

int main(int argc, char **argv)
{
	return fault_main(argc, argv);
}
