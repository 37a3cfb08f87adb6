/* SPDX-License-Identifier: GPL-2.0 */
/* What a task is doing, as the kernel tells of it. */
#ifndef MMTRACE_TEST_TASK_STATE_H
#define MMTRACE_TEST_TASK_STATE_H

#include <stdio.h>

#include "mmtrace_test.h"

#define TASK_LINE	512

/* One of its files; empty if it is gone. */
static inline void task_read(pid_t tid, const char *name, char line[TASK_LINE])
{
	char path[64];
	int fd;

	memset(line, 0, TASK_LINE);
	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, line, TASK_LINE - 1) < 0)
		line[0] = 0;
	close(fd);
}

/* As in its stat: 'S' for one that sleeps until it is woken; 0 if it is gone. */
static inline char state_of(pid_t tid)
{
	char line[TASK_LINE];
	const char *at;

	task_read(tid, "stat", line);
	at = strrchr(line, ')');
	return at && at[1] ? at[2] : 0;
}

/* The number of the system call that it is in; -1 if it is in none. */
static inline long syscall_of(pid_t tid)
{
	char line[TASK_LINE];

	task_read(tid, "syscall", line);
	return line[0] >= '0' && line[0] <= '9' ? atol(line) : -1;
}

#endif /* MMTRACE_TEST_TASK_STATE_H */
