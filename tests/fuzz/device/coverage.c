// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "coverage.h"
#include "sequence.h"

/* <linux/kcov.h> has these with a long, which 32-bit programs have of another size. */
#define KCOV_INIT	_IOR('c', 1, __u64)
#define KCOV_ENABLE	_IO('c', 100)
#define KCOV_PCS	0
#define ENTRIES		(1u << 15)

struct coverage *coverage;

static struct {
	int	fd;
	__u64	*pcs;
} traces[THREADS];

static __u64 text;

static bool read_text_address(void)
{
	FILE *in = fopen("/sys/module/mmtrace/sections/.text", "r");
	unsigned long long address = 0;
	bool good = in && fscanf(in, "%llx", &address) == 1;

	text = address;
	if (in)
		fclose(in);
	return good && text;
}

static bool open_trace(unsigned int thread)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	void *pcs;

	if (fd < 0 || ioctl(fd, KCOV_INIT, ENTRIES))
		return false;
	pcs = mmap(NULL, ENTRIES * sizeof(__u64), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pcs == MAP_FAILED)
		return false;
	traces[thread].pcs = pcs;
	traces[thread].fd = fd;
	return true;
}

/**
 * coverage_init() - before processes are made that use it
 * @threads: how many each has
 *
 * Return: false if the kernel can't tell.
 */
bool coverage_init(unsigned int threads)
{
	coverage = mmap(NULL, sizeof(*coverage), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (coverage == MAP_FAILED)
		abort();
	while (threads--)
		if (!read_text_address() || !open_trace(threads))
			return false;
	return true;
}

/**
 * coverage_begin() - from now on the calling thread is traced, until it exits
 * @thread: its number
 */
void coverage_begin(unsigned int thread)
{
	if (traces[thread].pcs)
		ioctl(traces[thread].fd, KCOV_ENABLE, KCOV_PCS);
}

/**
 * coverage_restart() - forget what the thread has reached
 * @thread: the calling one
 */
void coverage_restart(unsigned int thread)
{
	if (traces[thread].pcs)
		__atomic_store_n(traces[thread].pcs, 0, __ATOMIC_RELAXED);
}

/**
 * coverage_collect() - remember it
 * @thread: the calling one
 */
void coverage_collect(unsigned int thread)
{
	const __u64 *pcs = traces[thread].pcs;
	__u64 i, len, offset;

	if (!pcs)
		return;
	len = __atomic_load_n(pcs, __ATOMIC_RELAXED);
	for (i = 1; i <= len && i < ENTRIES; i++) {
		offset = pcs[i] - text;
		if (offset < COVERAGE_MAX)
			coverage->reached[offset] = coverage->run;
	}
}

void coverage_next_run(void)
{
	coverage->run++;
}

/**
 * coverage_new() - what this run was the first to reach
 * @offsets: filled in
 * @room: for how many
 *
 * Return: how many there are, at most @room.
 */
unsigned int coverage_new(__u32 *offsets, unsigned int room)
{
	unsigned int len = 0;
	__u32 offset;

	for (offset = 0; offset < COVERAGE_MAX && len < room; offset++)
		if (coverage->reached[offset] == coverage->run && !coverage->known[offset])
			offsets[len++] = offset;
	return len;
}

/**
 * coverage_again() - has this run reached these?
 * @offsets: of them
 * @len: how many
 *
 * Return: true if all.
 */
bool coverage_again(const __u32 *offsets, unsigned int len)
{
	while (len--)
		if (coverage->reached[offsets[len]] != coverage->run)
			return false;
	return true;
}

/**
 * coverage_adopt() - what was reached up to now is not new any more
 */
void coverage_adopt(void)
{
	__u32 offset;

	for (offset = 0; offset < COVERAGE_MAX; offset++)
		if (coverage->reached[offset])
			coverage->known[offset] = true;
}

/**
 * coverage_print() - all that was reached, for tests/fuzz/coverage.sh
 * @out: where to
 *
 * Return: how many places.
 */
unsigned int coverage_print(FILE *out)
{
	unsigned int count = 0;
	__u32 offset;

	for (offset = 0; offset < COVERAGE_MAX; offset++) {
		if (!coverage->reached[offset])
			continue;
		fprintf(out, "%s%#x", count % 16 ? " " : "\n@reached ", offset);
		count++;
	}
	fputc('\n', out);
	return count;
}
