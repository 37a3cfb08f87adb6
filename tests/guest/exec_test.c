// SPDX-License-Identifier: GPL-2.0
/*
 * execve() may turn a thread of 64 bits into one of 32, and back, in the middle of
 * the call. The mappings of the new program are those of a thread of its kind,
 * and the number of their system call is the one that it has for that kind.
 */
#include "mmtrace_test.h"
#include "fields.h"

#define EXECVE_32	11

FIXTURE(exec)
{
	struct trace	trace;
	char		program[256];
};

FIXTURE_SETUP(exec)
{
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(exec)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

/* Of the machine, whichever kind of program this is. */
static int execve_64(struct __test_metadata *_metadata)
{
	struct utsname name;

	ASSERT_EQ(0, uname(&name));
	return strcmp(name.machine, "aarch64") ? 59 : 221;
}

static void expect_exec(struct __test_metadata *_metadata, struct trace *trace,
			char *program, int number, __u32 compat)
{
	char *const arguments[] = { program, NULL };
	const struct mmtrace_record *record;
	const struct mmtrace_file *file;
	unsigned int n, segments = 0;
	struct stat status;
	pid_t pid;

	ASSERT_EQ(0, stat(program, &status)) TH_LOG("%s", program);
	trace_read(_metadata, trace);
	pid = fork();
	if (!pid) {
		execv(program, arguments);
		_exit(1);
	}
	ASSERT_TRUE(child_is_well(pid));
	trace_read(_metadata, trace);
	for (n = 0; (record = trace_find(trace, MMTRACE_EVENT_DO_MMAP, pid, n)); n++) {
		file = file_of(record);
		if (!file || file->inode != status.st_ino)
			continue;
		segments++;
		EXPECT_EQ(number, record->call.syscall);
		EXPECT_EQ(compat, record->head.flags & MMTRACE_R_COMPAT);
		EXPECT_EQ(-1, record->do_mmap.fd);
	}
	EXPECT_LE(2, segments);
}

TEST_F(exec, of_64_bits)
{
	strcpy(self->program, "/usr/bin/true");
	expect_exec(_metadata, &self->trace, self->program, execve_64(_metadata), 0);
}

TEST_F(exec, of_32_bits)
{
	ssize_t len = readlink("/proc/self/exe", self->program, sizeof(self->program) - 16);

	ASSERT_LT(0, len);
	strcpy(strrchr(self->program, '/') + 1, "true_32");
	expect_exec(_metadata, &self->trace, self->program, EXECVE_32, MMTRACE_R_COMPAT);
}

TEST_HARNESS_MAIN
