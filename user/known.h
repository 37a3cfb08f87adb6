/* SPDX-License-Identifier: GPL-2.0 */
/* Calls made on purpose, and what their records must say. */
#ifndef MMTRACE_KNOWN_H
#define MMTRACE_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/mmtrace.h>

#define KNOWN_CALLS	16

/**
 * struct known_file - the file that is mapped
 * @fd: open on it
 * @path: of it
 * @inode: from fstat()
 * @ctime: likewise, ns
 * @dev_major: as /proc/self/maps has it, set once it is mapped
 * @dev_minor: likewise
 * @open_flags: from F_GETFL
 * @tmpfs: it is on tmpfs
 */
struct known_file {
	int		fd;
	char		path[4096];
	__u64		inode;
	__s64		ctime;
	__u32		dev_major;
	__u32		dev_minor;
	__u32		open_flags;
	bool		tmpfs;
};

/**
 * struct known_call - a call that was made, or one that it caused
 * @event: of which there must be a record
 * @args: as the UAPI structure of the event has them, in its order
 * @has_fd: of a do_mmap: its fd is known, and in @args behind the offset
 * @has_file: of a do_mmap: it is of the known file
 * @parent: index of the call that caused it, and so has its call id; -1 for none
 * @syscall: number
 * @compat: by the 32-bit table
 * @ret: as the kernel returned it
 * @before: CLOCK_MONOTONIC, ns
 * @after: likewise
 */
struct known_call {
	__u32	event;
	__u64	args[6];
	bool	has_fd;
	bool	has_file;
	int	parent;
	int	syscall;
	bool	compat;
	__s64	ret;
	__u64	before;
	__u64	after;
};

/**
 * struct known_self - what is known of the thread that calls
 * @comm: its name
 * @cgroup: id of its cgroup, 0 if not known
 * @tgid: as in struct mmtrace_call, like what follows
 * @cpu: that it is bound to
 * @initial_user_ns: user ids are the same as in the initial user namespace
 */
struct known_self {
	char	comm[16];
	__u64	cgroup;
	__u32	tgid;
	__u32	tid;
	__u32	ptgid;
	__u32	uid;
	__u32	gid;
	__u32	mnt_ns;
	__u32	pid_ns;
	__u32	cpu;
	bool	initial_user_ns;
};

int known_self_get(struct known_self *self);
int known_file_make(struct known_file *file);
void known_file_drop(struct known_file *file);

const char *known_compat_missing(void);
int known_calls_prepare(const struct known_file *file, bool compat);
size_t known_calls_make(struct known_call *calls, const struct known_file *file,
			bool compat);
int known_file_locate(struct known_file *file);

#endif /* MMTRACE_KNOWN_H */
