// SPDX-License-Identifier: GPL-2.0
/*
 * A task may sleep within a hooked function for as long as it likes. Nobody waits for
 * it: neither a session that ends nor rmmod. When it returns at last, that is recorded
 * if somebody still wants it, and nothing of a module that is gone is run.
 *
 * One thread sleeps in do_mmap(), with its address space locked; others of the same
 * process then sleep in the other functions.
 */
#include <pthread.h>
#include <signal.h>

#include "own_module.h"
#include "slow_file.h"
#include "task_state.h"

#define SLEEPERS	4
#define SLEEP_NS	100000000ull	/* at least, of each */
#define KILLED_NS	20000000000ull	/* by then, who was killed has returned */

/**
 * struct sleeper - a thread that sleeps in a system call
 * @nr: of the call
 * @args: of it
 * @ret: what it returned
 * @go: a byte comes when it shall call
 * @tid: of it; written to where the test reads it
 */
struct sleeper {
	long		nr;
	unsigned long	args[6];
	long		ret;
	int		go;
	pid_t		tid;
};

/**
 * struct party - all of them, as the test sees them
 * @file: that they sleep for
 * @toucher: process that waits for a page of it
 * @pid: process of the sleepers
 * @tids: of each
 * @nrs: calls of each
 * @go: written to when one shall call
 */
struct party {
	struct slow_file	file;
	pid_t			toucher;
	pid_t			pid;
	pid_t			tids[SLEEPERS];
	long			nrs[SLEEPERS];
	int			go[SLEEPERS];
};

FIXTURE(asleep)
{
	struct party	party;
};

static void *sleeper_main(void *data)
{
	struct sleeper *sleeper = data;
	char byte;

	if (read(sleeper->go, &byte, 1) != 1)
		_exit(1);
	sleeper->ret = raw_syscall(sleeper->nr, sleeper->args[0], sleeper->args[1],
				   sleeper->args[2], sleeper->args[3], sleeper->args[4],
				   sleeper->args[5]);
	return NULL;
}

static void *sleeper_begin(void *data)
{
	struct sleeper *sleeper = data;

	__atomic_store_n(&sleeper->tid, gettid(), __ATOMIC_RELEASE);
	return sleeper_main(data);
}

static void set_calls(struct sleeper *sleepers, int fd)
{
	void *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	sleepers[0] = (struct sleeper) {
		.nr	= SYS_mmap,
		.args	= { 0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0 },
	};
	sleepers[1] = (struct sleeper) {
		.nr	= SYS_mmap,
		.args	= { 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 },
	};
	sleepers[2] = (struct sleeper) {
		.nr	= SYS_mremap,
		.args	= { (unsigned long)at, PAGE, 2 * PAGE, MREMAP_MAYMOVE },
	};
	/* Of no mapping: EINVAL. */
	sleepers[3] = (struct sleeper) {
		.nr	= SYS_remap_file_pages,
		.args	= { 0, PAGE, 0, 0, 0 },
	};
}

/* The process of the sleepers: tells their threads' numbers, and whether all went well. */
static int sleep_in_all(const char *path, const int *go, int out)
{
	static struct sleeper sleepers[SLEEPERS];
	pthread_t threads[SLEEPERS];
	int fd = open(path, O_RDONLY), i;

	if (fd < 0)
		return 1;
	set_calls(sleepers, fd);
	for (i = 0; i < SLEEPERS; i++) {
		sleepers[i].go = go[i];
		if (pthread_create(&threads[i], NULL, sleeper_begin, &sleepers[i]))
			return 1;
		while (!__atomic_load_n(&sleepers[i].tid, __ATOMIC_ACQUIRE))
			usleep(1000);
		if (write(out, &sleepers[i].tid, sizeof(pid_t)) != sizeof(pid_t) ||
		    write(out, &sleepers[i].nr, sizeof(long)) != sizeof(long))
			return 1;
	}
	for (i = 0; i < SLEEPERS; i++)
		pthread_join(threads[i], NULL);
	return sleepers[0].ret < 0 || sleepers[1].ret < 0 || sleepers[2].ret < 0 ||
	       sleepers[3].ret != -EINVAL;
}

