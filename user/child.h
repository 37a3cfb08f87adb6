/* SPDX-License-Identifier: GPL-2.0 */
/* The command that trace runs. */
#ifndef MMTRACE_CHILD_H
#define MMTRACE_CHILD_H

#include <signal.h>
#include <sys/types.h>

/**
 * struct child - a command
 * @pid: its process; 0 if there is none
 * @go: pipe to it, that it waits on before it executes the command
 * @report: pipe from it, on which the errno of a failed execution comes
 */
struct child {
	pid_t	pid;
	int	go;
	int	report;
};

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

int child_prepare(struct child *child, char **argv, const struct signals *signals);
int child_go(struct child *child);
int child_exit_code(int status);

#endif /* MMTRACE_CHILD_H */
