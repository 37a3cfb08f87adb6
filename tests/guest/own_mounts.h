/* SPDX-License-Identifier: GPL-2.0 */
/* Mounts of the test's own, which go with it. */
#ifndef MMTRACE_TEST_OWN_MOUNTS_H
#define MMTRACE_TEST_OWN_MOUNTS_H

#include <sched.h>
#include <sys/mount.h>

#include "mmtrace_test.h"

/* The current directory, told in @base, is empty now, and on a file system of its own. */
static inline void own_mounts(struct __test_metadata *_metadata, char *base, size_t size)
{
	ASSERT_NE(NULL, getcwd(base, size));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("none", base, "tmpfs", 0, NULL));
	ASSERT_EQ(0, chdir(base));
}

#endif /* MMTRACE_TEST_OWN_MOUNTS_H */
