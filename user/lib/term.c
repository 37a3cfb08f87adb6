// SPDX-License-Identifier: GPL-2.0
/* What filters can ask for, by name. A new field is a row in terms[]. */
#include <string.h>

#include "term.h"

static const struct term terms[] = {
	{ "event", MMTRACE_FIELD_EVENT, TERM_NUMBER, VALUE_EVENT },
	{ "pid", MMTRACE_FIELD_TGID, TERM_NUMBER, VALUE_PID },
	{ "tid", MMTRACE_FIELD_TID, TERM_NUMBER, VALUE_PID },
	{ "uid", MMTRACE_FIELD_UID, TERM_NUMBER, VALUE_USER },
	{ "gid", MMTRACE_FIELD_GID, TERM_NUMBER, VALUE_GROUP },
	{ "comm", MMTRACE_FIELD_COMM, TERM_STRING, VALUE_STRING },
	{ "cgroup", MMTRACE_FIELD_CGROUP, TERM_CGROUP, VALUE_CGROUP },
	{ "cgroup_id", MMTRACE_FIELD_CGROUP, TERM_NUMBER, VALUE_CGROUP },
	{ "mntns", MMTRACE_FIELD_MNT_NS, TERM_NUMBER, VALUE_NAMESPACE },
	{ "pidns", MMTRACE_FIELD_PID_NS, TERM_NUMBER, VALUE_NAMESPACE },
	{ "prot", MMTRACE_FIELD_PROT, TERM_MASK, VALUE_HEX },
	{ "flags", MMTRACE_FIELD_FLAGS, TERM_MASK, VALUE_HEX },
	{ "kind", MMTRACE_FIELD_KIND, TERM_MASK, VALUE_HEX },
	{ "len", MMTRACE_FIELD_LEN, TERM_NUMBER, VALUE_SIZE },
	{ "addr", MMTRACE_FIELD_ADDR, TERM_BYTES, VALUE_HEX },
	{ "pgoff", MMTRACE_FIELD_PGOFF, TERM_NUMBER, VALUE_NUMBER },
	{ "fd", MMTRACE_FIELD_FD, TERM_NUMBER, VALUE_SIGNED },
	{ "dev", MMTRACE_FIELD_DEV, TERM_NUMBER, VALUE_DEVICE },
	{ "inode", MMTRACE_FIELD_INODE, TERM_NUMBER, VALUE_NUMBER },
	{ "path", MMTRACE_FIELD_PATH, TERM_STRING, VALUE_STRING },
	{ "ret", MMTRACE_FIELD_RET, TERM_NUMBER, VALUE_RESULT },
	{ "errno", MMTRACE_FIELD_ERRNO, TERM_NUMBER, VALUE_ERRNO },
	{ "latency", MMTRACE_FIELD_DURATION, TERM_NUMBER, VALUE_TIME },
	{ "syscall", MMTRACE_FIELD_SYSCALL, TERM_NUMBER, VALUE_SIGNED },
	/* Mostly asked for by the words below. */
	{ "anon", MMTRACE_FIELD_ANON, TERM_NUMBER, VALUE_NUMBER },
	{ "failed", MMTRACE_FIELD_FAILED, TERM_NUMBER, VALUE_NUMBER },
	{ "compat", MMTRACE_FIELD_COMPAT, TERM_NUMBER, VALUE_NUMBER },
};

#define IS(_name, _field, _value)						\
	{ _name, { .field = MMTRACE_FIELD_##_field, .op = MMTRACE_OP_EQ,	\
		   .value = (_value), .mask = ~0ull } }
