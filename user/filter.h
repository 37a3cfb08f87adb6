/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filters as the user writes them: options, each a condition on one field.
 * Conditions on different fields must all hold; of several conditions on one
 * field one must hold; one that begins with '!' must not.
 */
#ifndef MMTRACE_USER_FILTER_H
#define MMTRACE_USER_FILTER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "options.h"
#include "program.h"

/* As many as the module takes predicates: each makes at least one. */
#define FILTER_CHOICES_MAX	MMTRACE_PREDS_MAX

/**
 * enum filter_option - ids of the options; cheap conditions come first, those
 *	that are known only at the return of a call last
 * @FILTER_EVENT: --event ...
 */
enum filter_option {
	FILTER_EVENT = 1000,
	FILTER_PID,
	FILTER_TID,
	FILTER_UID,
	FILTER_ANON,
	FILTER_FILE,
	FILTER_PROT,
	FILTER_FLAGS,
	FILTER_LEN,
	FILTER_COMM,
	FILTER_FAILED,
	FILTER_OK,
	FILTER_PATH,
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
	"byte as it is. Quote patterns, | and ! for the shell."

/**
 * struct filter_test - one predicate to be
 * @field: enum mmtrace_field
 * @op: enum mmtrace_op
 * @reverse: must not hold
 * @value: to compare with; of a string, its offset in struct filter's @strings
 * @mask: bits to look at; of a string, its length
 */
struct filter_test {
	__u16	field;
	__u16	op;
	bool	reverse;
	__u64	value;
	__u64	mask;
};

/**
 * struct filter_choice - one of the conditions of a group
 * @option: enum filter_option
 * @group: one choice of a group must hold, of a reversed group none may;
 *	0 is the group of all that an option was given without '!'
 * @reverse: see @group
 * @tests: all must hold
 * @tests_len: 1 or 2
 */
struct filter_choice {
	int			option;
	unsigned int		group;
	bool			reverse;
	struct filter_test	tests[2];
	unsigned int		tests_len;
};

/**
 * struct filter - what the options said so far; all zero to begin with
 * @choices: in the order in which they were given
 * @choices_len: how many
 * @groups: the last group's number
 * @strings: that tests refer to
 * @strings_len: bytes
 */
struct filter {
	struct filter_choice	choices[FILTER_CHOICES_MAX];
	unsigned int		choices_len;
	unsigned int		groups;
	char			strings[MMTRACE_STRINGS_MAX];
	unsigned int		strings_len;
};

bool filter_is_option(int id);
int filter_add(struct filter *filter, int option, const char *value);
int filter_limit(struct filter *filter, pid_t tgid);
int filter_limit_thread(struct filter *filter, pid_t tid);
unsigned int filter_take_pids(struct filter *filter, pid_t pids[FILTER_CHOICES_MAX]);
int filter_compile(const struct filter *filter, struct program *program);
int filter_event_set(const char *value, __u32 *events);

bool filter_text(const struct program *program, FILE *out);

/* Between filter_parse.c and its parts. */
int filter_put(struct filter *filter, const struct filter_choice *choice);
int filter_parse_mask(struct filter *filter, struct filter_choice *choice,
		      const char *name, const char *value);
int filter_parse_range(struct filter *filter, struct filter_choice *choice,
		       const char *name, const char *value);

#endif /* MMTRACE_USER_FILTER_H */
