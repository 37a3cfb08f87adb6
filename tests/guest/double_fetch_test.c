// SPDX-License-Identifier: GPL-2.0
/*
 * What a thread writes over a request while the kernel copies it changes nothing that
 * has been looked at: the kernel waits for a page in the middle of its copy, and what
 * was copied before is made a lie until the page comes.
 */
#include <pthread.h>

#include "missing.h"

/* A request, and what came of it. */
struct call {
	pthread_t	thread;
	int		fd;
	unsigned int	cmd;
	const void	*arg;
	int		ret;
};

static void *call_run(void *data)
{
	struct call *call = data;

	call->ret = mmtrace_ioctl(call->fd, call->cmd, call->arg);
	return NULL;
}

/* That the missing page will have. */
static char content[PAGE];

FIXTURE(fetch)
{
	int		fd;
	struct missing	missing;
};

FIXTURE_SETUP(fetch)
{
	self->fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	missing_open(_metadata, &self->missing);
	memset(content, 0, PAGE);
}

FIXTURE_TEARDOWN(fetch)
{
	set_filter(self->fd, MMTRACE_IOC_SET_DEVICE_FILTER, NULL, 0, NULL);
	missing_close(&self->missing);
	close(self->fd);
	expect_nothing_left(_metadata);
}

static void call_begin(struct __test_metadata *_metadata, struct call *call,
		       const struct missing *missing)
{
	ASSERT_EQ(0, pthread_create(&call->thread, NULL, call_run, call));
	missing_wait(_metadata, missing);
}

static int call_end(struct __test_metadata *_metadata, struct call *call,
		    const struct missing *missing)
{
	missing_fill(_metadata, missing, content);
	ASSERT_EQ(0, pthread_join(call->thread, NULL));
	return call->ret;
}

static const struct {
	unsigned int	cmd;
	__u32		size;
	__u32		second;		/* word, which is in for some */
	bool		is_set;		/* nothing of it is out */
} requests[] = {
	{ MMTRACE_IOC_INFO, sizeof(struct mmtrace_info), 0, false },
	{ MMTRACE_IOC_EVENT, sizeof(struct mmtrace_event_info), MMTRACE_EVENT_MMAP, false },
	{ MMTRACE_IOC_GET_CONFIG, sizeof(struct mmtrace_config), 0, false },
	{ MMTRACE_IOC_SET_CONFIG, sizeof(struct mmtrace_config), 0, true },
	{ MMTRACE_IOC_STATS, sizeof(struct mmtrace_stats), 0, false },
	{ MMTRACE_IOC_GET_FILTER, sizeof(struct mmtrace_filter), 0, false },
	{ MMTRACE_IOC_SET_FILTER, sizeof(struct mmtrace_filter), 0, true },
	{ MMTRACE_IOC_GET_DEVICE_FILTER, sizeof(struct mmtrace_filter), 0, false },
	{ MMTRACE_IOC_SET_DEVICE_FILTER, sizeof(struct mmtrace_filter), 0, true },
	{ MMTRACE_IOC_SET_TRIGGER, sizeof(struct mmtrace_trigger), 0, true },
	{ MMTRACE_IOC_GET_TRIGGER, sizeof(struct mmtrace_trigger), 0, false },
	{ MMTRACE_IOC_SESSION, sizeof(struct mmtrace_session), 0, false },
	{ MMTRACE_IOC_FOLLOW, sizeof(struct mmtrace_follow), 0, false },
};

/* The first part of it is there. */
static void make_request(__u32 *words, size_t i, size_t here, __u32 size,
			 const struct mmtrace_config *config)
{
	__u32 *third = here > 8 ? &words[2] : (__u32 *)content;

	memset(words, 0, here);
	memset(content, POISON, PAGE);
	memset(content, 0, size - here);
	if (requests[i].cmd == MMTRACE_IOC_SET_CONFIG) {
		memcpy(words, config, here);
		memcpy(content, (char *)config + here, sizeof(*config) - here);
	}
	words[0] = size;
	words[1] |= requests[i].second;
	if (requests[i].cmd == MMTRACE_IOC_FOLLOW)
		*third = getpid();
}

/* Another size, once the size was read and before the rest is. */
static void lie_about_size(struct __test_metadata *_metadata, int fd,
			   struct missing *missing, size_t i, size_t here, __u32 size, __u32 lie)
{
	__u32 *words = (__u32 *)(missing->pages + PAGE - here);
	struct call call = { .fd = fd, .cmd = requests[i].cmd, .arg = words };
	struct mmtrace_config config;
	size_t behind = size - here;

