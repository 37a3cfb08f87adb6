/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong with a filter, and where. */
#ifndef MMTRACE_FAULT_H
#define MMTRACE_FAULT_H

#include <stdarg.h>
#include <stdio.h>

#include "libmmtrace.h"

/* Returns what functions return that have failed. */
static inline int __attribute__((format(printf, 2, 3)))
fault_set(struct mmt_fault *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return -1;
}

#endif /* MMTRACE_FAULT_H */
