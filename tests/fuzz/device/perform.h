/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_PERFORM_H
#define FUZZ_PERFORM_H

#include "argument.h"
#include "sequence.h"

#define DEVICE	"/dev/mmtrace"

/**
 * struct thread - who makes calls
 * @number: of it
 * @tid: id
 * @arena: its memory
 * @raced: word that a racer changes, NULL for none
 */
struct thread {
	unsigned int	number;
	int		tid;
	struct arena	arena;
	__u32		*raced;
};

void perform_init(void);
void perform(struct thread *thread, const struct step *step);
void map_some(__u32 seed);

#endif /* FUZZ_PERFORM_H */
