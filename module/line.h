/* SPDX-License-Identifier: GPL-2.0 */
/* A line of text in the making. */
#ifndef MMTRACE_LINE_H
#define MMTRACE_LINE_H

#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#endif
#include <linux/types.h>

#include "names.h"

#define LINE_NSEC		1000000000u
#define LINE_PAD_MAX		16	/* widest column */
#define LINE_DECIMAL_MAX	20	/* digits of 2^64 - 1 */
#define LINE_HEX_MAX		18	/* and of 0xffffffffffffffff */

/**
 * struct line - a line in the making
 * @at: where the next byte goes
 * @end: behind the last byte that may be used; NULL once something did not fit,
 *	so that nothing that comes later is put in its place
 */
struct line {
	char	*at;
	char	*end;
};

static inline bool line_fits(struct line *line, size_t len)
{
	if (line->end && (size_t)(line->end - line->at) >= len)
		return true;
	line->end = NULL;
	return false;
}

static inline void line_char(struct line *line, char c)
{
	if (line_fits(line, 1))
		*line->at++ = c;
}

static inline void line_bytes(struct line *line, const char *bytes, size_t len)
{
	if (!line_fits(line, len))
		return;
	memcpy(line->at, bytes, len);
	line->at += len;
}

#define line_literal(line, literal) \
	line_bytes(line, literal, sizeof(literal) - 1)

/* At full width, because a constant number of bytes is copied fastest. */
static inline void line_name(struct line *line, const struct mmtrace_name *name)
{
	if (!line_fits(line, MMTRACE_NAME_ROOM))
		return;
	memcpy(line->at, name->text, MMTRACE_NAME_ROOM);
	line->at += name->len;
}

void line_decimal(struct line *line, __u64 value);
void line_decimal_right(struct line *line, __u64 value, unsigned int width);
void line_signed(struct line *line, __s64 value);
void line_hex(struct line *line, __u64 value);
void line_name_or(struct line *line, const struct mmtrace_name *name, __u64 number);
void line_nsec(struct line *line, __u32 nsec);
void line_time(struct line *line, __u64 ns);
void line_octal(struct line *line, __u8 byte);
void line_escaped(struct line *line, const char *bytes, size_t len);
void line_flags(struct line *line, const struct mmtrace_flags *set, __u64 value);
void line_pad(struct line *line, const char *start, ptrdiff_t width);

#endif /* MMTRACE_LINE_H */
