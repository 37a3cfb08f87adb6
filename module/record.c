// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the record of a call that has returned.
 *
 * All of this runs in the thread that made the call, with preemption off, at
 * the return of the hooked function. What it looks at is current's own, or is
 * kept by the caller of that function, such as the file of a mapping; the rest
 * is under RCU. It never sleeps, allocates nothing and takes no lock but what
 * d_path() falls back to, and that of a dentry whose path is longer than PATH_MAX.
 */
#include <linux/cgroup.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "call.h"
#include "record.h"

#define DELETED		" (deleted)"
#define DELETED_LEN	(sizeof(DELETED) - 1)

/* The arguments that each event has, in the order of struct call. */
static_assert(offsetof(struct mmtrace_mmap, off) == 8 * (CALL_ARGS - 1));
static_assert(offsetof(struct mmtrace_do_mmap, pgoff) == 8 * (CALL_ARGS - 1));
static_assert(sizeof(struct mmtrace_mremap) == 8 * CALL_ARGS);
static_assert(sizeof(struct mmtrace_remap_file_pages) == 8 * CALL_ARGS);
static_assert(offsetof(struct mmtrace_mmap, fd) == offsetof(struct mmtrace_do_mmap, fd));

static struct record __percpu *records;

/**
 * record_init() - make room for records with a path
 *
 * Return: 0 or -ENOMEM.
 */
int record_init(void)
{
	records = alloc_percpu(struct record);
	return records ? 0 : -ENOMEM;
}

/**
 * record_exit() - the reverse, when no hook is left
 */
void record_exit(void)
{
	free_percpu(records);
}

/* Without a file part. */
static const u32 record_sizes[MMTRACE_EVENT_COUNT] = {
	[MMTRACE_EVENT_DO_MMAP]		 = offsetofend(struct mmtrace_record, do_mmap),
	[MMTRACE_EVENT_MREMAP]		 = offsetofend(struct mmtrace_record, mremap),
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = offsetofend(struct mmtrace_record, remap_file_pages),
	[MMTRACE_EVENT_MMAP]		 = offsetofend(struct mmtrace_record, mmap),
	[MMTRACE_EVENT_MMAP2]		 = offsetofend(struct mmtrace_record, mmap),
};

static struct mmtrace_file *record_file(struct record *record)
{
	return (void *)record->words + sizeof(struct mmtrace_record);
}

static u32 filesystem_flags(const struct inode *inode)
{
	switch (inode->i_sb->s_magic) {
	case TMPFS_MAGIC:
		return MMTRACE_R_TMPFS;
	case HUGETLBFS_MAGIC:
		return MMTRACE_R_HUGETLB;
	default:
		return 0;
	}
}

/*
 * Files that never had a path have a dentry that makes up its own name. The
 * kernel names those of memfd_create() and shmget() so that nobody else can
 * have the like: a name a user chooses comes behind "memfd:".
 */
static u32 nameless_flags(const struct dentry *dentry)
{
	const char *name = dentry->d_name.name;

	if (!strncmp(name, "memfd:", 6))
		return MMTRACE_R_MEMFD;
	if (!strncmp(name, "SYSV", 4))
		return MMTRACE_R_SHM;
	return 0;
}

static bool is_nameless(const struct dentry *dentry)
{
	return dentry->d_op && dentry->d_op->d_dname;
}

static u32 file_flags(const struct file *file, const struct inode *inode)
{
	const struct dentry *dentry = file->f_path.dentry;
	u32 flags = MMTRACE_R_FILE | filesystem_flags(inode);

	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		flags |= MMTRACE_R_DEVICE;
	if (flags & (MMTRACE_R_TMPFS | MMTRACE_R_HUGETLB) && is_nameless(dentry))
		flags |= MMTRACE_R_UNLINKED | nameless_flags(dentry);
	else if (d_unlinked(dentry))
		flags |= MMTRACE_R_UNLINKED;
	return flags;
}

/* A path that d_path() has no room for: the last name is better than nothing. */
static char *last_name(const struct dentry *dentry, char *buf, size_t room)
{
	struct name_snapshot name;
	size_t len;

	take_dentry_name_snapshot(&name, (struct dentry *)dentry);
	len = min_t(size_t, name.name.len, room - 1);
	memcpy(buf, name.name.name, len);
	buf[len] = '\0';
	release_dentry_name_snapshot(&name);
	return buf;
}

