// SPDX-License-Identifier: GPL-2.0
/* What the options of filters may say. A new field is a row in fields[]. */
#include <ctype.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "message.h"
#include "names.h"

/* linux/threads.h: PID_MAX_LIMIT on 64 bits */
#define PID_LIMIT	4194304

/* The module's limit for patterns, and the kernel's for the names of threads. */
#define GLOB_MAX	256
#define COMM_MAX	15
#define PATH_LIMIT	4095

const struct option_row filter_options[] = {
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

/**
 * struct filter_field - how an option becomes conditions
 * @option: enum filter_option
 * @field: enum mmtrace_field
 * @value: of an option that takes none, what the field must be
 * @contrary: the option that leaves nothing over together with this one
 * @parse: of an option that takes a value; makes conditions of it by adding
 *	@choice with tests filled in; -1 if the user had to be told something
 */
struct filter_field {
	int	option;
	__u16	field;
	__u64	value;
	int	contrary;
	int	(*parse)(struct filter *filter, struct filter_choice *choice,
			 const char *name, const char *value);
};

static int put_number(struct filter *filter, struct filter_choice *choice, __u64 number)
{
	choice->tests[0].op = MMTRACE_OP_EQ;
	choice->tests[0].value = number;
	choice->tests[0].mask = ~0ull;
	choice->tests_len = 1;
	return filter_put(filter, choice);
}

typedef int (*word_fn)(const char *name, const char *word, __u64 *number);

/* A list with commas between, of words that @fn makes numbers of. */
static int parse_list(struct filter *filter, struct filter_choice *choice,
		      const char *name, const char *value, word_fn fn)
{
	char word[256];

	for (;;) {
		size_t len = strcspn(value, ",");
		__u64 number;

		if (!len || len >= sizeof(word)) {
			complain("--%s: %s in the list", name,
				 len ? "too long a word" : "an empty word");
			return -1;
		}
		memcpy(word, value, len);
		word[len] = 0;
		if (fn(name, word, &number) || put_number(filter, choice, number))
			return -1;
		if (!value[len])
			return 0;
		value += len + 1;
	}
}

static bool parse_decimal(const char *word, __u64 limit, __u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(word, &end, 10);
	return isdigit((unsigned char)*word) && !*end && !errno && *number <= limit;
}

static int event_word(const char *name, const char *word, __u64 *number)
{
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (strcmp(mmtrace_event_name(event)->text, word))
			continue;
		*number = event;
		return 0;
	}
	complain("--%s: no event '%s'; there are do_mmap, mremap, remap_file_pages, mmap, mmap2",
		 name, word);
	return -1;
}

static int pid_word(const char *name, const char *word, __u64 *number)
{
	if (parse_decimal(word, PID_LIMIT, number) && *number)
		return 0;
	complain("--%s: '%s' is no process or thread id: a number from 1 to %d",
		 name, word, PID_LIMIT);
	return -1;
}

static int uid_word(const char *name, const char *word, __u64 *number)
{
	struct passwd *user;

	if (parse_decimal(word, 0xfffffffe, number))
		return 0;
	user = isdigit((unsigned char)*word) ? NULL : getpwnam(word);
	if (user) {
		*number = user->pw_uid;
		return 0;
	}
	complain("--%s: no user '%s'; try its number", name, word);
	return -1;
}

static int parse_events(struct filter *filter, struct filter_choice *choice,
			const char *name, const char *value)
{
	__u32 event;

	if (strcmp(value, FILTER_EVENT_ALL))
		return parse_list(filter, choice, name, value, event_word);
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (put_number(filter, choice, event))
			return -1;
	return 0;
}

static int parse_pids(struct filter *filter, struct filter_choice *choice,
		      const char *name, const char *value)
{
	return parse_list(filter, choice, name, value, pid_word);
}

static int parse_uids(struct filter *filter, struct filter_choice *choice,
		      const char *name, const char *value)
{
	return parse_list(filter, choice, name, value, uid_word);
}

/* A pattern must not end within an escape: that would never match. */
static bool ends_in_escape(const char *value)
{
	for (; *value; value++)
		if (*value == '\\' && !*++value)
			return true;
	return false;
}

