// SPDX-License-Identifier: GPL-2.0
/*
 * A frozen session that has many records: variants_test.sh runs it, on a module for which
 * it takes ten seconds to find those that are to be given. Whoever is at it, or waits for
 * it, can be killed, and the next one begins anew.
 */
#include <signal.h>
#include <stdatomic.h>

#include "mmtrace_test.h"

#define CALLS		500
#define FIRE		(2 * PAGE)
#define LOOK_US		1000000	/* in the middle of it */
#define SOON_NS		3000000000ull

FIXTURE(window)
{
	struct trace	trace;
	atomic_int	*begun;
};

FIXTURE_SETUP(window)
{
	static const struct mmtrace_pred pred = {
		MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, FIRE, ~0ull
	};
	struct mmtrace_trigger trigger = {
		.size = sizeof(trigger), .preds = (unsigned long)&pred, .preds_len = 1,
		.before = ~0ull,
	};
	struct mmtrace_pred own = {
		MMTRACE_FIELD_TGID, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, getpid(), ~0ull
	};
	int i;

	self->begun = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->begun);
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
		.events	= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		.mode	= MMTRACE_MODE_OVERWRITE,
	});
	ASSERT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_FILTER, &own, 1, NULL));
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_SET_TRIGGER, &trigger));
	trace_start(_metadata, &self->trace);
	for (i = 0; i < CALLS; i++)
		munmap(mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE);
	munmap(mmap(NULL, FIRE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), FIRE);
	/* Its predicate goes somewhere. */
	trigger.preds = (unsigned long)&own;
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_GET_TRIGGER, &trigger));
	ASSERT_EQ(MMTRACE_TRIGGER_FROZEN, trigger.state);
}

FIXTURE_TEARDOWN(window)
{
	close(self->trace.fd);
	munmap(self->begun, PAGE);
	expect_nothing_left(_metadata);
}

static void read_it(int fd)
{
	char buf[PAGE];

	if (read(fd, buf, sizeof(buf)) < 0)
		_exit(1);
}

static void ask_for_the_account(int fd)
{
	struct mmtrace_stats stats;

	if (get_stats(fd, 0, &stats))
		_exit(1);
}

static void ask_who_it_is(int fd)
{
	int other = open(DEVICE, O_RDONLY | O_CLOEXEC);
	struct mmtrace_session session = { .size = sizeof(session), .id = 1 };

	/* That of @fd, as there are no others but the new one. */
	if (mmtrace_ioctl(other, MMTRACE_IOC_SESSION, &session))
		_exit(1);
	close(fd);
}

static pid_t fork_asker(struct __test_metadata *_metadata, atomic_int *begun, int fd,
			void (*ask)(int fd))
{
	int before = atomic_load(begun);
	pid_t pid = fork();

	if (!pid) {
		atomic_fetch_add(begun, 1);
		ask(fd);
		_exit(0);
	}
	while (atomic_load(begun) == before)
		usleep(1000);
	usleep(LOOK_US);
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG)) TH_LOG("it did not take long");
	return pid;
}

static void expect_killed(struct __test_metadata *_metadata, pid_t pid)
{
	__u64 killed = now_ns();
	int status;

	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_GT(SOON_NS, now_ns() - killed);
}

/* scenario 7 */
TEST_F_TIMEOUT(window, is_looked_for_by_who_is_killed, 100)
{
	pid_t first = fork_asker(_metadata, self->begun, self->trace.fd, read_it), second;
	size_t len, given = 0;

	second = fork_asker(_metadata, self->begun, self->trace.fd, ask_for_the_account);
	expect_killed(_metadata, second);
	second = fork_asker(_metadata, self->begun, self->trace.fd, ask_who_it_is);
	expect_killed(_metadata, second);
	expect_killed(_metadata, first);
	first = fork_asker(_metadata, self->begun, self->trace.fd, ask_for_the_account);
	expect_killed(_metadata, first);
	while ((len = trace_read(_metadata, &self->trace)))
		given += len / sizeof(struct mmtrace_record);
	EXPECT_EQ(CALLS + 1, given);
}

TEST_HARNESS_MAIN
