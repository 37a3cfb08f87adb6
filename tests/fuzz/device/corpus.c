// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "corpus.h"

void corpus_add(struct corpus *corpus, const struct sequence *sequence)
{
	if (corpus->len < CORPUS_MAX && sequence->len)
		corpus->sequences[corpus->len++] = *sequence;
}

/**
 * corpus_load() - read a file: a step a line, an empty line behind each sequence
 * @corpus: to add to
 * @path: of the file
 *
 * Return: 0; -1 if it can't be read, or says what is no step.
 */
int corpus_load(struct corpus *corpus, const char *path)
{
	struct sequence sequence = { 0 };
	FILE *in = fopen(path, "r");
	unsigned int number = 0;
	char line[256];

	if (!in) {
		perror(path);
		return -1;
	}
	while (fgets(line, sizeof(line), in)) {
		number++;
		if (*line == '#')
			continue;
		if (*line == '\n') {
			corpus_add(corpus, &sequence);
			sequence.len = 0;
		} else if (sequence.len == STEPS_MAX ||
			   !step_parse(&sequence.step[sequence.len++], line)) {
			fprintf(stderr, "%s:%u: no step\n", path, number);
			fclose(in);
			return -1;
		}
	}
	corpus_add(corpus, &sequence);
	fclose(in);
	return 0;
}

/**
 * sequence_print() - as corpus_load() reads it
 * @sequence: to print
 * @prefix: of each line
 * @out: where to
 */
void sequence_print(const struct sequence *sequence, const char *prefix, FILE *out)
{
	char text[256];
	unsigned int i;

	for (i = 0; i < sequence->len; i++) {
		step_print(&sequence->step[i], text, sizeof(text));
		fprintf(out, "%s%s\n", prefix, text);
	}
	fprintf(out, "%s\n", prefix);
}
