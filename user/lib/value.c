// SPDX-License-Identifier: GPL-2.0
/* Numbers as users write them, with units and names, and back. */
#include <ctype.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <linux/mmtrace.h>

#include "fault.h"
#include "libmmtrace.h"
#include "names.h"
#include "value.h"

/* linux/threads.h: PID_MAX_LIMIT on 64 bits */
#define PID_LIMIT	4194304

/* All that an id of a user can be; the one more means none. */
#define ID_LIMIT	0xfffffffe

struct unit {
	const char	*name;
	__u64		factor;
};

/* The largest first, as they are looked for to print. */
static const struct unit sizes[] = {
	{ "T", 1ull << 40 }, { "G", 1ull << 30 }, { "M", 1ull << 20 }, { "K", 1ull << 10 },
	{ "", 1 }, { NULL, 0 }
};

static const struct unit times[] = {
	{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 }, { "", 1 },
	{ NULL, 0 }
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };

/* A number with one of the units behind it; not what strtoull() takes besides. */
static bool parse_units(const char *word, const struct unit *units, __u64 *value)
{
	bool hex = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	const char *digits = hex ? word + 2 : word;
	char *end;

	errno = 0;
	*value = strtoull(digits, &end, hex ? 16 : 10);
	if (!isxdigit((unsigned char)*digits) || end == digits || errno)
		return false;
	while (units->name && strcasecmp(units->name, end))
		units++;
	if (!units->name || *value > ~0ull / units->factor)
		return false;
	*value *= units->factor;
	return true;
}

static bool parse_plain(const char *word, __u64 *value)
{
	return parse_units(word, no_units, value);
}

static bool parse_signed(const char *word, __u64 *value)
{
	bool minus = *word == '-';

	if (!parse_plain(word + minus, value) || *value > (minus ? 1ull << 63 : ~0ull >> 1))
		return false;
	if (minus)
		*value = -*value;
	return true;
}

static bool parse_event(const char *word, __u64 *value)
{
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (strcmp(mmtrace_event_name(event)->text, word))
			continue;
		*value = event;
		return true;
	}
	return parse_plain(word, value) && *value;
}

static bool parse_user(const char *word, __u64 *value)
{
	struct passwd *user;

	if (isdigit((unsigned char)*word))
		return parse_plain(word, value) && *value <= ID_LIMIT;
	user = getpwnam(word);
	*value = user ? user->pw_uid : 0;
	return user;
}

static bool parse_group(const char *word, __u64 *value)
{
	struct group *group;

	if (isdigit((unsigned char)*word))
		return parse_plain(word, value) && *value <= ID_LIMIT;
	group = getgrnam(word);
	*value = group ? group->gr_gid : 0;
	return group;
}

static bool parse_inode(const char *path, __u64 *value)
{
	struct stat status;

	if (stat(path, &status))
		return false;
	*value = status.st_ino;
	return true;
}

/* As /proc/PID/cgroup has it, or with where cgroups are mounted. */
static bool parse_cgroup(const char *word, __u64 *value)
{
	char path[4096];
	const char *root = VALUE_CGROUP_ROOT;

	if (*word != '/')
		return parse_plain(word, value);
	if (!strncmp(word, VALUE_CGROUP_ROOT, strlen(VALUE_CGROUP_ROOT)))
		root = "";
	if ((size_t)snprintf(path, sizeof(path), "%s%s", root, word) >= sizeof(path))
		return false;
	return parse_inode(path, value);
}

static bool parse_device(const char *word, __u64 *value)
{
	unsigned long major, minor;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	major = strtoul(word, &end, 10);
	if (*end != ':' || !isdigit((unsigned char)end[1]))
		return false;
	minor = strtoul(end + 1, &end, 10);
	*value = (__u64)major << 32 | minor;
	return !*end && major <= 0xfff && minor <= 0xfffff;
}

static bool parse_errno(const char *word, __u64 *value)
{
	__u64 number;

	for (number = 1; number < 4096; number++) {
		const struct mmtrace_name *name = mmtrace_errno_name(number);

		if (!name || strcasecmp(name->text, word))
			continue;
		*value = number;
		return true;
	}
	return parse_plain(word, value);
}

