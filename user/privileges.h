/* SPDX-License-Identifier: GPL-2.0 */
/* What a program may do, and giving it up. */
#ifndef MMTRACE_PRIVILEGES_H
#define MMTRACE_PRIVILEGES_H

#include <sys/types.h>

/**
 * struct account - a user to become
 * @name: of the user
 * @uid: likewise
 * @gid: of the user's own group
 */
struct account {
	const char	*name;
	uid_t		uid;
	gid_t		gid;
};

int privileges_find(struct account *account, const char *name);
int privileges_give_up(const struct account *account);

#endif /* MMTRACE_PRIVILEGES_H */
