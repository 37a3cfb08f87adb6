// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "format.h"
#include "message.h"

static int no_batch(struct render *render, const void *buf, size_t len)
{
	(void)render;
	(void)buf;
	(void)len;
	return 0;
}

const struct format format_none = {
	.name		= "none",
	.summary	= "nothing",
	.batch		= no_batch,
};

const struct format *const formats[] = {
	&format_text,
	&format_json,
	&format_recording,
	&format_csv,
	&format_chrome,
	&format_ctf,
	&format_folded,
	&format_folded_bytes,
	&format_html,
	&format_svg,
	NULL
};

/**
 * format_find() - the format of a name
 * @name: as the user gave it
 *
 * Return: it; NULL if there is none, and the user has been told.
 */
const struct format *format_find(const char *name)
{
	const struct format *const *format;
	char names[256] = "";

	for (format = formats; *format; format++) {
		if (!strcmp((*format)->name, name))
			return *format;
		strcat(strcat(names, " "), (*format)->name);
	}
	complain("--format: there is no '%s', but:%s", name, names);
	return NULL;
}

/**
 * format_check_output() - can a format be written there
 * @format: the format
 * @output: as the user gave it, NULL if it was not given
 *
 * Return: 0, or -1 and the user has been told.
 */
int format_check_output(const struct format *format, const char *output)
{
	if (!format->is_directory || (output && strcmp(output, "-")))
		return 0;
	complain("--format %s makes a directory; say which with --output", format->name);
	return -1;
}

/**
 * formats_help() - the formats, for the help of a verb
 * @out: where to
 */
void formats_help(FILE *out)
{
	const struct format *const *format;

	fputs("\nformats:\n", out);
	for (format = formats; *format; format++)
		fprintf(out, "  %-24s%s\n", (*format)->name, (*format)->summary);
}
