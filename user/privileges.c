// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "message.h"
#include "privileges.h"

/**
 * privileges_find() - look up a user to become
 * @account: filled in
 * @name: of the user
 *
 * Return: 0; -1 if there is none, or if it is root, and the user has been told.
 */
int privileges_find(struct account *account, const char *name)
{
	const struct passwd *user;

	errno = 0;
	user = getpwnam(name);
	if (!user) {
		complain("there is no user '%s'%s%s", name, errno ? ": " : "",
			 errno ? strerror(errno) : "");
		return -1;
	}
	if (!user->pw_uid) {
		complain("to become '%s', who may do everything, is to give up nothing", name);
		return -1;
	}
	*account = (struct account){ .name = name, .uid = user->pw_uid, .gid = user->pw_gid };
	return 0;
}

/**
 * privileges_give_up() - become a user without capabilities, for good
 * @account: who to be
 *
 * Files that are open stay open. What cannot be had back is tried.
 *
 * Return: 0; -1 if not all of it could be given up, and the user has been told.
 */
int privileges_give_up(const struct account *account)
{
	if (setgroups(0, NULL) || setresgid(account->gid, account->gid, account->gid) ||
	    setresuid(account->uid, account->uid, account->uid) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		complain("can't become %s: %s%s", account->name, strerror(errno),
			 errno == EPERM ? "; it needs CAP_SETUID and CAP_SETGID" : "");
		return -1;
	}
	if (setuid(0) && setgid(0))
		return 0;
	complain("can't give up what root may do");
	return -1;
}
