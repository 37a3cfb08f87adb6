// SPDX-License-Identifier: GPL-2.0
/*
 * Walk: finds the path of a file as d_path() does, from the file up, but never
 * takes a lock, never waits for anybody, and gives up instead. So it can be used
 * where preemption is off on a kernel with PREEMPT_RT too, on which the locks of
 * d_path() sleep, and where the one who changes a name may have been preempted
 * in the middle of it.
 *
 * The walk climbs and notes what it passes, writes the path, then looks whether
 * all that it passed is still the same. If so, there was a moment at which all of
 * it was true at once, and the path is that of this moment:
 *
 * - The name and the parent of a dentry change only within a write section of its
 *   sequence count, which never comes back to what it was. What happens to names
 *   that are not on the way disturbs nobody.
 *
 * - Mounts have no such count that a module can see, so where each is mounted is
 *   read again, all of it after all of it was read before. A mount that
 *   is just being moved is mounted on nothing, or is not in the hash of mounts, so
 *   it is not taken for one that is where it is. Nor can a walk know that a mount
 *   is on nothing for good: only one that comes to current's root has found
 *   the path. Equal readings could be deceived by mounts that go away and
 *   come back, but then each of the readings has to find its own mount in place
 *   while another one on the way is not: of two readings, six moves of two mounts or
 *   more, in step with them. As a machine may stand still in a climb, which is long, two
 *   readings come behind it that are short and one right after the other. A mount
 *   that is unmounted never comes back.
 *
 * Dentries, their names and mounts are freed under RCU, for which preemption off
 * is a read section.
 *
 * A walk is kept, and used for the next call if it is of the same file: all that is
 * looked at then is whether what it passed is the same:
 *
 * - Nothing of it is held meanwhile, so another object could be where one was, with
 *   the same count. Not as long as no grace period has passed since before the walk:
 *   nothing that it passed can have been freed, and an address is that of the same
 *   object still.
 *
 * - The file holds its dentry and its mount now. A dentry whose count is the same
 *   holds the same parent, a mount that is where it was holds the mount and the
 *   mountpoint above it. So each step proves that the next may be looked at, and
 *   whatever lets go of it after that has to wait for this read section.
 *
 * - A count that is the same was the same all the time, so any moment will do for the
 *   names. The mounts are read twice again, right one after the other.
 */
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/fs_struct.h>
#include <linux/limits.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "walk.h"

#define TRIES	16

static bool cross_mounts;

/**
 * walk_cross_mounts() - may struct mount_link be trusted?
 * @cross: if not, a walk ends at the root of a mount
 */
void walk_cross_mounts(bool cross)
{
	cross_mounts = cross;
}

/*
 * The counts themselves, without the lock that each belongs to: that lock is what
 * a reader takes on PREEMPT_RT who finds a writer at work.
 */
static const seqcount_t *dentry_count(const struct dentry *dentry)
{
	return &dentry->d_seq.seqcount;
}

/* Where current's paths begin; chroot() in another thread may be changing it. */
static bool find_root(struct path *root)
{
	const struct fs_struct *fs = current->fs;
	const seqcount_t *count = fs_count(fs);
	unsigned int seq = raw_read_seqcount(count);

	*root = fs->root;
	return !(seq & 1) && !read_seqcount_retry(count, seq);
}

/*
 * Name, length and parent belong together; the bytes of the name may change yet.
 * NULL if somebody is changing them.
 */
static const struct dentry *pass_name(struct walk_name *name, const struct dentry *dentry)
{
	const seqcount_t *count = dentry_count(dentry);
	unsigned int seq = raw_read_seqcount(count);
	const struct dentry *parent;

	name->dentry = dentry;
	name->seq = seq;
	name->text = READ_ONCE(dentry->d_name.name);
	name->len = READ_ONCE(dentry->d_name.len);
	parent = READ_ONCE(dentry->d_parent);
	return seq & 1 || read_seqcount_retry(count, seq) ? NULL : parent;
}

