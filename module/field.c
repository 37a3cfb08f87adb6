// SPDX-License-Identifier: GPL-2.0
/*
 * Where the values of the fields are that filters ask for.
 *
 * A new field is a row in fields[], where need be a case in field_number(), and
 * a line in the UAPI header.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>

#include "call.h"
#include "field.h"
#include "filter.h"
#include "record.h"
#include "task.h"

const struct field fields[MMTRACE_FIELD_COUNT] = {
	[MMTRACE_FIELD_EVENT] = {
		.source		= FIELD_FROM_CALL,
		.offset		= offsetof(struct call, out.head.event),
	},
	[MMTRACE_FIELD_TGID] = {
		.source		= FIELD_FROM_TASK,
		.offset		= offsetof(struct task_struct, tgid),
	},
	[MMTRACE_FIELD_TID] = {
		.source		= FIELD_FROM_TASK,
		.offset		= offsetof(struct task_struct, pid),
	},
	/* A kuid_t is a user id of the initial namespace, and so on. */
	[MMTRACE_FIELD_UID] = {
		.source		= FIELD_FROM_CRED,
		.offset		= offsetof(struct cred, uid),
	},
	[MMTRACE_FIELD_GID] = {
		.source		= FIELD_FROM_CRED,
		.offset		= offsetof(struct cred, gid),
	},
	[MMTRACE_FIELD_COMM]	= { .source = FIELD_FROM_STRING },
	[MMTRACE_FIELD_PROT]	= { .source = FIELD_FROM_ARG },
	[MMTRACE_FIELD_FLAGS]	= { .source = FIELD_FROM_ARG },
	[MMTRACE_FIELD_LEN]	= { .source = FIELD_FROM_ARG },
	[MMTRACE_FIELD_ANON]	= { .source = FIELD_FROM_CODE },
	[MMTRACE_FIELD_CGROUP]	= { .source = FIELD_FROM_CODE },
	[MMTRACE_FIELD_MNT_NS]	= { .source = FIELD_FROM_CODE },
	[MMTRACE_FIELD_PID_NS]	= { .source = FIELD_FROM_CODE },
	[MMTRACE_FIELD_PGOFF]	= { .source = FIELD_FROM_CODE },
	[MMTRACE_FIELD_FD] = {
		.source		= FIELD_FROM_CODE,
		.is_signed	= true,
		.of_origin	= true,
	},
	[MMTRACE_FIELD_SYSCALL] = {
		.source		= FIELD_FROM_CODE,
		.is_signed	= true,
		.of_origin	= true,
	},
	[MMTRACE_FIELD_COMPAT] = {
		.source		= FIELD_FROM_CODE,
		.of_origin	= true,
	},
	[MMTRACE_FIELD_DEV]	= { .source = FIELD_FROM_CODE, .of_file = true },
	[MMTRACE_FIELD_INODE]	= { .source = FIELD_FROM_CODE, .of_file = true },
	[MMTRACE_FIELD_KIND] = {
		.source		= FIELD_FROM_CODE,
		.at_return	= true,
		.of_file	= true,
	},
	[MMTRACE_FIELD_PATH] = {
		.source		= FIELD_FROM_STRING,
		.at_return	= true,
		.of_file	= true,
	},
	[MMTRACE_FIELD_ADDR]	= { .source = FIELD_FROM_BYTES, .at_return = true },
	[MMTRACE_FIELD_FAILED]	= { .source = FIELD_FROM_CODE, .at_return = true },
	[MMTRACE_FIELD_ERRNO]	= { .source = FIELD_FROM_CODE, .at_return = true },
	[MMTRACE_FIELD_DURATION] = { .source = FIELD_FROM_CODE, .at_return = true },
	[MMTRACE_FIELD_RET] = {
		.source		= FIELD_FROM_CODE,
		.at_return	= true,
		.is_signed	= true,
	},
};

const u8 field_arg[MMTRACE_EVENT_COUNT][MMTRACE_FIELD_COUNT] = {
	[MMTRACE_EVENT_DO_MMAP] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
		[MMTRACE_FIELD_PGOFF]	= 5,
	},
	[MMTRACE_EVENT_MMAP] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
		[MMTRACE_FIELD_PGOFF]	= 5,
	},
	[MMTRACE_EVENT_MMAP2] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
		[MMTRACE_FIELD_PGOFF]	= 5,
	},
	[MMTRACE_EVENT_MREMAP] = {
		[MMTRACE_FIELD_LEN]	= 3,
		[MMTRACE_FIELD_FLAGS]	= 4,
	},
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = {
		[MMTRACE_FIELD_LEN]	= 2,
		[MMTRACE_FIELD_PROT]	= 3,
		[MMTRACE_FIELD_PGOFF]	= 4,
		[MMTRACE_FIELD_FLAGS]	= 5,
	},
};

static bool find_anon(struct call *call, u64 *value)
{
	u64 flags;

	switch (call_event(call)) {
	case MMTRACE_EVENT_DO_MMAP:
		*value = !call->file;
		return true;
	case MMTRACE_EVENT_MMAP:
	case MMTRACE_EVENT_MMAP2:
		filter_argument(call, MMTRACE_FIELD_FLAGS, &flags);
		*value = !!(flags & MAP_ANONYMOUS);
		return true;
	default:
		return false;
	}
}

