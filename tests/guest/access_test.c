// SPDX-License-Identifier: GPL-2.0
/* Who may open the device, how often, and what an open file may be handed on for. */
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "mmtrace_test.h"

#define USER	1000

/* Runs in a child: 0, a negative errno, or a positive number if it went wrong. */
typedef int (*child_func)(void);

static int run_child(child_func func)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(-func() & 0xff);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 1000;
	return -WEXITSTATUS(status);
}

static int try_open(void)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : close(fd);
}

/* Leaves these capabilities and no other. */
static int keep_capabilities(__u64 kept)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = kept, .permitted = kept },
		{ .effective = kept >> 32, .permitted = kept >> 32 },
	};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

FIXTURE(access)
{
	int	unused;
};

FIXTURE_SETUP(access)
{
}

FIXTURE_TEARDOWN(access)
{
	EXPECT_EQ(0, chmod(DEVICE, 0600));
	expect_nothing_left(_metadata);
}

TEST_F(access, node)
{
	struct stat status;

	ASSERT_EQ(0, stat(DEVICE, &status));
	EXPECT_EQ(S_IFCHR | 0600, status.st_mode);
	EXPECT_EQ(0, status.st_uid);
	EXPECT_EQ(0, status.st_gid);
}

static int with_perfmon(void)
{
	return keep_capabilities(1ull << CAP_PERFMON) ?: try_open();
}

static int with_sys_admin(void)
{
	return keep_capabilities(1ull << CAP_SYS_ADMIN) ?: try_open();
}

static int with_all_others(void)
{
	return keep_capabilities(~(1ull << CAP_PERFMON | 1ull << CAP_SYS_ADMIN) &
				 ((2ull << CAP_LAST_CAP) - 1)) ?: try_open();
}

TEST_F(access, capabilities)
{
	EXPECT_EQ(0, run_child(with_perfmon));
	EXPECT_EQ(0, run_child(with_sys_admin));
	EXPECT_EQ(-EPERM, run_child(with_all_others));
}

static int as_user(void)
{
	return setresuid(USER, USER, USER) ? -errno : try_open();
}

/* Who may use the node still needs the capability. */
TEST_F(access, user)
{
	EXPECT_EQ(-EACCES, run_child(as_user));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	EXPECT_EQ(-EPERM, run_child(as_user));
}

static int as_root_of_a_namespace(void)
{
	if (unshare(CLONE_NEWUSER))
		return -errno;
	if (!write_word("/proc/self/uid_map", "0 0 1") || getuid())
		return 1;
	return try_open();
}

TEST_F(access, user_namespace)
{
	EXPECT_EQ(-EPERM, run_child(as_root_of_a_namespace));
}

/* A container without privileges: root of its own namespaces and of its own tree. */
static int enter_container(void)
{
	if (mkdir("box", 0755) || unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID))
		return 1;
	if (!write_word("/proc/self/uid_map", "0 0 1") ||
	    !write_word("/proc/self/setgroups", "deny") ||
	    !write_word("/proc/self/gid_map", "0 0 1") || getuid())
		return 2;
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "box", "tmpfs", 0, NULL))
		return 3;
	return 0;
}

static int in_a_container(void)
{
	struct stat node;
	int ret = enter_container();

	if (ret)
		return ret;
	if (stat(DEVICE, &node) || mkdir("box/dev", 0755))
		return 4;
	if (!mknod("box" DEVICE, S_IFCHR | 0666, node.st_rdev) || errno != EPERM)
		return 5;
	return chroot("box") || chdir("/") ? 6 : try_open();
}

static int in_a_container_with_the_node(void)
{
	int ret = enter_container();

	if (ret)
		return ret;
	if (mkdir("box/dev", 0755) || mknod("box" DEVICE, S_IFREG | 0666, 0))
		return 4;
	if (mount(DEVICE, "box" DEVICE, NULL, MS_BIND, NULL))
		return 5;
	return chroot("box") || chdir("/") ? 6 : try_open();
}

/* scenario 46 */
TEST_F(access, container)
{
	EXPECT_EQ(-ENOENT, run_child(in_a_container));
	rmdir("box");
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	EXPECT_EQ(-EPERM, run_child(in_a_container_with_the_node));
	rmdir("box");
}

static int with_no_new_privs(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? 1 : try_open();
}

/* It is about what execve() gives, and takes nothing. */
TEST_F(access, no_new_privs)
{
	EXPECT_EQ(0, run_child(with_no_new_privs));
}

/* In strict mode read() is all that there is. */
static pid_t fork_confined(int fd, bool asks)
{
	char text[4096];
	pid_t pid = fork();

	if (pid)
		return pid;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		_exit(1);
	if (asks)
		ioctl(fd, MMTRACE_IOC_STOP, NULL);
	syscall(SYS_exit, read(fd, text, sizeof(text)) <= 0);
	return 0;
}

/* A reader that has opened its session can give up all else. */
TEST_F(access, seccomp)
{
	static struct trace trace;
	int status;

	trace_open(_metadata, &trace, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(trace.fd));
	trace_start(_metadata, &trace);
	mark_call();
	EXPECT_TRUE(child_is_well(fork_confined(trace.fd, false)));
	mark_call();
	waitpid(fork_confined(trace.fd, true), &status, 0);
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(SIGKILL, WTERMSIG(status));
	EXPECT_LT(0, read(trace.fd, trace.buf, TRACE_ROOM)) TH_LOG("the session goes on");
	close(trace.fd);
}

