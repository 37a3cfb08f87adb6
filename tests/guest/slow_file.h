/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file whose pages do not come until they are let go: of a FUSE filesystem that is
 * this file and nothing else.
 *
 * It is open with FOPEN_DIRECT_IO. So a private mapping of it begins with throwing its
 * pages out, within do_mmap(), and a page that is being read has to be waited for.
 */
#ifndef MMTRACE_TEST_SLOW_FILE_H
#define MMTRACE_TEST_SLOW_FILE_H

#include <poll.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include <linux/fuse.h>

#include "mmtrace_test.h"

#define SLOW_FILE_SIZE	(16 * PAGE)
#define SLOW_FILE_READS	16		/* of its pages, that wait at a time */

/**
 * struct slow_file - what it is served by
 * @path: of the file
 * @pid: of the process that serves it
 * @reading: a byte comes from here when a page is wanted, and its reader waits
 * @gate: closed by whoever lets the pages go
 */
struct slow_file {
	char	path[64];
	pid_t	pid;
	int	reading;
	int	gate;
};

static inline void slow_reply(int dev, __u64 unique, int error, const void *data, size_t len)
{
	static char reply[sizeof(struct fuse_out_header) + SLOW_FILE_SIZE];
	struct fuse_out_header head = {
		.len	= sizeof(head) + len,
		.error	= error,
		.unique	= unique,
	};

	memcpy(reply, &head, sizeof(head));
	memcpy(reply + sizeof(head), data, len);
	if (write(dev, reply, head.len) != head.len)
		_exit(1);
}

static inline void slow_attr(int dev, __u64 unique)
{
	struct fuse_attr_out out = {
		.attr_valid	= 1000,
		.attr		= {
			.ino	= FUSE_ROOT_ID,
			.size	= SLOW_FILE_SIZE,
			.mode	= S_IFREG | 0644,
			.nlink	= 1,
		},
	};

	slow_reply(dev, unique, 0, &out, sizeof(out));
}

static inline void slow_init(int dev, __u64 unique)
{
	struct fuse_init_out out = {
		.major		= FUSE_KERNEL_VERSION,
		.minor		= 31,
		.max_write	= 4096,
	};

	slow_reply(dev, unique, 0, &out, sizeof(out));
}

/**
 * struct slow_page_reads - that wait for the gate
 * @count: of them
 * @unique: number of each request
 * @size: bytes that each asks for
 */
struct slow_page_reads {
	unsigned int	count;
	__u64		unique[SLOW_FILE_READS];
	__u32		size[SLOW_FILE_READS];
};

static inline void slow_hold(struct slow_page_reads *reads, __u64 unique, __u32 size, int reading)
{
	if (reads->count == SLOW_FILE_READS || size > SLOW_FILE_SIZE ||
	    write(reading, "", 1) != 1)
		_exit(1);
	reads->unique[reads->count] = unique;
	reads->size[reads->count++] = size;
}

static inline void slow_let_through(int dev, struct slow_page_reads *reads)
{
	static char zeros[SLOW_FILE_SIZE];

	while (reads->count) {
		reads->count--;
		slow_reply(dev, reads->unique[reads->count], 0, zeros, reads->size[reads->count]);
	}
}

/* Answers one request, or holds it. False when the filesystem is gone. */
static inline bool slow_request(int dev, int reading, struct slow_page_reads *reads)
{
	static union {
		struct fuse_in_header	head;
		char			buf[FUSE_MIN_READ_BUFFER * 4];
	} in;
	const struct fuse_read_in *wanted = (void *)(&in.head + 1);
	struct fuse_open_out opened = { .open_flags = FOPEN_DIRECT_IO };

	if (read(dev, &in, sizeof(in)) <= 0)
		return false;
	switch (in.head.opcode) {
	case FUSE_INIT:
		slow_init(dev, in.head.unique);
		break;
	case FUSE_GETATTR:
		slow_attr(dev, in.head.unique);
		break;
	case FUSE_OPEN:
		slow_reply(dev, in.head.unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		slow_hold(reads, in.head.unique, wanted->size, reading);
		break;
	case FUSE_RELEASE:
		slow_reply(dev, in.head.unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		slow_reply(dev, in.head.unique, -ENOSYS, NULL, 0);
	}
	return true;
}

/* Nothing but pages is slow: whoever closes the file meanwhile asks for a flush. */
static inline void slow_serve(int dev, int reading, int gate)
{
	struct pollfd fds[] = {
		{ .fd = dev, .events = POLLIN },
		{ .fd = gate, .events = POLLIN },
	};
	struct slow_page_reads reads = { .count = 0 };

	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents && !slow_request(dev, reading, &reads))
			break;
		if (fds[1].revents)
			fds[1].fd = -1;
		if (fds[1].fd < 0)
			slow_let_through(dev, &reads);
	}
}

/* Returns 0, or a negative errno where the kernel has no FUSE. */
static inline int slow_file_begin(struct __test_metadata *_metadata, struct slow_file *file)
{
	int dev = open("/dev/fuse", O_RDWR | O_CLOEXEC), gate[2], reading[2];
	char options[64];

	if (dev < 0)
		return -errno;
	snprintf(file->path, sizeof(file->path), "slow-%d", getpid());
	close(open(file->path, O_CREAT | O_RDWR, 0644));
	snprintf(options, sizeof(options), "fd=%d,rootmode=%o,user_id=0,group_id=0", dev,
		 S_IFREG | 0644);
	ASSERT_EQ(0, mount("slow", file->path, "fuse", 0, options)) TH_LOG("%s", strerror(errno));
	ASSERT_EQ(0, pipe2(gate, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(reading, O_CLOEXEC));
	file->gate = gate[1];
	file->reading = reading[0];
	file->pid = fork();
	if (!file->pid) {
		close(gate[1]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		slow_serve(dev, reading[1], gate[0]);
		_exit(0);
	}
	close(gate[0]);
	close(reading[1]);
	close(dev);
	return 0;
}

/* All pages come, now and later. */
static inline void slow_file_let_go(struct slow_file *file)
{
	close(file->gate);
	file->gate = -1;
}

static inline void slow_file_end(struct __test_metadata *_metadata, struct slow_file *file)
{
	EXPECT_EQ(0, umount(file->path));
	EXPECT_TRUE(child_is_well(file->pid));
	unlink(file->path);
}

#endif /* MMTRACE_TEST_SLOW_FILE_H */
