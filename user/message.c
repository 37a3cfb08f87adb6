// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "message.h"

static bool is_off;

/**
 * complain_off() - say nothing for a while
 * @off: true to begin, false to end
 */
void complain_off(bool off)
{
	is_off = off;
}

/**
 * complain() - a line to standard error, with our name before it
 * @format: as of printf(), without a newline
 */
void complain(const char *format, ...)
{
	va_list args;

	if (is_off)
		return;
	fputs("mmtrace-ctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
