// SPDX-License-Identifier: GPL-2.0
/*
 * Path: the path of a mapped file, as current sees it, by the way that is open.
 *
 * Nearly always that is a walk (see walk.c). Where it can't tell, d_path() is
 * asked. Not on PREEMPT_RT: its locks sleep there, and preemption is off here.
 * There the path is cut, and the record says so.
 *
 * What a walk has to know of mounts is private to the kernel. It is compared with
 * what the kernel itself says when the module is loaded, and not used if it is
 * found wrong.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mmtrace.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "path.h"

#define DELETED		" (deleted)"
#define DELETED_LEN	(sizeof(DELETED) - 1)

#define MAY_ASK		(!IS_ENABLED(CONFIG_PREEMPT_RT))

/*
 * Files that never had a path have a dentry that makes up its own name; mounted
 * ones, as of namespaces, have a path all the same.
 */
static bool is_nameless(const struct path *path)
{
	const struct dentry *dentry = path->dentry;

	return dentry->d_op && dentry->d_op->d_dname &&
	       (!IS_ROOT(dentry) || dentry != path->mnt->mnt_root);
}

/*
 * The kernel names what memfd_create() and shmget() make so that nobody else can
 * have the like: a name a user chooses comes behind "memfd:". They are never
 * renamed, and d_path() shows them with a slash before them.
 */
static u32 nameless_memory(const struct dentry *dentry, char *to, u32 *flags)
{
	const struct qstr *name = &dentry->d_name;
	u32 len = min_t(u32, name->len, PATH_MAX - 2);

	*flags |= MMTRACE_R_UNLINKED;
	if (!strncmp(name->name, "memfd:", 6))
		*flags |= MMTRACE_R_MEMFD;
	else if (!strncmp(name->name, "SYSV", 4))
		*flags |= MMTRACE_R_SHM;
	*to = '/';
	memcpy(to + 1, name->name, len);
	return len + 1;
}

/*
 * d_path() looks for itself whether the file is unlinked, and adds to the path
 * what a file may as well have in its name. So look before and after: only if
 * both looks agree is it known whose " (deleted)" it is.
 */
