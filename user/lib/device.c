// SPDX-License-Identifier: GPL-2.0
/*
 * The only place that knows the device: its path, its file descriptor, its
 * ioctls, and what their errors mean for the user.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "diagnosis.h"
#include "libmmtrace.h"
#include "names.h"
#include "program.h"

/**
 * struct mmt_device - a session
 * @fd: -1 if not open
 * @path: of the device
 * @error: after a failure: what went wrong and what to do, in words
 */
struct mmt_device {
	int	fd;
	char	*path;
	char	error[512];
};

/**
 * struct advice - what an error means to the user
 * @request: of ioctl(); 0 for open()
 * @number: errno
 * @text: what to do
 */
struct advice {
	unsigned long	request;
	int		number;
	const char	*text;
};

#define REQUEST_OPEN	0
#define REQUEST_ANY	1

#define NO_MEMORY \
	"no memory for the rings, or above the limit of the module or the memory cgroup: try a smaller --ring-size"

/* The first row that fits is used. */
static const struct advice advices[] = {
	{ REQUEST_OPEN, EPERM,
	  "needs CAP_PERFMON or CAP_SYS_ADMIN outside of any container: try as root" },
	{ REQUEST_OPEN, EBUSY,
	  "too many sessions: end one, or raise the module's limit" },
	{ REQUEST_OPEN, ENOMEM, "no memory for another session" },
	{ MMTRACE_IOC_INFO, ENOTTY, "is not an mmtrace device" },
	{ MMTRACE_IOC_SET_DEVICE_FILTER, EPERM,
	  "setting the device filter needs CAP_SYS_ADMIN: try as root" },
	{ MMTRACE_IOC_SET_CONFIG, ENOMEM, NO_MEMORY },
	{ MMTRACE_IOC_SET_CONFIG, EINVAL, "the module does not take this configuration" },
	{ MMTRACE_IOC_FOLLOW, EOPNOTSUPP, "this kernel does not tell who makes whom" },
	{ MMTRACE_IOC_START, ENOMEM, NO_MEMORY },
	{ REQUEST_ANY, ENOTTY,
	  "the module does not know this request: is it older than mmtrace-ctl?" },
	{ REQUEST_ANY, E2BIG, "too big for the module: fewer or shorter filters?" },
	{ REQUEST_ANY, EPERM, "not permitted: try as root" },
	{ REQUEST_ANY, EBUSY, "not while the session runs" },
};

static const char *advice(unsigned long request, int number)
{
	size_t i;

	for (i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		const struct advice *row = &advices[i];

		if (row->number == number &&
		    (row->request == request ||
		     (row->request == REQUEST_ANY && request != REQUEST_OPEN)))
			return row->text;
	}
	return strerror(number);
}

static int fail(struct mmt_device *device, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct mmt_device *device, const char *format, ...)
{
	int number = errno, used;
	va_list args;

	used = snprintf(device->error, sizeof(device->error), "%s: ", device->path);
	if (used >= 0 && (size_t)used < sizeof(device->error)) {
		va_start(args, format);
		vsnprintf(device->error + used, sizeof(device->error) - used, format, args);
		va_end(args);
	}
	errno = number;
	return -1;
}

/* All of a structure but its size, which is that of the caller's header. */
static void clear(void *what, __u32 size)
{
	memset(what, 0, size);
	*(__u32 *)what = size;
}

static int request(struct mmt_device *device, unsigned long number, const char *what, void *arg)
{
	while (ioctl(device->fd, number, arg) < 0) {
		if (errno == EINTR)
			continue;
		return fail(device, "%s: %s", what, advice(number, errno));
	}
	return 0;
}

static int fail_open(struct mmt_device *device, int number)
{
	char why[384];

	if (!diagnosis_open(why, sizeof(why), "", device->path, number))
		return fail(device, "%s", advice(REQUEST_OPEN, number));
	return fail(device, "%s", why);
}

struct mmt_device *mmt_device_new(const char *path)
{
	struct mmt_device *device = calloc(1, sizeof(*device));
	const char *env = getenv(MMT_DEVICE_ENV);

	if (!device)
		return NULL;
	device->fd = -1;
	device->path = strdup(path ?: env && *env ? env : MMT_DEVICE);
	if (device->path)
		return device;
	free(device);
	return NULL;
}

