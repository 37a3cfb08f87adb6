/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/mmtrace: file operations and ioctls. */
#ifndef MMTRACE_DEVICE_H
#define MMTRACE_DEVICE_H

#include <linux/fs.h>
#include <linux/types.h>

struct session;

/* The session that an open file of the device is. */
static inline struct session *device_session(const struct file *file)
{
	return file->private_data;
}

int device_init(umode_t mode);
void device_exit(void);

#endif /* MMTRACE_DEVICE_H */