/* Touches a page that does not come: it is locked until then. */
static int touch(int fd)
{
	const char *at;
	struct stat stat;

	/* Before, the kernel does not know that there is a page. */
	if (fstat(fd, &stat) || stat.st_size != SLOW_FILE_SIZE)
		return 1;
	at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

/* Not by a signal, in this call. */
static bool is_asleep(pid_t tid, long nr)
{
	return state_of(tid) == 'D' && syscall_of(tid) == nr;
}

static void wait_until_asleep(struct __test_metadata *_metadata, pid_t tid, long nr)
{
	while (!is_asleep(tid, nr)) {
		ASSERT_NE(0, state_of(tid)) TH_LOG("%d is gone", tid);
		usleep(1000);
	}
}

static bool all_asleep(const struct party *party)
{
	int i;

	for (i = 0; i < SLEEPERS; i++)
		if (!is_asleep(party->tids[i], party->nrs[i]))
			return false;
	return true;
}

FIXTURE_SETUP(asleep)
{
	struct party *party = &self->party;
	int go[SLEEPERS][2], in[SLEEPERS], out[2], i, err, fd;

	err = slow_file_begin(_metadata, &party->file);
	if (err)
		SKIP(return, "this kernel has no FUSE: %s", strerror(-err));
	fd = open(party->file.path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pipe2(out, O_CLOEXEC));
	for (i = 0; i < SLEEPERS; i++) {
		ASSERT_EQ(0, pipe2(go[i], O_CLOEXEC));
		party->go[i] = go[i][1];
		in[i] = go[i][0];
	}
	party->pid = fork();
	if (!party->pid) {
		close(party->file.gate);
		_exit(sleep_in_all(party->file.path, in, out[1]));
	}
	for (i = 0; i < SLEEPERS; i++) {
		ASSERT_EQ(sizeof(pid_t), read(out[0], &party->tids[i], sizeof(pid_t)));
		ASSERT_EQ(sizeof(long), read(out[0], &party->nrs[i], sizeof(long)));
	}
	party->toucher = fork();
	if (!party->toucher) {
		close(party->file.gate);
		_exit(touch(fd));
	}
	close(fd);
}

FIXTURE_TEARDOWN(asleep)
{
	slow_file_end(_metadata, &self->party.file);
	expect_nothing_left(_metadata);
}

/* The first one locks the address space that the others then wait for. */
static void put_to_sleep(struct __test_metadata *_metadata, struct party *party)
{
	char byte;
	int i;

	ASSERT_EQ(1, read(party->file.reading, &byte, 1));
	for (i = 0; i < SLEEPERS; i++) {
		ASSERT_EQ(1, write(party->go[i], "", 1));
		wait_until_asleep(_metadata, party->tids[i], party->nrs[i]);
	}
	ASSERT_TRUE(all_asleep(party));
}

static void wake(struct __test_metadata *_metadata, struct party *party)
{
	slow_file_let_go(&party->file);
	EXPECT_TRUE(child_is_well(party->pid));
	EXPECT_TRUE(child_is_well(party->toucher));
}

static void begin_trace(struct __test_metadata *_metadata, struct trace *trace)
{
	trace_open(_metadata, trace, &(struct mmtrace_config) { .ring_size = 65536 });
	trace_start(_metadata, trace);
}

static unsigned int count_long(const struct trace *trace, __u32 event, pid_t tid)
{
	const struct mmtrace_record *record = trace_find(trace, event, tid, 0);

	return record && record->call.duration >= SLEEP_NS;
}

/* They were within the hooked functions indeed: the durations say so. */
TEST_F(asleep, until_they_are_recorded)
{
	static struct trace trace;

	begin_trace(_metadata, &trace);
	put_to_sleep(_metadata, &self->party);
	usleep(SLEEP_NS / 1000);
	wake(_metadata, &self->party);
	ASSERT_LT(0, trace_read(_metadata, &trace));
	EXPECT_EQ(1, count_long(&trace, MMTRACE_EVENT_DO_MMAP, self->party.tids[0]));
	EXPECT_EQ(1, count_long(&trace, MMTRACE_EVENT_MMAP, self->party.tids[0]));
	EXPECT_EQ(1, count_long(&trace, MMTRACE_EVENT_MMAP, self->party.tids[1]));
	EXPECT_EQ(1, count_long(&trace, MMTRACE_EVENT_MREMAP, self->party.tids[2]));
	EXPECT_EQ(1, count_long(&trace, MMTRACE_EVENT_REMAP_FILE_PAGES, self->party.tids[3]));
	close(trace.fd);
}

/* What the sleepers' calls have returned, as far as it is told by now; 1 if it is not. */
static void note_returns(struct __test_metadata *_metadata, struct trace *trace,
			 const struct party *party, long *rets)
{
	static const __u32 events[SLEEPERS] = {
		0, MMTRACE_EVENT_MMAP, MMTRACE_EVENT_MREMAP, MMTRACE_EVENT_REMAP_FILE_PAGES,
	};
	const struct mmtrace_record *record;
	int i;

	trace_read(_metadata, trace);
	for (i = 1; i < SLEEPERS; i++) {
		record = trace_find(trace, events[i], party->tids[i], 0);
		if (!record)
			continue;
		EXPECT_EQ(1, rets[i]) TH_LOG("told twice");
		EXPECT_EQ(1, trace_count(trace, events[i], party->tids[i]));
		EXPECT_EQ(party->nrs[i], record->call.syscall);
		rets[i] = record->call.ret;
	}
}

/* scenario 32: those that wait for the address space give up, and their records say so */
TEST_F(asleep, until_they_are_killed)
{
	long rets[SLEEPERS] = { 1, 1, 1, 1 };
	static struct trace trace;
	__u64 deadline;
	int status, i;

	begin_trace(_metadata, &trace);
	put_to_sleep(_metadata, &self->party);
	ASSERT_EQ(0, kill(self->party.pid, SIGKILL));
	deadline = now_ns() + KILLED_NS;
	while ((rets[1] == 1 || rets[2] == 1 || rets[3] == 1) && now_ns() < deadline) {
		note_returns(_metadata, &trace, &self->party, rets);
		usleep(1000);
	}
	for (i = 1; i < SLEEPERS; i++) {
		EXPECT_EQ(-EINTR, rets[i])
			TH_LOG("call %d, its thread is in state %c, in system call %ld", i,
			       state_of(self->party.tids[i]), syscall_of(self->party.tids[i]));
	}
	slow_file_let_go(&self->party.file);
	ASSERT_EQ(self->party.pid, waitpid(self->party.pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(child_is_well(self->party.toucher));
	close(trace.fd);
}

/* Their calls were begun in a session that is over. */
static void put_to_sleep_traced(struct __test_metadata *_metadata, struct party *party)
{
	static struct trace trace;

	begin_trace(_metadata, &trace);
	put_to_sleep(_metadata, party);
	close(trace.fd);
}

TEST_F(asleep, while_their_session_ends)
{
	static struct trace next;

	put_to_sleep_traced(_metadata, &self->party);
	expect_nothing_left(_metadata);
	EXPECT_TRUE(all_asleep(&self->party));
	begin_trace(_metadata, &next);
	wake(_metadata, &self->party);
	trace_read(_metadata, &next);
	close(next.fd);
}

/* scenario 2 */
TEST_F(asleep, while_the_module_is_unloaded)
{
	put_to_sleep_traced(_metadata, &self->party);
	EXPECT_EQ(0, module_unload(O_NONBLOCK));
	EXPECT_TRUE(all_asleep(&self->party)) TH_LOG("rmmod has waited for them");
	wake(_metadata, &self->party);
	EXPECT_EQ(0, module_load());
}

/* The old module's calls return into the new one's time. */
TEST_F(asleep, while_it_is_loaded_again)
{
	static struct trace trace;

	put_to_sleep_traced(_metadata, &self->party);
	EXPECT_EQ(0, module_unload(O_NONBLOCK));
	EXPECT_EQ(0, module_load());
	begin_trace(_metadata, &trace);
	EXPECT_TRUE(all_asleep(&self->party));
	wake(_metadata, &self->party);
	mark_call();
	ASSERT_LT(0, trace_read(_metadata, &trace));
	EXPECT_EQ(1, trace_count(&trace, MMTRACE_EVENT_DO_MMAP, getpid()));
	EXPECT_EQ(0, trace_count(&trace, MMTRACE_EVENT_DO_MMAP, self->party.tids[0]));
	close(trace.fd);
}

TEST_HARNESS_MAIN