/*
 * Climbs within a mount, to its root, or to that of current if it comes first.
 * It comes to neither where a directory was moved out of a bind mount: then there
 * is no path.
 */
static int climb_names(struct walk *walk, const struct dentry **at,
		       const struct dentry *mount_root, const struct dentry *root)
{
	const struct dentry *parent, *dentry = *at;
	struct walk_name *name = walk->names_end;
	u32 bytes = walk->bytes;

	while (dentry != mount_root && dentry != root) {
		if (unlikely(name == walk->names + WALK_NAMES))
			return -E2BIG;
		parent = pass_name(name, dentry);
		if (unlikely(!parent))
			return -EAGAIN;
		bytes += 1 + name++->len;
		if (unlikely(parent == dentry)) {
			walk->escaped = true;
			break;
		}
		dentry = parent;
	}
	walk->names_end = name;
	walk->bytes = bytes;
	*at = dentry;
	return 0;
}

/*
 * Where is @mount mounted? Nowhere while it is being moved: it is taken out of the
 * hash before any of this changes, or is its own parent first.
 */
static bool pass_mount(struct walk_mount *passed, const struct mount_link *mount)
{
	passed->mount = mount;
	passed->parent = READ_ONCE(mount->mnt_parent);
	passed->mountpoint = READ_ONCE(mount->mnt_mountpoint);
	/* Where it is before the hash, and that before where it is once more. */
	smp_rmb();
	return passed->parent != mount && !hlist_unhashed_lockless(&mount->mnt_hash);
}

/* Ends at current's root, or where it is not known how to go on. */
static int climb(struct walk *walk, const struct path *path, const struct path *root)
{
	const struct mount_link *mount = mount_link_of(path->mnt);
	const struct dentry *root_here, *dentry = path->dentry;
	struct walk_mount *passed = walk->mounts;
	int err;

	for (;;) {
		root_here = &mount->mnt == root->mnt ? root->dentry : NULL;
		err = climb_names(walk, &dentry, mount->mnt.mnt_root, root_here);
		if (unlikely(err))
			return err;
		if (dentry == root_here || unlikely(walk->escaped))
			break;
		if (unlikely(passed == walk->mounts + WALK_MOUNTS))
			return -E2BIG;
		if (unlikely(!cross_mounts || !pass_mount(passed, mount))) {
			walk->cut = true;
			break;
		}
		dentry = passed->mountpoint;
		mount = passed++->parent;
	}
	walk->mounts_end = passed;
	return 0;
}

static void write_path(const struct walk *walk, char *to)
{
	const struct walk_name *name = walk->names_end;

	while (name-- > walk->names) {
		*to++ = '/';
		memcpy(to, name->text, name->len);
		to += name->len;
	}
}

/* Mounts first: the moment of which they tell is one before all of the counts. */
static __always_inline bool is_still_true(const struct walk *walk)
{
	const struct walk_mount *passed;
	const struct walk_name *name;

	/* All that was read before, the bytes of the names included. */
	smp_rmb();
	for (passed = walk->mounts; passed < walk->mounts_end; passed++)
		if (READ_ONCE(passed->mount->mnt_parent) != passed->parent ||
		    READ_ONCE(passed->mount->mnt_mountpoint) != passed->mountpoint)
			return false;
	/* So that these are read before any count is looked at again. */
	smp_rmb();
	for (name = walk->names; name < walk->names_end; name++)
		if (__read_seqcount_retry(dentry_count(name->dentry), name->seq))
			return false;
	return true;
}

/* Are the mounts where they were, and none of them just being moved? */
static __always_inline bool is_mounted_still(const struct walk *walk)
{
	const struct walk_mount *passed;
	struct walk_mount now;

	for (passed = walk->mounts; passed < walk->mounts_end; passed++)
		if (!pass_mount(&now, passed->mount) || now.parent != passed->parent ||
		    now.mountpoint != passed->mountpoint)
			return false;
	return true;
}

