// SPDX-License-Identifier: GPL-2.0
/*
 * A line of text in the making: numbers, names and bytes, put one behind the
 * other without ever leaving the room. Compiled into the module and into
 * mmtrace-ctl.
 *
 * Each line costs the reader instructions, so numbers go two digits at a time
 * and names at a fixed width. 64-bit divisions by constants are multiplications
 * here; a 32-bit kernel would need div_u64().
 */
#include "line.h"
#include "utf8.h"

static const char pairs[100][3] = {
	"00", "01", "02", "03", "04", "05", "06", "07", "08", "09",
	"10", "11", "12", "13", "14", "15", "16", "17", "18", "19",
	"20", "21", "22", "23", "24", "25", "26", "27", "28", "29",
	"30", "31", "32", "33", "34", "35", "36", "37", "38", "39",
	"40", "41", "42", "43", "44", "45", "46", "47", "48", "49",
	"50", "51", "52", "53", "54", "55", "56", "57", "58", "59",
	"60", "61", "62", "63", "64", "65", "66", "67", "68", "69",
	"70", "71", "72", "73", "74", "75", "76", "77", "78", "79",
	"80", "81", "82", "83", "84", "85", "86", "87", "88", "89",
	"90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
};

static unsigned int decimal_len(__u64 value)
{
	unsigned int len = 1;

	for (;;) {
		if (value < 10)
			return len;
		if (value < 100)
			return len + 1;
		if (value < 1000)
			return len + 2;
		if (value < 10000)
			return len + 3;
		value /= 10000;
		len += 4;
	}
}

/* The last @len digits of @value, before @end. */
static void digits_before(char *end, unsigned int len, __u32 value)
{
	for (; len >= 2; len -= 2) {
		end -= 2;
		memcpy(end, pairs[value % 100], 2);
		value /= 100;
	}
	if (len)
		end[-1] = '0' + value % 10;
}

/* Likewise. Most numbers are small, and 32 bits are faster than 64. */
static void decimal_before(char *end, unsigned int len, __u64 value)
{
	while (len > 8) {
		digits_before(end, 8, value % 100000000);
		value /= 100000000;
		end -= 8;
		len -= 8;
	}
	digits_before(end, len, value);
}

/**
 * line_decimal() - a number
 * @line: the line
 * @value: the number
 */
void line_decimal(struct line *line, __u64 value)
{
	unsigned int len;

	if (!line_fits(line, LINE_DECIMAL_MAX))
		return;
	if (value < 10) {
		*line->at++ = '0' + value;
		return;
	}
	len = decimal_len(value);
	line->at += len;
	decimal_before(line->at, len, value);
}

/**
 * line_signed() - a number that may be negative
 * @line: the line
 * @value: the number
 */
void line_signed(struct line *line, __s64 value)
{
	if (!line_fits(line, 1 + LINE_DECIMAL_MAX))
		return;
	if (value < 0)
		*line->at++ = '-';
	line_decimal(line, value < 0 ? 0 - (__u64)value : (__u64)value);
}

/**
 * line_hex() - a number in hexadecimal, after 0x
 * @line: the line
 * @value: the number
 */
