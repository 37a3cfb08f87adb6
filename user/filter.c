// SPDX-License-Identifier: GPL-2.0
/*
 * Filters as options and expressions, put together to one tree. A new option is a
 * row in filter_options[], and has the name of its field.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "lib/compare.h"
#include "lib/fault.h"
#include "lib/mask.h"
#include "lib/program.h"
#include "message.h"

#define WORD_MAX	4096
#define TEXT_MAX	(64 * 1024)

const struct option_row filter_options[] = {
	{ FILTER_EXPR, 'e', "filter", "EXPR",
	  "an expression, see below; of several, all must hold" },
	{ FILTER_EVENT, 0, "event", "EVENT[,...]",
	  "do_mmap, mremap, remap_file_pages, mmap, mmap2, or all" },
	{ FILTER_PID, 'p', "pid", "PID[,...]", "processes" },
	{ FILTER_TID, 0, "tid", "TID[,...]", "threads" },
	{ FILTER_UID, 0, "uid", "USER[,...]", "real user ids, or names of users" },
	{ FILTER_COMM, 0, "comm", "PATTERN",
	  "name of the thread; a shell pattern, or the very name" },
	{ FILTER_PROT, 0, "prot", "MASK", "protection asked for, for example exec" },
	{ FILTER_FLAGS, 0, "flags", "MASK", "MAP_* or MREMAP_* flags, for example shared" },
	{ FILTER_LEN, 0, "len", "RANGE[,...]",
	  "bytes: 4K, 4K-2M, 64K-, -4K; both ends are in it" },
	{ FILTER_ANON, 0, "anon", NULL, "mappings without a file" },
	{ FILTER_FILE, 0, "file", NULL, "mappings of a file" },
	{ FILTER_PATH, 0, "path", "PATTERN", "path of the file, like --comm" },
	{ FILTER_FAILED, 0, "failed", NULL, "calls that failed" },
	{ FILTER_OK, 0, "ok", NULL, "calls that did not" },
	{ 0 }
};

/* Leaves nothing over together with the other one. */
static int contrary_of(int option)
{
	switch (option) {
	case FILTER_ANON:
		return FILTER_FILE;
	case FILTER_FILE:
		return FILTER_ANON;
	case FILTER_FAILED:
		return FILTER_OK;
	case FILTER_OK:
		return FILTER_FAILED;
	default:
		return 0;
	}
}

static const char *option_name(int option)
{
	return filter_options[option - FILTER_EXPR].name;
}

static int *either(struct filter *filter, int option)
{
	return &filter->either[option - FILTER_EXPR];
}

/**
 * filter_is_option() - does an option belong to filters
 * @id: of the option
 *
 * Return: true if filter_add() takes it.
 */
bool filter_is_option(int id)
{
	return id >= FILTER_EXPR && id < FILTER_END;
}

/* Behind each separator in @value there is another word; -1 with @fault set. */
static int next_word(const char **value, const char *separators, char word[WORD_MAX],
		     struct mmt_fault *fault)
{
	size_t len = strcspn(*value, separators);

	if (!len || len >= WORD_MAX)
		return fault_set(fault, "%s in '%.64s'", len ? "too long a word" : "an empty word",
				 *value);
	memcpy(word, *value, len);
	word[len] = 0;
	*value += len;
	return 0;
}

static int list_node(struct tree *tree, const struct term *term, const char *value,
		     struct mmt_fault *fault)
{
	int node = TREE_NOTHING, one;
	char word[WORD_MAX];
	__u64 number;

	for (;; value++) {
		if (next_word(&value, ",", word, fault))
			return -1;
		/* Each may have to be followed, so there are no ranges of these. */
		if (term->value == VALUE_PID && value_parse(VALUE_PID, word, &number, fault))
			return -1;
		one = compare_value(tree, term, word, fault);
		if (one < 0)
			return -1;
		node = tree_join(tree, TREE_OR, node, one);
		if (!*value)
			return node;
	}
}

static int events_node(struct tree *tree, const struct term *term, const char *value,
		       struct mmt_fault *fault)
{
	int node = TREE_NOTHING;
	__u32 event;

