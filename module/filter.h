/* SPDX-License-Identifier: GPL-2.0 */
/* Which calls are wanted. See struct mmtrace_pred for what a filter says. */
#ifndef MMTRACE_FILTER_H
#define MMTRACE_FILTER_H

#include <linux/cred.h>
#include <linux/mmtrace.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "call.h"
#include "field.h"

/**
 * struct filter_pred - a predicate that has been checked
 * @on_true: as in @uapi
 * @on_false: as in @uapi
 * @offset: of a u32, where @source is a structure
 * @source: enum field_source
 * @at_return: can't be decided at the entry of a call
 * @of_file: it can where the call has no file
 * @mask: bits of a number to look at
 * @least: it holds if the number is not less than this
 * @span: and not more than this above it: so is every operator of numbers, without
 *	asking which
 * @string: of a string, with a NUL at its end
 * @uapi: as it was given; of a string, its place among those of the filter
 */
struct filter_pred {
	u16			on_true;
	u16			on_false;
	u16			offset;
	u8			source;
	bool			at_return;
	bool			of_file;
	u64			mask;
	u64			least;
	u64			span;
	const char		*string;
	struct mmtrace_pred	uapi;
};

/**
 * struct filter - a filter that has been checked; never changes
 * @strings_len: bytes of all the strings, without the NULs
 * @preds_len: of @preds, at least 1
 * @simple: filter_may_accept() can judge by it
 * @of_origin: at entry, where a do_mmap comes from has to be looked for first
 * @preds: followed by their strings
 */
struct filter {
	u32			strings_len;
	u16			preds_len;
	bool			simple;
	bool			of_origin;
	struct filter_pred	preds[];
};

struct filter *filter_compile(const struct mmtrace_pred *preds, u32 preds_len,
			      const char *strings, u32 strings_len);
void filter_free(struct filter *filter);
void filter_dump(const struct filter *filter, struct mmtrace_pred *preds,
		 char *strings);
bool filter_could_accept(const struct filter *filter, struct call *call);
bool filter_accepts(const struct filter *filter, struct call *call);

static inline u32 filter_load(const void *structure, u32 offset)
{
	return *(const u32 *)(structure + offset);
}

/* The argument of a call that is a field; false if its event has no such. */
static inline bool filter_argument(struct call *call, u32 field, u64 *value)
{
	u32 arg = field_arg[call_event(call)][field];

	if (!arg)
		return false;
	*value = call_args(call)[arg - 1];
	return true;
}

/* Of the first four sources. */
static __always_inline bool filter_simple_number(const struct filter_pred *pred,
						 struct call *call, u64 *value)
{
	if (pred->source == FIELD_FROM_TASK)
		*value = filter_load(current, pred->offset);
	else if (pred->source == FIELD_FROM_ARG)
		return filter_argument(call, pred->uapi.field, value);
	else if (pred->source == FIELD_FROM_CALL)
		*value = filter_load(call, pred->offset);
	else
		*value = filter_load(current_cred(), pred->offset);
	return true;
}

static __always_inline bool filter_in_range(const struct filter_pred *pred, u64 number)
{
	return (number & pred->mask) - pred->least <= pred->span;
}

/**
 * filter_may_accept() - judge a call at its entry
 * @filter: to judge it by; a simple one
 * @call: that has just been entered
 *
 * Here and not in filter.c because this is all that most of the calls of a busy
 * machine ever cost.
 *
 * Return: false if the filter will reject the call, whatever comes of it.
 */
static __always_inline bool filter_may_accept(const struct filter *filter, struct call *call)
{
	const struct filter_pred *pred = filter->preds;
	u64 number;
	u32 next;

	for (;;) {
		next = filter_simple_number(pred, call, &number) &&
		       filter_in_range(pred, number) ? pred->on_true : pred->on_false;
		if (next >= MMTRACE_ACCEPT)
			return next == MMTRACE_ACCEPT;
		pred = &filter->preds[next];
	}
}

#endif /* MMTRACE_FILTER_H */
