// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "libmmtrace.h"
#include "value.h"

/* linux/exportfs.h: a handle that is the id of a file of kernfs, and nothing else */
#define KERNFS_HANDLE	0xfe

static int open_id(__u64 id)
{
	union {
		struct file_handle	handle;
		char			bytes[sizeof(struct file_handle) + sizeof(id)];
	} by = { .handle = { .handle_bytes = sizeof(id), .handle_type = KERNFS_HANDLE } };
	int fd, root = open(VALUE_CGROUP_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return -1;
	memcpy(by.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(root, &by.handle, O_RDONLY | O_CLOEXEC);
	close(root);
	return fd;
}

int mmt_cgroup_path(__u64 id, char *path, size_t room)
{
	static const char root[] = VALUE_CGROUP_ROOT;
	char link[32], target[PATH_MAX];
	int fd = open_id(id);
	ssize_t len;

	if (fd < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, target, sizeof(target) - 1);
	close(fd);
	if (len < 0)
		return -1;
	target[len] = 0;
	if (strncmp(target, root, sizeof(root) - 1))
		return -1;
	return (size_t)snprintf(path, room, "%s", len >= (ssize_t)sizeof(root) ?
				target + sizeof(root) - 1 : "/") < room ? 0 : -1;
}
