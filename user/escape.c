// SPDX-License-Identifier: GPL-2.0
#include "escape.h"

/**
 * escape() - bytes that somebody else chose, as they are readable
 * @line: where to put them
 * @bytes: the bytes
 * @len: how many
 * @separator: a byte that must not be among them, or a NUL
 *
 * As in lines of text, but that spaces stay: these formats have other separators.
 */
void escape(struct line *line, const char *bytes, size_t len, char separator)
{
	size_t i, begun = 0;

	for (i = 0; i < len; i++) {
		if (bytes[i] != ' ' && (!separator || bytes[i] != separator))
			continue;
		line_escaped(line, bytes + begun, i - begun);
		if (bytes[i] == ' ')
			line_char(line, ' ');
		else
			line_octal(line, bytes[i]);
		begun = i + 1;
	}
	line_escaped(line, bytes + begun, len - begun);
}
