// SPDX-License-Identifier: GPL-2.0
/*
 * UTF-8, as far as showing names safely needs it. Compiled into the module and
 * into mmtrace-ctl.
 */
#include "utf8.h"

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

/**
 * struct utf8_lead - what the first byte of a sequence says
 * @mask: bits of the byte to look at
 * @value: which these must be
 * @len: bytes of the sequence
 * @least: smallest code point that needs that many
 */
struct utf8_lead {
	__u8	mask;
	__u8	value;
	__u8	len;
	__u32	least;
};

/* The Unicode Standard, table 3-6. */
static const struct utf8_lead leads[] = {
	{ 0x80, 0x00, 1, 0x0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

static bool is_surrogate(__u32 code)
{
	return code >= 0xd800 && code <= 0xdfff;
}

static size_t decode(const struct utf8_lead *lead, const char *bytes, __u32 *code)
{
	__u32 sum = (__u8)bytes[0] & (__u8)~lead->mask;
	size_t i;

	for (i = 1; i < lead->len; i++) {
		__u8 next = bytes[i];

		if ((next & 0xc0) != 0x80)
			return 0;
		sum = sum << 6 | (next & 0x3f);
	}
	if (sum < lead->least || sum > 0x10ffff || is_surrogate(sum))
		return 0;
	*code = sum;
	return lead->len;
}

/**
 * mmtrace_utf8() - the first character of some bytes
 * @bytes: where it begins
 * @len: how many bytes there are
 * @code: set to its code point
 *
 * Return: its bytes, 1 to 4; 0, @code untouched, if @bytes don't begin with a
 * well-formed sequence: overlong forms, surrogates and all that is above
 * U+10FFFF are not.
 */
size_t mmtrace_utf8(const char *bytes, size_t len, __u32 *code)
{
	size_t i;

	if (!len)
		return 0;
	for (i = 0; i < ROWS(leads); i++) {
		if (((__u8)bytes[0] & leads[i].mask) != leads[i].value)
			continue;
		return len < leads[i].len ? 0 : decode(&leads[i], bytes, code);
	}
	return 0;
}

/* In the order of their code points. */
static const struct {
	__u32	first;
	__u32	last;
} hidden[] = {
	{ 0x0000, 0x0020 },	/* C0 controls, space */
	{ 0x007f, 0x00a0 },	/* DEL, C1 controls, no-break space */
	{ 0x061c, 0x061c },	/* Arabic letter mark: turns the direction */
	{ 0x1680, 0x1680 },	/* Ogham space */
	{ 0x2000, 0x200a },	/* spaces of many widths */
	{ 0x200e, 0x200f },	/* marks that turn the direction */
	{ 0x2028, 0x202f },	/* line and paragraph separator, embedded directions, a space */
	{ 0x205f, 0x205f },	/* mathematical space */
	{ 0x2066, 0x2069 },	/* isolated directions */
	{ 0x3000, 0x3000 },	/* ideographic space */
};

/**
 * mmtrace_utf8_hidden() - would a character not show, or disturb what does
 * @code: its code point
 *
 * Return: true for controls, for all white space, and for what turns the
 * direction of the text around it.
 */
bool mmtrace_utf8_hidden(__u32 code)
{
	size_t i;

	for (i = 0; i < ROWS(hidden); i++)
		if (code <= hidden[i].last)
			return code >= hidden[i].first;
	return false;
}
