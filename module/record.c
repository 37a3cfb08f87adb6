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
	struct record *record = this_cpu_ptr(records);
	struct mmtrace_file *out = record_file(record);
	u32 len;

	call->out.head.flags |= inode_flags(file_inode(call->file));
	len = path_find(call->file, &record->room, out->path, &call->out.head.flags);
	/* A word, be the padding less: that is a single store. */
	memset(out->path + len, 0, sizeof(u64));
	out->path_len = len;
	call->out.head.size = sizeof(struct mmtrace_record) + sizeof(*out) +
			      round_up(len + 1, sizeof(u64));
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
static __always_inline void put_task(struct mmtrace_call *out)
{
	const struct task_struct *task = current;
	const struct cred *cred = current_cred();
	/* Two at once, if they are loaded before they are stored. */
	u32 tid = task->pid, tgid = task->tgid;
	/* Inside the kernel ids are those of the initial user namespace. */
	u32 uid = __kuid_val(cred->uid), gid = __kgid_val(cred->gid);

	out->cgroup = cgroup_id(task_own_cgroup(task));
	out->tid = tid;
	out->tgid = tgid;
	out->uid = uid;
	out->gid = gid;
	out->ptgid = rcu_dereference_sched(task->real_parent)->tgid;
	out->mnt_ns = current_mnt_ns_id();
	out->pid_ns = task_pid_ns_id(task);
	copy_comm(out->comm, task);
}

/* Not a byte more than the event has: behind it may be the oldest record of the ring. */
static __always_inline void put_arguments(struct mmtrace_record *out,
					  const struct mmtrace_record *in)
{
	if (likely(in->head.size >= offsetofend(struct mmtrace_record, do_mmap)))
		out->do_mmap = in->do_mmap;
	else
		out->mremap = in->mremap;
}

static void put_path(struct mmtrace_file *out, const struct mmtrace_file *found)
{
	const u64 *from = (const u64 *)found->path;
	u64 *to = (u64 *)out->path;
	u32 words = found->path_len / sizeof(u64) + 1;

	while (words--)
		*to++ = *from++;
}

/* What has been found of it is the path. */
static noinline void put_file(struct mmtrace_file *out, const struct file *file)
{
	const struct mmtrace_file *found = record_file(this_cpu_ptr(records));
	const struct inode *inode = file_inode(file);
	struct timespec64 ctime = inode_get_ctime(inode);
	dev_t dev = inode->i_sb->s_dev;

	out->inode = inode->i_ino;
	out->ctime = timespec64_to_ns(&ctime);
	out->dev_major = MAJOR(dev);
	out->dev_minor = MINOR(dev);
	out->generation = inode->i_generation;
	out->open_flags = file->f_flags;
	out->path_len = found->path_len;
	out->reserved = 0;
	put_path(out, found);
}

/**
 * record_put() - write the record of a call
 * @call: which has returned
 * @out: where to, with @size and @seq; these are not written
 *
 * Where that is in a ring, a consumer that is being evicted may look on, and forgets
 * what it has seen.
 *
 * Context: preemption off.
 */
void __no_kcsan record_put(const struct call *call, struct mmtrace_record *out)
{
	const struct mmtrace_record *in = &call->out;

	out->head.event = in->head.event;
	out->head.flags = in->head.flags;
	out->head.cpu = raw_smp_processor_id();
	out->head.time = in->head.time;
	out->call.duration = call_duration(call);
	out->call.call_id = in->call.call_id;
	out->call.ret = in->call.ret;
	out->call.syscall = in->call.syscall;
	put_task(&out->call);
	put_arguments(out, in);
	if (unlikely(call->file))
		put_file((void *)out + sizeof(*out), call->file);
}

/**
 * record_finish() - the record of a call, not in a ring
 * @call: which has returned
 *
 * Context: preemption off.
 *
 * Return: the record, all but its sequence number, which each ring sets. It stays
 * until the next call returns on this CPU.
 */
struct mmtrace_record *record_finish(struct call *call)
{
	struct mmtrace_record *out = (void *)this_cpu_ptr(records)->words;

	out->head.size = record_size(call);
	record_put(call, out);
	return out;
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
