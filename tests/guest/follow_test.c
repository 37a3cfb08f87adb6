// SPDX-License-Identifier: GPL-2.0
/* timeout: 420 */
/*
 * A session that follows takes the calls of the tasks that it follows, from their
 * first instruction on, and not one of anybody else. Beside each test strangers
 * make the same calls all the time.
 */
#include <linux/sched.h>
#include <pthread.h>

#include "follow.h"
#include "task_state.h"

/* A program that was executed by a test. */
static void __attribute__((constructor)) executed(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "--mark"))
		return;
	mark_call();
	_exit(0);
}

static void execute(void)
{
	execl("/proc/self/exe", "follow_test", "--mark", NULL);
	_exit(1);
}

/* What a process does that is followed; returns its exit status. */
static int act_alone(void)
{
	mark_call();
	return 0;
}

static int act_first_instruction(void)
{
	pid_t pid = raw_fork(0);

	if (!pid) {
		syscall(SYS_mmap, NULL, MARK_LEN, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		_exit(0);
	}
	return !child_is_well(pid);
}

static int act_fork(void)
{
	pid_t pid = fork();

	mark_call();
	if (!pid)
		_exit(0);
	return !child_is_well(pid);
}

static int act_vfork(void)
{
	pid_t pid = vfork();

	if (!pid) {
		mark_call();
		execute();
	}
	return !child_is_well(pid);
}

static int act_fork_and_exec(void)
{
	pid_t pid = fork();

	if (!pid)
		execute();
	return !child_is_well(pid);
}

static void *mark_in_thread(void *unused)
{
	mark_call();
	return unused;
}

static int act_threads(void)
{
	pthread_t threads[8];
	int i, failed = 0;

	for (i = 0; i < 8; i++)
		failed |= pthread_create(&threads[i], NULL, mark_in_thread, NULL);
	for (i = 0; !failed && i < 8; i++)
		pthread_join(threads[i], NULL);
	return failed;
}

static void *fork_in_thread(void *unused)
{
	act_fork();
	return unused;
}

static int act_thread_forks(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, fork_in_thread, NULL) ||
	       pthread_join(thread, NULL);
}

/* The thread takes the process's id, and the leader is gone. */
static void *exec_in_thread(void *unused)
{
	mark_call();
	execute();
	return unused;
}

static int act_thread_execs(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_in_thread, NULL))
		return 1;
	for (;;)
		pause();
}

static pid_t leader;

static void *outlive_leader(void *unused)
{
	char path[64], state = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", leader);
	while (state != 'Z') {
		file = fopen(path, "re");
		if (!file || fscanf(file, "%*d %*s %c", &state) != 1)
			_exit(1);
		fclose(file);
		sched_yield();
	}
	act_fork();
	_exit(0);
	return unused;
}

static int act_leader_exits_first(void)
{
	pthread_t thread;

	leader = getpid();
	if (pthread_create(&thread, NULL, outlive_leader, NULL))
		return 1;
	syscall(SYS_exit, 0);
	return 1;
}

static int act_grandchildren(void)
{
	unsigned int generation;
	pid_t pid = 0;

	for (generation = 0; generation < 10 && !pid; generation++) {
		mark_call();
		pid = fork();
	}
	return pid && !child_is_well(pid);
}

/* Its parent is somebody else when it begins. */
static int act_daemon(void)
{
	pid_t pid = fork();

	if (pid)
		return !child_is_well(pid);
	setsid();
	pid = getpid();
	if (fork())
		_exit(0);
	while (getppid() == pid)
		sched_yield();
	mark_call();
	act_fork();
	_exit(0);
}

/* A child that is its maker's sibling. */
static int act_sibling(void)
{
	pid_t pid = raw_fork(CLONE_PARENT);

	if (!pid)
		mark_call();
	return pid < 0;
}

