/* SPDX-License-Identifier: GPL-2.0 */
/* What calls point to. */
#ifndef FUZZ_ARGUMENT_H
#define FUZZ_ARGUMENT_H

#include <stddef.h>

#include "sequence.h"

#define ARENA_SIZE	(64 * 1024)

/**
 * struct arena - the memory of a thread that the kernel is pointed to
 * @start: ARENA_SIZE bytes, behind which there is nothing
 * @fixed: the same bytes, which can only be read
 */
struct arena {
	char	*start;
	char	*fixed;
};

/* Processes and threads that may be followed, 0 for none. */
#define PIDS	6
extern int argument_pids[PIDS];

void arena_init(struct arena *arena);
void *arena_place(const struct arena *arena, enum place place, size_t len);
void *argument_make(const struct arena *arena, const struct step *step);
unsigned int argument_command(const struct step *step);

#endif /* FUZZ_ARGUMENT_H */
