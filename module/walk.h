/* SPDX-License-Identifier: GPL-2.0 */
/* The way from a file up to the root of its path, without a lock. */
#ifndef MMTRACE_WALK_H
#define MMTRACE_WALK_H

#include <linux/dcache.h>
#include <linux/path.h>
#include <linux/types.h>

/* How many names and mounts a path may have to be walked. */
#define WALK_NAMES	128
#define WALK_MOUNTS	24

/**
 * struct walk_name - a name that was passed
 * @dentry: that has it
 * @text: the name; what is there may change while it is read
 * @len: of @text
 * @seq: of @dentry when it was passed; it has changed if the name or the parent has
 */
struct walk_name {
	const struct dentry	*dentry;
	const unsigned char	*text;
	u32			len;
	unsigned int		seq;
};

/**
 * struct walk_mount - a mount that was left by its root
 * @mount: the mount
 * @parent: on which it was mounted
 * @mountpoint: and where
 */
struct walk_mount {
	const struct mount_link	*mount;
	const struct mount_link	*parent;
	const struct dentry	*mountpoint;
};

/**
 * struct walk - a walk, and what it has found
 * @names_end: behind the last of @names
 * @mounts_end: behind the last of @mounts
 * @bytes: of the path
 * @unlinked: the file has no name any more; what is known is the last it had
 * @cut: the path begins at the root of a mount, and it is not known where that is
 *	mounted, or whether it is at all
 * @escaped: the file is outside of its mount, and has no path
 * @names: from the file up
 * @mounts: likewise
 * @path: of the file, if the walk can be used again; else its mnt is NULL
 * @root: that of current then
 * @since: when that was, in grace periods
 * @len: of the path
 */
struct walk {
	struct walk_name	*names_end;
	struct walk_mount	*mounts_end;
	u32			bytes;
	bool			unlinked;
	bool			cut;
	bool			escaped;
	struct walk_name	names[WALK_NAMES];
	struct walk_mount	mounts[WALK_MOUNTS];
	struct path		path;
	struct path		root;
	struct rcu_gp_oldstate	since;
	u32			len;
};

/**
 * walk_forget() - don't use a walk again
 * @walk: all of it, or what it has written, is about to be written over
 */
static inline void walk_forget(struct walk *walk)
{
	walk->path.mnt = NULL;
}

int walk_path(struct walk *walk, const struct path *path, char *to);
u32 walk_last_name(const struct dentry *dentry, char *to);
void walk_cross_mounts(bool cross);

#endif /* MMTRACE_WALK_H */
