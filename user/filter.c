// SPDX-License-Identifier: GPL-2.0
/*
 * From conditions to the module's predicates. Groups stand one behind the other,
 * so each leads to the next when it holds and to a rejection when not; within a
 * group each choice leads to the next one when it does not hold.
 */
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "message.h"

/**
 * filter_put() - add a condition
 * @filter: the filter
 * @choice: the condition
 *
 * Return: 0; -1 if there are too many, and the user has been told.
 */
int filter_put(struct filter *filter, const struct filter_choice *choice)
{
	if (filter->choices_len == FILTER_CHOICES_MAX) {
		complain("too many filters: at most %d conditions", FILTER_CHOICES_MAX);
		return -1;
	}
	filter->choices[filter->choices_len++] = *choice;
	return 0;
}

static int limit(struct filter *filter, int option, __u16 field, pid_t id)
{
	struct filter_choice choice = {
		.option = option,
		.group = ++filter->groups,
		.tests = { { .field = field, .op = MMTRACE_OP_EQ, .value = id, .mask = ~0ull } },
		.tests_len = 1,
	};

	return filter_put(filter, &choice);
}

/**
 * filter_limit() - let only one process pass, besides what the options ask for
 * @filter: the filter
 * @tgid: the process
 *
 * Return: 0; -1 if there are too many conditions, and the user has been told.
 */
int filter_limit(struct filter *filter, pid_t tgid)
{
	return limit(filter, FILTER_PID, MMTRACE_FIELD_TGID, tgid);
}

/**
 * filter_limit_thread() - let only one thread pass, likewise
 * @filter: the filter
 * @tid: the thread
 *
 * Return: 0; -1 if there are too many conditions, and the user has been told.
 */
int filter_limit_thread(struct filter *filter, pid_t tid)
{
	return limit(filter, FILTER_TID, MMTRACE_FIELD_TID, tid);
}

/**
 * filter_take_pids() - take out the processes that are to pass, as somebody else
 *	sees to it
 * @filter: the filter
 * @pids: filled in
 *
 * Return: how many.
 */
unsigned int filter_take_pids(struct filter *filter, pid_t pids[FILTER_CHOICES_MAX])
{
	unsigned int i, kept = 0, taken = 0;

	for (i = 0; i < filter->choices_len; i++) {
		const struct filter_choice *choice = &filter->choices[i];

		if (choice->option == FILTER_PID && !choice->reverse)
			pids[taken++] = choice->tests[0].value;
		else
			filter->choices[kept++] = *choice;
	}
	filter->choices_len = kept;
	return taken;
}

static bool same_group(const struct filter_choice *a, const struct filter_choice *b)
{
	return a->option == b->option && a->group == b->group;
}

static bool goes_before(const struct filter_choice *a, const struct filter_choice *b)
{
	if (a->option != b->option)
		return a->option < b->option;
	return a->group < b->group;
}

/* By insertion, so that equals keep their order. */
static void sort(const struct filter *filter, const struct filter_choice **sorted)
{
	unsigned int i, at;

	for (i = 0; i < filter->choices_len; i++) {
		for (at = i; at && goes_before(&filter->choices[i], sorted[at - 1]); at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = &filter->choices[i];
	}
}

static void put_pred(struct program *program, const struct filter *filter,
		     const struct filter_test *test, __u16 pass, __u16 fail)
{
	struct mmtrace_pred *pred = &program->preds[program->preds_len++];

	*pred = (struct mmtrace_pred){
		.field = test->field,
		.op = test->op,
		.on_true = test->reverse ? fail : pass,
		.on_false = test->reverse ? pass : fail,
		.value = test->value,
		.mask = test->mask,
	};
	if (test->field != MMTRACE_FIELD_COMM && test->field != MMTRACE_FIELD_PATH)
		return;
	pred->value = program->strings_len;
	memcpy(program->strings + program->strings_len, filter->strings + test->value,
	       test->mask);
	program->strings_len += test->mask;
}

/*
 * Where a choice leads when it holds, and when not: @next is behind it, @end
 * behind its group.
 */
static void put_choice(struct program *program, const struct filter *filter,
		       const struct filter_choice *choice, bool last, __u16 next, __u16 end)
{
	__u16 pass = choice->reverse ? MMTRACE_REJECT : end;
	__u16 fail = next;
	unsigned int i;

	if (last)
		fail = choice->reverse ? end : MMTRACE_REJECT;
	for (i = 0; i < choice->tests_len; i++) {
		bool final = i + 1 == choice->tests_len;

		put_pred(program, filter, &choice->tests[i],
			 final ? pass : program->preds_len + 1, fail);
	}
}

/**
 * filter_compile() - make the module's predicates
 * @filter: the conditions
 * @program: filled in
 *
 * Return: 0; -1 if they are too many, and the user has been told.
 */
int filter_compile(const struct filter *filter, struct program *program)
{
	const struct filter_choice *sorted[FILTER_CHOICES_MAX];
	unsigned int i, j, end, total = 0;

	memset(program, 0, sizeof(*program));
	sort(filter, sorted);
	for (i = 0; i < filter->choices_len; i++)
		total += filter->choices[i].tests_len;
	if (total > MMTRACE_PREDS_MAX) {
		complain("too many filters: they make %u predicates, at most %d are possible",
			 total, MMTRACE_PREDS_MAX);
		return -1;
	}
	for (i = 0; i < filter->choices_len; i = j) {
		end = program->preds_len;
		for (j = i; j < filter->choices_len && same_group(sorted[i], sorted[j]); j++)
			end += sorted[j]->tests_len;
		if (end == total)
			end = MMTRACE_ACCEPT;
		for (; i < j; i++)
			put_choice(program, filter, sorted[i], i + 1 == j,
				   program->preds_len + sorted[i]->tests_len, end);
	}
	return 0;
}
