// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal, as a screen that is drawn anew, and its keys. What all terminals
 * of today know is enough: the sequences of ECMA-48, and the other screen of xterm.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "columns.h"
#include "screen.h"

#define ENTER		"\033[?1049h\033[?25l"	/* the other screen, no cursor */
#define LEAVE		"\033[?25h\033[?1049l"
#define HOME		"\033[H"
#define CLEAR_LINE	"\033[K"
#define CLEAR_REST	"\033[J"

#define HEIGHT_DEFAULT	24

/**
 * screen_can() - can a file be drawn on?
 * @out: the file
 *
 * Return: true; false if it is no terminal, or one that only prints.
 */
bool screen_can(FILE *out)
{
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && term && *term && strcmp(term, "dumb");
}

/* No line has to be complete to be read, and keys are not shown. Signals stay. */
static void take_keys(struct screen *screen)
{
	struct termios raw = screen->before;

	if (!screen->has_keys)
		return;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

/**
 * screen_enter() - show the screen
 * @screen: with @out; may be shown already, when what others did to it is undone
 */
void screen_enter(struct screen *screen)
{
	if (!screen->is_on)
		screen->has_keys = !tcgetattr(STDIN_FILENO, &screen->before);
	take_keys(screen);
	fputs(ENTER, screen->out);
	fflush(screen->out);
	screen->is_on = true;
}

/**
 * screen_leave() - the terminal is as it was before
 * @screen: may be left already
 */
void screen_leave(struct screen *screen)
{
	if (!screen->is_on)
		return;
	fputs(LEAVE, screen->out);
	fflush(screen->out);
	if (screen->has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->before);
	screen->is_on = false;
}

/**
 * screen_suspend() - what SIGTSTP, which is blocked, is to do
 * @screen: left meanwhile
 */
void screen_suspend(struct screen *screen)
{
	sigset_t mask;

	screen_leave(screen);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	/* Here we stand until somebody lets us go on. */
	sigprocmask(SIG_BLOCK, &mask, NULL);
	screen_enter(screen);
}

/**
 * screen_size() - how large it is now
 * @screen: it
 * @width: set to its columns
 * @height: set to its lines
 */
void screen_size(const struct screen *screen, unsigned int *width, unsigned int *height)
{
	struct winsize size;

	*width = columns_of_terminal(screen->out);
	*height = HEIGHT_DEFAULT;
	if (!ioctl(fileno(screen->out), TIOCGWINSZ, &size) && size.ws_row)
		*height = size.ws_row;
}

/**
 * screen_draw() - draw all of it
 * @screen: it
 * @text: lines, none of which is too long
 * @height: most lines to draw
 */
void screen_draw(struct screen *screen, const char *text, unsigned int height)
{
	const char *end;

	fputs(HOME, screen->out);
	while (*text && height--) {
		end = strchrnul(text, '\n');
		fwrite(text, 1, end - text, screen->out);
		/* Behind the last line a newline would move all. */
		fputs(*end && height ? CLEAR_LINE "\n" : CLEAR_LINE, screen->out);
		text = end + (*end == '\n');
	}
	fputs(CLEAR_REST, screen->out);
}

/**
 * screen_keys() - the keys that were pressed
 * @screen: it
 * @keys: filled in; keys that are no character leave out all that came with them
 * @room: most
 *
 * Return: how many; -1 if there will be no more.
 */
int screen_keys(struct screen *screen, char *keys, size_t room)
{
	ssize_t got = screen->has_keys ? read(STDIN_FILENO, keys, room) : -1;
	char *escape;

	if (got <= 0)
		return got;
	escape = memchr(keys, '\033', got);
	return escape ? escape - keys : got;
}
