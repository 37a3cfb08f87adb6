/* SPDX-License-Identifier: GPL-2.0 */
/* A reader that is there to be killed. */
#ifndef MMTRACE_TEST_VICTIM_H
#define MMTRACE_TEST_VICTIM_H

#include <sys/prctl.h>

#include "mmtrace_test.h"

/* A child with a session of its own; it counts its @reads, and ends by a signal alone. */
static inline pid_t fork_reader(atomic_uint *reads)
{
	static char buf[1000];
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	while (read(fd, buf, sizeof(buf)) > 0)
		atomic_fetch_add(reads, 1);
	_exit(1);
}

#endif /* MMTRACE_TEST_VICTIM_H */
