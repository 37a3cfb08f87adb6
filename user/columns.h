/* SPDX-License-Identifier: GPL-2.0 */
/* How much room text takes on a screen. */
#ifndef MMTRACE_COLUMNS_H
#define MMTRACE_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

/* Where nobody knows better. */
#define COLUMNS_DEFAULT	80

size_t columns_of(const char *text, size_t len);
size_t columns_cut(const char *text, size_t len, size_t width);
size_t columns_print(const char *text, size_t len, size_t width, FILE *out);
unsigned int columns_of_terminal(FILE *out);

#endif /* MMTRACE_COLUMNS_H */