/* That of another ABI would misunderstand, and be misunderstood. */
static int check_abi(struct mmt_device *device)
{
	struct mmtrace_info info = { .size = sizeof(info) };

	if (mmt_device_info(device, &info))
		return -1;
	if (info.abi_version == MMTRACE_ABI_VERSION)
		return 0;
	errno = EPROTO;
	return fail(device, "ABI %u, but mmtrace-ctl speaks %u: install both from one version",
		    info.abi_version, MMTRACE_ABI_VERSION);
}

/* A new session gives text, which only people read. */
static int ask_for_records(struct mmt_device *device)
{
	struct mmtrace_config config = { .size = sizeof(config) };

	if (mmt_device_get_config(device, &config))
		return -1;
	config.format = MMTRACE_FORMAT_BINARY;
	return mmt_device_set_config(device, &config);
}

int mmt_device_open(struct mmt_device *device)
{
	device->fd = open(device->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (device->fd < 0)
		return fail_open(device, errno);
	if (!check_abi(device) && !ask_for_records(device))
		return 0;
	close(device->fd);
	device->fd = -1;
	return -1;
}

void mmt_device_adopt(struct mmt_device *device, int fd)
{
	device->fd = fd;
}

void mmt_device_free(struct mmt_device *device)
{
	if (!device)
		return;
	if (device->fd >= 0)
		close(device->fd);
	free(device->path);
	free(device);
}

int mmt_device_fd(const struct mmt_device *device)
{
	return device->fd;
}

const char *mmt_device_error(const struct mmt_device *device)
{
	return device->error;
}

int mmt_device_info(struct mmt_device *device, struct mmtrace_info *info)
{
	clear(info, info->size);
	return request(device, MMTRACE_IOC_INFO, "asking for the version", info);
}

int mmt_device_event(struct mmt_device *device, __u32 event, struct mmtrace_event_info *info)
{
	clear(info, info->size);
	info->event = event;
	return request(device, MMTRACE_IOC_EVENT, "asking about an event", info);
}

int mmt_device_get_config(struct mmt_device *device, struct mmtrace_config *config)
{
	clear(config, config->size);
	return request(device, MMTRACE_IOC_GET_CONFIG, "asking for the configuration", config);
}

/* Says which of the wanted events can't be traced, and why. */
static int fail_events(struct mmt_device *device, __u32 events)
{
	struct mmtrace_event_info info = { .size = sizeof(info) };
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		if (mmt_device_event(device, event, &info))
			return -1;
		if (!(info.flags & MMTRACE_EVENT_AVAILABLE))
			return fail(device, "this kernel can't trace %s: %.*s",
				    mmtrace_event_name(event)->text,
				    (int)sizeof(info.reason), info.reason);
	}
	return fail(device, "this kernel can't trace one of these events");
}

int mmt_device_set_config(struct mmt_device *device, struct mmtrace_config *config)
{
	while (ioctl(device->fd, MMTRACE_IOC_SET_CONFIG, config) < 0) {
		if (errno == EINTR)
			continue;
		if (errno == EOPNOTSUPP)
			return fail_events(device, config->events);
		return fail(device, "setting up the session: %s",
			    advice(MMTRACE_IOC_SET_CONFIG, errno));
	}
	return 0;
}

int mmt_device_follow(struct mmt_device *device, pid_t pid, __u32 flags)
{
	struct mmtrace_follow follow = { .size = sizeof(follow), .flags = flags, .pid = pid };
	char what[64];

	snprintf(what, sizeof(what), "following process %d", (int)pid);
	return request(device, MMTRACE_IOC_FOLLOW, what, &follow);
}

int mmt_device_start(struct mmt_device *device)
{
	return request(device, MMTRACE_IOC_START, "starting", NULL);
}

int mmt_device_stop(struct mmt_device *device)
{
	return request(device, MMTRACE_IOC_STOP, "stopping", NULL);
}

int mmt_device_stats(struct mmt_device *device, __u32 event, struct mmtrace_stats *stats)
{
	clear(stats, stats->size);
	stats->event = event;
	return request(device, MMTRACE_IOC_STATS, "asking for the account", stats);
}

