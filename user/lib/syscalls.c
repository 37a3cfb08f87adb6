// SPDX-License-Identifier: GPL-2.0
/*
 * Names of the system calls that map. Of the machine, not of this program: one of
 * 32 bits has to know the numbers of both.
 */
#include <stddef.h>
#include <string.h>

#include "libmmtrace.h"
#include "syscalls.h"

static const struct syscall_name names[] = {
#if defined(__x86_64__) || defined(__i386)
	{ "mmap", 9, 90 },
	{ "mmap2", -1, 192 },
	{ "mremap", 25, 163 },
	{ "remap_file_pages", 216, 257 },
	{ "execve", 59, 11 },
	{ "shmat", 30, 397 },
	{ "ipc", -1, 117 },
	{ "io_setup", 206, 245 },
#elif defined(__aarch64__) || defined(__arm__)
	{ "mmap", 222, -1 },
	{ "mmap2", -1, 192 },
	{ "mremap", 216, 163 },
	{ "remap_file_pages", 234, 253 },
	{ "execve", 221, 11 },
	{ "shmat", 196, 305 },
	{ "io_setup", 0, 243 },
#endif
	{ NULL, -1, -1 }
};

/**
 * syscall_find() - a system call by its name
 * @name: of it
 *
 * Return: the row, or NULL.
 */
const struct syscall_name *syscall_find(const char *name)
{
	const struct syscall_name *row = names;

	while (row->name && strcmp(row->name, name))
		row++;
	return row->name ? row : NULL;
}

const char *mmt_syscall_name(int number, bool compat)
{
	const struct syscall_name *row = names;

	while (row->name && (number < 0 || (compat ? row->compat : row->number) != number))
		row++;
	return row->name;
}
