/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RING_SHIM_LINUX_STDDEF_H
#define RING_SHIM_LINUX_STDDEF_H

#include_next <linux/stddef.h>
#include <stddef.h>

#endif