static bool parse(enum value_kind kind, const char *word, __u64 *value)
{
	switch (kind) {
	case VALUE_NUMBER:
	case VALUE_HEX:
		return parse_plain(word, value);
	case VALUE_SIGNED:
		return parse_signed(word, value);
	case VALUE_RESULT:
		/* An address of the upper half is written as one, and is negative. */
		return parse_signed(word, value) || parse_plain(word, value);
	case VALUE_SIZE:
		return parse_units(word, sizes, value);
	case VALUE_TIME:
		return parse_units(word, times, value);
	case VALUE_EVENT:
		return parse_event(word, value);
	case VALUE_PID:
		return parse_plain(word, value) && *value && *value <= PID_LIMIT;
	case VALUE_USER:
		return parse_user(word, value);
	case VALUE_GROUP:
		return parse_group(word, value);
	case VALUE_CGROUP:
		return parse_cgroup(word, value);
	case VALUE_NAMESPACE:
		return *word == '/' ? parse_inode(word, value) : parse_plain(word, value);
	case VALUE_DEVICE:
		return parse_device(word, value);
	case VALUE_ERRNO:
		return parse_errno(word, value);
	default:
		return false;
	}
}

/* What is wrong with a word of each kind. */
static const char *const wrong[] = {
	[VALUE_NUMBER]		= "'%s' is no number",
	[VALUE_SIGNED]		= "'%s' is no number",
	[VALUE_RESULT]		= "'%s' is no number; for example -1 or 0x7f0000000000",
	[VALUE_HEX]		= "'%s' is no number; for example 0x1000",
	[VALUE_SIZE]		= "'%s' is no number of bytes; for example 4K, 2M or 1G",
	[VALUE_TIME]		= "'%s' is no time; for example 500ns, 10us, 3ms or 1s",
	[VALUE_EVENT]		=
		"no event '%s'; there are do_mmap, mremap, remap_file_pages, mmap, mmap2",
	[VALUE_PID]		=
		"'%s' is no process or thread id: a number from 1 to 4194304",
	[VALUE_USER]		= "no user '%s'; try its number",
	[VALUE_GROUP]		= "no group '%s'; try its number",
	[VALUE_CGROUP]		= "no cgroup '%s': a path below " VALUE_CGROUP_ROOT ", or an id",
	[VALUE_NAMESPACE]	= "no namespace '%s': its number, or a path as /proc/1/ns/mnt",
	[VALUE_DEVICE]		= "'%s' is no device: MAJOR:MINOR, for example 8:1",
	[VALUE_ERRNO]		= "no error '%s'; for example ENOMEM, or its number",
	[VALUE_STRING]		= "'%s' is no number",
};

/**
 * value_parse() - a number that somebody wrote
 * @kind: of it
 * @word: the number, or a name of it
 * @value: set to it
 * @fault: set if it is none; NULL if nobody wants to know
 *
 * Return: 0 or -1.
 */
int value_parse(enum value_kind kind, const char *word, __u64 *value, struct mmt_fault *fault)
{
	if (parse(kind, word, value))
		return 0;
	if (fault)
		snprintf(fault->text, sizeof(fault->text), wrong[kind], word);
	return -1;
}

static void print_units(const struct unit *units, __u64 value, FILE *out)
{
	while (units->factor > 1 && (!value || value % units->factor))
		units++;
	fprintf(out, "%llu%s", (unsigned long long)(value / units->factor), units->name);
}

static void print_device(__u64 value, FILE *out)
{
	fprintf(out, "%u:%u", (unsigned int)(value >> 32), (unsigned int)value);
}

/**
 * value_print() - a number as value_parse() takes it
 * @kind: of it
 * @value: the number
 * @out: where to
 */
void value_print(enum value_kind kind, __u64 value, FILE *out)
{
	const struct mmtrace_name *name = NULL;

	if (kind == VALUE_EVENT && value && value < MMTRACE_EVENT_COUNT)
		name = mmtrace_event_name(value);
	else if (kind == VALUE_ERRNO)
		name = mmtrace_errno_name(value);
	if (name)
		fputs(name->text, out);
	else if (kind == VALUE_SIZE)
		print_units(sizes, value, out);
	else if (kind == VALUE_TIME)
		print_units(times, value, out);
	else if (kind == VALUE_DEVICE)
		print_device(value, out);
	else if (kind == VALUE_HEX || (kind == VALUE_RESULT && (__s64)value > 4095))
		fprintf(out, "0x%llx", (unsigned long long)value);
	else if (value_is_signed(kind))
		fprintf(out, "%lld", (long long)value);
	else
		fprintf(out, "%llu", (unsigned long long)value);
}
