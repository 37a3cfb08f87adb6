/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters as the user writes them: expressions, and options, each a condition on
 * one field. Expressions and conditions on different fields must all hold; of
 * several conditions on one field one must hold; one that begins with '!' must not.
 */
#ifndef MMTRACE_USER_FILTER_H
#define MMTRACE_USER_FILTER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "lib/expr.h"
#include "lib/tree.h"
#include "libmmtrace.h"
#include "options.h"

/**
 * enum filter_option - ids of the options
 * @FILTER_EXPR: --filter; first, as in filter_options
 * @FILTER_END: not an option
 */
enum filter_option {
	FILTER_EXPR = 1000,
	FILTER_EVENT,
	FILTER_PID,
	FILTER_TID,
	FILTER_UID,
	FILTER_COMM,
	FILTER_PROT,
	FILTER_FLAGS,
	FILTER_LEN,
	FILTER_ANON,
	FILTER_FILE,
	FILTER_PATH,
	FILTER_FAILED,
	FILTER_OK,
	FILTER_END,
};

extern const struct option_row filter_options[];

/* Instead of a list of events. */
#define FILTER_EVENT_ALL	"all"

/* For the help of verbs that take filters. */
#define FILTER_NOTES							\
	"Filters on different fields must all hold. Of several on one field,\n"	\
	"one must. A value that begins with ! must not hold: --comm '!cat'.\n"	\
	"A call that has no such field is not let through, or with ! it is.\n\n"	\
	"MASK: exec|write or exec,write: any of them; read+exec: all of them;\n"	\
	"=read+exec: these and no others. Names go with or without PROT_, MAP_ or\n"	\
	"MREMAP_, in either case; numbers such as 0x4 are bits.\n"		\
	"PATTERN: * any bytes, ? one byte, [a-c] [!a-c] a class, \\ takes the next\n" \
	"byte as it is. Quote patterns, | and ! for the shell.\n\n" EXPR_NOTES

/**
 * struct filter - what was said so far; all zero to begin with
 * @tree: of all of it
 * @either: by option: nodes of which one must hold
 * @all: nodes that must hold
 * @given: how many options and expressions there were
 */
struct filter {
	struct tree	tree;
	int		either[FILTER_END - FILTER_EXPR];
	int		all;
	unsigned int	given;
};

bool filter_is_option(int id);
int filter_add(struct filter *filter, int option, const char *value);
int filter_expression(struct filter *filter, const char *text);
int filter_limit(struct filter *filter, pid_t tgid);
int filter_limit_thread(struct filter *filter, pid_t tid);
unsigned int filter_take_pids(struct filter *filter, pid_t pids[MMTRACE_PREDS_MAX]);
int filter_compile(struct filter *filter, struct mmt_program *program);
int filter_event_set(const char *value, __u32 *events);


#endif /* MMTRACE_USER_FILTER_H */
