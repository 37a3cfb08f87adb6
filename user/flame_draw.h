/* SPDX-License-Identifier: GPL-2.0 */
/* A tree of calls as HTML. */
#ifndef MMTRACE_FLAME_DRAW_H
#define MMTRACE_FLAME_DRAW_H

#include <stdio.h>

struct flame;
struct intern;

void flame_draw(FILE *out, const struct flame *flame, const struct intern *names);

#endif /* MMTRACE_FLAME_DRAW_H */
