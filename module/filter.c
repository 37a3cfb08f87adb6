// SPDX-License-Identifier: GPL-2.0
/*
 * Filters: a list of predicates, each of which says where to go on if it holds
 * and where if not, always forward. So a filter of n predicates is judged in n
 * steps at most, whatever it says.
 */
#include <linux/err.h>
#include <linux/glob.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "call.h"
#include "entry.h"
#include "field.h"
#include "filter.h"
#include "record.h"

static bool match(const struct filter_pred *pred, struct call *call)
{
	const char *string = pred->uapi.field == MMTRACE_FIELD_COMM ?
			     current->comm : record_path(call);

	if (!string)
		return false;
	if (pred->uapi.op == MMTRACE_OP_GLOB)
		return glob_match(pred->string, string);
	return !strcmp(pred->string, string);
}

/* False, too, where the event has no such field. */
static bool holds(const struct filter_pred *pred, struct call *call)
{
	const struct mmtrace_pred *uapi = &pred->uapi;
	bool has;
	u64 number;

	switch (pred->source) {
	case FIELD_FROM_STRING:
		return match(pred, call);
	case FIELD_FROM_BYTES:
		return field_overlaps(call, uapi->value, uapi->mask);
	case FIELD_FROM_CODE:
		if (uapi->op == MMTRACE_OP_UNDER)
			return field_is_under(uapi->value);
		has = field_number(call, uapi->field, pred->at_return, &number);
		break;
	default:
		has = filter_simple_number(pred, call, &number);
		break;
	}
	return has && filter_in_range(pred, number);
}

static bool known_at_entry(const struct filter_pred *pred, const struct call *call)
{
	return !pred->at_return || (pred->of_file && !call->file);
}

/**
 * filter_could_accept() - judge a call at its entry, by any filter
 * @filter: to judge it by
 * @call: that has just been entered
 *
 * Every predicate is marked that could be reached. They are few enough for the
 * bits of a word, and going forward only makes one pass enough.
 *
 * Return: false if no result of what can't be decided yet leads to acceptance.
 */
bool filter_could_accept(const struct filter *filter, struct call *call)
{
	u64 reached = BIT_ULL(0);
	u32 i, branch, next;

	if (filter->of_origin)
		entry_origin(call);
	for (i = 0; i < filter->preds_len; i++) {
		const struct filter_pred *pred = &filter->preds[i];
		bool known, result;

		if (!(reached & BIT_ULL(i)))
			continue;
		known = known_at_entry(pred, call);
		result = known && holds(pred, call);
		for (branch = 0; branch < 2; branch++) {
			if (known && result != branch)
				continue;
			next = branch ? pred->on_true : pred->on_false;
			if (next == MMTRACE_ACCEPT)
				return true;
			if (next != MMTRACE_REJECT)
				reached |= BIT_ULL(next);
		}
	}
	return false;
}

/**
 * filter_accepts() - judge a call at its return
 * @filter: to judge it by
 * @call: that has returned; its path is resolved if the filter asks for it
 *
 * Return: whether the call is wanted.
 */
bool filter_accepts(const struct filter *filter, struct call *call)
{
	u32 i = 0;

	do {
		const struct filter_pred *pred = &filter->preds[i];

		i = holds(pred, call) ? pred->on_true : pred->on_false;
	} while (i < MMTRACE_ACCEPT);
	return i == MMTRACE_ACCEPT;
}

static bool is_string(const struct mmtrace_pred *pred)
{
	return fields[pred->field].source == FIELD_FROM_STRING;
}

static bool leads_on(u16 to, u32 from, u32 preds_len)
{
	return to == MMTRACE_ACCEPT || to == MMTRACE_REJECT ||
	       (to > from && to < preds_len);
}

static int check_string(const struct mmtrace_pred *pred, const char *strings,
			u32 strings_len)
{
	if (pred->op != MMTRACE_OP_EQ && pred->op != MMTRACE_OP_GLOB)
		return -EINVAL;
	if (pred->value > strings_len || pred->mask > strings_len - pred->value)
		return -EINVAL;
	if (pred->op == MMTRACE_OP_GLOB && pred->mask > MMTRACE_GLOB_MAX)
		return -E2BIG;
	if (memchr(strings + pred->value, '\0', pred->mask))
		return -EINVAL;
	return 0;
}

static bool is_range(const struct mmtrace_pred *pred)
{
	if (fields[pred->field].is_signed)
		return (s64)pred->value <= (s64)pred->mask;
	return pred->value <= pred->mask;
}

static bool is_good_number(const struct mmtrace_pred *pred)
{
	switch (pred->op) {
	case MMTRACE_OP_EQ:
	case MMTRACE_OP_LT:
	case MMTRACE_OP_GT:
		return true;
	case MMTRACE_OP_ANY:
		return !pred->value;
	case MMTRACE_OP_UNDER:
		return pred->field == MMTRACE_FIELD_CGROUP && !pred->mask;
	case MMTRACE_OP_RANGE:
		return is_range(pred);
	default:
		return false;
	}
}

static int check_pred(const struct mmtrace_pred *preds, u32 i, u32 preds_len,
		      const char *strings, u32 strings_len)
{
	const struct mmtrace_pred *pred = &preds[i];

	if (pred->field >= MMTRACE_FIELD_COUNT ||
	    !leads_on(pred->on_true, i, preds_len) ||
	    !leads_on(pred->on_false, i, preds_len))
		return -EINVAL;
	switch (fields[pred->field].source) {
	case FIELD_FROM_STRING:
		return check_string(pred, strings, strings_len);
	case FIELD_FROM_BYTES:
		return pred->op == MMTRACE_OP_OVERLAP && is_range(pred) ? 0 : -EINVAL;
	default:
		return is_good_number(pred) ? 0 : -EINVAL;
	}
}

