// SPDX-License-Identifier: GPL-2.0
/*
 * The module is unloaded and loaded while others open, read and close the device
 * without end: either they have it open, and it can't be unloaded, or it is gone, and
 * there is no device. A session that was opened is whole.
 *
 * For 1,000 rounds: MMTRACE_ROUNDS=1000 MMTRACE_PATIENCE=30 tests/run.sh unload_test
 *
 * timeout: 180
 */
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <linux/membarrier.h>

#include "own_module.h"
#include "task_state.h"

#define ROUNDS		10
#define OPENERS		3
/*
 * After each, so that the module can go at all. Where closing takes long, as it waits for
 * RCU, that leaves no gap: so the pause is doubled after so many tries.
 */
#define PAUSE_US	500
#define PAUSE_MAX_US	500000
#define TRIES		500
#define TRY_US		200
#define SECOND		1000000000ull
#define WAITS		20	/* for RCU: twice as often as it has to, and more */

/**
 * struct tally - what the processes that open have seen; shared by all
 * @opened: the device was there
 * @absent: it was not
 * @failed: something that must not be
 * @record: the next one shall record, too
 * @pause: after each, microseconds
 */
struct tally {
	atomic_ulong	opened;
	atomic_ulong	absent;
	atomic_ulong	failed;
	atomic_bool	record;
	atomic_uint	pause;
};

FIXTURE(unload)
{
	struct tally	*tally;
	pid_t		pids[OPENERS];
};

/* What open() may say of a module that goes, or whose device goes. */
static bool is_absent(int error)
{
	return error == ENOENT || error == ENXIO || error == ENODEV;
}

/* One a round also records, so that there are hooks to be taken out: that takes long. */
static bool is_whole(int fd, struct tally *tally)
{
	struct mmtrace_info info = { .size = sizeof(info) };
	struct mmtrace_config config;

	if (mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &info) || !info.sessions)
		return false;
	if (!atomic_exchange(&tally->record, false))
		return true;
	return !get_config(fd, &config) && !mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL);
}

static void use_device(struct tally *tally)
{
	int fd = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		atomic_fetch_add(is_absent(errno) ? &tally->absent : &tally->failed, 1);
		return;
	}
	atomic_fetch_add(is_whole(fd, tally) ? &tally->opened : &tally->failed, 1);
	close(fd);
	usleep(atomic_load(&tally->pause));
}

FIXTURE_SETUP(unload)
{
	int i;

	self->tally = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->tally);
	atomic_store(&self->tally->pause, PAUSE_US);
	for (i = 0; i < OPENERS; i++) {
		self->pids[i] = fork();
		while (!self->pids[i])
			use_device(self->tally);
		ASSERT_LT(0, self->pids[i]);
	}
}

FIXTURE_TEARDOWN(unload)
{
	int i;

	for (i = 0; i < OPENERS; i++) {
		kill(self->pids[i], SIGKILL);
		waitpid(self->pids[i], NULL, 0);
	}
	expect_nothing_left(_metadata);
}

/* Until nobody had it open just then. The kernel says EBUSY while it is being loaded. */
static void unload(struct __test_metadata *_metadata, struct tally *tally)
{
	unsigned int tries = 0, pause = PAUSE_US;
	long err;

	while (err = module_unload(O_NONBLOCK), err == -EWOULDBLOCK || err == -EBUSY) {
		if (++tries % TRIES == 0 && pause < PAUSE_MAX_US)
			pause *= 2;
		atomic_store(&tally->pause, pause);
		usleep(TRY_US);
	}
	ASSERT_EQ(0, err);
	atomic_store(&tally->pause, PAUSE_US);
}

/* Until @counter has grown: the others have noticed. */
static void wait_for(struct __test_metadata *_metadata, struct tally *tally,
		     atomic_ulong *counter)
{
	unsigned long before = atomic_load(counter);

	while (atomic_load(counter) == before) {
		ASSERT_EQ(0, atomic_load(&tally->failed));
		usleep(100);
	}
}

/* scenario 6 */
TEST_F_TIMEOUT(unload, against_open, 150)
{
	unsigned int rounds = rounds_of(ROUNDS), i;

	for (i = 0; i < rounds; i++) {
		atomic_store(&self->tally->record, true);
		wait_for(_metadata, self->tally, &self->tally->opened);
		unload(_metadata, self->tally);
		wait_for(_metadata, self->tally, &self->tally->absent);
		ASSERT_EQ(0, module_load());
	}
	EXPECT_EQ(0, self->tally->failed);
	EXPECT_LE(rounds, self->tally->opened);
	EXPECT_LE(rounds, self->tally->absent);
}