	if (strcmp(value, FILTER_EVENT_ALL))
		return list_node(tree, term, value, fault);
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		node = tree_join(tree, TREE_OR, node,
				 tree_test(tree, term->field, MMTRACE_OP_EQ, event, ~0ull));
	return node;
}

static int flags_node(struct tree *tree, const struct term *term, const char *value,
		      struct mmt_fault *fault)
{
	bool exact = *value == '=';
	const char *list = value + exact;
	bool any = list[strcspn(list, "|,")], all = strchr(list, '+');
	struct mask mask = { .field = term->field };
	char word[WORD_MAX];

	if (any && all)
		return fault_set(fault, "'%.64s': either | for any of them or + for all, not both",
				 value);
	for (;; list++) {
		if (next_word(&list, any ? "|," : "+", word, fault) ||
		    mask_add(&mask, word, fault))
			return -1;
		if (!*list)
			break;
	}
	return mask_node(&mask, tree, exact ? MASK_EXACT : all ? MASK_ALL : MASK_ANY, fault);
}

static int value_node(struct tree *tree, const struct term *term, const char *value,
		      struct mmt_fault *fault)
{
	if (!*value)
		return fault_set(fault, "needs a value");
	if (term->form == TERM_STRING)
		return compare_string(tree, term, value[strcspn(value, "*?[\\")], value, fault);
	if (term->form == TERM_MASK)
		return flags_node(tree, term, value, fault);
	if (term->field == MMTRACE_FIELD_EVENT)
		return events_node(tree, term, value, fault);
	return list_node(tree, term, value, fault);
}

static int too_much(void)
{
	complain("too many filters: at most %d tests, and %d bytes of strings",
		 MMTRACE_PREDS_MAX, MMTRACE_STRINGS_MAX);
	return -1;
}

static int add_word(struct filter *filter, int option)
{
	int contrary = contrary_of(option), *node = either(filter, option);
	const struct term_word *word = term_word_find(option_name(option));

	if (*either(filter, contrary)) {
		complain("--%s and --%s together leave nothing", option_name(contrary),
			 option_name(option));
		return -1;
	}
	if (!*node)
		*node = tree_test(&filter->tree, word->test.field, word->test.op,
				  word->test.value, word->test.mask);
	return filter->tree.full ? too_much() : 0;
}

static void add_node(struct filter *filter, int option, bool reverse, int node)
{
	struct tree *tree = &filter->tree;
	int *others = either(filter, option);

	if (reverse)
		filter->all = tree_join(tree, TREE_AND, filter->all, tree_not(tree, node));
	else
		*others = tree_join(tree, TREE_OR, *others, node);
}

/**
 * filter_add() - take an option
 * @filter: the filter
 * @option: enum filter_option
 * @value: of the option, NULL if it has none
 *
 * Return: 0; -1 if the value makes no sense, and the user has been told.
 */
int filter_add(struct filter *filter, int option, const char *value)
{
	struct mmt_fault fault;
	bool reverse;
	int node;

	if (option == FILTER_EXPR)
		return filter_expression(filter, value);
	filter->given++;
	if (!value)
		return add_word(filter, option);
	reverse = *value == '!';
	node = value_node(&filter->tree, term_find(option_name(option)), value + reverse, &fault);
	if (node < 0) {
		complain("--%s: %s", option_name(option), fault.text);
		return -1;
	}
	if (filter->tree.full)
		return too_much();
	add_node(filter, option, reverse, node);
	return 0;
}

static char *read_file(const char *name)
{
	FILE *file = fopen(name, "re");
	char *text = malloc(TEXT_MAX + 1);
	size_t len = 0;

	if (file && text)
		len = fread(text, 1, TEXT_MAX + 1, file);
	if (!file || !text || ferror(file)) {
		complain("can't read %s: %s", name, strerror(errno));
	} else if (len > TEXT_MAX || memchr(text, 0, len)) {
		complain("%s is no expression: %s", name,
			 len > TEXT_MAX ? "too long" : "it has a NUL in it");
	} else {
		text[len] = 0;
		fclose(file);
		return text;
	}
	if (file)
		fclose(file);
	free(text);
	return NULL;
}

