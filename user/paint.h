/* SPDX-License-Identifier: GPL-2.0 */
/* Colours for a terminal. */
#ifndef MMTRACE_PAINT_H
#define MMTRACE_PAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/**
 * enum paint_when - when to use colours
 * @PAINT_AUTO: on a terminal that has them, unless NO_COLOR is set
 * @PAINT_ALWAYS: whatever the output is
 * @PAINT_NEVER: not at all
 */
enum paint_when {
	PAINT_AUTO,
	PAINT_ALWAYS,
	PAINT_NEVER,
};

int paint_find(const char *name, enum paint_when *when);
bool paint_is_wanted(enum paint_when when, FILE *out);
void paint_line(FILE *out, const char *line, size_t len);
void paint_path(FILE *out, const char *path, size_t len);

#endif /* MMTRACE_PAINT_H */
