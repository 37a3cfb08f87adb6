// SPDX-License-Identifier: GPL-2.0
/* timeout: 820 */
/*
 * A session that follows misses nobody and sees no stranger, however fast tasks
 * come and go, however many follow, and leaves nothing when it is killed.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "follow.h"

#define FOLLOWERS	64	/* as many as the module lets open it */
#define CHILDREN	10000
#define CHILDREN_LIVE	16
#define WILD_THREADS	32
#define WILD_ROUNDS	20
#define STRANGERS	4

/**
 * struct wild - what a process that forks and clones wildly shares with the test
 * @begin: all that is made from now on is followed, and so are all threads
 * @marks: made since
 */
struct wild {
	atomic_bool	begin;
	atomic_uint	marks;
};

static struct wild *wild;

/* Counted before it is made: the thread may be killed after its last one. */
static void wild_mark(void)
{
	atomic_fetch_add(&wild->marks, 1);
	mark_call();
}

static void *wild_short(void *unused)
{
	if (atomic_load(&wild->begin))
		wild_mark();
	return unused;
}

static void *wild_thread(void *unused)
{
	unsigned int rounds = 0;
	pthread_t thread;
	bool begun;
	pid_t pid;

	while (rounds < WILD_ROUNDS) {
		begun = atomic_load(&wild->begin);
		rounds += begun;
		pid = raw_fork(0);
		if (!pid) {
			if (begun)
				wild_mark();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
		if (!pthread_create(&thread, NULL, wild_short, NULL))
			pthread_join(thread, NULL);
		if (begun)
			wild_mark();
	}
	return unused;
}

static int act_wild(void)
{
	pthread_t threads[WILD_THREADS];
	int i, failed = 0;

	for (i = 0; i < WILD_THREADS; i++)
		failed |= pthread_create(&threads[i], NULL, wild_thread, NULL);
	for (i = 0; !failed && i < WILD_THREADS; i++)
		pthread_join(threads[i], NULL);
	return failed;
}

TEST_F_TIMEOUT(follow, while_it_forks_and_clones, 200)
{
	struct actor actor;
	__u32 tasks;

	wild = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, wild);
	trace_start(_metadata, &self->watch.trace);
	actor = actor_start(act_wild);
	actor_go(&actor);
	/* In the midst of it. */
	while (!trace_read(_metadata, &self->watch.trace))
		sched_yield();
	ASSERT_EQ(0, follow(self->watch.trace.fd, actor.pid, MMTRACE_FOLLOW_CHILDREN, &tasks));
	EXPECT_LT(0, tasks);
	/* What was taken until then. */
	while (trace_read(_metadata, &self->watch.trace))
		;
	self->watch.marks = 0;
	atomic_store(&wild->begin, true);
	EXPECT_TRUE(child_is_well(actor.pid));
	read_to_end(_metadata, &self->watch);
	EXPECT_LT(WILD_THREADS * WILD_ROUNDS, atomic_load(&wild->marks));
	EXPECT_EQ(atomic_load(&wild->marks), self->watch.marks);
	EXPECT_EQ(0, self->watch.trace.lost);
	munmap(wild, PAGE);
}

static int act_ten_thousand(void)
{
	unsigned int made, live = 0;

	for (made = 0; made < CHILDREN; made++) {
		if (live == CHILDREN_LIVE) {
			wait(NULL);
			live--;
		}
		switch (raw_fork(0)) {
		case 0:
			mark_call();
			_exit(0);
		case -1:
			return 1;
		}
		live++;
	}
	while (live--)
		wait(NULL);
	return 0;
}

/* None is missed, and of four strangers not one call is seen. */
TEST_F_TIMEOUT(follow, ten_thousand_children, 200)
{
	pid_t strangers[STRANGERS];
	struct actor actor;
	int i;

	/* A child of a stranger may outlive it, and would have the device open. */
	close(self->watch.trace.fd);
	actor = actor_start(act_ten_thousand);
	for (i = 0; i < STRANGERS; i++)
		strangers[i] = start_stranger();
	open_trace(_metadata, &self->watch.trace);
	ASSERT_EQ(0, follow(self->watch.trace.fd, actor.pid, MMTRACE_FOLLOW_CHILDREN, NULL));
	trace_start(_metadata, &self->watch.trace);
	actor_go(&actor);
	read_to_end(_metadata, &self->watch);
	EXPECT_TRUE(child_is_well(actor.pid));
	expect_account(_metadata, &self->watch, CHILDREN);
	for (i = 0; i < STRANGERS; i++)
		stop_process(strangers[i]);
}

static int act_two(void)
{
	pid_t pid = raw_fork(0);

	mark_call();
	if (!pid)
		_exit(0);
	return !child_is_well(pid);
}

TEST_F_TIMEOUT(follow, many_followers, 200)
{
	struct pollfd poll_fd = { .events = POLLIN };
	static struct trace traces[FOLLOWERS];
	struct actor actor;
	int i;

	close(self->watch.trace.fd);
	actor = actor_start(act_two);
	for (i = 0; i < FOLLOWERS; i++) {
		trace_open(_metadata, &traces[i], &(struct mmtrace_config) {
				.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
				.ring_size = 65536,
			   });
		ASSERT_EQ(0, filter_mark(traces[i].fd));
		/* Every other one does not want the child. */
		ASSERT_EQ(0, follow(traces[i].fd, actor.pid, i % 2 ? MMTRACE_FOLLOW_CHILDREN : 0,
				    NULL));
		trace_start(_metadata, &traces[i]);
	}
	actor_go(&actor);
	EXPECT_TRUE(child_is_well(actor.pid));
	for (i = 0; i < FOLLOWERS; i++) {
		trace_read(_metadata, &traces[i]);
		EXPECT_EQ(i % 2 ? 2 : 1, trace_count(&traces[i], MMTRACE_EVENT_DO_MMAP, 0));
		poll_fd.fd = traces[i].fd;
		EXPECT_EQ(1, poll(&poll_fd, 1, -1));
		EXPECT_EQ(POLLIN | POLLHUP, poll_fd.revents);
		close(traces[i].fd);
	}
	self->watch.trace.fd = -1;
}

/* Whoever dies while it follows leaves nothing; teardown looks. */
TEST_F_TIMEOUT(follow, killed_follower, 200)
{
	struct actor actor;
	int told[2], i;
	pid_t pid;
	char byte;

	/* Some of the ten thousand outlive this, and would have the device open. */
	close(self->watch.trace.fd);
	actor = actor_start(act_ten_thousand);
	open_trace(_metadata, &self->watch.trace);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, pipe2(told, O_CLOEXEC));
		pid = fork();
		if (!pid) {
			open_trace(_metadata, &self->watch.trace);
			follow(self->watch.trace.fd, actor.pid, MMTRACE_FOLLOW_CHILDREN, NULL);
			trace_start(_metadata, &self->watch.trace);
			if (write(told[1], "", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		ASSERT_EQ(1, read(told[0], &byte, 1));
		if (!i)
			actor_go(&actor);
		stop_process(pid);
		close(told[0]);
		close(told[1]);
	}
	stop_process(actor.pid);
}

TEST_HARNESS_MAIN
