// SPDX-License-Identifier: GPL-2.0
/* What the kernel says elsewhere about the thread and the file of the self-test. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>

#include "known.h"
#include "message.h"

/* linux/proc_ns.h: numbers of the initial namespaces */
#define INITIAL_USER_NS	0xeffffffdu
#define INITIAL_PID_NS	0xeffffffcu

#define NSEC	1000000000ll
#define PAGES	8

static __u32 namespace_of(const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", kind);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* The directory of our cgroup, where cgroup2 is usually mounted. */
static __u64 cgroup_of_self(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	char line[4096], path[sizeof(line) + 64];
	FILE *file = fopen("/proc/self/cgroup", "re");
	__u64 cgroup = 0;
	struct statfs fs;
	struct stat st;
	size_t i;

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = 0;
		for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]) && !cgroup; i++) {
			snprintf(path, sizeof(path), "%s%s", mounts[i], line + 3);
			if (!statfs(path, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC &&
			    !stat(path, &st))
				cgroup = st.st_ino;
		}
	}
	if (file)
		fclose(file);
	return cgroup;
}

static int bind_to_cpu(__u32 *cpu)
{
	cpu_set_t set;
	int here = sched_getcpu();

	if (here < 0)
		return -1;
	CPU_ZERO(&set);
	CPU_SET(here, &set);
	*cpu = here;
	return sched_setaffinity(0, sizeof(set), &set);
}

/**
 * known_self_get() - learn about this thread, and make it tell itself apart
 * @self: filled in
 *
 * Gives the thread a name of its own and binds it to a CPU.
 *
 * Return: 0; -1 if the self-test can't be done here, and the user has been told.
 */
int known_self_get(struct known_self *self)
{
	memset(self, 0, sizeof(*self));
	strcpy(self->comm, "mm self\\test");
	prctl(PR_SET_NAME, self->comm);
	self->cgroup = cgroup_of_self();
	self->tgid = getpid();
	self->tid = syscall(SYS_gettid);
	self->ptgid = getppid();
	self->uid = getuid();
	self->gid = getgid();
	self->mnt_ns = namespace_of("mnt");
	self->pid_ns = namespace_of("pid");
	self->initial_user_ns = namespace_of("user") == INITIAL_USER_NS;
	if (!self->pid_ns || !self->mnt_ns) {
		complain("selftest: needs /proc, with /proc/self/ns");
		return -1;
	}
	if (self->pid_ns != INITIAL_PID_NS) {
		complain("selftest: not in a container, where process ids are other ones");
		return -1;
	}
	if (bind_to_cpu(&self->cpu)) {
		complain("selftest: can't stay on one CPU: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/*
 * Not on an overlay, where kernels differ in whose device and inode the list of mappings
 * tells. -1 and errno if it can't be.
 */
static int make_plain_file(char *name)
{
	int fd = mkostemp(name, O_CLOEXEC | O_APPEND);
	struct statfs fs;

	if (fd < 0 || (!fstatfs(fd, &fs) && fs.f_type != OVERLAYFS_SUPER_MAGIC))
		return fd;
	unlink(name);
	close(fd);
	errno = EXDEV;
	return -1;
}

/**
 * known_file_make() - make a file of some pages in /tmp, here or in /dev/shm, and open it
 * @file: filled in
 *
 * Return: 0; -1 if that failed, and the user has been told.
 */
int known_file_make(struct known_file *file)
{
	static const char *const names[] = {
		"/tmp/mmtrace selftest.XXXXXX", "./mmtrace.XXXXXX", "/dev/shm/mmtrace.XXXXXX"
	};
	char link[64], name[64];
	struct statfs fs;
	struct stat st;
	size_t i;
	ssize_t len;

	memset(file, 0, sizeof(*file));
	file->fd = -1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && file->fd < 0; i++) {
		strcpy(name, names[i]);
		file->fd = make_plain_file(name);
	}
	if (file->fd < 0 || ftruncate(file->fd, PAGES * sysconf(_SC_PAGESIZE)) ||
	    fstat(file->fd, &st) || fstatfs(file->fd, &fs)) {
		complain("selftest: can't make a file in /tmp, here or in /dev/shm%s: %s",
			 errno == EXDEV ? " that is on no overlay" : "", strerror(errno));
		return -1;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", file->fd);
	len = readlink(link, file->path, sizeof(file->path) - 1);
	file->path[len > 0 ? len : 0] = 0;
	file->inode = st.st_ino;
	file->ctime = st.st_ctim.tv_sec * NSEC + st.st_ctim.tv_nsec;
	file->open_flags = fcntl(file->fd, F_GETFL);
	file->tmpfs = fs.f_type == TMPFS_MAGIC;
	return 0;
}

/**
 * known_file_drop() - remove the file
 * @file: of known_file_make(), also of one that failed
 */
void known_file_drop(struct known_file *file)
{
	if (file->fd < 0)
		return;
	if (*file->path)
		unlink(file->path);
	close(file->fd);
	file->fd = -1;
}

/**
 * known_file_locate() - find the device and inode in our own list of mappings
 * @file: mapped somewhere; @dev_major, @dev_minor and @inode are filled in
 *
 * fstat() may speak of another device: of a subvolume.
 *
 * Return: 0; -1 if the file is not in the list, and the user has been told.
 */
int known_file_locate(struct known_file *file)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[8192];
	bool found = false;

	while (maps && !found && fgets(line, sizeof(line), maps)) {
		unsigned int major_no, minor_no;
		unsigned long long inode;

		line[strcspn(line, "\n")] = 0;
		if (!strstr(line, file->path) ||
		    sscanf(line, "%*s %*s %*s %x:%x %llu", &major_no, &minor_no, &inode) != 3)
			continue;
		file->dev_major = major_no;
		file->dev_minor = minor_no;
		file->inode = inode;
		found = true;
	}
	if (maps)
		fclose(maps);
	if (found)
		return 0;
	complain("selftest: %s is not in /proc/self/maps", file->path);
	return -1;
}