/*
 * d_path() looks for itself whether the file is unlinked, and adds to the path
 * what a file may as well have in its name. So look before and after: only if
 * both looks agree is it known whose " (deleted)" it is.
 */
static char *resolve_path(const struct file *file, const struct inode *inode,
			  char *buf, u32 *flags, u32 *len)
{
	char *path;
	u32 before;

	do {
		before = file_flags(file, inode);
		path = d_path(&file->f_path, buf, RECORD_PATH_ROOM);
		*flags = file_flags(file, inode);
	} while (before != *flags);

	if (!IS_ERR(path)) {
		*len = buf + RECORD_PATH_ROOM - 1 - path;
		if (*flags & MMTRACE_R_UNLINKED && *len >= DELETED_LEN)
			*len -= DELETED_LEN;
		if (*len < PATH_MAX)
			return path;
	}
	*flags |= MMTRACE_R_PATH_CUT;
	path = last_name(file->f_path.dentry, buf, RECORD_PATH_ROOM);
	*len = strlen(path);
	return path;
}

static void add_file(struct call *call)
{
	const struct inode *inode = file_inode(call->file);
	struct record *record = this_cpu_ptr(records);
	struct mmtrace_file *out = record_file(record);
	struct timespec64 ctime = inode_get_ctime(inode);
	u32 flags, len, padded;
	char *path;

	path = resolve_path(call->file, inode, record->path, &flags, &len);
	padded = round_up(len + 1, sizeof(u64));

	/* The padding first: the path's end is somewhere in the last word. */
	*(u64 *)(out->path + padded - sizeof(u64)) = 0;
	memcpy(out->path, path, len);

	out->inode = inode->i_ino;
	out->ctime = timespec64_to_ns(&ctime);
	out->dev_major = MAJOR(inode->i_sb->s_dev);
	out->dev_minor = MINOR(inode->i_sb->s_dev);
	out->generation = inode->i_generation;
	out->open_flags = call->file->f_flags;
	out->path_len = len;
	out->reserved = 0;

	call->out.head.flags |= flags;
	call->out.head.size = sizeof(struct mmtrace_record) + sizeof(*out) + padded;
}

/**
 * record_path() - the path of the file of a call, found once and kept
 * @call: which has returned
 *
 * Return: the path, with a NUL at its end, or NULL for a call without a file.
 */
const char *record_path(struct call *call)
{
	if (!call->file)
		return NULL;
	if (!(call->out.head.flags & MMTRACE_R_FILE))
		add_file(call);
	return record_file(this_cpu_ptr(records))->path;
}

/* Everything here is current's own or under RCU, and preemption is off. */
static __always_inline void add_task(struct mmtrace_record *out)
{
	const struct task_struct *task = current;
	const struct cred *cred = current_cred();

	out->call.tid = task->pid;
	out->call.tgid = task->tgid;
	out->call.ptgid = rcu_dereference_sched(task->real_parent)->tgid;
	/* Inside the kernel ids are those of the initial user namespace. */
	out->call.uid = __kuid_val(cred->uid);
	out->call.gid = __kgid_val(cred->gid);
	out->call.mnt_ns = current_mnt_ns_id();
	out->call.pid_ns = ns_of_pid(task_pid(current))->ns.inum;
	out->call.cgroup = cgroup_id(rcu_dereference_sched(task->cgroups)->dfl_cgrp);
	/* Another thread may be renaming this one, but never writes over the last NUL. */
	memcpy(out->call.comm, task->comm, sizeof(out->call.comm));
}

static __always_inline void add_context(struct call *call)
{
	call->out.head.cpu = raw_smp_processor_id();
	call->out.call.duration = call->out.head.time - call->start;
	add_task(&call->out);
}

static noinline struct mmtrace_record *finish_with_file(struct call *call)
{
	struct mmtrace_record *out = (void *)this_cpu_ptr(records)->words;

	record_path(call);
	add_context(call);
	*out = call->out;
	return out;
}

/**
 * record_finish() - add to a record what is not known yet
 * @call: which has returned
 *
 * Context: preemption off.
 *
 * Return: the record, all but its sequence number, which each ring sets. It stays
 * until the next call returns on this CPU.
 */
struct mmtrace_record *record_finish(struct call *call)
{
	if (call->file)
		return finish_with_file(call);
	call->out.head.size = record_sizes[call_event(call)];
	add_context(call);
	return &call->out;
}