/* EINVAL: there is no such CPU, nothing else can be wrong. */
static int request_session(struct mmt_device *device, unsigned long number, const char *what,
			   void *arg)
{
	while (ioctl(device->fd, number, arg) < 0) {
		if (errno == ENOENT || errno == EINVAL)
			return MMT_NONE;
		if (errno != EINTR)
			return fail(device, "%s: %s", what, advice(number, errno));
	}
	return 0;
}

int mmt_device_account(struct mmt_device *device, __u64 session, __u32 event, __u32 cpu,
		       struct mmtrace_stats *stats)
{
	clear(stats, stats->size);
	stats->event = event;
	stats->session = session;
	stats->cpu = cpu;
	return request_session(device, MMTRACE_IOC_STATS, "asking for the account", stats);
}

int mmt_device_session(struct mmt_device *device, __u64 id, struct mmtrace_session *session)
{
	clear(session, session->size);
	session->id = id;
	return request_session(device, MMTRACE_IOC_SESSION, "asking about sessions", session);
}

static int set_filter(struct mmt_device *device, unsigned long number,
		      const struct mmt_program *program)
{
	struct mmtrace_filter filter = {
		.size = sizeof(filter),
		.preds_len = program->preds_len,
		.strings_len = program->strings_len,
		.preds = (uintptr_t)program->preds,
		.strings = (uintptr_t)program->strings,
	};

	return request(device, number, "setting the filter", &filter);
}

int mmt_device_set_trigger(struct mmt_device *device, const struct mmt_program *program,
			   __u64 before, __u64 after)
{
	struct mmtrace_trigger trigger = {
		.size = sizeof(trigger),
		.preds_len = program->preds_len,
		.strings_len = program->strings_len,
		.preds = (uintptr_t)program->preds,
		.strings = (uintptr_t)program->strings,
		.before = before,
		.after = after,
	};

	return request(device, MMTRACE_IOC_SET_TRIGGER, "setting the trigger", &trigger);
}

int mmt_device_get_trigger(struct mmt_device *device, struct mmtrace_trigger *trigger,
			   struct mmt_program *program)
{
	memset(program, 0, sizeof(*program));
	clear(trigger, trigger->size);
	trigger->preds_len = MMTRACE_PREDS_MAX;
	trigger->strings_len = MMTRACE_STRINGS_MAX;
	trigger->preds = (uintptr_t)program->preds;
	trigger->strings = (uintptr_t)program->strings;
	if (request(device, MMTRACE_IOC_GET_TRIGGER, "asking for the trigger", trigger))
		return -1;
	if (trigger->preds_len > MMTRACE_PREDS_MAX || trigger->strings_len > MMTRACE_STRINGS_MAX)
		return fail(device, "the trigger is larger than mmtrace-ctl knows");
	program->preds_len = trigger->preds_len;
	program->strings_len = trigger->strings_len;
	return 0;
}

int mmt_device_set_filter(struct mmt_device *device, const struct mmt_program *program)
{
	return set_filter(device, MMTRACE_IOC_SET_FILTER, program);
}

int mmt_device_set_device_filter(struct mmt_device *device, const struct mmt_program *program)
{
	return set_filter(device, MMTRACE_IOC_SET_DEVICE_FILTER, program);
}

int mmt_device_get_device_filter(struct mmt_device *device, struct mmt_program *program)
{
	struct mmtrace_filter filter = {
		.size = sizeof(filter),
		.preds_len = MMTRACE_PREDS_MAX,
		.strings_len = MMTRACE_STRINGS_MAX,
		.preds = (uintptr_t)program->preds,
		.strings = (uintptr_t)program->strings,
	};

	memset(program, 0, sizeof(*program));
	if (request(device, MMTRACE_IOC_GET_DEVICE_FILTER, "asking for the filter", &filter))
		return -1;
	if (filter.preds_len > MMTRACE_PREDS_MAX || filter.strings_len > MMTRACE_STRINGS_MAX)
		return fail(device, "the filter is larger than mmtrace-ctl knows");
	program->preds_len = filter.preds_len;
	program->strings_len = filter.strings_len;
	return 0;
}

ssize_t mmt_device_read(struct mmt_device *device, void *buf, size_t len)
{
	ssize_t got = read(device->fd, buf, len);

	if (got >= 0)
		return got;
	if (errno == EAGAIN || errno == EINTR)
		return MMT_EMPTY;
	return fail(device, "reading: %s", strerror(errno));
}
