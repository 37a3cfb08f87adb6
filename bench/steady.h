/* SPDX-License-Identifier: GPL-2.0 */
/* What makes figures the same on every run, beside nokaslr and norandmaps. */
#ifndef BENCH_STEADY_H
#define BENCH_STEADY_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Without the vdso. */
static inline uint64_t now(void)
{
	struct timespec ts;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/*
 * The vdso lies at random even where nothing else does, and by its distance to the stack
 * a new mapping costs one of three prices: so it goes. Returns 0, or -1 if it can't.
 */
static inline int unmap_vdso(void)
{
	unsigned long begins[8], ends[8];
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[256];
	int n = 0, failed = 0;

	if (!maps)
		return -1;
	while (n < 8 && fgets(line, sizeof(line), maps))
		if ((strstr(line, "[vdso") || strstr(line, "[vvar")) &&
		    sscanf(line, "%lx-%lx", &begins[n], &ends[n]) == 2)
			n++;
	fclose(maps);
	if (!n)
		return -1;
	while (n--)
		failed |= munmap((void *)begins[n], ends[n] - begins[n]);
	return failed;
}

#endif /* BENCH_STEADY_H */
