/* SPDX-License-Identifier: GPL-2.0 */
/* Lines as they must be, from a file: a line "NAME:", then the line itself. */
#ifndef MMTRACE_GOLDEN_H
#define MMTRACE_GOLDEN_H

#include <string.h>

#include "tap.h"

/* A result: is what we got, newline included, the line called @name in @path? */
static void golden(const char *path, const char *name, const char *got, size_t len)
{
	char expected[2048] = "";
	FILE *file = fopen(path, "re");
	size_t name_len = strlen(name);
	bool found = false;

	while (file && !found && fgets(expected, sizeof(expected), file))
		found = !strncmp(expected, name, name_len) && !strcmp(expected + name_len, ":\n");
	found = found && fgets(expected, sizeof(expected), file);
	if (file)
		fclose(file);
	if (!ok(found && len == strlen(expected) && !memcmp(got, expected, len), "%s", name))
		printf("# expected %s# got      %.*s", found ? expected : "nothing\n",
		       (int)len, got);
}

#endif /* MMTRACE_GOLDEN_H */
