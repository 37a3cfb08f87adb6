// SPDX-License-Identifier: GPL-2.0
/*
 * Expressions of any bytes. What is refused is told with a place within it; what is
 * taken is a program that the module takes, and its own text makes the same again.
 */
#include <string.h>

#include "fuzz.h"
#include "judge.h"
#include "libmmtrace.h"

static void check_text(const struct mmt_program *program)
{
	struct mmt_program *again = mmt_program_new();
	struct mmt_fault fault;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	MUST(mmt_program_text(program, out));
	fclose(out);
	if (mmt_program_parse(again, text, &fault)) {
		fprintf(stderr, "%s: %s\n", text, fault.text);
		abort();
	}
	MUST(again->preds_len == program->preds_len);
	MUST(!memcmp(again->preds, program->preds, sizeof(program->preds)));
	MUST(!memcmp(again->strings, program->strings, program->strings_len));
	free(text);
	mmt_program_free(again);
}

static void check_program(const struct mmt_program *program)
{
	struct call call = random_call();
	FILE *out = fopen("/dev/null", "w");

	MUST(program->preds_len <= MMTRACE_PREDS_MAX);
	MUST(program->strings_len <= MMTRACE_STRINGS_MAX);
	MUST(well_made(program));
	accepts(program, &call);
	mmt_program_events(program, MMTRACE_EVENTS_DEFAULT);
	mmt_program_list(program, out);
	fclose(out);
	if (program->preds_len)
		check_text(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mmt_program *program = mmt_program_new();
	struct mmt_fault fault = { .at = ~0u };
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	if (!mmt_program_parse(program, text, &fault)) {
		check_program(program);
	} else {
		MUST(fault.at <= strlen(text));
		MUST(*fault.text && memchr(fault.text, '\0', sizeof(fault.text)));
	}
	free(text);
	mmt_program_free(program);
	return 0;
}