/* The hook on a task that is killed before it has run is the same as on any other. */
static int act_killed_children(void)
{
	int i;

	for (i = 0; i < 50; i++) {
		pid_t pid = raw_fork(0);

		if (!pid)
			for (;;)
				pause();
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	mark_call();
	return 0;
}

static const struct act {
	const char	*name;
	int		(*act)(void);
	unsigned int	marks;		/* that it makes */
	unsigned int	own;		/* of these, the first thread itself */
} acts[] = {
	{ "alone", act_alone, 1, 1 },
	{ "first instruction", act_first_instruction, 1, 0 },
	{ "fork", act_fork, 2, 1 },
	{ "vfork", act_vfork, 2, 0 },
	{ "fork and exec", act_fork_and_exec, 1, 0 },
	{ "threads", act_threads, 8, 0 },
	{ "thread forks", act_thread_forks, 2, 0 },
	{ "thread execs", act_thread_execs, 2, 0 },
	{ "leader exits first", act_leader_exits_first, 2, 0 },
	{ "grandchildren", act_grandchildren, 10, 1 },
	{ "daemon", act_daemon, 3, 0 },
	{ "sibling", act_sibling, 1, 0 },
	{ "killed children", act_killed_children, 1, 1 },
};

static void follow_act(struct __test_metadata *_metadata, struct watch *watch,
		       const struct act *act, __u32 flags, unsigned int marks)
{
	struct actor actor = actor_start(act->act);
	__u32 tasks;

	ASSERT_LT(0, actor.pid);
	ASSERT_EQ(0, follow(watch->trace.fd, actor.pid, flags, &tasks));
	EXPECT_EQ(1, tasks);
	ASSERT_EQ(0, follow(watch->trace.fd, actor.pid, flags, &tasks));
	EXPECT_EQ(0, tasks);
	trace_start(_metadata, &watch->trace);
	actor_go(&actor);
	EXPECT_TRUE(child_is_well(actor.pid));
	read_to_end(_metadata, watch);
	expect_account(_metadata, watch, marks);
}

TEST_F_TIMEOUT(follow, children, 200)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		follow_act(_metadata, &self->watch, &acts[i], MMTRACE_FOLLOW_CHILDREN,
			   acts[i].marks);
		if (!_metadata->passed)
			TH_LOG("in act %s", acts[i].name);
		close(self->watch.trace.fd);
		self->watch.marks = 0;
		open_trace(_metadata, &self->watch.trace);
	}
}

/* Those alone that were there already. */
TEST_F_TIMEOUT(follow, without_children, 200)
{
	static const __u32 flags[] = { 0, MMTRACE_FOLLOW_THREAD };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(acts); i++) {
		follow_act(_metadata, &self->watch, &acts[i], flags[i % 2], acts[i].own);
		if (!_metadata->passed)
			TH_LOG("in act %s", acts[i].name);
		close(self->watch.trace.fd);
		self->watch.marks = 0;
		open_trace(_metadata, &self->watch.trace);
	}
}

static int pipes[2];

/* Five more, a thread among them, that end one at each byte. */
static int act_crowd(void)
{
	pid_t pids[4];
	pthread_t thread;
	char byte;
	int i;

	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(read(pipes[0], &byte, 1) != 1);
	}
	if (pthread_create(&thread, NULL, mark_in_thread, NULL) || pthread_join(thread, NULL))
		return 1;
	for (i = 0; i < 4; i++)
		waitpid(-1, NULL, 0);
	return 0;
}

static __u64 followed(int fd)
{
	struct mmtrace_stats stats;

	return get_stats(fd, MMTRACE_EVENT_MREMAP, &stats) ? ~0ull : stats.followed;
}