static void sleep_in_read(int fd)
{
	char buf[PAGE];

	while (read(fd, buf, sizeof(buf)) >= 0)
		;
}

static void sleep_in_poll(int fd)
{
	poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, -1);
}

static void sleep_in_select(int fd)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	select(fd + 1, &set, NULL, NULL, NULL);
}

static void sleep_in_epoll(int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		epoll_wait(epoll, &event, 1, -1);
}

/* Whoever gets out of its sleep exits. */
static void sleep_for_good(void (*sleep)(int fd))
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || filter_mark(fd) || mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL))
		_exit(1);
	sleep(fd);
	_exit(2);
}

FIXTURE(sleeper)
{
	pid_t	pid;
};

FIXTURE_VARIANT(sleeper)
{
	void (*sleep)(int fd);
};

FIXTURE_VARIANT_ADD(sleeper, in_read) {
	.sleep = sleep_in_read,
};

FIXTURE_VARIANT_ADD(sleeper, in_poll) {
	.sleep = sleep_in_poll,
};

FIXTURE_VARIANT_ADD(sleeper, in_select) {
	.sleep = sleep_in_select,
};

FIXTURE_VARIANT_ADD(sleeper, in_epoll) {
	.sleep = sleep_in_epoll,
};

static pid_t fork_sleeper(void (*sleep)(int fd))
{
	pid_t pid = fork();

	if (!pid)
		sleep_for_good(sleep);
	return pid;
}

FIXTURE_SETUP(sleeper)
{
	self->pid = fork_sleeper(variant->sleep);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(sleeper)
{
	kill(self->pid, SIGKILL);
	waitpid(self->pid, NULL, 0);
	expect_nothing_left(_metadata);
}

static bool has_session(void)
{
	struct mmtrace_info info = { .size = sizeof(info) };
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	bool more = !mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &info) && info.sessions > 1;

	close(fd);
	return more;
}

static void wait_until_asleep(struct __test_metadata *_metadata, pid_t pid)
{
	while (!has_session() || state_of(pid) != 'S')
		ASSERT_EQ(0, waitpid(pid, NULL, WNOHANG));
}

/* Without who has it open; it is there again afterwards. */
static __u64 ns_to_unload(struct __test_metadata *_metadata, pid_t pid)
{
	__u64 closed, took;

	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	closed = now_ns();
	EXPECT_EQ(0, module_unload(O_NONBLOCK));
	took = now_ns() - closed;
	EXPECT_EQ(0, module_load());
	return took;
}

/* A second, or on a slow machine what it takes to wait for RCU so many times. */
static __u64 soon_ns(void)
{
	__u64 begun = now_ns(), waits;

	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0);
	waits = WAITS * (now_ns() - begun);
	return waits < SECOND ? SECOND : waits;
}

/* scenario 1: it stays, and they sleep on; once they are gone it goes within a second */
TEST_F_TIMEOUT(sleeper, holds_the_module, 100)
{
	__u64 took, soon;
	int i;

	wait_until_asleep(_metadata, self->pid);
	EXPECT_EQ(-EWOULDBLOCK, module_unload(O_NONBLOCK));
	EXPECT_EQ(-EWOULDBLOCK, module_unload(0));
	usleep(100000);
	EXPECT_EQ('S', state_of(self->pid));
	EXPECT_TRUE(has_session());
	soon = soon_ns();
	took = ns_to_unload(_metadata, self->pid);
	/* A machine that is busy elsewhere may take longer, but not each time. */
	for (i = 0; i < 4 && took >= soon; i++) {
		self->pid = fork_sleeper(variant->sleep);
		wait_until_asleep(_metadata, self->pid);
		soon = soon_ns();
		took = ns_to_unload(_metadata, self->pid);
	}
	EXPECT_GT(soon, took);
}

/* Force is for modules that are in use, or can't be unloaded: nobody has to use it. */
TEST(force_is_of_no_use)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EWOULDBLOCK, module_unload(O_NONBLOCK));
	close(fd);
	EXPECT_EQ(0, module_unload(O_NONBLOCK | O_TRUNC));
	EXPECT_EQ(-1, open(DEVICE, O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, module_load());
	expect_nothing_left(_metadata);
}

TEST_HARNESS_MAIN
