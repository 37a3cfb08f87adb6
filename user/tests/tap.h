/* SPDX-License-Identifier: GPL-2.0 */
/* Results as TAP. */
#ifndef MMTRACE_TAP_H
#define MMTRACE_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_told, tap_failed;

/* A result; the caller says more with "# ..." lines. */
static bool __attribute__((format(printf, 2, 3), unused))
ok(bool good, const char *format, ...)
{
	va_list args;

	printf("%sok %d - ", good ? "" : "not ", ++tap_told);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	tap_failed += !good;
	return good;
}

static int __attribute__((unused)) tap_done(void)
{
	printf("1..%d\n", tap_told);
	return tap_failed != 0;
}

#endif /* MMTRACE_TAP_H */
