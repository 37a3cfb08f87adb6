/* SPDX-License-Identifier: GPL-2.0 */
/* The ioctls of /dev/mmtrace. */
#ifndef MMTRACE_IOCTL_H
#define MMTRACE_IOCTL_H

struct file;

long ioctl_handle(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* MMTRACE_IOCTL_H */