#define HAS(_name, _field, _mask)						\
	{ _name, { .field = MMTRACE_FIELD_##_field, .op = MMTRACE_OP_ANY, .mask = (_mask) } }

static const struct term_word words[] = {
	IS("anon", ANON, 1),
	IS("file", ANON, 0),
	HAS("unlinked", KIND, MMTRACE_R_UNLINKED),
	HAS("memfd", KIND, MMTRACE_R_MEMFD),
	HAS("shm", KIND, MMTRACE_R_SHM),
	HAS("tmpfs", KIND, MMTRACE_R_TMPFS),
	HAS("hugetlb", KIND, MMTRACE_R_HUGETLB),
	HAS("device", KIND, MMTRACE_R_DEVICE),
	IS("failed", FAILED, 1),
	IS("ok", FAILED, 0),
	IS("compat", COMPAT, 1),
};

#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

/**
 * term_find() - a field by its name
 * @name: as users write it
 *
 * Return: the row, or NULL.
 */
const struct term *term_find(const char *name)
{
	size_t i;

	for (i = 0; i < ROWS(terms); i++)
		if (!strcmp(terms[i].name, name))
			return &terms[i];
	return NULL;
}

/* Of a field that has two rows one has the operator. */
static bool takes(const struct term *term, __u16 op)
{
	return op == MMTRACE_OP_UNDER ? term->form == TERM_CGROUP : term->form != TERM_CGROUP;
}

/**
 * term_of() - which field a test is about
 * @test: any
 *
 * Return: the row, whose form has the operator; or NULL.
 */
const struct term *term_of(const struct mmtrace_pred *test)
{
	size_t i;

	for (i = 0; i < ROWS(terms); i++)
		if (terms[i].field == test->field && takes(&terms[i], test->op))
			return &terms[i];
	return NULL;
}

/**
 * term_word_find() - a test that is a word by itself
 * @name: the word
 *
 * Return: the row, or NULL.
 */
const struct term_word *term_word_find(const char *name)
{
	size_t i;

	for (i = 0; i < ROWS(words); i++)
		if (!strcmp(words[i].name, name))
			return &words[i];
	return NULL;
}

/**
 * term_word_of() - the word that a test is
 * @test: any
 *
 * Return: the row, or NULL.
 */
const struct term_word *term_word_of(const struct mmtrace_pred *test)
{
	size_t i;

	for (i = 0; i < ROWS(words); i++)
		if (words[i].test.field == test->field && words[i].test.op == test->op &&
		    words[i].test.value == test->value && words[i].test.mask == test->mask)
			return &words[i];
	return NULL;
}

/**
 * term_is_string() - does a field have strings for values?
 * @field: any number
 *
 * Return: whether it has.
 */
bool term_is_string(__u16 field)
{
	return field == MMTRACE_FIELD_COMM || field == MMTRACE_FIELD_PATH;
}

/**
 * term_of_file() - is it known at entry that a call without a file has no such field?
 * @field: any number
 *
 * Return: whether it is.
 */
bool term_of_file(__u16 field)
{
	return field == MMTRACE_FIELD_PATH || field == MMTRACE_FIELD_KIND;
}

/**
 * term_at_return() - is a test decided at the return of a call?
 * @test: any
 *
 * Return: whether it is, as the module does it.
 */
bool term_at_return(const struct mmtrace_pred *test)
{
	switch (test->field) {
	case MMTRACE_FIELD_KIND:
		return test->op == MMTRACE_OP_RANGE ||
		       test->mask & (MMTRACE_R_UNLINKED | MMTRACE_R_MEMFD | MMTRACE_R_SHM);
	case MMTRACE_FIELD_PATH:
	case MMTRACE_FIELD_FAILED:
	case MMTRACE_FIELD_ADDR:
	case MMTRACE_FIELD_RET:
	case MMTRACE_FIELD_ERRNO:
	case MMTRACE_FIELD_DURATION:
		return true;
	default:
		return false;
	}
}

/**
 * term_rank() - what a test costs, roughly
 * @test: any
 *
 * Return: a number; the dearer the larger, and larger at the return of a call than
 * for all that is decided at its entry.
 */
int term_rank(const struct mmtrace_pred *test)
{
	if (term_at_return(test))
		return term_of_file(test->field) ? 5 : 4;
	if (test->field == MMTRACE_FIELD_COMM)
		return test->op == MMTRACE_OP_GLOB ? 3 : 2;
	if (test->op == MMTRACE_OP_UNDER)
		return 2;
	switch (test->field) {
	case MMTRACE_FIELD_EVENT:
	case MMTRACE_FIELD_TGID:
	case MMTRACE_FIELD_TID:
	case MMTRACE_FIELD_UID:
	case MMTRACE_FIELD_GID:
	case MMTRACE_FIELD_PROT:
	case MMTRACE_FIELD_FLAGS:
	case MMTRACE_FIELD_LEN:
		return 0;
	default:
		return 1;
	}
}
