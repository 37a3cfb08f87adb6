/* SPDX-License-Identifier: GPL-2.0 */
/* What a filter says to a record, long after the call. */
#ifndef MMTRACE_VERDICT_H
#define MMTRACE_VERDICT_H

#include <stdbool.h>
#include <linux/mmtrace.h>

#include "program.h"

bool verdict_is_possible(const struct program *program);
bool verdict_accepts(const struct program *program, const struct mmtrace_record *rec,
		     __u32 page_size);

#endif /* MMTRACE_VERDICT_H */
