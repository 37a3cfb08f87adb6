/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says of a mapped file by other means than mmtrace. */
#ifndef MMTRACE_TEST_FILE_H
#define MMTRACE_TEST_FILE_H

#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "fields.h"

static inline const char *path_of(const struct mmtrace_record *record)
{
	const struct mmtrace_file *file = file_of(record);

	return file ? file->path : "";
}

/* The path as /proc/PID/maps writes it: with its suffix, newlines as \012. */
static inline void path_in_maps(const struct mmtrace_record *record, char *to)
{
	const char *from = path_of(record);

	for (; *from; from++) {
		if (*from == '\n')
			to = stpcpy(to, "\\012");
		else
			*to++ = *from;
	}
	strcpy(to, record->head.flags & MMTRACE_R_UNLINKED ? " (deleted)" : "");
}

/* A file that was mapped at the address that is @ret of @record. */
static inline void expect_in_maps(struct __test_metadata *_metadata,
				  const struct mmtrace_record *record)
{
	const struct mmtrace_file *file = file_of(record);
	struct mapped mapped;
	char path[8192];

	ASSERT_TRUE(find_mapped(record->call.ret, &mapped));
	EXPECT_EQ(mapped.dev_major, file->dev_major);
	EXPECT_EQ(mapped.dev_minor, file->dev_minor);
	EXPECT_EQ(mapped.inode, file->inode);
	path_in_maps(record, path);
	EXPECT_TRUE(record->head.flags & MMTRACE_R_PATH_CUT || !strcmp(mapped.path, path))
		TH_LOG("'%s' is not '%s'", path, mapped.path);
}

/* What fstat() and its kin say. */
static inline void expect_inode(struct __test_metadata *_metadata,
				const struct mmtrace_record *record, int fd)
{
	const struct mmtrace_file *file = file_of(record);
	unsigned long generation = 0;
	struct statfs filesystem;
	struct stat status;

	ASSERT_EQ(0, fstat(fd, &status));
	EXPECT_EQ(status.st_ino, file->inode);
	EXPECT_EQ(status.st_ctim.tv_sec * 1000000000ll + status.st_ctim.tv_nsec, file->ctime);
	EXPECT_EQ((__u32)fcntl(fd, F_GETFL), file->open_flags);
	EXPECT_TRUE(ioctl(fd, FS_IOC_GETVERSION, &generation) ||
		    (__u32)generation == file->generation);
	ASSERT_EQ(0, fstatfs(fd, &filesystem));
	EXPECT_EQ(filesystem.f_type == TMPFS_MAGIC, !!(record->head.flags & MMTRACE_R_TMPFS));
	EXPECT_EQ(filesystem.f_type == HUGETLBFS_MAGIC,
		  !!(record->head.flags & MMTRACE_R_HUGETLB));
	EXPECT_EQ(S_ISCHR(status.st_mode), !!(record->head.flags & MMTRACE_R_DEVICE));
}

/**
 * expect_file() - maps a file, and expects the record to be right
 * @flags: MMTRACE_R_*, besides MMTRACE_R_FILE and MMTRACE_R_FD; those of the
 *	filesystem are looked for by expect_inode()
 *
 * Return: the record.
 */
static inline const struct mmtrace_record *
expect_file(struct __test_metadata *_metadata, struct trace *trace, int fd, size_t len,
	    int map, const char *path, __u32 flags)
{
	const struct mmtrace_record *record;
	void *at;

	trace_read(_metadata, trace);
	at = mmap(NULL, len, PROT_READ, map, fd, 0);
	ASSERT_NE(MAP_FAILED, at) TH_LOG("%s", strerror(errno));
	trace_read(_metadata, trace);
	record = trace_find(trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	ASSERT_NE(NULL, file_of(record));
	EXPECT_EQ((__s64)(unsigned long)at, record->call.ret);
	EXPECT_EQ(flags | MMTRACE_R_FILE | MMTRACE_R_FD,
		  record->head.flags & ~(MMTRACE_R_TMPFS | MMTRACE_R_HUGETLB | MMTRACE_R_DEVICE));
	EXPECT_EQ(fd, record->do_mmap.fd);
	EXPECT_STREQ(path, file_of(record)->path);
	EXPECT_EQ(strlen(path), file_of(record)->path_len);
	if (fd >= 0)
		expect_inode(_metadata, record, fd);
	if (!(record->head.flags & MMTRACE_R_DEVICE))
		expect_in_maps(_metadata, record);
	munmap(at, len);
	return record;
}

#endif /* MMTRACE_TEST_FILE_H */
