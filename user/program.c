// SPDX-License-Identifier: GPL-2.0
/* Programs of another shape than the options make, as a list of predicates. */
#include <stdbool.h>

#include "line.h"
#include "names.h"
#include "program.h"

static const char *const field_names[MMTRACE_FIELD_COUNT] = {
	[MMTRACE_FIELD_EVENT]	= "event",
	[MMTRACE_FIELD_TGID]	= "tgid",
	[MMTRACE_FIELD_TID]	= "tid",
	[MMTRACE_FIELD_UID]	= "uid",
	[MMTRACE_FIELD_COMM]	= "comm",
	[MMTRACE_FIELD_PROT]	= "prot",
	[MMTRACE_FIELD_FLAGS]	= "flags",
	[MMTRACE_FIELD_LEN]	= "len",
	[MMTRACE_FIELD_ANON]	= "anon",
	[MMTRACE_FIELD_PATH]	= "path",
	[MMTRACE_FIELD_FAILED]	= "failed",
};

static const char *const op_names[MMTRACE_OP_COUNT] = {
	[MMTRACE_OP_EQ]		= "==",
	[MMTRACE_OP_LT]		= "<",
	[MMTRACE_OP_GT]		= ">",
	[MMTRACE_OP_ANY]	= "any of",
	[MMTRACE_OP_GLOB]	= "like",
};

static const char *name_of(const char *const *names, size_t len, size_t i)
{
	return i < len ? names[i] : "?";
}

static bool is_string(const struct mmtrace_pred *pred)
{
	return pred->field == MMTRACE_FIELD_COMM || pred->field == MMTRACE_FIELD_PATH;
}

static void list_string(const struct program *program, const struct mmtrace_pred *pred,
			FILE *out)
{
	char text[4 * MMTRACE_STRINGS_MAX];
	struct line line = { .at = text, .end = text + sizeof(text) };

	if (pred->value > program->strings_len ||
	    pred->mask > program->strings_len - pred->value) {
		fputs("?", out);
		return;
	}
	line_escaped(&line, program->strings + pred->value, pred->mask);
	fwrite(text, 1, line.at - text, out);
}

static void list_target(const char *when, __u16 target, FILE *out)
{
	if (target == MMTRACE_ACCEPT)
		fprintf(out, "%s: accept", when);
	else if (target == MMTRACE_REJECT)
		fprintf(out, "%s: reject", when);
	else
		fprintf(out, "%s: %u", when, target);
}

static void list_pred(const struct program *program, const struct mmtrace_pred *pred,
		      FILE *out)
{
	fprintf(out, "%s ", name_of(field_names, MMTRACE_FIELD_COUNT, pred->field));
	if (!is_string(pred) && pred->mask != ~0ull && pred->op != MMTRACE_OP_ANY)
		fprintf(out, "& 0x%llx ", (unsigned long long)pred->mask);
	fprintf(out, "%s ", name_of(op_names, MMTRACE_OP_COUNT, pred->op));
	if (is_string(pred))
		list_string(program, pred, out);
	else
		fprintf(out, "0x%llx", (unsigned long long)
			(pred->op == MMTRACE_OP_ANY ? pred->mask : pred->value));
}

/**
 * program_list() - the predicates of a program, one a line
 * @program: any program
 * @out: where to
 */
void program_list(const struct program *program, FILE *out)
{
	unsigned int i;

	for (i = 0; i < program->preds_len; i++) {
		const struct mmtrace_pred *pred = &program->preds[i];

		fprintf(out, "%2u  ", i);
		list_pred(program, pred, out);
		list_target("  yes", pred->on_true, out);
		list_target(", no", pred->on_false, out);
		fputc('\n', out);
	}
}
