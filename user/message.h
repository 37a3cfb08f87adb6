/* SPDX-License-Identifier: GPL-2.0 */
/* What mmtrace-ctl says to its user, and how it exits. */
#ifndef MMTRACE_MESSAGE_H
#define MMTRACE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum exit_code - of mmtrace-ctl itself; trace may exit with that of its command
 * @EXIT_OK: done
 * @EXIT_FAILED: could not be done, or a test failed
 * @EXIT_USAGE: the command line makes no sense
 * @EXIT_CANT_EXEC: trace: the command can't be executed, as shells have it
 * @EXIT_NOT_FOUND: trace: there is no such command, likewise
 * @EXIT_SIGNAL: trace: plus the number of the signal that ended the command
 */
enum exit_code {
	EXIT_OK		= 0,
	EXIT_FAILED	= 1,
	EXIT_USAGE	= 2,
	EXIT_CANT_EXEC	= 126,
	EXIT_NOT_FOUND	= 127,
	EXIT_SIGNAL	= 128,
};

void complain_off(bool off);
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain_at(const char *text, size_t at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void show_status(const char *format, ...) __attribute__((format(printf, 1, 2)));
void clear_status(void);

#endif /* MMTRACE_MESSAGE_H */
