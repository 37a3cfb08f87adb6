/* SPDX-License-Identifier: GPL-2.0 */
/* The command that trace runs. */
#ifndef MMTRACE_CHILD_H
#define MMTRACE_CHILD_H

#include <sys/types.h>

#include "signals.h"

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

int child_prepare(struct child *child, char **argv, const struct signals *signals);
int child_go(struct child *child);
int child_exit_code(int status);

#endif /* MMTRACE_CHILD_H */
