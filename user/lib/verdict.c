// SPDX-License-Identifier: GPL-2.0
/*
 * The contract of filters, struct mmtrace_pred, kept once more: the module keeps it
 * with what the kernel has at hand, this with what a record tells.
 */
#include <fnmatch.h>
#include <string.h>
#include <sys/mman.h>

#include "program.h"


#define ERRNO_MAX	4095
#define KINDS		(MMTRACE_R_UNLINKED | MMTRACE_R_MEMFD | MMTRACE_R_SHM | \
			 MMTRACE_R_TMPFS | MMTRACE_R_HUGETLB | MMTRACE_R_DEVICE)

static bool is_mmap(const struct mmtrace_record *rec)
{
	return rec->head.event == MMTRACE_EVENT_MMAP || rec->head.event == MMTRACE_EVENT_MMAP2;
}

static bool has_failed(const struct mmtrace_record *rec)
{
	return rec->call.ret < 0 && rec->call.ret >= -ERRNO_MAX;
}

static bool find_prot(const struct mmtrace_record *rec, __u64 *value)
{
	if (rec->head.event == MMTRACE_EVENT_MREMAP)
		return false;
	if (rec->head.event == MMTRACE_EVENT_REMAP_FILE_PAGES)
		*value = rec->remap_file_pages.prot;
	else
		*value = is_mmap(rec) ? rec->mmap.prot : rec->do_mmap.prot;
	return true;
}

static __u64 flags_of(const struct mmtrace_record *rec)
{
	switch (rec->head.event) {
	case MMTRACE_EVENT_MREMAP:
		return rec->mremap.flags;
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		return rec->remap_file_pages.flags;
	case MMTRACE_EVENT_DO_MMAP:
		return rec->do_mmap.flags;
	default:
		return rec->mmap.flags;
	}
}

static __u64 len_of(const struct mmtrace_record *rec)
{
	switch (rec->head.event) {
	case MMTRACE_EVENT_MREMAP:
		return rec->mremap.new_size;
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		return rec->remap_file_pages.size;
	case MMTRACE_EVENT_DO_MMAP:
		return rec->do_mmap.len;
	default:
		return rec->mmap.length;
	}
}

static bool find_anon(const struct mmtrace_record *rec, __u64 *value)
{
	if (rec->head.event == MMTRACE_EVENT_DO_MMAP)
		*value = !mmt_file(rec);
	else
		*value = !!(flags_of(rec) & MAP_ANONYMOUS);
	return rec->head.event == MMTRACE_EVENT_DO_MMAP || is_mmap(rec);
}

static bool find_pgoff(const struct mmtrace_record *rec, __u32 page_size, __u64 *value)
{
	switch (rec->head.event) {
	case MMTRACE_EVENT_MREMAP:
		return false;
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		*value = rec->remap_file_pages.pgoff;
		return true;
	case MMTRACE_EVENT_DO_MMAP:
		*value = rec->do_mmap.pgoff;
		return true;
	case MMTRACE_EVENT_MMAP:
		*value = rec->mmap.off / page_size;
		return true;
	default:
		*value = rec->mmap.off / (page_size / 4096);
		return true;
	}
}

static bool find_fd(const struct mmtrace_record *rec, __u64 *value)
{
	*value = (__s64)(is_mmap(rec) ? rec->mmap.fd : rec->do_mmap.fd);
	return is_mmap(rec) || (rec->head.event == MMTRACE_EVENT_DO_MMAP &&
				rec->head.flags & MMTRACE_R_FD);
}

static bool find_of_file(const struct mmtrace_record *rec, __u16 field, __u64 *value)
{
	const struct mmtrace_file *file = mmt_file(rec);

	if (!file)
		return false;
	if (field == MMTRACE_FIELD_INODE)
		*value = file->inode;
	else if (field == MMTRACE_FIELD_DEV)
		*value = (__u64)file->dev_major << 32 | file->dev_minor;
	else
		*value = rec->head.flags & KINDS;
	return true;
}

static bool find_of_result(const struct mmtrace_record *rec, __u16 field, __u64 *value)
{
	switch (field) {
	case MMTRACE_FIELD_FAILED:
		*value = has_failed(rec);
		return true;
	case MMTRACE_FIELD_RET:
		*value = rec->call.ret;
		return true;
	case MMTRACE_FIELD_ERRNO:
		*value = has_failed(rec) ? -rec->call.ret : 0;
		return true;
	case MMTRACE_FIELD_DURATION:
		*value = rec->call.duration;
		return true;
	case MMTRACE_FIELD_SYSCALL:
		*value = (__s64)rec->call.syscall;
		return true;
	case MMTRACE_FIELD_COMPAT:
		*value = !!(rec->head.flags & MMTRACE_R_COMPAT);
		return true;
	}
	return false;
}

static bool find_of_thread(const struct mmtrace_record *rec, __u16 field, __u64 *value)
{
	const struct mmtrace_call *call = &rec->call;
	const __u64 values[MMTRACE_FIELD_COUNT] = {
		[MMTRACE_FIELD_EVENT] = rec->head.event,
		[MMTRACE_FIELD_TGID] = call->tgid, [MMTRACE_FIELD_TID] = call->tid,
		[MMTRACE_FIELD_UID] = call->uid, [MMTRACE_FIELD_GID] = call->gid,
		[MMTRACE_FIELD_CGROUP] = call->cgroup, [MMTRACE_FIELD_MNT_NS] = call->mnt_ns,
		[MMTRACE_FIELD_PID_NS] = call->pid_ns,
	};

	*value = values[field];
	return true;
}

