// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that no expression has made: all that the module takes, another program may
 * have set as the device's filter. They are shown, and judge records; and what is shown
 * as an expression makes the same program. The input is a byte that says how many
 * predicates, these, and the strings.
 */
#include <string.h>

#include "fuzz.h"
#include "judge.h"
#include "libmmtrace.h"
#include "stream.h"

static void fill(struct mmt_program *program, const uint8_t *data, size_t size)
{
	size_t preds = *data % (MMTRACE_PREDS_MAX + 1), bytes;

	data++;
	size--;
	if (preds > size / sizeof(*program->preds))
		preds = size / sizeof(*program->preds);
	bytes = preds * sizeof(*program->preds);
	program->preds_len = preds;
	memcpy(program->preds, data, bytes);
	size -= bytes;
	program->strings_len = size < MMTRACE_STRINGS_MAX ? size : MMTRACE_STRINGS_MAX;
	memcpy(program->strings, data + bytes, program->strings_len);
}

/* Inputs would hardly ever lead forward by chance. */
static void lead_on(struct mmt_program *program)
{
	unsigned int i;

	for (i = 0; i < program->preds_len; i++) {
		struct mmtrace_pred *pred = &program->preds[i];
		__u16 *to[] = { &pred->on_true, &pred->on_false };
		unsigned int left = program->preds_len - i - 1, n;

		pred->field %= MMTRACE_FIELD_COUNT;
		pred->op %= MMTRACE_OP_COUNT;
		for (n = 0; n < 2; n++)
			*to[n] = *to[n] % (left + 2) < left ? i + 1 + *to[n] % (left + 2) :
				 *to[n] & 1 ? MMTRACE_ACCEPT : MMTRACE_REJECT;
	}
}

/* As the module asks of strings, besides. */
static bool has_good_strings(const struct mmt_program *program)
{
	const struct mmtrace_pred *pred;
	__u64 room = program->strings_len;

	for (pred = program->preds; pred < program->preds + program->preds_len; pred++)
		if (term_is_string(pred->field) &&
		    (pred->value > room || pred->mask > room - pred->value ||
		     memchr(program->strings + pred->value, '\0', pred->mask)))
			return false;
	return true;
}

static void judge(const struct mmt_program *program)
{
	union sample sample;
	unsigned int i;

	for (i = 0; i < STREAM_RECORDS; i++) {
		stream_record(&sample, i);
		mmt_program_accepts(program, &sample.rec, 4096);
	}
}

static void show(const struct mmt_program *program)
{
	struct mmt_program *again = mmt_program_new();
	struct mmt_fault fault;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool good = mmt_program_text(program, out);

	MUST(!fclose(out));
	if (good) {
		MUST(!mmt_program_parse(again, text, &fault));
		MUST(again->preds_len == program->preds_len);
		MUST(!memcmp(again->preds, program->preds,
			     program->preds_len * sizeof(*program->preds)));
	} else {
		MUST(!len);
	}
	free(text);
	mmt_program_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mmt_program *program;
	FILE *out;

	if (!size)
		return 0;
	program = mmt_program_new();
	fill(program, data, size);
	lead_on(program);
	if (program->preds_len && has_good_strings(program) && well_made(program)) {
		out = fopen("/dev/null", "w");
		mmt_program_list(program, out);
		fclose(out);
		mmt_program_events(program, MMTRACE_EVENTS_DEFAULT);
		if (mmt_program_can_judge(program))
			judge(program);
		show(program);
	}
	mmt_program_free(program);
	return 0;
}
