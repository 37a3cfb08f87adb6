/* SPDX-License-Identifier: GPL-2.0 */
/* All words of the command line, for its completion. */
#ifndef MMTRACE_WORDS_H
#define MMTRACE_WORDS_H

#include <stddef.h>
#include <stdio.h>

#include "options.h"

void words_print(const struct verb *const *verbs, size_t len, FILE *out);

#endif /* MMTRACE_WORDS_H */
