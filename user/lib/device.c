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

#include "device.h"
#include "diagnosis.h"
#include "names.h"

static const char *chosen_path;

/**
 * device_set_path() - use another device than the default
 * @path: must stay valid
 */
void device_set_path(const char *path)
{
	chosen_path = path;
}

static const char *device_path(void)
{
	const char *env = getenv(DEVICE_ENV);

	if (chosen_path)
		return chosen_path;
	return env && *env ? env : DEVICE_PATH;
}

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

static int fail(struct device *device, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct device *device, const char *format, ...)
{
	int used = snprintf(device->error, sizeof(device->error), "%s: ", device->path);
	va_list args;

	if (used < 0 || (size_t)used >= sizeof(device->error))
		return -1;
	va_start(args, format);
	vsnprintf(device->error + used, sizeof(device->error) - used, format, args);
	va_end(args);
	return -1;
}

static int request(struct device *device, unsigned long number, const char *what, void *arg)
{
	while (ioctl(device->fd, number, arg) < 0) {
		if (errno == EINTR)
			continue;
		return fail(device, "%s: %s", what, advice(number, errno));
	}
	return 0;
}

static int fail_open(struct device *device, int number)
{
	char why[384];

	if (!diagnosis_open(why, sizeof(why), "", device->path, number))
		return fail(device, "%s", advice(REQUEST_OPEN, number));
	return fail(device, "%s", why);
}

/**
 * device_open() - open a session
 * @device: filled in
 *
 * Return: 0; -1 with an error in words, also for a device whose module speaks
 * another ABI.
 */
int device_open(struct device *device)
{
	struct mmtrace_info info;

	device->path = device_path();
	device->error[0] = 0;
	device->fd = open(device->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (device->fd < 0)
		return fail_open(device, errno);
	if (device_info(device, &info)) {
		device_close(device);
		return -1;
	}
	if (info.abi_version == MMTRACE_ABI_VERSION)
		return 0;
	device_close(device);
	return fail(device, "ABI %u, but mmtrace-ctl speaks %u: install both from one version",
		    info.abi_version, MMTRACE_ABI_VERSION);
}

/**
 * device_adopt() - a session that somebody else has opened
 * @device: filled in
 * @fd: of the session, which is closed with it
 */
void device_adopt(struct device *device, int fd)
{
	device->path = device_path();
	device->error[0] = 0;
	device->fd = fd;
}

/**
 * device_close() - close a session; one not open is fine
 * @device: the session
 */
void device_close(struct device *device)
{
	if (device->fd >= 0)
		close(device->fd);
	device->fd = -1;
}

/**
 * device_info() - ask what module this is
 * @device: the session
 * @info: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int device_info(struct device *device, struct mmtrace_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return request(device, MMTRACE_IOC_INFO, "asking for the version", info);
}

/**
 * device_event() - ask how an event is traced
 * @device: the session
 * @event: enum mmtrace_event
 * @info: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int device_event(struct device *device, __u32 event, struct mmtrace_event_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->event = event;
	return request(device, MMTRACE_IOC_EVENT, "asking about an event", info);
}

/**
 * device_get_config() - ask how the session is set up
 * @device: the session
 * @config: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int device_get_config(struct device *device, struct mmtrace_config *config)
{
	memset(config, 0, sizeof(*config));
	config->size = sizeof(*config);
	return request(device, MMTRACE_IOC_GET_CONFIG, "asking for the configuration", config);
}

/* Says which of the wanted events can't be traced, and why. */
static int fail_events(struct device *device, __u32 events)
{
	struct mmtrace_event_info info;
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		if (device_event(device, event, &info))
			return -1;
		if (!(info.flags & MMTRACE_EVENT_AVAILABLE))
			return fail(device, "this kernel can't trace %s: %.*s",
				    mmtrace_event_name(event)->text,
				    (int)sizeof(info.reason), info.reason);
	}
	return fail(device, "this kernel can't trace one of these events");
}

/**
 * device_set_config() - set up the session
 * @device: the session
 * @config: as device_get_config() gave it, and changed
 *
 * Return: 0, or -1 with an error in words.
 */
int device_set_config(struct device *device, struct mmtrace_config *config)
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

/**
 * device_follow() - take calls of a process, and of others only if asked for, too
 * @device: the session
 * @pid: the process
 * @flags: MMTRACE_FOLLOW_*
 *
 * Return: 0, or -1 with an error in words.
 */
int device_follow(struct device *device, pid_t pid, __u32 flags)
{
	struct mmtrace_follow follow = { .size = sizeof(follow), .flags = flags, .pid = pid };
	char what[64];

	snprintf(what, sizeof(what), "following process %d", (int)pid);
	return request(device, MMTRACE_IOC_FOLLOW, what, &follow);
}

/**
 * device_start() - start recording
 * @device: the session
 *
 * Return: 0, or -1 with an error in words.
 */
int device_start(struct device *device)
{
	return request(device, MMTRACE_IOC_START, "starting", NULL);
}

/**
 * device_stop() - stop recording; the rest can be read
 * @device: the session
 *
 * Return: 0, or -1 with an error in words.
 */
