// SPDX-License-Identifier: GPL-2.0
/*
 * Filters: a list of predicates, each of which says where to go on if it holds
 * and where if not, always forward. So a filter of n predicates is judged in n
 * steps at most, whatever it says.
 *
 * A new field is a row in fields[], where need be a case in work_out(), and a
 * line in the UAPI header.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/glob.h>
#include <linux/mman.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "call.h"
#include "filter.h"
#include "record.h"

/**
 * struct field - what is to be known of a field
 * @source: enum filter_source
 * @at_return: known when the call returns, not before
 * @offset: of a u32, where @source is a structure
 */
struct field {
	u8	source;
	bool	at_return;
	u16	offset;
};

static const struct field fields[MMTRACE_FIELD_COUNT] = {
	[MMTRACE_FIELD_EVENT] = {
		.source		= FILTER_FROM_CALL,
		.offset		= offsetof(struct call, out.head.event),
	},
	[MMTRACE_FIELD_TGID] = {
		.source		= FILTER_FROM_TASK,
		.offset		= offsetof(struct task_struct, tgid),
	},
	[MMTRACE_FIELD_TID] = {
		.source		= FILTER_FROM_TASK,
		.offset		= offsetof(struct task_struct, pid),
	},
	[MMTRACE_FIELD_UID] = {
		/* A kuid_t is a user id of the initial namespace. */
		.source		= FILTER_FROM_CRED,
		.offset		= offsetof(struct cred, uid),
	},
	[MMTRACE_FIELD_COMM] = {
		.source		= FILTER_FROM_STRING,
	},
	[MMTRACE_FIELD_PROT] = {
		.source		= FILTER_FROM_ARG,
	},
	[MMTRACE_FIELD_FLAGS] = {
		.source		= FILTER_FROM_ARG,
	},
	[MMTRACE_FIELD_LEN] = {
		.source		= FILTER_FROM_ARG,
	},
	[MMTRACE_FIELD_ANON] = {
		.source		= FILTER_FROM_CODE,
	},
	[MMTRACE_FIELD_PATH] = {
		.source		= FILTER_FROM_STRING,
		.at_return	= true,
	},
	[MMTRACE_FIELD_FAILED] = {
		.source		= FILTER_FROM_CODE,
		.at_return	= true,
	},
};

/* Which argument a field is, counted from 1; 0 where the event has no such. */
const u8 filter_arg[MMTRACE_EVENT_COUNT][MMTRACE_FIELD_COUNT] = {
	[MMTRACE_EVENT_DO_MMAP] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
	},
	[MMTRACE_EVENT_MMAP] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
	},
	[MMTRACE_EVENT_MMAP2] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
	},
	[MMTRACE_EVENT_MREMAP] = {
		[MMTRACE_FIELD_LEN]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
	},
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 5,
	},
};

static bool is_anon(struct call *call, u64 *value)
{
	u64 flags;

	switch (call_event(call)) {
	case MMTRACE_EVENT_DO_MMAP:
		*value = !call->file;
		return true;
	case MMTRACE_EVENT_MMAP:
	case MMTRACE_EVENT_MMAP2:
		filter_argument(call, MMTRACE_FIELD_FLAGS, &flags);
		*value = !!(flags & MAP_ANONYMOUS);
		return true;
	default:
		return false;
	}
}

static bool work_out(struct call *call, u32 field, u64 *value)
{
	if (field == MMTRACE_FIELD_ANON)
		return is_anon(call, value);
	*value = call_failed(call);
	return true;
}

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
	bool has;
	u64 number;

	switch (pred->source) {
	case FILTER_FROM_STRING:
		return match(pred, call);
	case FILTER_FROM_CODE:
		has = work_out(call, pred->uapi.field, &number);
		break;
	default:
		has = filter_simple_number(pred, call, &number);
		break;
	}
	return has && filter_in_range(pred, number);
}

static bool known_at_entry(const struct filter_pred *pred, const struct call *call)
{
	return !pred->at_return ||
	       (pred->uapi.field == MMTRACE_FIELD_PATH && !call->file);
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
	return fields[pred->field].source == FILTER_FROM_STRING;
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

static int check_number(const struct mmtrace_pred *pred)
{
	switch (pred->op) {
	case MMTRACE_OP_EQ:
	case MMTRACE_OP_LT:
	case MMTRACE_OP_GT:
		return 0;
	case MMTRACE_OP_ANY:
		return pred->value ? -EINVAL : 0;
	default:
		return -EINVAL;
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
	return is_string(pred) ?
	       check_string(pred, strings, strings_len) : check_number(pred);
}

/* Every operator is a range of numbers. An empty one is 1 of a number that is 0. */
static void adopt_number(struct filter_pred *pred)
{
	const struct mmtrace_pred *uapi = &pred->uapi;
	bool none = false;

	pred->mask = uapi->mask;
	switch (uapi->op) {
	case MMTRACE_OP_EQ:
		pred->least = uapi->value;
		break;
	case MMTRACE_OP_LT:
		none = !uapi->value;
		pred->span = uapi->value - 1;
		break;
	case MMTRACE_OP_GT:
		none = uapi->value == U64_MAX;
		pred->least = uapi->value + 1;
		pred->span = U64_MAX - pred->least;
		break;
	case MMTRACE_OP_ANY:
		pred->least = 1;
		pred->span = U64_MAX - 1;
		break;
	}
	if (none) {
		pred->mask = 0;
		pred->least = 1;
		pred->span = 0;
	}
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

static bool is_simple(const struct field *field)
{
	return field->source < FILTER_FROM_CODE && !field->at_return;
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
		pred->at_return = field->at_return;
		pred->offset = field->offset;
		filter->simple &= is_simple(field);
		if (is_string(&preds[i]))
			copy = adopt_string(filter, pred, strings, copy);
		else
			adopt_number(pred);
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
