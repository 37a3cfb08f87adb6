/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's names of types, for ring.c in user space. */
#ifndef RING_SHIM_LINUX_TYPES_H
#define RING_SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>

typedef __u32	u32;
typedef __s64	s64;
typedef __u64	u64;

#endif