TEST_F(follow, shrinks)
{
	struct actor actor;
	__u64 now, left;

	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	actor = actor_start(act_crowd);
	EXPECT_EQ(0, followed(self->watch.trace.fd));
	ASSERT_EQ(0, follow(self->watch.trace.fd, actor.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	EXPECT_EQ(1, followed(self->watch.trace.fd));
	trace_start(_metadata, &self->watch.trace);
	actor_go(&actor);
	/* The thread has made its mark when all children are there. */
	while (!self->watch.marks)
		count_marks(_metadata, &self->watch);
	while (followed(self->watch.trace.fd) != 5)
		sched_yield();
	for (left = 5; left > 2; left--) {
		ASSERT_EQ(1, write(pipes[1], "", 1));
		do {
			now = followed(self->watch.trace.fd);
			ASSERT_TRUE(now == left || now == left - 1);
		} while (now == left);
	}
	ASSERT_EQ(1, write(pipes[1], "", 1));
	EXPECT_TRUE(child_is_well(actor.pid));
	EXPECT_EQ(0, followed(self->watch.trace.fd));
	read_to_end(_metadata, &self->watch);
	expect_account(_metadata, &self->watch, 1);
	close(pipes[0]);
	close(pipes[1]);
}

static pid_t fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal	= SIGCHLD,
		.set_tid	= (unsigned long)&pid,
		.set_tid_size	= 1,
	};

	return syscall(SYS_clone3, &args, sizeof(args));
}

