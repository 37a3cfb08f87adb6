/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers in options. */
#ifndef MMTRACE_NUMBER_H
#define MMTRACE_NUMBER_H

#include <linux/types.h>

int number_ring_size(const char *value, __u64 *size);
int number_seconds(const char *option, const char *value, __u64 *ns);
int number_count(const char *option, const char *value, __u64 *count);

#endif /* MMTRACE_NUMBER_H */