/* Of a single one no two readings can be a mixture. */
static bool has_several_mounts(const struct walk *walk)
{
	return walk->mounts_end - walk->mounts > 1;
}

static bool is_unlinked(const struct dentry *dentry)
{
	/* As d_path() has it: either answer is true of some moment while this is read. */
	return data_race(d_unlinked(dentry));
}

static int try(struct walk *walk, const struct path *path, char *to)
{
	struct path *root = &walk->root;
	u32 len;
	int err;

	walk->names_end = walk->names;
	walk->bytes = 0;
	walk->cut = false;
	walk->escaped = false;
	if (unlikely(!find_root(root)))
		return -EAGAIN;
	err = climb(walk, path, root);
	if (unlikely(err))
		return err;
	walk->unlinked = is_unlinked(path->dentry);
	len = walk->bytes;
	if (unlikely(!len || walk->escaped)) {
		*to = '/';
		len = 1;
	} else if (likely(len < PATH_MAX)) {
		write_path(walk, to);
	}
	if (unlikely(has_several_mounts(walk) && !is_mounted_still(walk)))
		return -EAGAIN;
	if (unlikely(!is_still_true(walk)))
		return -EAGAIN;
	return likely(len < PATH_MAX) ? len : -ENAMETOOLONG;
}

/* From the file up, as one thing has to be proved before the next is looked at. */
static bool is_known(struct walk *walk, const struct path *path)
{
	struct path root;

	if (walk->path.dentry != path->dentry || walk->path.mnt != path->mnt)
		return false;
	if (!find_root(&root) || root.dentry != walk->root.dentry || root.mnt != walk->root.mnt)
		return false;
	/* The addresses before the grace period. */
	if (poll_state_synchronize_rcu_full(&walk->since) || !is_mounted_still(walk))
		return false;
	walk->unlinked = is_unlinked(path->dentry);
	return is_still_true(walk);
}

/* Kept is only what was found all the way up. */
static noinline int walk_anew(struct walk *walk, const struct path *path, char *to)
{
	unsigned int tries = TRIES;
	int len;

	walk_forget(walk);
	get_state_synchronize_rcu_full(&walk->since);
	while ((len = try(walk, path, to)) == -EAGAIN && --tries)
		cpu_relax();
	if (likely(len > 0 && !walk->cut && !walk->escaped)) {
		walk->path = *path;
		walk->len = len;
	}
	return len;
}

/**
 * walk_path() - find the path of a file, as current sees it
 * @walk: room for the walk; tells what else was found. All zero at first; may be used
 *	again unless walk_forget() says otherwise
 * @path: of the file, which the caller holds
 * @to: room for PATH_MAX bytes, the same for each use of @walk; the path has no NUL at
 *	its end
 *
 * Context: preemption off.
 *
 * Return: length of the path; -ENAMETOOLONG if there is no room for it, -E2BIG if
 * it has too many names, -EAGAIN if it was changed each time that it was tried.
 */
int walk_path(struct walk *walk, const struct path *path, char *to)
{
	return is_known(walk, path) ? walk->len : walk_anew(walk, path, to);
}

/**
 * walk_last_name() - the name of a file alone
 * @dentry: of the file
 * @to: room for PATH_MAX bytes; the name has no NUL at its end
 *
 * Context: preemption off.
 *
 * Return: length of the name, 0 if it was changed each time that it was tried.
 */
u32 walk_last_name(const struct dentry *dentry, char *to)
{
	const seqcount_t *count = dentry_count(dentry);
	unsigned int tries, seq;
	const unsigned char *text;
	u32 len;

	for (tries = TRIES; tries; tries--) {
		seq = raw_read_seqcount(count);
		text = READ_ONCE(dentry->d_name.name);
		len = min_t(u32, READ_ONCE(dentry->d_name.len), PATH_MAX - 1);
		if (!(seq & 1) && !read_seqcount_retry(count, seq)) {
			memcpy(to, text, len);
			if (!read_seqcount_retry(count, seq))
				return len;
		}
		cpu_relax();
	}
	return 0;
}
