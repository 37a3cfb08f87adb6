// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the record of a call that has returned.
 *
 * All of this runs in the thread that made the call, with preemption off, at
 * the return of the hooked function. What it looks at is current's own, or is
 * kept by the caller of that function, such as the file of a mapping; the rest
 * is under RCU. It never sleeps and allocates nothing; the only locks are those
 * of d_path(), where path.c has to ask it, which on PREEMPT_RT it never does.
 */
#include <linux/cgroup.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "call.h"
#include "field.h"
#include "path.h"
#include "record.h"
#include "stack.h"
#include "task.h"

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
	int err = path_init();

	if (err)
		return err;
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

static u32 inode_flags(const struct inode *inode)
{
	u32 flags = MMTRACE_R_FILE | filesystem_flags(inode);

	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		flags |= MMTRACE_R_DEVICE;
	return flags;
}

static void add_file(struct call *call)
{
	const struct inode *inode = file_inode(call->file);
	struct record *record = this_cpu_ptr(records);
	struct mmtrace_file *out = record_file(record);
	struct timespec64 ctime = inode_get_ctime(inode);
	u32 len, padded;

	call->out.head.flags |= inode_flags(inode);
	len = path_find(call->file, &record->room, out->path, &call->out.head.flags);
	padded = round_up(len + 1, sizeof(u64));
	/* A word, be the padding less: that is a single store. */
	memset(out->path + len, 0, sizeof(u64));

	out->inode = inode->i_ino;
	out->ctime = timespec64_to_ns(&ctime);
	out->dev_major = MAJOR(inode->i_sb->s_dev);
	out->dev_minor = MINOR(inode->i_sb->s_dev);
	out->generation = inode->i_generation;
	out->open_flags = call->file->f_flags;
	out->path_len = len;
	out->reserved = 0;

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

/**
 * record_kind() - what kind of file a call with one has
 * @call: which has been entered
 * @at_return: it has returned: the path tells more
 *
 * Return: MMTRACE_R_*, as MMTRACE_FIELD_KIND has them.
 */
u32 record_kind(struct call *call, bool at_return)
{
	if (!at_return)
		return inode_flags(file_inode(call->file)) & FIELD_KIND_AT_ENTRY;
	record_path(call);
	return call->out.head.flags & FIELD_KIND_ALL;
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
	out->call.pid_ns = task_pid_ns_id();
	out->call.cgroup = cgroup_id(task_own_cgroup(task));
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

static bool begin_stack(struct record *record, const struct mmtrace_record *done,
			struct mmtrace_stack *stack)
{
	struct mmtrace_record *out = (void *)record->stacked;

	if (done->head.flags & MMTRACE_R_NO_USER_REGS || !stack_begin(&record->walk, stack->ip))
		return false;
	memcpy(out, done, done->head.size);
	out->head.flags |= MMTRACE_R_STACK;
	return true;
}

/**
 * record_with_stack() - add to a record the stack that a session asked for
 * @done: the record as record_finish() gave it, which stays as it is
 * @stacked: what this has returned for another session and the same call; NULL
 *	if it was not asked yet
 * @depth: most frames that this session wants
 *
 * The stack is walked once a call, as far as anybody wants to know it.
 *
 * Context: preemption off.
 *
 * Return: the record with the stack, which stays until the next call returns on
 * this CPU; or @done if there is no stack.
 */
struct mmtrace_record *record_with_stack(struct mmtrace_record *done,
					 struct mmtrace_record *stacked, u32 depth)
{
	struct record *record = this_cpu_ptr(records);
	struct mmtrace_record *out = (void *)record->stacked;
	struct mmtrace_stack *stack = (void *)out + done->head.size;
	const struct stack_walk *walk = &record->walk;

	if (stacked != out && !begin_stack(record, done, stack))
		return done;
	/* One more, to know whether there are more. */
	stack_continue(&record->walk, depth + 1);
	stack->depth = min(walk->len, depth);
	stack->flags = stack_flags(walk, depth);
	out->head.size = done->head.size + struct_size(stack, ip, stack->depth);
	return out;
}
