// SPDX-License-Identifier: GPL-2.0
/*
 * Who called is right whoever calls: threads, children, other users, other
 * namespaces and cgroups, programs that are being started.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "mmtrace_test.h"
#include "fields.h"

#define CGROUP	"/sys/fs/cgroup/mmtrace-test"

/* What a caller knows of itself; in memory that it shares with the test. */
struct caller {
	struct answer	answer;
	pid_t		tid;
	pid_t		tgid;
	pid_t		ptgid;
	uid_t		uid;
	gid_t		gid;
	__u32		mnt_ns;
	__u32		pid_ns;
	__u64		cgroup;
	char		comm[16];
};

FIXTURE(callers)
{
	struct trace	trace;
	struct caller	*caller;
};

FIXTURE_SETUP(callers)
{
	self->caller = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->caller);
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(callers)
{
	munmap(self->caller, PAGE);
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static void call(struct caller *caller)
{
	caller->tid = gettid();
	caller->tgid = getpid();
	caller->ptgid = getppid();
	caller->uid = getuid();
	caller->gid = getgid();
	caller->mnt_ns = namespace_of("/proc/self/ns/mnt");
	caller->pid_ns = namespace_of("/proc/self/ns/pid");
	prctl(PR_GET_NAME, caller->comm);
	caller->answer.nr = SYS_mmap;
	caller->answer.before = now_ns();
	caller->answer.ret = raw_syscall(SYS_mmap, NULL, 77 * PAGE, PROT_NONE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	caller->answer.after = now_ns();
}

/* The record of call(), known by its length. */
static const struct mmtrace_record *
expect_call(struct __test_metadata *_metadata, struct trace *trace, const struct caller *caller)
{
	const struct mmtrace_record *record;
	unsigned int n = 0;

	trace_read(_metadata, trace);
	do
		record = trace_find(trace, MMTRACE_EVENT_MMAP, caller->tid, n++);
	while (record && record->mmap.length != 77 * PAGE);
	ASSERT_NE(NULL, record) TH_LOG("no record of thread %d", caller->tid);
	EXPECT_EQ(caller->answer.ret, record->call.ret);
	EXPECT_EQ(caller->answer.nr, record->call.syscall);
	EXPECT_LE(caller->answer.before, record->head.time - record->call.duration);
	EXPECT_GE(caller->answer.after, record->head.time);
	EXPECT_EQ((__u32)caller->tgid, record->call.tgid);
	EXPECT_EQ((__u32)caller->ptgid, record->call.ptgid);
	EXPECT_EQ(caller->uid, record->call.uid);
	EXPECT_EQ(caller->gid, record->call.gid);
	EXPECT_EQ(caller->mnt_ns, record->call.mnt_ns);
	EXPECT_EQ(caller->pid_ns, record->call.pid_ns);
	EXPECT_EQ(caller->cgroup, record->call.cgroup);
	EXPECT_STREQ(caller->comm, record->call.comm);
	EXPECT_EQ(0, memcmp(caller->comm, record->call.comm, sizeof(caller->comm)))
		TH_LOG("something is behind the name");
	return record;
}

/* Lets a child call, once @prepare has made it what it shall be. */
static void fork_caller(struct __test_metadata *_metadata, struct caller *caller,
			bool (*prepare)(void))
{
	pid_t pid;

	caller->cgroup = cgroup_of_self();
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (prepare && !prepare())
			_exit(1);
		call(caller);
		_exit(0);
	}
	ASSERT_TRUE(child_is_well(pid));
	ASSERT_EQ(pid, caller->tid);
}

TEST_F(callers, child)
{
	fork_caller(_metadata, self->caller, NULL);
	EXPECT_EQ(getpid(), self->caller->ptgid);
	expect_call(_metadata, &self->trace, self->caller);
}

static void *call_in_thread(void *data)
{
	struct caller *caller = data;

	prctl(PR_SET_NAME, "a fifteen bytes");
	call(caller);
	return NULL;
}

TEST_F(callers, thread)
{
	pthread_t thread;

	self->caller->cgroup = cgroup_of_self();
	ASSERT_EQ(0, pthread_create(&thread, NULL, call_in_thread, self->caller));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_NE(self->caller->tid, self->caller->tgid);
	EXPECT_EQ(15, strlen(self->caller->comm));
	expect_call(_metadata, &self->trace, self->caller);
}

static bool take_a_shorter_name(void)
{
	return !prctl(PR_SET_NAME, "a fifteen bytes") && !prctl(PR_SET_NAME, "b");
}

/* Nothing is left of the longer name. */
TEST_F(callers, renamed)
{
	fork_caller(_metadata, self->caller, take_a_shorter_name);
	expect_call(_metadata, &self->trace, self->caller);
}

/* Real ids, not effective ones. */
static bool become_user(void)
{
	return !setresgid(1001, 1002, 1003) && !setresuid(1004, 1005, 1006);
}

TEST_F(callers, user)
{
	const struct mmtrace_record *record;

	fork_caller(_metadata, self->caller, become_user);
	record = expect_call(_metadata, &self->trace, self->caller);
	EXPECT_EQ(1004, record->call.uid);
	EXPECT_EQ(1001, record->call.gid);
}

static bool enter_mount_namespace(void)
{
	return !unshare(CLONE_NEWNS);
}

TEST_F(callers, mount_namespace)
{
	fork_caller(_metadata, self->caller, enter_mount_namespace);
	EXPECT_NE(namespace_of("/proc/self/ns/mnt"), self->caller->mnt_ns);
	expect_call(_metadata, &self->trace, self->caller);
}

static bool enter_user_namespace(void)
{
	return !unshare(CLONE_NEWUSER);
}

/* Ids as the initial namespace has them: the process itself sees overflowuid. */
TEST_F(callers, user_namespace)
{
	fork_caller(_metadata, self->caller, enter_user_namespace);
	EXPECT_EQ(65534, self->caller->uid);
	self->caller->uid = 0;
	self->caller->gid = 0;
	expect_call(_metadata, &self->trace, self->caller);
}

/* Process ids as the initial namespace has them: the process sees 1 and 0. */
TEST_F(callers, pid_namespace)
{
	pid_t *in_outer = (pid_t *)(self->caller + 1), pid;

	self->caller->cgroup = cgroup_of_self();
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWPID))
			_exit(1);
		pid = fork();
		if (!pid) {
			call(self->caller);
			_exit(0);
		}
		*in_outer = pid;
		_exit(!child_is_well(pid));
	}
	ASSERT_TRUE(child_is_well(pid));
	EXPECT_EQ(1, self->caller->tgid);
	EXPECT_NE(namespace_of("/proc/self/ns/pid"), self->caller->pid_ns);
	self->caller->tid = *in_outer;
	self->caller->tgid = *in_outer;
	self->caller->ptgid = pid;
	expect_call(_metadata, &self->trace, self->caller);
}

