/* SPDX-License-Identifier: GPL-2.0 */
/* Which places of the module were reached, by KCOV, where the kernel has it. */
#ifndef FUZZ_COVERAGE_H
#define FUZZ_COVERAGE_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

#define COVERAGE_MAX	(1u << 18)	/* bytes of code */

/**
 * struct coverage - what all processes share
 * @run: number of the run that is under way
 * @reached: by offset in the module's text: run that was the last to get there
 * @known: whether it was known before this run
 */
struct coverage {
	__u32	run;
	__u32	reached[COVERAGE_MAX];
	bool	known[COVERAGE_MAX];
};

extern struct coverage *coverage;

bool coverage_init(unsigned int threads);
void coverage_begin(unsigned int thread);
void coverage_restart(unsigned int thread);
void coverage_collect(unsigned int thread);
void coverage_next_run(void);
unsigned int coverage_new(__u32 *offsets, unsigned int room);
bool coverage_again(const __u32 *offsets, unsigned int len);
void coverage_adopt(void);
unsigned int coverage_print(FILE *out);

#endif /* FUZZ_COVERAGE_H */
