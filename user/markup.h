/* SPDX-License-Identifier: GPL-2.0 */
/* Text in HTML and SVG. */
#ifndef MMTRACE_MARKUP_H
#define MMTRACE_MARKUP_H

#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>

struct intern;

void markup_text(FILE *out, const char *bytes, size_t len);
const char *markup_until(FILE *out, const char *text);
void markup_name(FILE *out, const struct intern *names, __u32 name);

#endif /* MMTRACE_MARKUP_H */
