// SPDX-License-Identifier: GPL-2.0
#include "measure.h"

#define ERRNO_MAX	4095

static __u64 product(__u64 a, __u64 b)
{
	return b && a > ~0ull / b ? ~0ull : a * b;
}

static __u64 whole_pages(__u64 bytes, __u32 page_size)
{
	return counts_sum(bytes, page_size - 1) / page_size * page_size;
}

/*
 * Bytes that a call which succeeded has added. What remap_file_pages maps, the do_mmap
 * that it makes tells.
 */
static __u64 bytes_of(const struct mmtrace_record *rec, __u32 page_size)
{
	__u64 old;

	switch (rec->head.event) {
	case MMTRACE_EVENT_DO_MMAP:
		return whole_pages(rec->do_mmap.len, page_size);
	case MMTRACE_EVENT_MMAP:
	case MMTRACE_EVENT_MMAP2:
		return whole_pages(rec->mmap.length, page_size);
	case MMTRACE_EVENT_MREMAP:
		old = rec->mremap.old_size;
		return rec->mremap.new_size <= old ? 0 :
		       whole_pages(rec->mremap.new_size, page_size) - whole_pages(old, page_size);
	}
	return 0;
}

/**
 * measure_add() - one call more
 * @measure: where it is counted
 * @rec: a valid record of a call
 * @page_size: of the machine, bytes
 * @weight: for how many calls it counts, not 0
 *
 * Return: 0 or -ENOMEM.
 */
int measure_add(struct measure *measure, const struct mmtrace_record *rec, __u32 page_size,
		__u64 weight)
{
	__s64 ret = rec->call.ret;
	int failed = delay_add(&measure->latency, rec->call.duration, weight);

	if (failed)
		return failed;
	if (ret < 0 && ret >= -ERRNO_MAX) {
		measure->errors = counts_sum(measure->errors, weight);
		return counts_add(&measure->errnos, -ret, weight);
	}
	measure->bytes = counts_sum(measure->bytes, product(bytes_of(rec, page_size), weight));
	return 0;
}

/**
 * measure_halve() - as if only half of the calls had been
 * @measure: of calls
 */
void measure_halve(struct measure *measure)
{
	delay_halve(&measure->latency);
	measure->errors /= 2;
	measure->bytes /= 2;
	counts_halve(&measure->errnos);
}

/**
 * measure_free() - forget all calls
 * @measure: of calls; may be used again
 */
void measure_free(struct measure *measure)
{
	delay_free(&measure->latency);
	counts_free(&measure->errnos);
	*measure = (struct measure){ 0 };
}
