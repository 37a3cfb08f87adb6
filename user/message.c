// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "message.h"

static bool is_off;
static bool has_status;

/**
 * complain_off() - say nothing for a while
 * @off: true to begin, false to end
 */
void complain_off(bool off)
{
	is_off = off;
}

/* It may have become narrower since the last time. */
static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
}

/**
 * show_status() - a line that the next one replaces, for a terminal
 * @format: as of printf(), without a newline
 */
void show_status(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	clear_status();
	/* Nothing in the last column, where terminals differ. */
	fprintf(stderr, "%.*s", terminal_width() - 1, text);
	fflush(stderr);
	has_status = true;
}

/**
 * clear_status() - take it away again
 */
void clear_status(void)
{
	if (has_status)
		fputs("\r\033[K", stderr);
	has_status = false;
}

static void put_message(const char *format, va_list args)
{
	clear_status();
	fputs("mmtrace-ctl: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
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
	va_start(args, format);
	put_message(format, args);
	va_end(args);
}

/* A mark below byte @at of a line, where a terminal shows it: UTF-8 is one column. */
static void put_mark(const char *line, size_t at)
{
	size_t i;

	fputs("  ", stderr);
	for (i = 0; i < at; i++)
		if ((line[i] & 0xc0) != 0x80)
			fputc(line[i] == '\t' ? '\t' : ' ', stderr);
	fputs("^\n", stderr);
}

/**
 * complain_at() - complain(), and show the place that it is about
 * @text: what somebody wrote, maybe many lines
 * @at: offset of the place
 * @format: as of complain()
 */
void complain_at(const char *text, size_t at, const char *format, ...)
{
	const char *line = text;
	va_list args;
	size_t i;

	if (is_off)
		return;
	va_start(args, format);
	put_message(format, args);
	va_end(args);
	for (i = 0; i < at; i++)
		if (text[i] == '\n')
			line = text + i + 1;
	fprintf(stderr, "  %.*s\n", (int)strcspn(line, "\n"), line);
	put_mark(line, text + at - line);
}
