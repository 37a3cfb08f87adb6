// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl: a table of verbs. */
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "verbs.h"
#include "words.h"

static const struct verb *const verbs[] = {
	&status_verb,
	&filter_verb,
	&trace_verb,
	&record_verb,
	&report_verb,
	&stat_verb,
	&top_verb,
	&recorder_verb,
	&snapshot_verb,
	&selftest_verb,
};

#define VERBS	(sizeof(verbs) / sizeof(verbs[0]))

static void print_usage(FILE *out)
{
	size_t i;

	fputs("usage: mmtrace-ctl VERB [OPTIONS]\n\n"
	      "Every memory mapping of the machine, one record a call.\n\nverbs:\n", out);
	for (i = 0; i < VERBS; i++)
		fprintf(out, "  %-10s%s\n", verbs[i]->name, verbs[i]->summary);
	fputs("  help      this help, or with a verb behind it that verb's\n\n"
	      "Each verb takes --help. mmtrace-ctl --version shows the version.\n", out);
}

static const struct verb *find(const char *name)
{
	size_t i;

	for (i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

static int unknown(const char *name)
{
	complain("no verb '%s'; try: mmtrace-ctl help", name);
	return EXIT_USAGE;
}

static int help(const char *name)
{
	const struct verb *verb = name ? find(name) : NULL;

	if (name && !verb)
		return unknown(name);
	if (verb)
		options_help(verb, stdout);
	else
		print_usage(stdout);
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct verb *verb;

	if (!name) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h"))
		return help(argc > 2 ? argv[2] : NULL);
	if (!strcmp(name, "--version")) {
		puts("mmtrace-ctl " MMTRACE_VERSION);
		return EXIT_OK;
	}
	/* Not in the help: for the completion. */
	if (!strcmp(name, "--words")) {
		words_print(verbs, VERBS, stdout);
		return EXIT_OK;
	}
	verb = find(name);
	return verb ? verb->run(verb, argc - 1, argv + 1) : unknown(name);
}

int main(int argc, char **argv)
{
	int code = run(argc, argv);

	if (fflush(stdout) && code == EXIT_OK) {
		complain("can't write the output");
		return EXIT_FAILED;
	}
	return code;
}
