/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/mmtrace: file operations and ioctls. */
#ifndef MMTRACE_DEVICE_H
#define MMTRACE_DEVICE_H

#include <linux/types.h>

int device_init(umode_t mode);
void device_exit(void);

#endif /* MMTRACE_DEVICE_H */
