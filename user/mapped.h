/* SPDX-License-Identifier: GPL-2.0 */
/* How many bytes a call has mapped. */
#ifndef MMTRACE_MAPPED_H
#define MMTRACE_MAPPED_H

#include <linux/mmtrace.h>

__s64 mapped_bytes(const struct mmtrace_record *rec, __u32 page_size);

#endif /* MMTRACE_MAPPED_H */
