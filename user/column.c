// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "column.h"
#include "libmmtrace.h"
#include "names.h"
#include "text.h"

#define ERRNO_MAX	4095

#define AT(member)	offsetof(struct mmtrace_record, member)
#define FILE_AT(member)	(AT(do_mmap) + sizeof(struct mmtrace_do_mmap) + \
			 offsetof(struct mmtrace_file, member))
#define DO_MMAP		MMTRACE_EVENT_DO_MMAP
#define REMAP		MMTRACE_EVENT_REMAP_FILE_PAGES

/* Where a value is, of the events that have it. */
#define EVERY(member)	{ [0 ... MMTRACE_EVENT_COUNT] = AT(member) }
#define UNKNOWN(member)	{ [MMTRACE_EVENT_COUNT] = AT(member) }
#define CALL(member)	{ [DO_MMAP ... MMTRACE_EVENT_MMAP2] = AT(member) }
#define LOST(member)	{ [MMTRACE_EVENT_LOST] = AT(member) }
#define MREMAP(member)	{ [MMTRACE_EVENT_MREMAP] = AT(member) }
#define OF_FILE(member)	{ [DO_MMAP] = FILE_AT(member) }

const struct column columns[] = {
	{ "event", COLUMN_EVENT, 4, .at = EVERY(head.event), .framed = true },
	{ "event_number", COLUMN_UNSIGNED, 4, .at = UNKNOWN(head.event) },
	{ "seq", COLUMN_UNSIGNED, 8, .at = EVERY(head.seq) },
	{ "cpu", COLUMN_UNSIGNED, 4, .at = EVERY(head.cpu), .framed = true },
	{ "time", COLUMN_UNSIGNED, 8, .at = EVERY(head.time), .framed = true },
	{ "duration", COLUMN_UNSIGNED, 8, .at = CALL(call.duration) },
	{ "tgid", COLUMN_UNSIGNED, 4, .at = CALL(call.tgid) },
	{ "tid", COLUMN_UNSIGNED, 4, .at = CALL(call.tid) },
	{ "ptgid", COLUMN_UNSIGNED, 4, .at = CALL(call.ptgid) },
	{ "uid", COLUMN_UNSIGNED, 4, .at = CALL(call.uid) },
	{ "gid", COLUMN_UNSIGNED, 4, .at = CALL(call.gid) },
	{ "comm", COLUMN_COMM, 0, .at = CALL(call.comm) },
	{ "cgroup", COLUMN_UNSIGNED, 8, .at = CALL(call.cgroup) },
	{ "mnt_ns", COLUMN_UNSIGNED, 4, .at = CALL(call.mnt_ns) },
	{ "pid_ns", COLUMN_UNSIGNED, 4, .at = CALL(call.pid_ns) },
	{ "syscall", COLUMN_NATURAL, 4, .at = CALL(call.syscall) },
	{ "compat", COLUMN_BOOL, 4, .at = CALL(head.flags), .mask = MMTRACE_R_COMPAT },
	{ "call_id", COLUMN_ADDRESS, 8, .at = CALL(call.call_id) },
	{ "ret", COLUMN_RET, 8, .at = CALL(call.ret) },
	{ "errno", COLUMN_ERRNO, 8, .at = CALL(call.ret) },
	{ "args_unread", COLUMN_BOOL, 4, .at = CALL(head.flags), .mask = MMTRACE_R_ARGS_UNREAD },
	{ "addr", COLUMN_ADDRESS, 8, .at = {
		[DO_MMAP] = AT(do_mmap.addr), [REMAP] = AT(remap_file_pages.addr),
		[MMTRACE_EVENT_MMAP] = AT(mmap.addr), [MMTRACE_EVENT_MMAP2] = AT(mmap.addr) } },
	{ "len", COLUMN_UNSIGNED, 8, .at = { [DO_MMAP] = AT(do_mmap.len) } },
	{ "length", COLUMN_UNSIGNED, 8, .at = {
		[MMTRACE_EVENT_MMAP] = AT(mmap.length),
		[MMTRACE_EVENT_MMAP2] = AT(mmap.length) } },
	{ "size", COLUMN_UNSIGNED, 8, .at = { [REMAP] = AT(remap_file_pages.size) } },
	{ "old_address", COLUMN_ADDRESS, 8, .at = MREMAP(mremap.old_address) },
	{ "old_size", COLUMN_UNSIGNED, 8, .at = MREMAP(mremap.old_size) },
	{ "new_size", COLUMN_UNSIGNED, 8, .at = MREMAP(mremap.new_size) },
	{ "prot", COLUMN_PROT, 8, .at = {
		[DO_MMAP] = AT(do_mmap.prot), [REMAP] = AT(remap_file_pages.prot),
		[MMTRACE_EVENT_MMAP] = AT(mmap.prot), [MMTRACE_EVENT_MMAP2] = AT(mmap.prot) } },
	{ "flags", COLUMN_FLAGS, 8, .at = {
		[DO_MMAP] = AT(do_mmap.flags), [MMTRACE_EVENT_MREMAP] = AT(mremap.flags),
		[REMAP] = AT(remap_file_pages.flags), [MMTRACE_EVENT_MMAP] = AT(mmap.flags),
		[MMTRACE_EVENT_MMAP2] = AT(mmap.flags) } },
	{ "new_address", COLUMN_ADDRESS, 8, .at = MREMAP(mremap.new_address) },
	{ "pgoff", COLUMN_UNSIGNED, 8, .at = {
		[DO_MMAP] = AT(do_mmap.pgoff), [REMAP] = AT(remap_file_pages.pgoff) } },
	{ "off", COLUMN_UNSIGNED, 8, .at = { [MMTRACE_EVENT_MMAP] = AT(mmap.off) } },
	{ "pgoffset", COLUMN_UNSIGNED, 8, .at = { [MMTRACE_EVENT_MMAP2] = AT(mmap.off) } },
	{ "has_fd", COLUMN_BOOL, 4, .at = { [DO_MMAP] = AT(head.flags) },
	  .mask = MMTRACE_R_FD, .implied = true },
	{ "fd", COLUMN_SIGNED, 4, .at = {
		[DO_MMAP] = AT(do_mmap.fd), [MMTRACE_EVENT_MMAP] = AT(mmap.fd),
		[MMTRACE_EVENT_MMAP2] = AT(mmap.fd) }, .needs = MMTRACE_R_FD },
	{ "has_file", COLUMN_BOOL, 4, .at = { [DO_MMAP] = AT(head.flags) },
	  .mask = MMTRACE_R_FILE, .implied = true },
	{ "path", COLUMN_PATH, 0, .at = OF_FILE(path), .needs = MMTRACE_R_FILE },
	{ "dev_major", COLUMN_UNSIGNED, 4, .at = OF_FILE(dev_major), .needs = MMTRACE_R_FILE },
	{ "dev_minor", COLUMN_UNSIGNED, 4, .at = OF_FILE(dev_minor), .needs = MMTRACE_R_FILE },
	{ "inode", COLUMN_UNSIGNED, 8, .at = OF_FILE(inode), .needs = MMTRACE_R_FILE },
	{ "generation", COLUMN_UNSIGNED, 4, .at = OF_FILE(generation), .needs = MMTRACE_R_FILE },
	{ "ctime", COLUMN_SIGNED, 8, .at = OF_FILE(ctime), .needs = MMTRACE_R_FILE },
	{ "open_flags", COLUMN_OPEN_FLAGS, 4, .at = OF_FILE(open_flags), .needs = MMTRACE_R_FILE },
#define KIND(name, bit)	{ name, COLUMN_BOOL, 4, .at = { [DO_MMAP] = AT(head.flags) }, \
	.mask = (bit), .needs = MMTRACE_R_FILE }
	KIND("unlinked", MMTRACE_R_UNLINKED),
	KIND("memfd", MMTRACE_R_MEMFD),
	KIND("shm", MMTRACE_R_SHM),
	KIND("tmpfs", MMTRACE_R_TMPFS),
	KIND("hugetlb", MMTRACE_R_HUGETLB),
	KIND("device", MMTRACE_R_DEVICE),
	KIND("path_cut", MMTRACE_R_PATH_CUT),
	{ "stack", COLUMN_STACK, 4, .at = CALL(head.flags), .needs = MMTRACE_R_STACK },