static int send_fd(int socket, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = "";
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *control = CMSG_FIRSTHDR(&message);

	control->cmsg_level = SOL_SOCKET;
	control->cmsg_type = SCM_RIGHTS;
	control->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(control), &fd, sizeof(fd));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int socket)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	int fd;

	if (recvmsg(socket, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static int set_no_filter(int fd, unsigned int cmd)
{
	return set_filter(fd, cmd, NULL, 0, NULL);
}

/* What was opened by who could may be read by who could not. */
static int read_received(int socket)
{
	struct mmtrace_stats stats;
	char text[4096];
	int fd;

	if (setresuid(USER, USER, USER))
		return 1;
	fd = receive_fd(socket);
	if (fd < 0)
		return 2;
	if (read(fd, text, sizeof(text)) <= 0 || get_stats(fd, 0, &stats) || !stats.delivered)
		return 3;
	if (set_no_filter(fd, MMTRACE_IOC_SET_FILTER))
		return 4;
	/* The capability is asked for before anything else is looked at. */
	if (mmtrace_ioctl(fd, MMTRACE_IOC_SET_DEVICE_FILTER, NULL) != -EPERM)
		return 5;
	return set_no_filter(fd, MMTRACE_IOC_SET_DEVICE_FILTER);
}

TEST_F(access, handed_on)
{
	struct mmtrace_config config;
	int sockets[2], fd, status;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	pid = fork();
	if (!pid)
		_exit(-read_received(sockets[1]) & 0xff);
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(0, get_config(fd, &config));
	config.flags = MMTRACE_CONFIG_OWN;
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL));
	mark_call();
	ASSERT_EQ(0, send_fd(sockets[0], fd));
	close(fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(EPERM, WEXITSTATUS(status));
	close(sockets[0]);
	close(sockets[1]);
}

static int parents_fd;

/* A descriptor of the parent's, as who may trace it gets one. */
static int take_fd(void)
{
	int pidfd = syscall(SYS_pidfd_open, getppid(), 0);
	int fd = syscall(SYS_pidfd_getfd, pidfd, parents_fd, 0);

	return fd < 0 ? -errno : fd;
}

static int read_taken(void)
{
	struct mmtrace_stats stats;
	char text[4096];
	int fd = take_fd();

	if (fd < 0)
		return fd;
	if (read(fd, text, sizeof(text)) <= 0 || get_stats(fd, 0, &stats) || !stats.delivered)
		return 1;
	return 0;
}

static int take_as_user(void)
{
	return setresuid(USER, USER, USER) ? 1 : take_fd();
}

static int reopen(const char *process)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/fd/%d", process, parents_fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Another session: it has not what the first one has. */
static int read_reopened(void)
{
	char process[16], byte;
	int fd;

	snprintf(process, sizeof(process), "%d", getppid());
	fd = reopen(process);
	if (fd < 0)
		return fd;
	return read(fd, &byte, 1) == -1 && errno == EAGAIN ? 0 : 1;
}

static int reopen_as_user(void)
{
	return setresuid(USER, USER, USER) ? 1 : reopen("self");
}

/* scenario 12: the open file is the session, whoever has it; its name is just a name. */
TEST_F(access, taken)
{
	static struct trace trace;

	trace_open(_metadata, &trace, &(struct mmtrace_config) {});
	parents_fd = trace.fd;
	trace_start(_metadata, &trace);
	mark_call();
	EXPECT_EQ(0, run_child(read_reopened));
	EXPECT_EQ(-EPERM, run_child(take_as_user));
	EXPECT_EQ(-EACCES, run_child(reopen_as_user));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	EXPECT_EQ(-EPERM, run_child(reopen_as_user));
	EXPECT_EQ(0, run_child(read_taken));
	close(trace.fd);
}

static int filter_with_perfmon(void)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (keep_capabilities(1ull << CAP_PERFMON) || set_no_filter(fd, MMTRACE_IOC_SET_FILTER))
		return 1;
	return set_no_filter(fd, MMTRACE_IOC_SET_DEVICE_FILTER);
}

static int filter_with_sys_admin(void)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (keep_capabilities(1ull << CAP_SYS_ADMIN))
		return 1;
	return set_no_filter(fd, MMTRACE_IOC_SET_DEVICE_FILTER);
}

TEST_F(access, device_filter)
{
	EXPECT_EQ(-EPERM, run_child(filter_with_perfmon));
	EXPECT_EQ(0, run_child(filter_with_sys_admin));
}

TEST_F(access, max_sessions)
{
	struct mmtrace_info info = { .size = sizeof(info) };
	static struct trace trace;
	int fds[1024];
	unsigned int i;

	trace_open(_metadata, &trace, &(struct mmtrace_config) {});
	ASSERT_EQ(0, filter_mark(trace.fd));
	trace_start(_metadata, &trace);
	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_INFO, &info));
	ASSERT_GE(ARRAY_SIZE(fds), info.max_sessions);
	for (i = 1; i < info.max_sessions; i++) {
		fds[i] = open(DEVICE, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fds[i]);
	}
	EXPECT_EQ(-EBUSY, try_open());
	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(info.max_sessions, info.sessions);

	mark_call();
	EXPECT_LT(0, trace_read(_metadata, &trace));
	EXPECT_EQ(2, trace_count(&trace, MMTRACE_EVENT_DO_MMAP, gettid()) +
		  trace_count(&trace, MMTRACE_EVENT_MMAP, gettid()));
	close(fds[1]);
	EXPECT_EQ(0, try_open());
	for (i = 2; i < info.max_sessions; i++)
		close(fds[i]);
	close(trace.fd);
}

TEST_HARNESS_MAIN