/*
 * Every operator is a range of numbers, which may go from the largest on to 0: so
 * signed numbers need nothing else. An empty one is 1 of a number that is 0.
 */
static void adopt_number(struct filter_pred *pred, bool is_signed)
{
	u64 lowest = is_signed ? S64_MIN : 0, highest = is_signed ? S64_MAX : U64_MAX;
	const struct mmtrace_pred *uapi = &pred->uapi;
	u64 least = uapi->value, most = uapi->value;
	bool none = false;

	pred->mask = uapi->mask;
	switch (uapi->op) {
	case MMTRACE_OP_LT:
		none = uapi->value == lowest;
		least = lowest;
		most = uapi->value - 1;
		break;
	case MMTRACE_OP_GT:
		none = uapi->value == highest;
		least = uapi->value + 1;
		most = highest;
		break;
	case MMTRACE_OP_ANY:
		least = 1;
		most = U64_MAX;
		break;
	case MMTRACE_OP_RANGE:
		pred->mask = U64_MAX;
		most = uapi->mask;
		break;
	}
	pred->least = none ? 1 : least;
	pred->span = none ? 0 : most - least;
	if (none)
		pred->mask = 0;
}

/* Every string gets a NUL, and a place of its own, whatever they shared before. */
static char *adopt_string(struct filter *filter, struct filter_pred *pred,
			  const char *strings, char *copy)
{
	pred->string = copy;
	memcpy(copy, strings + pred->uapi.value, pred->uapi.mask);
	pred->uapi.value = filter->strings_len;
	filter->strings_len += pred->uapi.mask;
	return copy + pred->uapi.mask + 1;
}

/* Of the kinds of a file some are known early. */
static bool is_at_return(const struct field *field, const struct mmtrace_pred *pred)
{
	if (pred->field == MMTRACE_FIELD_KIND && pred->op != MMTRACE_OP_RANGE)
		return pred->mask & ~(u64)FIELD_KIND_AT_ENTRY & FIELD_KIND_ALL;
	return field->at_return;
}

static void adopt(struct filter *filter, const struct mmtrace_pred *preds,
		  const char *strings)
{
	char *copy = (char *)&filter->preds[filter->preds_len];
	u32 i;

	filter->simple = true;
	for (i = 0; i < filter->preds_len; i++) {
		struct filter_pred *pred = &filter->preds[i];
		const struct field *field = &fields[preds[i].field];

		pred->uapi = preds[i];
		pred->on_true = preds[i].on_true;
		pred->on_false = preds[i].on_false;
		pred->source = field->source;
		pred->at_return = is_at_return(field, &preds[i]);
		pred->of_file = field->of_file;
		pred->offset = field->offset;
		filter->simple &= field->source < FIELD_FROM_CODE;
		filter->of_origin |= field->of_origin;
		if (is_string(&preds[i]))
			copy = adopt_string(filter, pred, strings, copy);
		else
			adopt_number(pred, field->is_signed);
	}
}

/**
 * filter_compile() - check a filter and make it ready for use
 * @preds: to be checked
 * @preds_len: number of them
 * @strings: that they refer to
 * @strings_len: bytes of them
 *
 * Return: the filter, NULL for one without predicates, which accepts all;
 * -EINVAL, -E2BIG or -ENOMEM as struct mmtrace_filter has it.
 */
struct filter *filter_compile(const struct mmtrace_pred *preds, u32 preds_len,
			      const char *strings, u32 strings_len)
{
	struct filter *filter;
	size_t copies = 0, globs = 0;
	u32 i;
	int err;

	if (preds_len > MMTRACE_PREDS_MAX || strings_len > MMTRACE_STRINGS_MAX)
		return ERR_PTR(-E2BIG);
	if (!preds_len)
		return strings_len ? ERR_PTR(-EINVAL) : NULL;
	for (i = 0; i < preds_len; i++) {
		err = check_pred(preds, i, preds_len, strings, strings_len);
		if (err)
			return ERR_PTR(err);
		if (is_string(&preds[i]))
			copies += preds[i].mask + 1;
		if (preds[i].op == MMTRACE_OP_GLOB)
			globs += preds[i].mask;
	}
	/* What a match costs grows with the pattern, and it is done without preemption. */
	if (copies > MMTRACE_STRINGS_MAX + MMTRACE_PREDS_MAX || globs > MMTRACE_GLOBS_MAX)
		return ERR_PTR(-E2BIG);

	filter = kvzalloc(struct_size(filter, preds, preds_len) + copies,
			  GFP_KERNEL_ACCOUNT);
	if (!filter)
		return ERR_PTR(-ENOMEM);
	filter->preds_len = preds_len;
	adopt(filter, preds, strings);
	return filter;
}

/**
 * filter_free() - free a filter that nobody can find any more
 * @filter: to be freed, once its last user is through; or NULL
 */
void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	synchronize_rcu();
	kvfree(filter);
}

/**
 * filter_dump() - what a filter says, such that filter_compile() takes it
 * @filter: to be told
 * @preds: room for all its predicates
 * @strings: room for all its strings
 */
void filter_dump(const struct filter *filter, struct mmtrace_pred *preds,
		 char *strings)
{
	u32 i;

	for (i = 0; i < filter->preds_len; i++) {
		const struct filter_pred *pred = &filter->preds[i];

		preds[i] = pred->uapi;
		if (pred->string)
			memcpy(strings + pred->uapi.value, pred->string, pred->uapi.mask);
	}
}
