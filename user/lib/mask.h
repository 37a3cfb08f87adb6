/* SPDX-License-Identifier: GPL-2.0 */
/* Flags by name: words of a filter, and back. */
#ifndef MMTRACE_MASK_H
#define MMTRACE_MASK_H

#include <stdbool.h>
#include <stdio.h>

#include "libmmtrace.h"
#include "names.h"
#include "tree.h"

struct mmt_fault;

/**
 * enum mask_word - what a word of a mask stands for
 * @MASK_NUMBER: bits of whatever event
 * @MASK_BIT: a flag of mappings
 * @MASK_TYPE: their type
 * @MASK_MREMAP: a flag of mremap
 * @MASK_WORDS: not a kind
 */
enum mask_word {
	MASK_NUMBER,
	MASK_BIT,
	MASK_TYPE,
	MASK_MREMAP,
	MASK_WORDS
};

/**
 * enum mask_mode - how the words are meant
 * @MASK_ANY: one of them suffices
 * @MASK_ALL: all must be set
 * @MASK_EXACT: and nothing else
 */
enum mask_mode {
	MASK_ANY,
	MASK_ALL,
	MASK_EXACT,
};

/**
 * struct mask - a mask in the making; zero but for @field to begin with
 * @field: enum mmtrace_field
 * @bits: of each kind; of types, a set of them by their number
 * @words: how many there were
 * @zero: how many of them stand for no bits at all
 */
struct mask {
	__u16		field;
	__u64		bits[MASK_WORDS];
	unsigned int	words;
	unsigned int	zero;
};

int mask_add(struct mask *mask, const char *word, struct mmt_fault *fault);
int mask_number(const struct mask *mask, __u64 *value, struct mmt_fault *fault);
int mask_node(const struct mask *mask, struct tree *tree, enum mask_mode mode,
	      struct mmt_fault *fault);
bool mask_print(const struct mmtrace_pred *test, const struct mmtrace_flags *names, FILE *out);

#endif /* MMTRACE_MASK_H */
