// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "facts.h"
#include "filter.h"

#define NS	1000000000ll

static __s64 now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * NS + time.tv_nsec;
}

/* Read between two looks at the other clock, which should be near each other. */
static void ask_clocks(struct facts *facts)
{
	__s64 before, wall, after, best = 0;
	int i;

	for (i = 0; i < 5; i++) {
		before = now(CLOCK_MONOTONIC);
		wall = now(CLOCK_REALTIME);
		after = now(CLOCK_MONOTONIC);
		if (i && after - before >= best)
			continue;
		best = after - before;
		facts->start = before;
		facts->wall = wall - (before + best / 2);
	}
}

/**
 * facts_ask() - what is to be told of a session that starts now
 * @device: the session
 * @facts: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int facts_ask(struct device *device, struct facts *facts)
{
	struct mmtrace_config config;
	struct mmtrace_info info;
	struct utsname name;

	memset(facts, 0, sizeof(*facts));
	if (device_info(device, &info) || device_get_config(device, &config))
		return -1;
	uname(&name);
	memcpy(facts->host, name.nodename, sizeof(facts->host));
	memcpy(facts->release, name.release, sizeof(facts->release));
	memcpy(facts->machine, name.machine, sizeof(facts->machine));
	memcpy(facts->version, info.version, sizeof(facts->version));
	facts->cpus = info.cpus;
	facts->page_size = sysconf(_SC_PAGESIZE);
	facts->events = config.events;
	ask_clocks(facts);
	return 0;
}

/**
 * facts_filter() - a filter for @filter of the facts
 * @program: the filter
 *
 * Return: as an expression, to be freed; NULL if it lets everything pass, or there is no
 * memory.
 */
char *facts_filter(const struct program *program)
{
	char *text = NULL;
	size_t len;
	FILE *out = program->preds_len ? open_memstream(&text, &len) : NULL;

	if (!out)
		return NULL;
	if (!filter_text(program, out))
		program_list(program, out);
	fclose(out);
	return text;
}

static bool is_plain(const char *word)
{
	for (; *word; word++)
		if (!isalnum((unsigned char)*word) && !strchr("_-+=:,./@%^", *word))
			return false;
	return true;
}

static void put_word(FILE *out, const char *word)
{
	if (*word && is_plain(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char []){ *word, 0 }, out);
	fputc('\'', out);
}

/**
 * facts_command() - a command for @command of the facts
 * @argv: its words, ending with NULL; NULL for no command
 *
 * Return: as one would type it, to be freed; NULL if there is none, or no memory.
 */
char *facts_command(char *const *argv)
{
	char *text = NULL;
	size_t len;
	FILE *out = argv ? open_memstream(&text, &len) : NULL;

	if (!out)
		return NULL;
	put_word(out, *argv);
	while (*++argv) {
		fputc(' ', out);
		put_word(out, *argv);
	}
	fclose(out);
	return text;
}

/**
 * ledger_ask() - the account of a session, by event
 * @device: the session
 * @ledger: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int ledger_ask(struct device *device, struct ledger *ledger)
{
	__u32 event;

	for (event = 0; event < MMTRACE_EVENT_COUNT; event++)
		if (device_stats(device, event, &ledger->events[event]))
			return -1;
	return 0;
}
