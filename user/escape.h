/* SPDX-License-Identifier: GPL-2.0 */
/* Names as words of a format that has a separator. */
#ifndef MMTRACE_ESCAPE_H
#define MMTRACE_ESCAPE_H

#include <stddef.h>

#include "line.h"

void escape(struct line *line, const char *bytes, size_t len, char separator);

#endif /* MMTRACE_ESCAPE_H */