/* Another process with the id of one that was followed is a stranger. */
TEST_F(follow, reused_id)
{
	struct actor first = actor_start(act_alone), second = actor_start(act_alone);
	pid_t pid;
	int i;

	ASSERT_EQ(0, follow(self->watch.trace.fd, first.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	ASSERT_EQ(0, follow(self->watch.trace.fd, second.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	trace_start(_metadata, &self->watch.trace);
	actor_go(&first);
	ASSERT_TRUE(child_is_well(first.pid));
	for (i = 0; i < 10; i++) {
		pid = fork_as(first.pid);
		/* Strangers may be given it just now. */
		if (pid < 0 && errno == EEXIST)
			continue;
		ASSERT_LE(0, pid) TH_LOG("clone3: %s", strerror(errno));
		if (!pid) {
			mark_call();
			_exit(getpid() != first.pid);
		}
		EXPECT_EQ(first.pid, pid);
		EXPECT_TRUE(child_is_well(pid));
	}
	actor_go(&second);
	ASSERT_TRUE(child_is_well(second.pid));
	read_to_end(_metadata, &self->watch);
	expect_account(_metadata, &self->watch, 2);
}

/* One session follows, one follows somebody else, one takes all. */
TEST_F(follow, beside_others)
{
	struct actor actor = actor_start(act_fork), other = actor_start(act_alone);
	static struct trace all, of_other;

	open_trace(_metadata, &all);
	open_trace(_metadata, &of_other);
	ASSERT_EQ(0, follow(self->watch.trace.fd, actor.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	ASSERT_EQ(0, follow(of_other.fd, other.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	trace_start(_metadata, &all);
	trace_start(_metadata, &of_other);
	trace_start(_metadata, &self->watch.trace);
	actor_go(&actor);
	EXPECT_TRUE(child_is_well(actor.pid));
	read_to_end(_metadata, &self->watch);
	expect_account(_metadata, &self->watch, 2);
	EXPECT_EQ(0, trace_read(_metadata, &of_other));
	stop_process(self->watch.stranger);
	EXPECT_EQ(0, mmtrace_ioctl(all.fd, MMTRACE_IOC_STOP, NULL));
	while (trace_read(_metadata, &all) &&
	       !trace_find(&all, MMTRACE_EVENT_DO_MMAP, actor.pid, 0))
		;
	EXPECT_LT(0, all.len);
	actor_go(&other);
	EXPECT_TRUE(child_is_well(other.pid));
	EXPECT_LT(0, trace_read(_metadata, &of_other));
	close(all.fd);
	close(of_other.fd);
}

/* A reader that sleeps is woken by the end alone, long before its timeout. */
TEST_F(follow, end_wakes)
{
	struct mmtrace_config config;
	struct actor actor, reader;
	int fd = self->watch.trace.fd;
	char byte;

	actor = actor_start(act_alone);
	ASSERT_EQ(0, get_config(fd, &config));
	config.timeout_ms = 60000;
	ASSERT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, set_filter(fd, MMTRACE_IOC_SET_FILTER, &(struct mmtrace_pred) {
					.field = MMTRACE_FIELD_EVENT,
					.on_true = MMTRACE_REJECT, .on_false = MMTRACE_REJECT,
				}, 1, NULL));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, 0));
	ASSERT_EQ(0, follow(fd, actor.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	trace_start(_metadata, &self->watch.trace);
	reader.pid = fork();
	if (!reader.pid)
		_exit(read(fd, &byte, 1) != 0);
	while (state_of(reader.pid) != 'S')
		sched_yield();
	actor_go(&actor);
	EXPECT_TRUE(child_is_well(actor.pid));
	EXPECT_TRUE(child_is_well(reader.pid));
}

/* A thread that says who it is, and waits. */
struct waiter {
	pthread_t	thread;
	int		said[2];
	int		go[2];
	pid_t		tid;
};

static void *wait_in_thread(void *data)
{
	struct waiter *waiter = data;
	pid_t tid = syscall(SYS_gettid);
	char byte;

	if (write(waiter->said[1], &tid, sizeof(tid)) != sizeof(tid))
		abort();
	return (void *)(long)read(waiter->go[0], &byte, 1);
}

TEST_F(follow, refused)
{
	struct actor actor = actor_start(act_alone);
	int fd = self->watch.trace.fd;
	struct mmtrace_stats stats;
	struct waiter waiter;

	EXPECT_EQ(-EINVAL, follow(fd, actor.pid, 1 << 2, NULL));
	EXPECT_EQ(-EINVAL, follow(fd, 0, 0, NULL));
	EXPECT_EQ(-EINVAL, follow(fd, -1, 0, NULL));
	EXPECT_EQ(-ESRCH, follow(fd, 0x7fffffff, 0, NULL));
	/* The id of a thread that is not the first. */
	ASSERT_EQ(0, pipe2(waiter.said, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(waiter.go, O_CLOEXEC));
	ASSERT_EQ(0, pthread_create(&waiter.thread, NULL, wait_in_thread, &waiter));
	ASSERT_EQ(sizeof(waiter.tid), read(waiter.said[0], &waiter.tid, sizeof(waiter.tid)));
	EXPECT_EQ(-ESRCH, follow(fd, waiter.tid, MMTRACE_FOLLOW_CHILDREN, NULL));
	/* One that is dead, and not reaped yet. */
	actor_go(&actor);
	EXPECT_EQ(0, waitid(P_PID, actor.pid, &(siginfo_t) {}, WEXITED | WNOWAIT));
	EXPECT_EQ(-ESRCH, follow(fd, actor.pid, 0, NULL));
	EXPECT_EQ(-ESRCH, follow(fd, actor.pid, MMTRACE_FOLLOW_THREAD, NULL));
	EXPECT_TRUE(child_is_well(actor.pid));
	EXPECT_EQ(-ESRCH, follow(fd, actor.pid, 0, NULL));

	/* None of which has changed anything: all calls are taken. */
	trace_start(_metadata, &self->watch.trace);
	mark_call();
	while (trace_read(_metadata, &self->watch.trace) &&
	       !trace_find(&self->watch.trace, MMTRACE_EVENT_DO_MMAP, getpid(), 0))
		;
	EXPECT_LT(0, self->watch.trace.len);

	EXPECT_EQ(0, follow(fd, waiter.tid, MMTRACE_FOLLOW_THREAD, NULL));
	EXPECT_EQ(1, followed(fd));
	EXPECT_EQ(0, follow(fd, getpid(), 0, NULL));
	EXPECT_EQ(2, followed(fd));
	EXPECT_EQ(1, write(waiter.go[1], "", 1));
	EXPECT_EQ(0, pthread_join(waiter.thread, NULL));
	EXPECT_EQ(0, mmtrace_ioctl(fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_EQ(-EINVAL, follow(fd, getpid(), 0, NULL));
	EXPECT_EQ(0, get_stats(fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(0, stats.followed);
	close(waiter.said[0]);
	close(waiter.said[1]);
	close(waiter.go[0]);
	close(waiter.go[1]);
}

TEST_HARNESS_MAIN
