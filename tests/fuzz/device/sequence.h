/* SPDX-License-Identifier: GPL-2.0 */
/* What is done to the device, one step after the other. */
#ifndef FUZZ_SEQUENCE_H
#define FUZZ_SEQUENCE_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

#include "chance.h"

#define SLOTS		4	/* file descriptors */
#define THREADS		3
#define STEPS_MAX	16
#define POKES_MAX	2

enum op {
	OP_OPEN, OP_CLOSE, OP_DUP, OP_READ, OP_POLL, OP_EPOLL, OP_OTHER,
	OP_MAP, OP_FORK, OP_PAUSE,
	OP_UNKNOWN, OP_INFO, OP_EVENT, OP_GET_CONFIG, OP_SET_CONFIG, OP_START, OP_STOP, OP_STATS,
	OP_GET_FILTER, OP_SET_FILTER, OP_GET_DEVICE_FILTER, OP_SET_DEVICE_FILTER, OP_FOLLOW,
	OP_GET_TRIGGER, OP_SET_TRIGGER, OP_SESSION,
	OP_COUNT
};

/**
 * enum place - where in memory the argument or the buffer is
 * @PLACE_GOOD: where it should be
 * @PLACE_ODD: not aligned
 * @PLACE_END: the page behind it is not there
 * @PLACE_CUT: half of it is not there
 * @PLACE_FIXED: it can be read only
 * @PLACE_NULL: nowhere
 * @PLACE_KERNEL: an address of the kernel
 * @PLACE_NESTED: what it points to is nowhere
 * @PLACE_RACED: another thread changes it all the time
 */
enum place {
	PLACE_GOOD, PLACE_ODD, PLACE_END, PLACE_CUT, PLACE_FIXED, PLACE_NULL, PLACE_KERNEL,
	PLACE_NESTED, PLACE_RACED,
	PLACE_COUNT
};

/* Behind this, a poke is of what the argument points to. */
#define POKE_NESTED	0x1000

/**
 * struct poke - bytes that are other than they should be
 * @at: offset in the argument, or POKE_NESTED and one in its predicates
 * @value: 4 or 8 bytes there
 */
struct poke {
	__u32	at;
	__u64	value;
};

/**
 * struct step - one call
 * @op: enum op
 * @slot: which file descriptor
 * @thread: which thread makes it; the others go on meanwhile
 * @place: enum place
 * @nth: which thing within it fails, 0 for none
 * @seed: of all else that is by chance
 * @pokes: how many
 * @poke: in this order
 */
struct step {
	__u8		op;
	__u8		slot;
	__u8		thread;
	__u8		place;
	__u16		nth;
	__u32		seed;
	__u8		pokes;
	struct poke	poke[POKES_MAX];
};

struct sequence {
	unsigned int	len;
	struct step	step[STEPS_MAX];
};

void sequence_random(struct sequence *sequence, struct chance *chance);
void sequence_mutate(struct sequence *sequence, const struct sequence *other,
		     struct chance *chance);
void sequence_drop(struct sequence *sequence, unsigned int at);
void step_print(const struct step *step, char *text, size_t room);
bool step_parse(struct step *step, const char *text);

#endif /* FUZZ_SEQUENCE_H */
