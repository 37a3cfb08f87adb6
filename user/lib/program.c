// SPDX-License-Identifier: GPL-2.0
/* What can be said of a program: its predicates one by one, its cost, its events. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "fault.h"
#include "libmmtrace.h"
#include "program.h"
#include "term.h"
#include "tree.h"

struct mmt_program *mmt_program_new(void)
{
	return calloc(1, sizeof(struct mmt_program));
}

void mmt_program_free(struct mmt_program *program)
{
	free(program);
}

int mmt_program_parse(struct mmt_program *program, const char *text, struct mmt_fault *fault)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	int root;

	fault->at = 0;
	root = tree ? expr_parse(text, tree, fault) : fault_set(fault, "no memory");
	if (root >= 0 && tree->full)
		root = fault_set(fault, "too much for one filter");
	if (root >= 0)
		tree_compile(tree, root, program);
	free(tree);
	return root < 0 ? -1 : 0;
}

unsigned int mmt_program_len(const struct mmt_program *program)
{
	return program->preds_len;
}

static void list_target(const char *when, __u16 target, FILE *out)
{
	if (target == MMTRACE_ACCEPT)
		fprintf(out, "%s accept", when);
	else if (target == MMTRACE_REJECT)
		fprintf(out, "%s reject", when);
	else
		fprintf(out, "%s %u", when, target);
}

/* One that no expression says. */
static void list_numbers(const struct mmtrace_pred *pred, FILE *out)
{
	fprintf(out, "field %u operator %u 0x%llx 0x%llx", pred->field, pred->op,
		(unsigned long long)pred->value, (unsigned long long)pred->mask);
}

static void list_test(const struct mmt_program *program, unsigned int at, FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *list = open_memstream(&text, &len);
	bool good = list && program_test_text(program, at, list);

	if (list && !fclose(list) && good)
		fprintf(out, "%-28s", text);
	else
		list_numbers(&program->preds[at], out);
	free(text);
}

static const char *when(const struct mmtrace_pred *pred)
{
	if (!term_at_return(pred))
		return "entry";
	return term_of_file(pred->field) ? "return, of a file" : "return";
}

/* The longest way through the predicates; each leads to a later one. */
static unsigned int steps(const struct mmt_program *program)
{
	unsigned int longest[MMTRACE_PREDS_MAX + 1] = { 0 }, i = program->preds_len;

	while (i--) {
		__u16 yes = program->preds[i].on_true, no = program->preds[i].on_false;
		unsigned int a = yes > i && yes < program->preds_len ? longest[yes] : 0;
		unsigned int b = no > i && no < program->preds_len ? longest[no] : 0;

		longest[i] = 1 + (a > b ? a : b);
	}
	return longest[0];
}

static void list_cost(const struct mmt_program *program, FILE *out)
{
	unsigned int i, entry = 0, cgroups = 0;
	__u64 patterns = 0;

	for (i = 0; i < program->preds_len; i++) {
		const struct mmtrace_pred *pred = &program->preds[i];

		entry += !term_at_return(pred);
		cgroups += pred->op == MMTRACE_OP_UNDER;
		if (pred->op == MMTRACE_OP_GLOB)
			patterns += pred->mask;
	}
	fprintf(out, "# %u predicates, %u decided at entry; at most %u are asked of a call\n",
		program->preds_len, entry, steps(program));
	fprintf(out, "# %llu of %u bytes of patterns", (unsigned long long)patterns,
		MMTRACE_GLOBS_MAX);
	if (cgroups)
		fprintf(out, "; up to %u cgroups are looked at", cgroups * MMTRACE_CGROUPS_MAX);
	fputc('\n', out);
}

/* Could a call of @event pass, whatever else it is? */
static bool could_accept(const struct mmt_program *program, __u32 event)
{
	bool reached[MMTRACE_PREDS_MAX] = { true };
	unsigned int i, branch;

	for (i = 0; i < program->preds_len; i++) {
		const struct mmtrace_pred *pred = &program->preds[i];
		bool known = pred->field == MMTRACE_FIELD_EVENT && pred->op == MMTRACE_OP_EQ;
		bool holds = (event & pred->mask) == pred->value;

		for (branch = 0; reached[i] && branch < 2; branch++) {
			__u16 next = branch ? pred->on_true : pred->on_false;

			if (known && holds != branch)
				continue;
			if (next == MMTRACE_ACCEPT)
				return true;
			if (next < program->preds_len)
				reached[next] = true;
		}
	}
	return !program->preds_len;
}

static bool is_named(const struct mmt_program *program, __u32 event)
{
	unsigned int i;

	for (i = 0; i < program->preds_len; i++)
		if (program->preds[i].field == MMTRACE_FIELD_EVENT &&
		    program->preds[i].value == event)
			return true;
	return false;
}

__u32 mmt_program_events(const struct mmt_program *program, __u32 usual)
{
	__u32 event, events = 0;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		__u32 bit = MMTRACE_EVENT_BIT(event);

		if ((usual & bit || is_named(program, event)) && could_accept(program, event))
			events |= bit;
	}
	return events;
}

void mmt_program_list(const struct mmt_program *program, FILE *out)
{
	unsigned int i;

	for (i = 0; i < program->preds_len; i++) {
		const struct mmtrace_pred *pred = &program->preds[i];

		fprintf(out, "%2u  ", i);
		list_test(program, i, out);
		fprintf(out, "  %-17s ", when(pred));
		list_target(" yes:", pred->on_true, out);
		list_target(", no:", pred->on_false, out);
		fputc('\n', out);
	}
	list_cost(program, out);
}