static bool enter_cgroup(void)
{
	int fd = open(CGROUP "/cgroup.procs", O_WRONLY | O_CLOEXEC);

	return write(fd, "0", 1) == 1 && !close(fd);
}

TEST_F(callers, cgroup)
{
	struct stat status;
	__u64 outer;

	if (mkdir(CGROUP, 0755) && errno != EEXIST)
		SKIP(return, "no cgroup v2 at /sys/fs/cgroup");
	fork_caller(_metadata, self->caller, enter_cgroup);
	outer = self->caller->cgroup;
	EXPECT_EQ(0, stat(CGROUP, &status));
	self->caller->cgroup = status.st_ino;
	EXPECT_NE(outer, self->caller->cgroup);
	expect_call(_metadata, &self->trace, self->caller);
	EXPECT_EQ(0, rmdir(CGROUP));
}

TEST_F(callers, cpu)
{
	const struct mmtrace_record *record;
	cpu_set_t all, one;
	unsigned int cpu;

	self->caller->cgroup = cgroup_of_self();
	ASSERT_EQ(0, sched_getaffinity(0, sizeof(all), &all));
	for (cpu = 0; cpu < CPUS_MAX; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
		trace_read(_metadata, &self->trace);
		call(self->caller);
		record = expect_call(_metadata, &self->trace, self->caller);
		EXPECT_EQ(cpu, record->head.cpu);
	}
}

static pid_t spawn_true(void)
{
	static char *const arguments[] = { "true", NULL };
	pid_t pid = vfork();

	if (!pid) {
		execv("/usr/bin/true", arguments);
		_exit(1);
	}
	return pid;
}

/* The loader of programs maps for the new program: by its name, for its file. */
TEST_F(callers, exec)
{
	const struct mmtrace_record *record;
	const struct mmtrace_file *file;
	unsigned int n, files = 0;
	struct stat status;
	pid_t pid;

	ASSERT_EQ(0, stat("/usr/bin/true", &status));
	trace_read(_metadata, &self->trace);
	pid = spawn_true();
	ASSERT_TRUE(child_is_well(pid));
	trace_read(_metadata, &self->trace);
	for (n = 0; (record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, pid, n)); n++) {
		EXPECT_STREQ("true", record->call.comm);
		EXPECT_EQ(pid, (pid_t)record->call.tgid);
		EXPECT_EQ(getpid(), (pid_t)record->call.ptgid);
		if (record->call.syscall != SYS_execve)
			continue;
		EXPECT_EQ(-1, record->do_mmap.fd);
		EXPECT_EQ(0, record->head.flags & MMTRACE_R_FD);
		file = file_of(record);
		files += file && file->inode == status.st_ino &&
			 !strcmp(file->path, "/usr/bin/true");
	}
	EXPECT_LE(2, files) TH_LOG("the segments of the program are missing");
}

static void crash_once(struct __test_metadata *_metadata)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	int status;
	pid_t pid = fork();

	if (!pid) {
		setrlimit(RLIMIT_CORE, &all);
		raise(SIGSEGV);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WCOREDUMP(status));
}

/* Its program is mapped before it ever was in user space: there is no system call. */
TEST_F(callers, helper_of_the_kernel)
{
	static const char path[] = "/proc/sys/kernel/core_pattern";
	unsigned int own = 0, calls = 0, wait;
	const struct mmtrace_record *record;
	char before[128] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ASSERT_LT(0, read(fd, before, sizeof(before) - 1));
	close(fd);
	ASSERT_TRUE(write_word(path, "|/bin/sleep 0"));
	crash_once(_metadata);
	ASSERT_TRUE(write_word(path, before));
	for (wait = 0; !calls && wait < 1000; wait++) {
		trace_read(_metadata, &self->trace);
		for (record = NULL; (record = trace_next(&self->trace, record));) {
			if (record->head.event == MMTRACE_EVENT_LOST ||
			    strcmp(record->call.comm, "sleep"))
				continue;
			EXPECT_EQ(!!(record->head.flags & MMTRACE_R_NO_USER_REGS),
				  record->call.syscall == -1);
			EXPECT_NE(0, record->call.syscall);
			own += record->call.syscall == -1;
			calls += record->call.syscall != -1;
		}
		usleep(10000);
	}
	EXPECT_LT(0, own) TH_LOG("of the kernel's own calls none was seen");
	EXPECT_LT(0, calls) TH_LOG("nor of the program's");
}

TEST_HARNESS_MAIN