static int parse_string(struct filter *filter, struct filter_choice *choice,
			const char *name, const char *value)
{
	bool glob = value[strcspn(value, "*?[\\")];
	size_t len = strlen(value);
	size_t limit = choice->tests[0].field == MMTRACE_FIELD_COMM ? COMM_MAX : PATH_LIMIT;

	if (glob)
		limit = GLOB_MAX;
	if (len > limit) {
		complain("--%s: %zu bytes are too many: %s has at most %zu; try a pattern with *",
			 name, len, glob ? "a pattern" : "such a name", limit);
		return -1;
	}
	if (glob && ends_in_escape(value)) {
		complain("--%s: '%s' ends in a backslash; write \\\\ for one", name, value);
		return -1;
	}
	if (len > sizeof(filter->strings) - filter->strings_len) {
		complain("--%s: too many bytes in all patterns: at most %zu", name,
			 sizeof(filter->strings));
		return -1;
	}
	choice->tests[0].op = glob ? MMTRACE_OP_GLOB : MMTRACE_OP_EQ;
	choice->tests[0].value = filter->strings_len;
	choice->tests[0].mask = len;
	choice->tests_len = 1;
	memcpy(filter->strings + filter->strings_len, value, len);
	filter->strings_len += len;
	return filter_put(filter, choice);
}

static const struct filter_field fields[] = {
	{ FILTER_EVENT, MMTRACE_FIELD_EVENT, .parse = parse_events },
	{ FILTER_PID, MMTRACE_FIELD_TGID, .parse = parse_pids },
	{ FILTER_TID, MMTRACE_FIELD_TID, .parse = parse_pids },
	{ FILTER_UID, MMTRACE_FIELD_UID, .parse = parse_uids },
	{ FILTER_COMM, MMTRACE_FIELD_COMM, .parse = parse_string },
	{ FILTER_PROT, MMTRACE_FIELD_PROT, .parse = filter_parse_mask },
	{ FILTER_FLAGS, MMTRACE_FIELD_FLAGS, .parse = filter_parse_mask },
	{ FILTER_LEN, MMTRACE_FIELD_LEN, .parse = filter_parse_range },
	{ FILTER_ANON, MMTRACE_FIELD_ANON, .value = 1, .contrary = FILTER_FILE },
	{ FILTER_FILE, MMTRACE_FIELD_ANON, .value = 0, .contrary = FILTER_ANON },
	{ FILTER_PATH, MMTRACE_FIELD_PATH, .parse = parse_string },
	{ FILTER_FAILED, MMTRACE_FIELD_FAILED, .value = 1, .contrary = FILTER_OK },
	{ FILTER_OK, MMTRACE_FIELD_FAILED, .value = 0, .contrary = FILTER_FAILED },
};

static const struct filter_field *find_field(int option)
{
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].option == option)
			return &fields[i];
	return NULL;
}

static const char *option_name(int option)
{
	const struct option_row *row = filter_options;

	while (row->id && row->id != option)
		row++;
	return row->name;
}

/**
 * filter_is_option() - does an option belong to filters
 * @id: of the option
 *
 * Return: true if filter_add() takes it.
 */
bool filter_is_option(int id)
{
	return find_field(id);
}

static bool has_option(const struct filter *filter, int option)
{
	unsigned int i;

	for (i = 0; i < filter->choices_len; i++)
		if (filter->choices[i].option == option)
			return true;
	return false;
}

static int add_plain(struct filter *filter, const struct filter_field *field,
		     struct filter_choice *choice)
{
	if (has_option(filter, field->contrary)) {
		complain("--%s and --%s together leave nothing", option_name(field->contrary),
			 option_name(field->option));
		return -1;
	}
	if (has_option(filter, field->option))
		return 0;
	return put_number(filter, choice, field->value);
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
	const struct filter_field *field = find_field(option);
	struct filter_choice choice = { .option = option };
	const char *name = option_name(option);

	choice.tests[0].field = field->field;
	if (!field->parse)
		return add_plain(filter, field, &choice);
	if (*value == '!') {
		value++;
		choice.reverse = true;
		choice.group = ++filter->groups;
	}
	if (!*value) {
		complain("--%s: needs a value", name);
		return -1;
	}
	return field->parse(filter, &choice, name, value);
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
	struct filter filter = { .choices_len = 0 };
	unsigned int i;

	*events = 0;
	if (*value == '!') {
		complain("--event: '%s': name the events to trace", value);
		return -1;
	}
	if (filter_add(&filter, FILTER_EVENT, value))
		return -1;
	for (i = 0; i < filter.choices_len; i++)
		*events |= MMTRACE_EVENT_BIT(filter.choices[i].tests[0].value);
	return 0;
}
