/* SPDX-License-Identifier: GPL-2.0 */
/* A filter as the module takes it. */
#ifndef MMTRACE_PROGRAM_H
#define MMTRACE_PROGRAM_H

#include <stdio.h>
#include <linux/mmtrace.h>

/**
 * struct program - a filter as the module takes it
 * @preds_len: of @preds; 0 lets everything pass
 * @strings_len: bytes of @strings
 * @preds: the predicates
 * @strings: what they refer to
 */
struct program {
	unsigned int		preds_len;
	unsigned int		strings_len;
	struct mmtrace_pred	preds[MMTRACE_PREDS_MAX];
	char			strings[MMTRACE_STRINGS_MAX];
};

__u32 program_events(const struct program *program, __u32 usual);
void program_list(const struct program *program, FILE *out);

#endif /* MMTRACE_PROGRAM_H */
