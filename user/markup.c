// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "intern.h"
#include "markup.h"
#include "utf8.h"

/* Of what has a meaning in text and in values of attributes. */
static const char *entity(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

static void put_octal(FILE *out, const char *bytes, size_t len)
{
	while (len--)
		fprintf(out, "\\%03o", (unsigned char)*bytes++);
}

/* XML has no such characters, not even by their number. */
static bool is_noncharacter(__u32 code)
{
	return code == 0xfffe || code == 0xffff;
}

/**
 * markup_text() - write bytes as text, or within quotes as the value of an attribute
 * @out: where to
 * @bytes: any
 * @len: how many
 *
 * What would not show is written \ooo, and so is a backslash, as in lines of text;
 * a space is one.
 */
void markup_text(FILE *out, const char *bytes, size_t len)
{
	const char *escaped;
	__u32 code;
	size_t used;

	for (; len; bytes += used, len -= used) {
		used = mmtrace_utf8(bytes, len, &code);
		escaped = entity(*bytes);
		if (escaped)
			fputs(escaped, out);
		else if (!used || code == '\\' || is_noncharacter(code) ||
			 (code != ' ' && mmtrace_utf8_hidden(code)))
			put_octal(out, bytes, used ?: 1);
		else
			fwrite(bytes, 1, used, out);
		used = used ?: 1;
	}
}

/**
 * markup_until() - write a part of a page that stands in a file of its own
 * @out: where to
 * @text: the part, with a mark where something is to be put in
 *
 * Return: what is behind the mark; the end if there is no other one.
 */
const char *markup_until(FILE *out, const char *text)
{
	const char *mark = strchrnul(text, '@');

	fwrite(text, 1, mark - text, out);
	return *mark ? mark + 1 : mark;
}

/**
 * markup_name() - write the string of a number
 * @out: where to
 * @names: the strings
 * @name: the number
 */
void markup_name(FILE *out, const struct intern *names, __u32 name)
{
	size_t len;
	const char *bytes = intern_bytes(names, name, &len);

	markup_text(out, bytes, len);
}
