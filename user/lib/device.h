/* SPDX-License-Identifier: GPL-2.0 */
/* The device, as a library: everything that needs its file descriptor. */
#ifndef MMTRACE_DEVICE_LIB_H
#define MMTRACE_DEVICE_LIB_H

#include <stddef.h>
#include <sys/types.h>
#include <linux/mmtrace.h>

#include "program.h"

#define DEVICE_PATH	"/dev/mmtrace"
#define DEVICE_ENV	"MMTRACE_DEVICE"

/**
 * struct device - an open session
 * @fd: for poll(); -1 if not open
 * @path: of the device
 * @error: after a failure: what went wrong and what to do, in words
 */
struct device {
	int		fd;
	const char	*path;
	char		error[512];
};

/* What device_read() returns when there is nothing to read now. */
#define DEVICE_EMPTY	(-2)

/* What those return that ask for a session, or its part on a CPU, when there is none. */
#define DEVICE_NONE	1

void device_set_path(const char *path);
int device_open(struct device *device);
void device_adopt(struct device *device, int fd);
void device_close(struct device *device);
int device_info(struct device *device, struct mmtrace_info *info);
int device_event(struct device *device, __u32 event, struct mmtrace_event_info *info);
int device_get_config(struct device *device, struct mmtrace_config *config);
int device_set_config(struct device *device, struct mmtrace_config *config);
int device_follow(struct device *device, pid_t pid, __u32 flags);
int device_start(struct device *device);
int device_stop(struct device *device);
int device_stats(struct device *device, __u32 event, struct mmtrace_stats *stats);
int device_account(struct device *device, __u64 session, __u32 event, __u32 cpu,
		   struct mmtrace_stats *stats);
int device_session(struct device *device, __u64 id, struct mmtrace_session *session);
int device_set_trigger(struct device *device, const struct program *program, __u64 before,
		       __u64 after);
int device_get_trigger(struct device *device, struct mmtrace_trigger *trigger,
		       struct program *program);
int device_set_filter(struct device *device, const struct program *program);
int device_get_device_filter(struct device *device, struct program *program);
int device_set_device_filter(struct device *device, const struct program *program);
ssize_t device_read(struct device *device, void *buf, size_t len);

#endif /* MMTRACE_DEVICE_LIB_H */
