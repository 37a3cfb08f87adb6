/* SPDX-License-Identifier: GPL-2.0 */
/* From a field and what it is compared with to tests. */
#ifndef MMTRACE_COMPARE_H
#define MMTRACE_COMPARE_H

#include <stdbool.h>

#include "libmmtrace.h"
#include "term.h"
#include "tree.h"

struct mmt_fault;

/**
 * enum compare_op - how users compare
 * @COMPARE_EQ: ==
 * @COMPARE_LT: <
 * @COMPARE_LE: <=
 * @COMPARE_GT: >
 * @COMPARE_GE: >=
 */
enum compare_op {
	COMPARE_EQ,
	COMPARE_LT,
	COMPARE_LE,
	COMPARE_GT,
	COMPARE_GE,
};

int compare_value(struct tree *tree, const struct term *term, const char *word,
		  struct mmt_fault *fault);
int compare_order(struct tree *tree, const struct term *term, enum compare_op op,
		  const char *word, struct mmt_fault *fault);
int compare_string(struct tree *tree, const struct term *term, bool glob, const char *bytes,
		   struct mmt_fault *fault);

#endif /* MMTRACE_COMPARE_H */
