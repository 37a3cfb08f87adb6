/* SPDX-License-Identifier: GPL-2.0 */
/* Sequences that were the first to get somewhere. */
#ifndef FUZZ_CORPUS_H
#define FUZZ_CORPUS_H

#include "sequence.h"

#define CORPUS_MAX	2048

struct corpus {
	unsigned int	len;
	struct sequence	sequences[CORPUS_MAX];
};

void corpus_add(struct corpus *corpus, const struct sequence *sequence);
int corpus_load(struct corpus *corpus, const char *path);
void sequence_print(const struct sequence *sequence, const char *prefix, FILE *out);

#endif /* FUZZ_CORPUS_H */
