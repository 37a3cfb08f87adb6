/* SPDX-License-Identifier: GPL-2.0 */
/* What filters can ask for, by name. */
#ifndef MMTRACE_TERM_H
#define MMTRACE_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/mmtrace.h>

#include "value.h"

/**
 * enum term_form - how a field is compared
 * @TERM_NUMBER: with numbers
 * @TERM_STRING: with strings and patterns
 * @TERM_MASK: with flags
 * @TERM_BYTES: with addresses, which are among its bytes or not
 * @TERM_CGROUP: with a cgroup, which it is below or not
 */
enum term_form {
	TERM_NUMBER,
	TERM_STRING,
	TERM_MASK,
	TERM_BYTES,
	TERM_CGROUP,
};

/**
 * struct term - a field
 * @name: as users write it
 * @field: enum mmtrace_field
 * @form: enum term_form
 * @value: enum value_kind of what it is compared with
 */
struct term {
	const char	*name;
	__u16		field;
	enum term_form	form;
	enum value_kind	value;
};

/**
 * struct term_word - a test that is a word by itself
 * @name: as users write it
 * @test: which must hold
 */
struct term_word {
	const char		*name;
	struct mmtrace_pred	test;
};

const struct term *term_find(const char *name);
const struct term *term_of(const struct mmtrace_pred *test);
const struct term_word *term_word_find(const char *name);
const struct term_word *term_word_of(const struct mmtrace_pred *test);
bool term_is_string(__u16 field);
bool term_at_return(const struct mmtrace_pred *test);
bool term_of_file(__u16 field);
int term_rank(const struct mmtrace_pred *test);

#endif /* MMTRACE_TERM_H */