static int ask_d_path(const struct path *path, char *text, char *to, u32 *flags)
{
	bool unlinked;
	char *found;
	int len;

	do {
		unlinked = d_unlinked(path->dentry);
		found = d_path(path, text, PATH_ROOM);
	} while (unlinked != d_unlinked(path->dentry));

	if (unlinked)
		*flags |= MMTRACE_R_UNLINKED;
	if (IS_ERR(found))
		return PTR_ERR(found);
	len = text + PATH_ROOM - 1 - found;
	if (unlinked && len >= DELETED_LEN)
		len -= DELETED_LEN;
	if (len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(to, found, len);
	return len;
}

static int walk(const struct path *path, struct walk *walk, char *to, u32 *flags)
{
	int len = walk_path(walk, path, to);

	if (len < 0)
		return len;
	if (walk->cut) {
		if (MAY_ASK)
			return -EXDEV;
		*flags |= MMTRACE_R_PATH_CUT;
	}
	if (walk->unlinked)
		*flags |= MMTRACE_R_UNLINKED;
	return len;
}

/* The last name is better than nothing. */
static u32 last_name(const struct path *path, char *to, u32 *flags)
{
	*flags |= MMTRACE_R_PATH_CUT;
	if (d_unlinked(path->dentry))
		*flags |= MMTRACE_R_UNLINKED;
	return walk_last_name(path->dentry, to);
}

static int find_nameless(const struct path *path, union path_room *room, char *to, u32 *flags)
{
	if (*flags & (MMTRACE_R_TMPFS | MMTRACE_R_HUGETLB))
		return nameless_memory(path->dentry, to, flags);
	return MAY_ASK ? ask_d_path(path, room->text, to, flags) : -EOPNOTSUPP;
}

/* Where there is nothing to walk, or a walk ended with @len. */
static noinline u32 find_otherwise(const struct path *path, union path_room *room, char *to,
				   u32 *flags, int len)
{
	if (is_nameless(path))
		len = find_nameless(path, room, to, flags);
	else if (len != -ENAMETOOLONG && MAY_ASK)
		len = ask_d_path(path, room->text, to, flags);
	if (len < 0)
		len = last_name(path, to, flags);
	/* Others have written where it was, and to where it had written. */
	walk_forget(&room->walk);
	return len;
}

/**
 * path_find() - find the path of a file
 * @file: which the caller holds
 * @room: for the way there
 * @to: room for PATH_MAX bytes; the path has no NUL at its end
 * @flags: MMTRACE_R_*; those of the file's filesystem are in it, those that are
 *	about names are added
 *
 * Context: preemption off.
 *
 * Return: length of the path.
 */
u32 path_find(const struct file *file, union path_room *room, char *to, u32 *flags)
{
	const struct path *path = &file->f_path;
	int len = -EOPNOTSUPP;

	if (likely(!is_nameless(path)))
		len = walk(path, &room->walk, to, flags);
	return likely(len >= 0) ? len : find_otherwise(path, room, to, flags, len);
}

/**
 * struct proof - room for the same path found in two ways
 * @walk: for the one
 * @walked: its result
 * @asked: what d_path() says
 */
struct proof {
	struct walk	walk;
	char		walked[PATH_MAX];
	char		asked[PATH_ROOM];
};

/* Nothing is followed here that the kernel has not said too. */
static int compare_mounts(const struct path *path)
{
	struct path up = *path;
	int mounts = 0;
	bool right;

	path_get(&up);
	do {
		const struct mount_link *mount = mount_link_of(up.mnt);
		const struct mount_link *parent = READ_ONCE(mount->mnt_parent);
		const struct dentry *mountpoint = READ_ONCE(mount->mnt_mountpoint);
		bool hashed = !hlist_unhashed_lockless(&mount->mnt_hash);

		if (!follow_up(&up)) {
			right = parent == mount;
			break;
		}
		mounts++;
		right = &parent->mnt == up.mnt && mountpoint == up.dentry && hashed;
	} while (right);
	path_put(&up);
	return right ? mounts : -EPROTO;
}

static bool compare_paths(const struct path *path, struct proof *proof)
{
	char *asked;
	int len;

	preempt_disable();
	walk_forget(&proof->walk);
	len = walk_path(&proof->walk, path, proof->walked);
	preempt_enable();
	if (len < 0)
		return false;
	/* There is nothing to compare, or d_path() adds to it. */
	if (proof->walk.cut || proof->walk.unlinked)
		return true;
	proof->walked[len] = '\0';
	asked = d_path(path, proof->asked, sizeof(proof->asked));
	return !IS_ERR(asked) && !strcmp(asked, proof->walked);
}

/* More than once, as others may be mounting and renaming. */
static int prove(const char *place, struct proof *proof)
{
	unsigned int tries = 5;
	struct path path;
	int mounts;

	if (kern_path(place, LOOKUP_FOLLOW, &path))
		return 0;
	do {
		walk_cross_mounts(false);
		mounts = compare_mounts(&path);
		if (mounts < 0)
			continue;
		walk_cross_mounts(true);
		if (!compare_paths(&path, proof))
			mounts = -EPROTO;
	} while (mounts < 0 && --tries);
	path_put(&path);
	return mounts;
}

/**
 * path_init() - find out whether walks may cross mounts
 *
 * Context: that of insmod, before anything is hooked.
 *
 * Return: 0 or -ENOMEM.
 */
int path_init(void)
{
	/* Some of these are mounts wherever there are any. */
	static const char *const places[] = {
		"/", "/proc", "/proc/self/exe", "/sys", "/sys/fs/cgroup", "/dev", "/dev/null",
		"/dev/shm", "/dev/pts", "/run", "/tmp",
	};
	struct proof *proof = kmalloc(sizeof(*proof), GFP_KERNEL);
	int mounts = 0, seen = 0;
	unsigned int i;

	if (!proof)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(places) && mounts >= 0; i++) {
		mounts = prove(places[i], proof);
		seen += mounts;
	}
	kfree(proof);
	if (mounts >= 0 && seen)
		return 0;
	walk_cross_mounts(false);
	pr_notice("paths: %s; %s\n",
		  mounts < 0 ? "mounts are not as they were believed to be" :
			       "there is no mount to try the finding of paths with",
		  MAY_ASK ? "so d_path() is asked, which takes longer" :
			    "so they begin at the root of a mount, and are marked as cut");
	return 0;
}
