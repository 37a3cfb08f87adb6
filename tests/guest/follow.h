/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of following share: somebody to follow, and strangers. */
#ifndef MMTRACE_TEST_FOLLOW_H
#define MMTRACE_TEST_FOLLOW_H

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#include "mmtrace_test.h"

/* A fork without anything of libc between it and the first instruction. */
static inline pid_t raw_fork(unsigned long flags)
{
	return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

/* Maps and forks until it is killed. All on one CPU, so that others get on as well. */
static inline pid_t start_stranger(void)
{
	pid_t pid = fork();
	cpu_set_t cpus;

	if (pid)
		return pid;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || nice(19) < 0 ||
	    sched_setaffinity(0, sizeof(cpus), &cpus))
		_exit(1);
	for (;;) {
		mark_call();
		pid = raw_fork(0);
		if (!pid) {
			mark_call();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static inline void stop_process(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A process that waits for a byte, then does something. */
struct actor {
	pid_t	pid;
	int	go;
};

static inline struct actor actor_start(int (*act)(void))
{
	struct actor actor;
	int go[2];
	char byte;

	if (pipe2(go, O_CLOEXEC))
		return (struct actor) { -1, -1 };
	actor = (struct actor) { fork(), go[1] };
	if (!actor.pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 1 ? act() : 1);
	}
	close(go[0]);
	return actor;
}

static inline void actor_go(const struct actor *actor)
{
	if (write(actor->go, "", 1) != 1)
		perror("go");
	close(actor->go);
}

static inline int follow(int fd, pid_t pid, __u32 flags, __u32 *tasks)
{
	struct mmtrace_follow request = { .size = sizeof(request), .flags = flags, .pid = pid };
	int err = mmtrace_ioctl(fd, MMTRACE_IOC_FOLLOW, &request);

	if (tasks)
		*tasks = request.tasks;
	return err;
}

/**
 * struct watch - a session that follows, and what has been read of it
 * @trace: the session
 * @stranger: whom it does not follow
 * @marks: calls
 * @of_stranger: of these
 */
struct watch {
	struct trace	trace;
	pid_t		stranger;
	unsigned int	marks;
	unsigned int	of_stranger;
};

FIXTURE(follow)
{
	struct watch	watch;
};

static inline void open_trace(struct __test_metadata *_metadata, struct trace *trace)
{
	trace_open(_metadata, trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	ASSERT_EQ(0, filter_mark(trace->fd));
}

FIXTURE_SETUP(follow)
{
	self->watch.stranger = start_stranger();
	open_trace(_metadata, &self->watch.trace);
}

FIXTURE_TEARDOWN(follow)
{
	stop_process(self->watch.stranger);
	close(self->watch.trace.fd);
	expect_nothing_left(_metadata);
}

static inline void count_marks(struct __test_metadata *_metadata, struct watch *watch)
{
	const struct mmtrace_record *record = NULL;

	trace_read(_metadata, &watch->trace);
	while ((record = trace_next(&watch->trace, record))) {
		ASSERT_EQ(MMTRACE_EVENT_DO_MMAP, record->head.event);
		watch->marks++;
		watch->of_stranger += (pid_t)record->call.tgid == watch->stranger ||
				     (pid_t)record->call.ptgid == watch->stranger;
	}
}

/* Until nobody is left who is followed. */
static inline void read_to_end(struct __test_metadata *_metadata, struct watch *watch)
{
	struct pollfd poll_fd = { .fd = watch->trace.fd, .events = POLLIN };
	char byte;

	do {
		ASSERT_EQ(1, poll(&poll_fd, 1, -1));
		ASSERT_EQ(0, poll_fd.revents & POLLERR);
		count_marks(_metadata, watch);
	} while (!(poll_fd.revents & POLLHUP));
	EXPECT_EQ(0, read(watch->trace.fd, &byte, 1)) TH_LOG("not at its end");
	EXPECT_EQ(0, watch->of_stranger) TH_LOG("a stranger was seen");
}

/* All is accounted for, and nothing was lost. */
static inline void expect_account(struct __test_metadata *_metadata, struct watch *watch,
				  unsigned int marks)
{
	struct mmtrace_stats stats;

	ASSERT_EQ(0, get_stats(watch->trace.fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost +
		  stats.overwritten + stats.pending);
	EXPECT_EQ(marks, stats.delivered);
	EXPECT_EQ(0, stats.lost + stats.overwritten + stats.pending + stats.missed);
	EXPECT_EQ(0, stats.followed);
	EXPECT_EQ(0, stats.unfollowed);
	EXPECT_EQ(marks, watch->marks);
}

#endif /* MMTRACE_TEST_FOLLOW_H */