/* False if the event has no such field. */
static bool find(const struct mmtrace_record *rec, __u16 field, __u32 page_size, __u64 *value)
{
	switch (field) {
	case MMTRACE_FIELD_PROT:
		return find_prot(rec, value);
	case MMTRACE_FIELD_FLAGS:
		*value = flags_of(rec);
		return true;
	case MMTRACE_FIELD_LEN:
		*value = len_of(rec);
		return true;
	case MMTRACE_FIELD_ANON:
		return find_anon(rec, value);
	case MMTRACE_FIELD_PGOFF:
		return find_pgoff(rec, page_size, value);
	case MMTRACE_FIELD_FD:
		return find_fd(rec, value);
	case MMTRACE_FIELD_DEV:
	case MMTRACE_FIELD_INODE:
	case MMTRACE_FIELD_KIND:
		return find_of_file(rec, field, value);
	default:
		return find_of_result(rec, field, value) || find_of_thread(rec, field, value);
	}
}

/* All the pages that @len bytes at @start are in. */
static bool pages_overlap(__u64 start, __u64 len, const struct mmtrace_pred *pred, __u32 page_size)
{
	__u64 end = start + len - 1, in_page = page_size - 1;

	if (!len)
		return false;
	if (end < start)
		end = ~0ull;
	return (start & ~in_page) <= pred->mask && (end | in_page) >= pred->value;
}

static bool overlaps(const struct mmtrace_record *rec, const struct mmtrace_pred *pred,
		     __u32 page_size)
{
	const struct mmtrace_mremap *mremap = &rec->mremap;
	__u64 start = rec->do_mmap.addr;

	if (rec->head.event != MMTRACE_EVENT_MREMAP) {
		if (!has_failed(rec) && rec->head.event != MMTRACE_EVENT_REMAP_FILE_PAGES)
			start = rec->call.ret;
		return pages_overlap(start, len_of(rec), pred, page_size);
	}
	if (pages_overlap(mremap->old_address, mremap->old_size, pred, page_size))
		return true;
	if (!has_failed(rec))
		return pages_overlap(rec->call.ret, mremap->new_size, pred, page_size);
	return mremap->flags & MREMAP_FIXED &&
	       pages_overlap(mremap->new_address, mremap->new_size, pred, page_size);
}

static bool matches(const struct mmt_program *program, const struct mmtrace_pred *pred,
		    const char *string)
{
	char pattern[MMTRACE_STRINGS_MAX + 1];

	memcpy(pattern, program->strings + pred->value, pred->mask);
	pattern[pred->mask] = 0;
	if (pred->op == MMTRACE_OP_GLOB)
		return !fnmatch(pattern, string, 0);
	return !strcmp(pattern, string);
}

static bool is_below(__u16 field, __u64 a, __u64 b)
{
	if (field == MMTRACE_FIELD_FD || field == MMTRACE_FIELD_RET ||
	    field == MMTRACE_FIELD_SYSCALL)
		return (__s64)a < (__s64)b;
	return a < b;
}

static bool compares(const struct mmtrace_pred *pred, __u64 whole)
{
	__u64 number = whole & pred->mask;

	switch (pred->op) {
	case MMTRACE_OP_EQ:
		return number == pred->value;
	case MMTRACE_OP_LT:
		return is_below(pred->field, number, pred->value);
	case MMTRACE_OP_GT:
		return is_below(pred->field, pred->value, number);
	case MMTRACE_OP_ANY:
		return number;
	case MMTRACE_OP_RANGE:
		return !is_below(pred->field, whole, pred->value) &&
		       !is_below(pred->field, pred->mask, whole);
	}
	return false;
}

static bool holds(const struct mmt_program *program, const struct mmtrace_pred *pred,
		  const struct mmtrace_record *rec, __u32 page_size)
{
	const struct mmtrace_file *file = mmt_file(rec);
	char comm[sizeof(rec->call.comm) + 1] = "";
	__u64 number;

	switch (pred->field) {
	case MMTRACE_FIELD_COMM:
		memcpy(comm, rec->call.comm, sizeof(rec->call.comm));
		return matches(program, pred, comm);
	case MMTRACE_FIELD_PATH:
		return file && matches(program, pred, file->path);
	case MMTRACE_FIELD_ADDR:
		return overlaps(rec, pred, page_size);
	default:
		return find(rec, pred->field, page_size, &number) && compares(pred, number);
	}
}

bool mmt_program_can_judge(const struct mmt_program *program)
{
	unsigned int i;

	for (i = 0; i < program->preds_len; i++)
		if (program->preds[i].op == MMTRACE_OP_UNDER)
			return false;
	return true;
}

bool mmt_program_accepts(const struct mmt_program *program, const struct mmtrace_record *rec,
			 __u32 page_size)
{
	unsigned int at = program->preds_len ? 0 : MMTRACE_ACCEPT;

	if (rec->head.event == MMTRACE_EVENT_LOST || rec->head.event >= MMTRACE_EVENT_COUNT)
		return true;
	while (at < program->preds_len) {
		const struct mmtrace_pred *pred = &program->preds[at];

		at = holds(program, pred, rec, page_size) ? pred->on_true : pred->on_false;
	}
	return at == MMTRACE_ACCEPT;
}
