/* SPDX-License-Identifier: GPL-2.0 */
/* Names of the system calls that map. */
#ifndef MMTRACE_SYSCALLS_H
#define MMTRACE_SYSCALLS_H

#include <stdbool.h>

#include "libmmtrace.h"

/**
 * struct syscall_name - a system call
 * @name: of it
 * @number: by the table of 64-bit programs, -1 if it is not there
 * @compat: by that of 32-bit programs, likewise
 */
struct syscall_name {
	const char	*name;
	int		number;
	int		compat;
};

const struct syscall_name *syscall_find(const char *name);
const char *mmt_syscall_name(int number, bool compat);

#endif /* MMTRACE_SYSCALLS_H */
