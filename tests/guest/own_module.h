/* SPDX-License-Identifier: GPL-2.0 */
/* The module that is tested, loaded and unloaded by the test itself. */
#ifndef MMTRACE_TEST_OWN_MODULE_H
#define MMTRACE_TEST_OWN_MODULE_H

#include "mmtrace_test.h"

#define OWN_MODULE	"/opt/mmtrace/mmtrace.ko"

/* 0 or a negative errno; @options are as with insmod(8). */
static inline long module_insert(int fd, const char *options)
{
	return raw_syscall(SYS_finit_module, fd, options, 0);
}

/* Likewise. */
static inline long module_load(void)
{
	int fd = open(OWN_MODULE, O_RDONLY | O_CLOEXEC);
	long err = fd < 0 ? -errno : module_insert(fd, "");

	close(fd);
	return err;
}

/* Likewise; @flags are those of open(2). */
static inline long module_unload(unsigned int flags)
{
	return raw_syscall(SYS_delete_module, "mmtrace", flags);
}

#endif /* MMTRACE_TEST_OWN_MODULE_H */