#define STACK(name, bit) { name, COLUMN_STACK_BOOL, 4, .at = CALL(head.flags), .mask = (bit), \
	.needs = MMTRACE_R_STACK }
	STACK("stack_cut", MMTRACE_STACK_CUT),
	STACK("stack_broken", MMTRACE_STACK_BROKEN),
	STACK("stack_link", MMTRACE_STACK_LINK),
	{ "count", COLUMN_COUNT, 8, .at = LOST(lost.count) },
	{ "first", COLUMN_UNSIGNED, 8, .at = LOST(lost.first) },
	{ "last", COLUMN_UNSIGNED, 8, .at = LOST(lost.last) },
	{ "cause", COLUMN_CAUSE, 4, .at = LOST(lost.cause) },
	{ "missed_event", COLUMN_EVENT, 4, .at = LOST(lost.missed_event) },
};

const size_t columns_len = sizeof(columns) / sizeof(columns[0]);

/**
 * column_event() - index in the places of columns
 * @rec: a valid record
 *
 * Return: its event, or MMTRACE_EVENT_COUNT for one of a newer module.
 */
__u32 column_event(const struct mmtrace_record *rec)
{
	return rec->head.event < MMTRACE_EVENT_COUNT ? rec->head.event : MMTRACE_EVENT_COUNT;
}

