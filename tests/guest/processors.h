/* SPDX-License-Identifier: GPL-2.0 */
/* Processors: which there are, who runs where, and switching them off and on. */
#ifndef MMTRACE_TEST_PROCESSORS_H
#define MMTRACE_TEST_PROCESSORS_H

#include <sched.h>
#include <stdio.h>

#include "mmtrace_test.h"

/* 0 or a negative errno: -ENOENT for one that can't be switched. */
static inline int cpu_switch(unsigned int cpu, bool on)
{
	char path[64];
	int fd, err;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write(fd, on ? "1" : "0", 1) == 1 ? 0 : -errno;
	close(fd);
	return err;
}

static inline bool cpu_can_switch(unsigned int cpu)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
	return !access(path, W_OK);
}

/* The calling thread runs there and nowhere else; 0 or a negative errno. */
static inline int run_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

static inline void run_anywhere(void)
{
	cpu_set_t set;
	unsigned int cpu;

	CPU_ZERO(&set);
	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

#endif /* MMTRACE_TEST_PROCESSORS_H */
