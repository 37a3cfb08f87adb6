/* SPDX-License-Identifier: GPL-2.0 */
/* What libFuzzer calls, and what it has for those whom it calls. */
#ifndef MMTRACE_FUZZ_H
#define MMTRACE_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

/* Not there when seeds are only replayed. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/* What must hold, whatever the input; a sanitizer shows where it does not. */
#define MUST(condition)								\
	do {									\
		if (!(condition)) {						\
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();						\
		}								\
	} while (0)

#endif /* MMTRACE_FUZZ_H */
