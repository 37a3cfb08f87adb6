/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Failing the n-th thing that can fail within a system call: an allocation, or a copy
 * from or to user space. Kernels with fault injection have it by thread.
 */
#ifndef MMTRACE_TEST_FAULT_H
#define MMTRACE_TEST_FAULT_H

#include <stdio.h>

#include "mmtrace_test.h"

#define FAULT_NTH	"/proc/thread-self/fail-nth"
#define FAULT_DEBUG	"/sys/kernel/debug/"

/* True if the kernel can; then also what may sleep fails, and nothing is logged of it. */
static inline bool fault_init(void)
{
	return !access(FAULT_NTH, W_OK) &&
	       write_word(FAULT_DEBUG "failslab/ignore-gfp-wait", "N") &&
	       write_word(FAULT_DEBUG "failslab/verbose", "0") &&
	       write_word(FAULT_DEBUG "fail_page_alloc/ignore-gfp-wait", "N") &&
	       write_word(FAULT_DEBUG "fail_page_alloc/min-order", "0") &&
	       write_word(FAULT_DEBUG "fail_page_alloc/verbose", "0") &&
	       write_word(FAULT_DEBUG "fail_usercopy/verbose", "0");
}

/* One of so many things fails, of threads that have make-it-fail set; 0 for none. */
static inline bool fault_by_chance(unsigned int of)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char path[128], percent[16];
	unsigned int i;
	bool done = true;

	snprintf(percent, sizeof(percent), "%u", of ? 100 / of : 0);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), FAULT_DEBUG "%s/task-filter", kinds[i]);
		done &= write_word(path, "Y");
		snprintf(path, sizeof(path), FAULT_DEBUG "%s/times", kinds[i]);
		done &= write_word(path, "-1");
		snprintf(path, sizeof(path), FAULT_DEBUG "%s/probability", kinds[i]);
		done &= write_word(path, percent);
	}
	return done;
}

/**
 * fault_call() - a call, within which the n-th thing fails
 * @nth: 1 is the first
 * @call: to be called
 * @data: for it
 * @ret: what it returned
 *
 * Return: whether it came so far that anything failed.
 */
static inline bool fault_call(unsigned int nth, long (*call)(void *), void *data, long *ret)
{
	int fd = open(FAULT_NTH, O_RDWR | O_CLOEXEC);
	char text[16] = "";
	bool failed;

	if (fd < 0 || dprintf(fd, "%u", nth) < 0)
		abort();
	*ret = call(data);
	/* The read, too, copies to user space, and may be what fails. */
	failed = pread(fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
	while (write(fd, "0", 1) < 0)
		;
	close(fd);
	return failed;
}

/* An allocation, or a copy: nothing else was told to fail. */
static inline void expect_fault(struct __test_metadata *_metadata, unsigned int nth, long ret)
{
	EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT) TH_LOG("%u: %s", nth, strerror(-ret));
}

/* Instead of that of the harness: all is skipped where nothing can be made to fail. */
static inline int fault_main(int argc, char **argv)
{
	if (fault_init())
		return test_harness_run(argc, argv);
	printf("1..0 # SKIP this kernel injects no faults\n");
	return KSFT_SKIP;
}

#endif /* MMTRACE_TEST_FAULT_H */