static bool has_failed(const struct mmtrace_record *rec)
{
	return rec->call.ret < 0 && rec->call.ret >= -ERRNO_MAX;
}

/* mmap and mmap2 have an fd always, do_mmap where it could be found. */
static bool has_flag(const struct column *column, const struct mmtrace_record *rec)
{
	if (!column->needs || rec->head.flags & column->needs)
		return true;
	return column->needs == MMTRACE_R_FD && rec->head.event != DO_MMAP;
}

/**
 * column_has() - does a record say this
 * @column: what
 * @rec: a valid record
 *
 * Return: true if so.
 */
bool column_has(const struct column *column, const struct mmtrace_record *rec)
{
	if (!column->at[column_event(rec)] || !has_flag(column, rec))
		return false;
	if (column->kind == COLUMN_NATURAL)
		return (__s64)column_number(column, rec) >= 0;
	if (column->kind == COLUMN_ERRNO)
		return has_failed(rec);
	if (column->kind == COLUMN_COUNT)
		return rec->lost.cause != MMTRACE_LOST_INTERRUPTED;
	if (column->kind == COLUMN_EVENT && !column->framed)
		return rec->lost.cause == MMTRACE_LOST_MISSED;
	return true;
}

static __u64 sign_extend(__u64 value, size_t size)
{
	return size == 4 ? (__u64)(__s64)(__s32)value : value;
}

/**
 * column_number() - what a record says, if it is no string
 * @column: that the event has; flags it needs are there
 * @rec: a valid record
 *
 * Return: the value; of a signed one as if it were cast.
 */
__u64 column_number(const struct column *column, const struct mmtrace_record *rec)
{
	const char *at = (const char *)rec + column->at[column_event(rec)];
	__u64 value = 0;
	__u32 half;

	if (column->kind == COLUMN_STACK_BOOL)
		return !!(mmt_stack(rec)->flags & column->mask);
	if (column->size == sizeof(half)) {
		memcpy(&half, at, sizeof(half));
		value = half;
	} else {
		memcpy(&value, at, sizeof(value));
	}
	switch (column->kind) {
	case COLUMN_SIGNED:
	case COLUMN_NATURAL:
		return sign_extend(value, column->size);
	case COLUMN_BOOL:
		return !!(value & column->mask);
	case COLUMN_ERRNO:
		return has_failed(rec) ? 0 - value : 0;
	default:
		return value;
	}
}

/**
 * column_string() - what a record says, if it is a string
 * @column: that the record has
 * @rec: a valid record
 * @len: set to its bytes
 *
 * Return: the bytes, any but NUL.
 */
const char *column_string(const struct column *column, const struct mmtrace_record *rec,
			  size_t *len)
{
	const struct mmtrace_file *file = (const void *)(&rec->do_mmap + 1);

	if (column->kind == COLUMN_COMM) {
		*len = strnlen(rec->call.comm, sizeof(rec->call.comm));
		return rec->call.comm;
	}
	*len = strnlen(file->path, file->path_len);
	return file->path;
}

/**
 * column_flags() - names of flags
 * @column: any
 * @event: of the record
 *
 * Return: the names; NULL if these are no flags.
 */
const struct mmtrace_flags *column_flags(const struct column *column, __u32 event)
{
	switch (column->kind) {
	case COLUMN_PROT:
		return &mmtrace_prot_flags;
	case COLUMN_FLAGS:
		return event == MMTRACE_EVENT_MREMAP ? &mmtrace_mremap_flags : &mmtrace_map_flags;
	case COLUMN_OPEN_FLAGS:
		return &mmtrace_open_flags;
	default:
		return NULL;
	}
}
