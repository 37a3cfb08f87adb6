/* SPDX-License-Identifier: GPL-2.0 */
/* The probes of the kernel, of whoever set them. */
#ifndef MMTRACE_TEST_PROBES_H
#define MMTRACE_TEST_PROBES_H

#include <stdio.h>
#include <stdlib.h>

static inline unsigned int count_probes(void)
{
	FILE *file = fopen("/sys/kernel/debug/kprobes/list", "re");
	unsigned int lines = 0;
	char line[512];

	if (!file)
		abort();
	while (fgets(line, sizeof(line), file))
		lines++;
	fclose(file);
	return lines;
}

#endif /* MMTRACE_TEST_PROBES_H */
