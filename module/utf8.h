/* SPDX-License-Identifier: GPL-2.0 */
/* UTF-8, as far as showing names safely needs it. */
#ifndef MMTRACE_UTF8_H
#define MMTRACE_UTF8_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

size_t mmtrace_utf8(const char *bytes, size_t len, __u32 *code);
bool mmtrace_utf8_hidden(__u32 code);

#endif /* MMTRACE_UTF8_H */
