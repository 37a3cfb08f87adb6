// SPDX-License-Identifier: GPL-2.0
#include "mapped.h"

#define ERRNO_MAX	4095
#define DONTUNMAP	4	/* MREMAP_DONTUNMAP */
#define BYTES_MAX	(1ull << 62)	/* more than any machine has, and two can be added */

/* Whole pages, as the kernel does it. */
static __s64 pages(__u64 bytes, __u32 page_size)
{
	if (bytes > BYTES_MAX)
		return BYTES_MAX;
	if (page_size)
		bytes += (page_size - bytes % page_size) % page_size;
	return bytes;
}

/**
 * mapped_bytes() - how many bytes more are mapped since a call
 * @rec: a valid record
 * @page_size: of the machine; 0 if it is not known
 *
 * Only do_mmap and mremap count: mmap, mmap2 and remap_file_pages lead to a do_mmap.
 * That something was mapped there before is not known, nor is there a record when
 * it is unmapped.
 *
 * Return: the bytes; less than 0 of an mremap that made a mapping smaller.
 */
__s64 mapped_bytes(const struct mmtrace_record *rec, __u32 page_size)
{
	const struct mmtrace_mremap *args = &rec->mremap;

	if (rec->head.event != MMTRACE_EVENT_DO_MMAP && rec->head.event != MMTRACE_EVENT_MREMAP)
		return 0;
	if (rec->call.ret < 0 && rec->call.ret >= -ERRNO_MAX)
		return 0;
	if (rec->head.event == MMTRACE_EVENT_DO_MMAP)
		return pages(rec->do_mmap.len, page_size);
	return pages(args->new_size, page_size) -
	       (args->flags & DONTUNMAP ? 0 : pages(args->old_size, page_size));
}
