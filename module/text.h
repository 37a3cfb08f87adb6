/* SPDX-License-Identifier: GPL-2.0 */
/* A record as a line of text. */
#ifndef MMTRACE_TEXT_H
#define MMTRACE_TEXT_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif
#include <linux/mmtrace.h>

#include "names.h"

/* PATH_MAX: no path in a valid record is longer. */
#define MMTRACE_TEXT_PATH_MAX	4096

/*
 * No line is longer, in bytes. Each byte of a path may become four, each frame of
 * a stack is a comma and 18 digits. The rest, with every number at its longest and
 * every flag set, is 1158 bytes, which a test measures; some more room lets names be
 * copied at full width.
 */
#define MMTRACE_TEXT_MAX	(4 * MMTRACE_TEXT_PATH_MAX + 19 * MMTRACE_STACK_MAX + 2048)

/* No names of flags are longer, in bytes. */
#define MMTRACE_TEXT_FLAGS_MAX	512

bool mmtrace_record_valid(const void *buf, size_t len);
const struct mmtrace_stack *mmtrace_record_stack(const struct mmtrace_record *rec);
size_t mmtrace_text(char *buf, size_t room, const struct mmtrace_record *rec);
size_t mmtrace_text_flags(char *buf, size_t room, const struct mmtrace_flags *set,
			  __u64 value);

#endif /* MMTRACE_TEXT_H */
