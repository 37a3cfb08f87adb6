// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "number.h"
#include "session_options.h"

static int parse_depth(const char *value, __u32 *depth)
{
	unsigned long number;
	char *end;

	*depth = MMTRACE_STACK_DEFAULT;
	if (!value)
		return 0;
	number = strtoul(value, &end, 10);
	if (isdigit((unsigned char)*value) && !*end && number && number <= MMTRACE_STACK_MAX) {
		*depth = number;
		return 0;
	}
	complain("--stack: '%s' is no number from 1 to %d", value, MMTRACE_STACK_MAX);
	return -1;
}

/* A thread's id instead of its process's would let nothing pass. */
static int check_pid(const char *word)
{
	unsigned long tgid = 0, pid = strtoul(word, NULL, 10);
	char line[256];
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%lu/status", pid);
	file = fopen(line, "re");
	if (!file) {
		complain("--pid: no process %lu", pid);
		return -1;
	}
	while (!tgid && fgets(line, sizeof(line), file))
		sscanf(line, "Tgid: %lu", &tgid);
	fclose(file);
	if (!tgid || tgid == pid)
		return 0;
	complain("--pid: %lu is a thread of process %lu; try --tid %lu or --pid %lu",
		 pid, tgid, pid, tgid);
	return -1;
}

static int check_pids(const char *value)
{
	if (*value == '!')
		return 0;
	for (;; value++) {
		if (check_pid(value))
			return -1;
		value += strcspn(value, ",");
		if (!*value)
			return 0;
	}
}

/**
 * session_option() - take an option, or a filter
 * @follow: what it is about
 * @id: enum session_option, or enum filter_option
 * @value: of it
 *
 * Return: 0; -1 if it makes no sense, and the user has been told.
 */
int session_option(struct follow *follow, int id, const char *value)
{
	__u32 events;

	switch (id) {
	case SESSION_OVERWRITE:
		follow->overwrite = true;
		return 0;
	case SESSION_RING_SIZE:
		return number_ring_size(value, &follow->ring_size);
	case SESSION_FOLLOW:
		follow->children = true;
		return 0;
	case SESSION_OWN:
		follow->own = true;
		return 0;
	case SESSION_STACK:
		return parse_depth(value, &follow->stack_depth);
	case SESSION_DROP_TO:
		return privileges_find(&follow->drop_to, value);
	case FILTER_EVENT:
		if (filter_event_set(value, &events))
			return -1;
		follow->events |= events;
		return 0;
	}
	if (filter_add(&follow->filter, id, value))
		return -1;
	return id == FILTER_PID ? check_pids(value) : 0;
}

/* With --follow, processes are where it begins, and no filter. */
static int check_follow(struct follow *follow)
{
	if (!follow->children)
		return 0;
	follow->pids_len = filter_take_pids(&follow->filter, follow->pids);
	if (follow->command || follow->pids_len)
		return 0;
	complain("--follow: whom? give a COMMAND or --pid");
	return -1;
}

/* Who else the command is to be is asked of setpriv(1), su(1), sudo(1). */
static int check_drop_to(const struct follow *follow)
{
	if (!follow->drop_to.name || !follow->command)
		return 0;
	complain("--relinquish-privileges: not with a COMMAND");
	return -1;
}

/**
 * session_options_end() - after the last option
 * @follow: what they were about; gets the command, if there is one
 * @next: what options_parse() returned
 * @argc: number of words
 * @argv: the words
 *
 * Return: @next, or OPTIONS_BAD if they make no sense together.
 */
int session_options_end(struct follow *follow, int next, int argc, char **argv)
{
	if (next >= 0 && next < argc)
		follow->command = argv + next;
	if (next >= 0 && (check_follow(follow) || check_drop_to(follow)))
		return OPTIONS_BAD;
	return next;
}
