/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal, as a screen that is drawn anew, and its keys. */
#ifndef MMTRACE_SCREEN_H
#define MMTRACE_SCREEN_H

#include <stdbool.h>
#include <stdio.h>
#include <termios.h>

/**
 * struct screen - the terminal
 * @out: what is drawn on
 * @has_keys: standard input is a terminal, too
 * @is_on: it shows what we draw, and not what was there before
 * @before: how it was
 */
struct screen {
	FILE		*out;
	bool		has_keys;
	bool		is_on;
	struct termios	before;
};

bool screen_can(FILE *out);
void screen_enter(struct screen *screen);
void screen_leave(struct screen *screen);
void screen_suspend(struct screen *screen);
void screen_size(const struct screen *screen, unsigned int *width, unsigned int *height);
void screen_draw(struct screen *screen, const char *text, unsigned int height);
int screen_keys(struct screen *screen, char *keys, size_t room);

#endif /* MMTRACE_SCREEN_H */
