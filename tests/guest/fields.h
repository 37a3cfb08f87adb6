/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says of a caller by other means than mmtrace. */
#ifndef MMTRACE_TEST_FIELDS_H
#define MMTRACE_TEST_FIELDS_H

#include <linux/aio_abi.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/utsname.h>

#include "mmtrace_test.h"

/* What is known of a call without any record. */
struct answer {
	__u64	before;
	__u64	after;
	__s64	ret;
	int	nr;
};

static inline __u32 namespace_of(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_ino;
}

/* The inode number of the directory of our cgroup (v2). */
static inline __u64 cgroup_of_self(void)
{
	char line[512], path[600] = "";
	FILE *file = fopen("/proc/self/cgroup", "re");
	struct stat status;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "0::%511[^\n]", line) == 1)
			snprintf(path, sizeof(path), "/sys/fs/cgroup%s", line);
	if (file)
		fclose(file);
	return stat(path, &status) ? 0 : status.st_ino;
}

/* A line of /proc/self/maps. */
struct mapped {
	unsigned long	start;
	unsigned long	end;
	char		letters[5];
	unsigned long	offset;
	unsigned int	dev_major;
	unsigned int	dev_minor;
	__u64		inode;
	char		path[8192];
};

static inline bool find_mapped(unsigned long address, struct mapped *mapped)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;
	char line[8192];

	while (maps && !found && fgets(line, sizeof(line), maps)) {
		mapped->path[0] = '\0';
		found = sscanf(line, "%lx-%lx %4s %lx %x:%x %llu %8191[^\n]", &mapped->start,
			       &mapped->end, mapped->letters, &mapped->offset,
			       &mapped->dev_major, &mapped->dev_minor, &mapped->inode,
			       mapped->path) >= 7 &&
			mapped->start <= address && address < mapped->end;
	}
	if (maps)
		fclose(maps);
	return found;
}

/* There is such a mapping; neighbours that are alike may have become one. */
static inline void expect_mapped(struct __test_metadata *_metadata, unsigned long start,
				 unsigned long length, int prot, int flags, unsigned long off)
{
	struct mapped mapped;

	ASSERT_TRUE(find_mapped(start, &mapped)) TH_LOG("nothing at %lx", start);
	EXPECT_LE(start + length, mapped.end);
	EXPECT_EQ(prot & PROT_READ ? 'r' : '-', mapped.letters[0]);
	EXPECT_EQ(prot & PROT_WRITE ? 'w' : '-', mapped.letters[1]);
	EXPECT_EQ(prot & PROT_EXEC ? 'x' : '-', mapped.letters[2]);
	EXPECT_EQ(flags & MAP_SHARED ? 's' : 'p', mapped.letters[3]);
	EXPECT_TRUE(flags & MAP_ANONYMOUS || mapped.offset + start - mapped.start == off);
}

/* Flags that mmap(2) takes and keeps from do_mmap(): a kernel before 5.15 drops two. */
static inline __u64 flags_dropped(void)
{
	int major, minor;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return 0;
	return major < 5 || (major == 5 && minor < 15) ? MAP_EXECUTABLE | MAP_DENYWRITE : 0;
}

/**
 * expect_caller() - the one record of @event that this thread made, which must
 *	be right in all that is not of the event
 */
static inline const struct mmtrace_record *
expect_caller(struct __test_metadata *_metadata, const struct trace *trace,
	      const struct answer *answer, __u32 event)
{
	const struct mmtrace_record *record = trace_find(trace, event, gettid(), 0);
	const struct mmtrace_call *call = &record->call;
	char comm[16];

	ASSERT_NE(NULL, record) TH_LOG("no record of event %u", event);
	EXPECT_NULL(trace_find(trace, event, gettid(), 1));
	EXPECT_EQ(answer->ret, call->ret);
	EXPECT_EQ(answer->nr, call->syscall);
	EXPECT_GE(answer->after, record->head.time);
	EXPECT_LE(answer->before, record->head.time - call->duration);
	EXPECT_EQ(getpid(), (pid_t)call->tgid);
	EXPECT_EQ(getppid(), (pid_t)call->ptgid);
	EXPECT_EQ(getuid(), call->uid);
	EXPECT_EQ(getgid(), call->gid);
	EXPECT_EQ(namespace_of("/proc/self/ns/mnt"), call->mnt_ns);
	EXPECT_EQ(namespace_of("/proc/self/ns/pid"), call->pid_ns);
	EXPECT_EQ(cgroup_of_self(), call->cgroup);
	prctl(PR_GET_NAME, comm);
	EXPECT_STREQ(comm, call->comm);
	return record;
}

#endif /* MMTRACE_TEST_FIELDS_H */