/**
 * filter_expression() - take an expression
 * @filter: the filter
 * @text: the expression; with @ before it the name of a file that has it
 *
 * Return: 0; -1 if it makes no sense, and the user has been told where.
 */
int filter_expression(struct filter *filter, const char *text)
{
	char *copy = *text == '@' ? read_file(text + 1) : strdup(text);
	struct mmt_fault fault;
	int node;

	filter->given++;
	if (!copy)
		return -1;
	node = expr_parse(copy, &filter->tree, &fault);
	if (node < 0)
		complain_at(copy, fault.at, "%s", fault.text);
	else
		filter->all = tree_join(&filter->tree, TREE_AND, filter->all, node);
	free(copy);
	return node < 0 ? -1 : 0;
}

static int limit(struct filter *filter, __u16 field, pid_t id)
{
	struct tree *tree = &filter->tree;

	filter->all = tree_join(tree, TREE_AND,
				tree_test(tree, field, MMTRACE_OP_EQ, id, ~0ull), filter->all);
	return tree->full ? too_much() : 0;
}

/**
 * filter_limit() - let only one process pass, besides what else is asked for
 * @filter: the filter
 * @tgid: the process
 *
 * Return: 0; -1 if there are too many tests, and the user has been told.
 */
int filter_limit(struct filter *filter, pid_t tgid)
{
	return limit(filter, MMTRACE_FIELD_TGID, tgid);
}

/**
 * filter_limit_thread() - let only one thread pass, likewise
 * @filter: the filter
 * @tid: the thread
 *
 * Return: 0; -1 if there are too many tests, and the user has been told.
 */
int filter_limit_thread(struct filter *filter, pid_t tid)
{
	return limit(filter, MMTRACE_FIELD_TID, tid);
}

static unsigned int take_values(const struct tree *tree, int node, pid_t *pids,
				unsigned int taken)
{
	const struct tree_node *at = &tree->nodes[node];

	if (at->kind != TREE_TEST) {
		taken = take_values(tree, at->nodes[0], pids, taken);
		return take_values(tree, at->nodes[1], pids, taken);
	}
	pids[taken] = at->test.value;
	return taken + 1;
}

/**
 * filter_take_pids() - take out the processes that the option --pid lets pass, as
 *	somebody else sees to it
 * @filter: the filter
 * @pids: filled in
 *
 * Return: how many.
 */
unsigned int filter_take_pids(struct filter *filter, pid_t pids[MMTRACE_PREDS_MAX])
{
	int *node = either(filter, FILTER_PID);
	unsigned int taken = *node ? take_values(&filter->tree, *node, pids, 0) : 0;

	*node = TREE_NOTHING;
	return taken;
}

/**
 * filter_compile() - make the module's predicates
 * @filter: to be compiled, once
 * @program: filled in
 *
 * Return: 0; -1 if they are too many, and the user has been told.
 */
int filter_compile(struct filter *filter, struct mmt_program *program)
{
	int option, root = TREE_NOTHING;

	for (option = FILTER_EXPR; option < FILTER_END; option++)
		root = tree_join(&filter->tree, TREE_AND, root, *either(filter, option));
	root = tree_join(&filter->tree, TREE_AND, root, filter->all);
	if (filter->tree.full)
		return too_much();
	tree_compile(&filter->tree, root, program);
	return 0;
}

/**
 * filter_event_set() - events by name
 * @value: names with commas between, or "all"
 * @events: set to the set of them
 *
 * Return: 0; -1 if there is no such event, and the user has been told.
 */
int filter_event_set(const char *value, __u32 *events)
{
	struct filter filter = { .given = 0 };
	struct mmt_program program;
	unsigned int i;

	*events = 0;
	if (*value == '!') {
		complain("--event: '%s': name the events to trace", value);
		return -1;
	}
	if (filter_add(&filter, FILTER_EVENT, value) || filter_compile(&filter, &program))
		return -1;
	for (i = 0; i < program.preds_len; i++)
		*events |= MMTRACE_EVENT_BIT(program.preds[i].value);
	return 0;
}
