// SPDX-License-Identifier: GPL-2.0
/*
 * How much room text takes on a screen. Without the locale's tables, which may not be
 * those of the terminal: where in doubt a character is taken to be wide.
 */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "columns.h"
#include "utf8.h"

#define DOTS	".."

/* Scripts of two columns a character, and pictures. */
static const struct {
	__u32	first;
	__u32	last;
} wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x2329, 0x232a }, { 0x23e9, 0x23f3 },
	{ 0x25fd, 0x27bf }, { 0x2b1b, 0x2b55 }, { 0x2e80, 0xa4cf }, { 0xa960, 0xa97c },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe10, 0xfe6f }, { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x16fe0, 0x1b2ff }, { 0x1f000, 0x1faff }, { 0x20000, 0x3fffd },
};

static size_t columns_of_code(__u32 code)
{
	size_t i;

	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (code >= wide[i].first && code <= wide[i].last)
			return 2;
	return 1;
}

/* Bytes of the first character, and its columns. */
static size_t character(const char *text, size_t len, size_t *columns)
{
	__u32 code = 0;
	size_t used = mmtrace_utf8(text, len, &code);

	*columns = columns_of_code(code);
	return used ? used : 1;
}

/**
 * columns_of() - the room that text takes
 * @text: all of which can be shown
 * @len: bytes of it
 *
 * Return: columns, at most.
 */
size_t columns_of(const char *text, size_t len)
{
	size_t i, columns, sum = 0;

	for (i = 0; i < len; i += character(text + i, len - i, &columns), sum += columns)
		;
	return sum;
}

/**
 * columns_cut() - the beginning of text
 * @text: all of which can be shown
 * @len: bytes of it
 * @width: columns that there are
 *
 * Return: bytes that fit.
 */
size_t columns_cut(const char *text, size_t len, size_t width)
{
	size_t i = 0, used, columns;

	while (i < len) {
		used = character(text + i, len - i, &columns);
		if (columns > width)
			break;
		width -= columns;
		i += used;
	}
	return i;
}

/* Where the end begins that fits into so many columns. */
static size_t end(const char *text, size_t len, size_t width)
{
	size_t i = 0, columns, all = columns_of(text, len);

	while (all > width) {
		i += character(text + i, len - i, &columns);
		all -= columns;
	}
	return i;
}

/**
 * columns_print() - text that may be too long
 * @text: all of which can be shown
 * @len: bytes of it
 * @width: columns that there are, 4 at least; of longer text the middle is left out, as
 *	the end of a path tells most, and its beginning something
 * @out: where to
 *
 * Return: columns that it took.
 */
size_t columns_print(const char *text, size_t len, size_t width, FILE *out)
{
	size_t all = columns_of(text, len), head, tail;

	if (all <= width) {
		fwrite(text, 1, len, out);
		return all;
	}
	head = columns_cut(text, len, (width - strlen(DOTS)) / 3);
	all = columns_of(text, head) + strlen(DOTS);
	tail = end(text, len, width - all);
	fprintf(out, "%.*s" DOTS "%.*s", (int)head, text, (int)(len - tail), text + tail);
	return all + columns_of(text + tail, len - tail);
}

/**
 * columns_of_terminal() - the width of a file
 * @out: the file
 *
 * Return: of the terminal, if it is one; COLUMNS_DEFAULT if not.
 */
unsigned int columns_of_terminal(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) || !size.ws_col)
		return COLUMNS_DEFAULT;
	return size.ws_col;
}
