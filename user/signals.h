/* SPDX-License-Identifier: GPL-2.0 */
/* Signals while a session is followed: some end it, some are the command's. */
#ifndef MMTRACE_SIGNALS_H
#define MMTRACE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/**
 * struct signals - what signals did before we changed it
 * @mask: blocked ones
 * @interrupt: on SIGINT
 * @quit: on SIGQUIT
 * @pipe: on SIGPIPE
 */
struct signals {
	sigset_t		mask;
	struct sigaction	interrupt;
	struct sigaction	quit;
	struct sigaction	pipe;
};

int signals_take(struct signals *before, bool has_command, bool interrupt_is_ours);
void signals_restore(const struct signals *before);
void signals_pass_to(pid_t pid);
bool signals_came(void);

#endif /* MMTRACE_SIGNALS_H */