/* What user space says in bytes, or in units of 4096, comes in pages, too. */
static bool find_pgoff(struct call *call, u64 *value)
{
	if (!filter_argument(call, MMTRACE_FIELD_PGOFF, value))
		return false;
	if (call_event(call) == MMTRACE_EVENT_MMAP)
		*value >>= PAGE_SHIFT;
	else if (call_event(call) == MMTRACE_EVENT_MMAP2)
		*value >>= PAGE_SHIFT - 12;
	return true;
}

static bool find_fd(struct call *call, u64 *value)
{
	*value = (s64)call->out.do_mmap.fd;
	switch (call_event(call)) {
	case MMTRACE_EVENT_DO_MMAP:
		return call->out.head.flags & MMTRACE_R_FD;
	case MMTRACE_EVENT_MMAP:
	case MMTRACE_EVENT_MMAP2:
		return true;
	default:
		return false;
	}
}

static bool find_of_file(struct call *call, u32 field, bool at_return, u64 *value)
{
	const struct inode *inode;

	if (!call->file)
		return false;
	inode = file_inode(call->file);
	if (field == MMTRACE_FIELD_INODE)
		*value = inode->i_ino;
	else if (field == MMTRACE_FIELD_DEV)
		*value = (u64)MAJOR(inode->i_sb->s_dev) << 32 | MINOR(inode->i_sb->s_dev);
	else
		*value = record_kind(call, at_return);
	return true;
}

/**
 * field_number() - the value of a field that has to be worked out
 * @call: which has been entered, its origin looked for
 * @field: enum mmtrace_field, one of FIELD_FROM_CODE
 * @at_return: the call has returned, and all of the field is asked for
 * @value: set to it
 *
 * Return: false if the event has no such field.
 */
bool field_number(struct call *call, u32 field, bool at_return, u64 *value)
{
	const struct mmtrace_call *out = &call->out.call;

	switch (field) {
	case MMTRACE_FIELD_ANON:
		return find_anon(call, value);
	case MMTRACE_FIELD_PGOFF:
		return find_pgoff(call, value);
	case MMTRACE_FIELD_FD:
		return find_fd(call, value);
	case MMTRACE_FIELD_DEV:
	case MMTRACE_FIELD_INODE:
	case MMTRACE_FIELD_KIND:
		return find_of_file(call, field, at_return, value);
	case MMTRACE_FIELD_CGROUP:
		*value = cgroup_id(task_own_cgroup(current));
		return true;
	case MMTRACE_FIELD_MNT_NS:
		*value = current_mnt_ns_id();
		return true;
	case MMTRACE_FIELD_PID_NS:
		*value = task_pid_ns_id(current);
		return true;
	case MMTRACE_FIELD_SYSCALL:
		*value = (s64)out->syscall;
		return true;
	case MMTRACE_FIELD_COMPAT:
		*value = !!(call->out.head.flags & MMTRACE_R_COMPAT);
		return true;
	case MMTRACE_FIELD_FAILED:
		*value = call_failed(call);
		return true;
	case MMTRACE_FIELD_RET:
		*value = out->ret;
		return true;
	case MMTRACE_FIELD_ERRNO:
		*value = call_failed(call) ? -out->ret : 0;
		return true;
	case MMTRACE_FIELD_DURATION:
		*value = call_duration(call);
		return true;
	}
	return false;
}

/**
 * field_is_under() - is current in a cgroup, or below it?
 * @cgroup: its id
 *
 * Nothing bounds how deep cgroups are, so this does.
 *
 * Context: preemption off.
 *
 * Return: whether it is one of the MMTRACE_CGROUPS_MAX that are looked at.
 */
bool field_is_under(u64 cgroup)
{
	struct cgroup *own = task_own_cgroup(current);
	u32 left;

	for (left = MMTRACE_CGROUPS_MAX; own && left; left--) {
		if (cgroup_id(own) == cgroup)
			return true;
		own = cgroup_parent(own);
	}
	return false;
}

/* All the pages that @len bytes at @start are in. */
static bool pages_overlap(u64 start, u64 len, u64 first, u64 last)
{
	u64 end = start + len - 1;

	if (!len)
		return false;
	if (end < start)
		end = U64_MAX;
	return (start & PAGE_MASK) <= last && (end | ~PAGE_MASK) >= first;
}

static bool mremap_overlaps(struct call *call, u64 first, u64 last)
{
	const struct mmtrace_mremap *args = &call->out.mremap;

	if (pages_overlap(args->old_address, args->old_size, first, last))
		return true;
	if (!call_failed(call))
		return pages_overlap(call->out.call.ret, args->new_size, first, last);
	return args->flags & MREMAP_FIXED &&
	       pages_overlap(args->new_address, args->new_size, first, last);
}

/**
 * field_overlaps() - is a call about one of these bytes of memory?
 * @call: which has returned
 * @first: of the bytes
 * @last: likewise
 *
 * Return: whether it is, as MMTRACE_FIELD_ADDR has it.
 */
bool field_overlaps(struct call *call, u64 first, u64 last)
{
	const u64 *args = call_args(call);
	u64 start = args[0];

	switch (call_event(call)) {
	case MMTRACE_EVENT_MREMAP:
		return mremap_overlaps(call, first, last);
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		break;
	default:
		if (!call_failed(call))
			start = call->out.call.ret;
	}
	return pages_overlap(start, args[1], first, last);
}