void line_hex(struct line *line, __u64 value)
{
	unsigned int len = 1;
	char *at;

	if (!line_fits(line, LINE_HEX_MAX))
		return;
	if (value >> 4)
		len = (63 - __builtin_clzll(value)) / 4 + 1;
	memcpy(line->at, "0x", 2);
	line->at += 2 + len;
	at = line->at;
	do {
		*--at = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
}

/**
 * line_name_or() - a name where there is one, a number where not
 * @line: the line
 * @name: the name, or NULL
 * @number: what to put instead
 */
void line_name_or(struct line *line, const struct mmtrace_name *name, __u64 number)
{
	if (name)
		line_name(line, name);
	else
		line_decimal(line, number);
}

/**
 * line_pad() - fill a column with spaces
 * @line: the line
 * @start: where the column began
 * @width: of the column, at most LINE_PAD_MAX; more text is not cut
 */
void line_pad(struct line *line, const char *start, ptrdiff_t width)
{
	ptrdiff_t len = line->at - start;

	if (!line_fits(line, LINE_PAD_MAX))
		return;
	memcpy(line->at, "                ", LINE_PAD_MAX);
	line->at += len < width ? width - len : 0;
}

/**
 * line_nsec() - a dot and nine digits
 * @line: the line
 * @nsec: nanoseconds, less than LINE_NSEC
 */
void line_nsec(struct line *line, __u32 nsec)
{
	if (!line_fits(line, 10))
		return;
	*line->at = '.';
	line->at += 10;
	digits_before(line->at, 9, nsec);
}

/**
 * line_time() - a time in seconds, with nine digits behind the dot
 * @line: the line
 * @ns: nanoseconds
 */
void line_time(struct line *line, __u64 ns)
{
	line_decimal(line, ns / LINE_NSEC);
	line_nsec(line, ns % LINE_NSEC);
}

/**
 * line_decimal_right() - a number, with spaces before it
 * @line: the line
 * @value: the number
 * @width: of the column, at most LINE_PAD_MAX; a longer number is not cut
 */
void line_decimal_right(struct line *line, __u64 value, unsigned int width)
{
	unsigned int len = decimal_len(value);

	if (!line_fits(line, LINE_PAD_MAX + LINE_DECIMAL_MAX))
		return;
	memcpy(line->at, "                ", LINE_PAD_MAX);
	line->at += len < width ? width : len;
	decimal_before(line->at, len, value);
}

/**
 * line_octal() - a byte as a backslash and three octal digits
 * @line: the line
 * @byte: the byte
 */
void line_octal(struct line *line, __u8 byte)
{
	if (!line_fits(line, 4))
		return;
	line->at[0] = '\\';
	line->at[1] = '0' + (byte >> 6);
	line->at[2] = '0' + (byte >> 3 & 7);
	line->at[3] = '0' + (byte & 7);
	line->at += 4;
}

/* One character at @bytes that is no plain ASCII; returns its bytes. */
static size_t character(struct line *line, const char *bytes, size_t len)
{
	__u32 code = 0;
	size_t i, used = mmtrace_utf8(bytes, len, &code);
	bool show = used > 1 && !mmtrace_utf8_hidden(code);

	if (!used)
		used = 1;
	if (show && line_fits(line, used)) {
		memcpy(line->at, bytes, used);
		line->at += used;
	} else if (!show) {
		for (i = 0; i < used; i++)
			line_octal(line, bytes[i]);
	}
	return used;
}

static bool is_plain(__u8 byte)
{
	return byte > 0x20 && byte < 0x7f && byte != '\\';
}

/**
 * line_escaped() - bytes that somebody else chose
 * @line: the line
 * @bytes: the bytes
 * @len: how many
 *
 * A backslash, and what is no UTF-8 or would not show, goes in octal, byte by byte.
 */
void line_escaped(struct line *line, const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && line->end) {
		if (!is_plain(bytes[i])) {
			i += character(line, bytes + i, len - i);
			continue;
		}
		if (line_fits(line, 1))
			*line->at++ = bytes[i];
		i++;
	}
}

static void put_type(struct line *line, const struct mmtrace_flags *set, __u64 type)
{
	size_t i;

	for (i = 0; i < set->types_len; i++) {
		if (set->types[i].value == type) {
			line_name(line, &set->types[i]);
			return;
		}
	}
	if (type)
		line_hex(line, type);
}

/**
 * line_flags() - the names of flags, joined by '|'
 * @line: the line
 * @set: of which kind they are
 * @value: the flags
 *
 * First the type, then the flags, then the size, then in hexadecimal what has no
 * name.
 */
void line_flags(struct line *line, const struct mmtrace_flags *set, __u64 value)
{
	const struct mmtrace_name *name, *end;
	__u64 rest = value & ~set->type_mask;
	__u64 size = 0;
	char *start = line->at;

	if (!value) {
		line_name(line, &set->none);
		return;
	}
	if (value & set->sized_by) {
		size = (value & set->size_mask) >> set->size_shift;
		rest &= ~set->size_mask;
	}
	if (set->type_mask)
		put_type(line, set, value & set->type_mask);
	for (name = set->bits, end = name + set->bits_len; rest && name < end; name++) {
		if ((rest & name->value) != name->value)
			continue;
		if (line->at != start)
			line_char(line, '|');
		line_name(line, name);
		rest &= ~name->value;
	}
	if (size) {
		line_char(line, '|');
		line_decimal(line, size);
		line_name(line, &set->size_name);
	}
	if (rest) {
		if (line->at != start)
			line_char(line, '|');
		line_hex(line, rest);
	}
}
