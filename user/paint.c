// SPDX-License-Identifier: GPL-2.0
/*
 * Colours go around words of a line that is finished, so that a line without them is
 * the same byte for byte. No name can have an escape sequence in it: the line has
 * them in octal.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmmtrace.h"
#include "message.h"
#include "paint.h"

#define PLAIN	"\033[0m"
#define EVENT	"\033[1m"	/* bold */
#define LOST	"\033[1;33m"	/* bold, yellow */
#define ERROR	"\033[31m"	/* red */
#define PATH	"\033[36m"	/* cyan */

enum {
	COLUMN_EVENT = 5,
	COLUMN_RET = 6,
};

/**
 * paint_find() - the value of --color
 * @name: as the user gave it; NULL for none
 * @when: filled in
 *
 * Return: 0; -1 if it is none, and the user has been told.
 */
int paint_find(const char *name, enum paint_when *when)
{
	static const char *const names[] = { "auto", "always", "never" };
	enum paint_when i;

	for (i = PAINT_AUTO; i <= PAINT_NEVER; i++) {
		if (strcmp(name ?: "always", names[i]))
			continue;
		*when = i;
		return 0;
	}
	complain("--color: there is no '%s', but: auto always never", name);
	return -1;
}

/**
 * paint_is_wanted() - shall there be colours?
 * @when: what the user said
 * @out: where to
 *
 * Return: whether so.
 */
bool paint_is_wanted(enum paint_when when, FILE *out)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
	int fd = fileno(out);

	if (when != PAINT_AUTO)
		return when == PAINT_ALWAYS;
	return fd >= 0 && isatty(fd) && !(none && *none) && term && *term &&
	       strcmp(term, "dumb");
}

static void put_painted(FILE *out, const char *colour, const char *word, size_t len)
{
	fputs(colour, out);
	fwrite(word, 1, len, out);
	fputs(PLAIN, out);
}

static bool is_word(const char *word, size_t len, const char *what)
{
	return len == strlen(what) && !memcmp(word, what, len);
}

static bool begins_with(const char *word, size_t len, const char *what)
{
	return len >= strlen(what) && !memcmp(word, what, strlen(what));
}

static void put_word(FILE *out, const char *word, size_t len, unsigned int column)
{
	static const char path[] = "path=";

	if (column == COLUMN_EVENT) {
		put_painted(out, is_word(word, len, "lost") ? LOST : EVENT, word, len);
	} else if (column == COLUMN_RET && len > 1 && *word == '-') {
		put_painted(out, ERROR, word, len);
	} else if (column > COLUMN_RET && begins_with(word, len, path)) {
		fputs(path, out);
		put_painted(out, PATH, word + sizeof(path) - 1, len - (sizeof(path) - 1));
	} else {
		fwrite(word, 1, len, out);
	}
}

/**
 * paint_line() - write a line of a record with colours
 * @out: where to
 * @line: as mmt_text() made it
 * @len: bytes of it
 */
void paint_line(FILE *out, const char *line, size_t len)
{
	const char *end = line + len, *word = line;
	unsigned int column = 0;

	while (line < end) {
		while (line < end && (*line == ' ' || *line == '\n'))
			fputc(*line++, out);
		for (word = line; line < end && *line != ' ' && *line != '\n'; )
			line++;
		if (line > word)
			put_word(out, word, line - word, ++column);
	}
}

/**
 * paint_path() - write a path with colours
 * @out: where to
 * @path: its bytes, none of which a terminal would obey
 * @len: how many
 */
void paint_path(FILE *out, const char *path, size_t len)
{
	put_painted(out, PATH, path, len);
}
