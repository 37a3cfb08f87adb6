/* SPDX-License-Identifier: GPL-2.0 */
/* The path of a mapped file, and what its name tells of it. */
#ifndef MMTRACE_PATH_H
#define MMTRACE_PATH_H

#include <linux/limits.h>
#include <linux/types.h>

#include "walk.h"

struct file;

/* d_path() wants room for " (deleted)" behind the longest path it can give. */
#define PATH_ROOM	(PATH_MAX + 16)

/* What finding a path needs: a walk, or a text that d_path() fills from the end. */
union path_room {
	struct walk	walk;
	char		text[PATH_ROOM];
};

int path_init(void);
u32 path_find(const struct file *file, union path_room *room, char *to, u32 *flags);

#endif /* MMTRACE_PATH_H */
