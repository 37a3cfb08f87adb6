/* SPDX-License-Identifier: GPL-2.0 */
/* A filter as the module takes it. */
#ifndef MMTRACE_PROGRAM_H
#define MMTRACE_PROGRAM_H

#include <stdio.h>

#include "libmmtrace.h"

/**
 * struct mmt_program - a filter as the module takes it
 * @preds_len: of @preds; 0 lets everything pass
 * @strings_len: bytes of @strings
 * @preds: the predicates
 * @strings: what they refer to
 */
struct mmt_program {
	unsigned int		preds_len;
	unsigned int		strings_len;
	struct mmtrace_pred	preds[MMTRACE_PREDS_MAX];
	char			strings[MMTRACE_STRINGS_MAX];
};

bool program_test_text(const struct mmt_program *program, unsigned int at, FILE *out);

#endif /* MMTRACE_PROGRAM_H */