int device_stop(struct device *device)
{
	return request(device, MMTRACE_IOC_STOP, "stopping", NULL);
}

/**
 * device_stats() - ask for the session's account
 * @device: the session
 * @event: enum mmtrace_event, MMTRACE_EVENT_LOST for the sum of all
 * @stats: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int device_stats(struct device *device, __u32 event, struct mmtrace_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	stats->event = event;
	return request(device, MMTRACE_IOC_STATS, "asking for the account", stats);
}

/* EINVAL: there is no such CPU, nothing else can be wrong. */
static int request_session(struct device *device, unsigned long number, const char *what, void *arg)
{
	while (ioctl(device->fd, number, arg) < 0) {
		if (errno == ENOENT || errno == EINVAL)
			return DEVICE_NONE;
		if (errno != EINTR)
			return fail(device, "%s: %s", what, advice(number, errno));
	}
	return 0;
}

/**
 * device_account() - ask for the account of any session
 * @device: a session
 * @session: id of the one to ask about
 * @event: enum mmtrace_event, MMTRACE_EVENT_LOST for the sum of all
 * @cpu: 1 + a CPU, 0 for the sum of all
 * @stats: filled in
 *
 * Return: 0, DEVICE_NONE for no such session or CPU, or -1 with an error in words.
 */
int device_account(struct device *device, __u64 session, __u32 event, __u32 cpu,
		   struct mmtrace_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	stats->event = event;
	stats->session = session;
	stats->cpu = cpu;
	return request_session(device, MMTRACE_IOC_STATS, "asking for the account", stats);
}

/**
 * device_session() - ask about any session
 * @device: a session
 * @id: of the one to ask about; if there is none, the one with the next id is told
 * @session: filled in
 *
 * Return: 0, DEVICE_NONE if none follows, or -1 with an error in words.
 */
int device_session(struct device *device, __u64 id, struct mmtrace_session *session)
{
	memset(session, 0, sizeof(*session));
	session->size = sizeof(*session);
	session->id = id;
	return request_session(device, MMTRACE_IOC_SESSION, "asking about sessions", session);
}

static int set_filter(struct device *device, unsigned long number,
		      const struct program *program)
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

/**
 * device_set_trigger() - say what freezes the session, and arm it
 * @device: the session
 * @program: accepts the call; without predicates there is none
 * @before: most records to keep before it
 * @after: and after it
 *
 * Return: 0, or -1 with an error in words.
 */
int device_set_trigger(struct device *device, const struct program *program, __u64 before,
		       __u64 after)
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

/**
 * device_get_trigger() - ask what freezes the session, and whether it did
 * @device: the session
 * @trigger: filled in
 * @program: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int device_get_trigger(struct device *device, struct mmtrace_trigger *trigger,
		       struct program *program)
{
	*trigger = (struct mmtrace_trigger){
		.size = sizeof(*trigger),
		.preds_len = MMTRACE_PREDS_MAX,
		.strings_len = MMTRACE_STRINGS_MAX,
		.preds = (uintptr_t)program->preds,
		.strings = (uintptr_t)program->strings,
	};
	memset(program, 0, sizeof(*program));
	if (request(device, MMTRACE_IOC_GET_TRIGGER, "asking for the trigger", trigger))
		return -1;
	if (trigger->preds_len > MMTRACE_PREDS_MAX || trigger->strings_len > MMTRACE_STRINGS_MAX)
		return fail(device, "the trigger is larger than mmtrace-ctl knows");
	program->preds_len = trigger->preds_len;
	program->strings_len = trigger->strings_len;
	return 0;
}

/**
 * device_set_filter() - set the session's filter
 * @device: the session
 * @program: the filter
 *
 * Return: 0, or -1 with an error in words.
 */
int device_set_filter(struct device *device, const struct program *program)
{
	return set_filter(device, MMTRACE_IOC_SET_FILTER, program);
}

/**
 * device_set_device_filter() - set the filter that holds for all sessions
 * @device: a session
 * @program: the filter
 *
 * Return: 0, or -1 with an error in words.
 */
int device_set_device_filter(struct device *device, const struct program *program)
{
	return set_filter(device, MMTRACE_IOC_SET_DEVICE_FILTER, program);
}

/**
 * device_get_device_filter() - ask for the filter that holds for all sessions
 * @device: a session
 * @program: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int device_get_device_filter(struct device *device, struct program *program)
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

/**
 * device_read() - read what is there, without waiting
 * @device: the session
 * @buf: where to
 * @len: room, at least MMTRACE_RECORD_MAX
 *
 * Return: bytes read; 0 at the end of a stopped session; DEVICE_EMPTY if there
 * is nothing now; -1 with an error in words.
 */
ssize_t device_read(struct device *device, void *buf, size_t len)
{
	ssize_t got = read(device->fd, buf, len);

	if (got >= 0)
		return got;
	if (errno == EAGAIN || errno == EINTR)
		return DEVICE_EMPTY;
	return fail(device, "reading: %s", strerror(errno));
}
