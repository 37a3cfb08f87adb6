// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "libmmtrace.h"

/**
 * facts_filter() - a filter for @filter of the facts
 * @program: the filter
 *
 * Return: as an expression, to be freed; NULL if it lets everything pass, or there is no
 * memory.
 */
char *facts_filter(const struct mmt_program *program)
{
	char *text = NULL;
	size_t len;
	FILE *out = mmt_program_len(program) ? open_memstream(&text, &len) : NULL;

	if (!out)
		return NULL;
	if (!mmt_program_text(program, out))
		mmt_program_list(program, out);
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
int ledger_ask(struct mmt_device *device, struct ledger *ledger)
{
	__u32 event;

	for (event = 0; event < MMTRACE_EVENT_COUNT; event++) {
		ledger->events[event].size = sizeof(ledger->events[event]);
		if (mmt_device_stats(device, event, &ledger->events[event]))
			return -1;
	}
	return 0;
}

/**
 * ledger_take() - the account that a recording has at its end
 * @recording: read up to there
 * @ledger: filled in
 *
 * Return: false if it has none.
 */
bool ledger_take(const struct mmt_recording *recording, struct ledger *ledger)
{
	const struct mmtrace_stats *stats;
	__u32 event;

	for (event = 0; event < MMTRACE_EVENT_COUNT; event++) {
		stats = mmt_recording_stats(recording, event);
		if (!stats)
			return false;
		ledger->events[event] = *stats;
	}
	return true;
}
