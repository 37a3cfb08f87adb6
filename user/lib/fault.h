/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong with a filter, and where. */
#ifndef MMTRACE_FAULT_H
#define MMTRACE_FAULT_H

#include <stdarg.h>
#include <stdio.h>

/**
 * struct fault - what is wrong, for the user
 * @at: offset of the word that it is about, in the text of an expression
 * @text: in words, without a newline
 */
struct fault {
	unsigned int	at;
	char		text[256];
};

/* Returns what functions return that have failed. */
static inline int __attribute__((format(printf, 2, 3)))
fault_set(struct fault *fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	return -1;
}

#endif /* MMTRACE_FAULT_H */