	ASSERT_EQ(0, get_config(fd, &config));
	make_request(words, i, here, size, &config);
	missing_arm(_metadata, missing);
	call_begin(_metadata, &call, missing);
	words[0] = lie;
	EXPECT_EQ(0, call_end(_metadata, &call, missing))
		TH_LOG("ioctl %#x and %u", call.cmd, lie);
	EXPECT_EQ(requests[i].is_set ? lie : size, words[0])
		TH_LOG("ioctl %#x and %u", call.cmd, lie);
	EXPECT_EQ(0, memcmp(missing->pages + PAGE + behind, content + behind, PAGE - behind))
		TH_LOG("ioctl %#x writes past its structure", call.cmd);
}

/*
 * scenario 26: the copy stops behind the size; and before it, where the kernel looks
 * first at what is longer than it knows.
 */
TEST_F(fetch, size)
{
	static const __u32 lies[] = { 0, 4, PAGE, PAGE + 1, ~0u };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		for (j = 0; j < ARRAY_SIZE(lies); j++) {
			lie_about_size(_metadata, self->fd, &self->missing, i, 8,
				       requests[i].size, lies[j]);
			lie_about_size(_metadata, self->fd, &self->missing, i, requests[i].size,
				       requests[i].size + 8, lies[j]);
		}
	}
}

/* A filter, its parts each where a thread can get at them. */
struct parts {
	struct mmtrace_trigger	request;	/* begins like a struct mmtrace_filter */
	struct mmtrace_pred	preds[2];
};

#define NAME	"double fetch"

static const struct mmtrace_pred good[2] = {
	{ MMTRACE_FIELD_COMM, MMTRACE_OP_EQ, 1, MMTRACE_REJECT, 0, sizeof(NAME) - 1 },
	{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, MARK_LEN, ~0ull },
};

static void expect_filter(struct __test_metadata *_metadata, int fd, unsigned int cmd)
{
	struct mmtrace_pred preds[2];
	char strings[64] = "";
	struct mmtrace_trigger got = {
		.size		= cmd == MMTRACE_IOC_GET_TRIGGER ? sizeof(struct mmtrace_trigger) :
				  sizeof(struct mmtrace_filter),
		.preds_len	= ARRAY_SIZE(preds),
		.strings_len	= sizeof(strings) - 1,
		.preds		= (unsigned long)preds,
		.strings	= (unsigned long)strings,
	};

	ASSERT_EQ(0, mmtrace_ioctl(fd, cmd, &got));
	EXPECT_EQ(2, got.preds_len);
	EXPECT_EQ(0, memcmp(good, preds, sizeof(good)));
	EXPECT_STREQ(NAME, strings);
}

/* The strings come last: till then all else is rewritten. */
static void lie(struct parts *parts)
{
	memset(&parts->request.preds_len, 0xff, sizeof(parts->request) - 8);
	memset(parts->preds, 0xff, sizeof(parts->preds));
	parts->request.size = 8;
}

TEST_F(fetch, filter)
{
	static const struct {
		unsigned int	set;
		unsigned int	get;
		__u32		size;
	} filters[] = {
		{ MMTRACE_IOC_SET_FILTER, MMTRACE_IOC_GET_FILTER, sizeof(struct mmtrace_filter) },
		{ MMTRACE_IOC_SET_DEVICE_FILTER, MMTRACE_IOC_GET_DEVICE_FILTER,
		  sizeof(struct mmtrace_filter) },
		{ MMTRACE_IOC_SET_TRIGGER, MMTRACE_IOC_GET_TRIGGER,
		  sizeof(struct mmtrace_trigger) },
	};
	struct parts *parts = (struct parts *)self->missing.pages;
	struct call call = { .fd = self->fd, .arg = &parts->request };
	struct mmtrace_config config;
	size_t i;

	ASSERT_EQ(0, get_config(self->fd, &config));
	config.mode = MMTRACE_MODE_OVERWRITE;
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_SET_CONFIG, &config));
	strcpy(content, NAME);
	for (i = 0; i < ARRAY_SIZE(filters); i++) {
		parts->request = (struct mmtrace_trigger) {
			.size		= filters[i].size,
			.preds_len	= ARRAY_SIZE(good),
			.strings_len	= sizeof(NAME) - 1,
			.preds		= (unsigned long)parts->preds,
			.strings	= (unsigned long)self->missing.pages + PAGE,
		};
		memcpy(parts->preds, good, sizeof(good));
		call.cmd = filters[i].set;
		missing_arm(_metadata, &self->missing);
		call_begin(_metadata, &call, &self->missing);
		lie(parts);
		EXPECT_EQ(0, call_end(_metadata, &call, &self->missing));
		expect_filter(_metadata, self->fd, filters[i].get);
	}
}

TEST_HARNESS_MAIN
