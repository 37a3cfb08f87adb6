// SPDX-License-Identifier: GPL-2.0
/*
 * One step. What it returns matters only where the contract says what it can be; that
 * nothing breaks is for the kernel to say.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coverage.h"
#include "perform.h"

#define PAGE	4096ul
#define RACES	50

static int slots[SLOTS];

static void put_slot(unsigned int slot, int fd)
{
	int old = __atomic_exchange_n(&slots[slot], fd, __ATOMIC_SEQ_CST);

	if (old >= 0)
		close(old);
}

/**
 * perform_init() - nothing is open
 */
void perform_init(void)
{
	memset(slots, 0xff, sizeof(slots));
}

/* The errnos of the UAPI header, and what there is of descriptors that are not open. */
static void check_errno(const struct step *step, int error)
{
	static const int known[] = {
		0, ENOTTY, EFAULT, EINVAL, E2BIG, EPERM, EBUSY, ESRCH, EOPNOTSUPP, ENOMEM, ENOENT,
		EINTR, ENOSPC, EBADF, EAGAIN,
	};
	char text[256];
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (error == known[i])
			return;
	step_print(step, text, sizeof(text));
	dprintf(STDOUT_FILENO, "# no such error in the contract: %d of: %s\n", error, text);
	_exit(3);
}

/* Calls of all kinds, most of which succeed. */
static void map_once(struct chance *chance, int fd)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, 7, 0x1000 };
	size_t len = PAGE * (1 + chance_below(chance, 16));
	bool of_file = fd >= 0 && chance_below(chance, 2);
	char *at = mmap(chance_below(chance, 8) ? NULL : (void *)1, len, chance_of(chance, prots),
			of_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, of_file ? fd : -1,
			chance_below(chance, 4) * 512 * 8);
	char *moved = at;

	if (at == MAP_FAILED)
		return;
	if (!chance_below(chance, 3))
		moved = mremap(at, len, len + PAGE, chance_below(chance, 4), 0);
	if (of_file && !chance_below(chance, 3))
		syscall(SYS_remap_file_pages, at, PAGE, 0, chance_below(chance, 3), 0);
	if (moved != MAP_FAILED)
		munmap(moved, len + (moved != at) * PAGE);
}

/**
 * map_some() - what sessions record
 * @seed: what, and how much
 */
void map_some(__u32 seed)
{
	struct chance chance = { seed };
	unsigned int times = 1 + chance_below(&chance, chance_below(&chance, 8) ? 8 : 200);
	int fd = -1;

	switch (chance_below(&chance, 4)) {
	case 0:
		fd = open("/tmp/fuzz", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		break;
	case 1:
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		break;
	case 2:
		fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	}
	while (times--)
		map_once(&chance, fd);
	if (fd >= 0)
		close(fd);
}

static void do_open(const struct step *step)
{
	int flags = step->seed & 7 ? O_NONBLOCK : 0;

	flags |= step->seed & 8 ? O_RDWR : O_RDONLY;
	put_slot(step->slot, open(DEVICE, flags | O_CLOEXEC));
}

static void do_read(struct thread *thread, const struct step *step, int fd)
{
	static const size_t lens[] = {
		1, 7, 64, 100, 168, 1000, 4096, 8191, 8192, 8193, 20000, ARENA_SIZE, ARENA_SIZE, 0,
	};
	struct chance chance = { step->seed };
	size_t len = chance_of(&chance, lens);
	char *at = arena_place(&thread->arena, step->place, len);
	struct iovec parts[3] = { { at, len / 3 }, { at, len / 3 }, { at + len / 3, len / 2 } };
	ssize_t got;

	switch (chance_below(&chance, 6)) {
	case 0:
		got = readv(fd, parts, 3);
		break;
	case 1:
		got = preadv2(fd, parts, 3, -1, chance_below(&chance, 2) ? RWF_NOWAIT : 0);
		break;
	case 2:
		while ((got = read(fd, at, len)) > 0 && chance_below(&chance, 16))
			;
		break;
	default:
		got = read(fd, at, len);
	}
	check_errno(step, got < 0 ? errno : 0);
}

static void do_poll(const struct step *step, int fd)
{
	struct pollfd pollfd = { fd, step->seed & 2 ? POLLIN : 0, 0 };

	poll(&pollfd, 1, step->seed % 4);
}

static void do_epoll(const struct step *step, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | (step->seed & 1 ? EPOLLET : 0) };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (step->seed & 2)
		event.events |= EPOLLONESHOT;
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	epoll_wait(epoll, &event, 1, step->seed >> 2 & 3);
	epoll_wait(epoll, &event, 1, 0);
	close(epoll);
}

/* What the device has not. */
static void do_other(struct thread *thread, const struct step *step, int fd)
{
	char *at = arena_place(&thread->arena, step->place, 4096);
	struct stat stat;
	int pipes[2];

	switch (step->seed % 8) {
	case 0:
		lseek(fd, step->seed, SEEK_SET);
		break;
	case 1:
		check_errno(step, write(fd, at, 4096) < 0 ? errno : 0);
		break;
	case 2:
		mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
		break;
	case 3:
		fcntl(fd, F_SETFL, step->seed & 8 ? O_NONBLOCK : 0);
		break;
	case 4:
		if (pipe2(pipes, O_NONBLOCK | O_CLOEXEC))
			break;
		splice(fd, NULL, pipes[1], NULL, 8192, SPLICE_F_NONBLOCK);
		close(pipes[0]);
		close(pipes[1]);
		break;
	case 5:
		fstat(fd, &stat);
		break;
	case 6:
		pread(fd, at, 100, 0);
		break;
	default:
		fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
	}
}

/* A process that has the same descriptors, as long as it is there. */
static void do_fork(const struct step *step)
{
	pid_t pid = fork();

	if (!pid) {
		map_some(step->seed);
		if (step->seed & 1)
			execl("/bin/true", "true", NULL);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Again and again where the argument changes meanwhile. */
static void do_ioctl(struct thread *thread, const struct step *step, int fd)
{
	unsigned int times = step->place == PLACE_RACED ? RACES : 1;
	char *at;
	int ret;

	while (times--) {
		at = argument_make(&thread->arena, step);
		if (step->place == PLACE_RACED)
			__atomic_store_n(&thread->raced, (__u32 *)at + step->seed % 12,
					 __ATOMIC_SEQ_CST);
		ret = ioctl(fd, argument_command(step), at);
		check_errno(step, ret < 0 ? errno : 0);
	}
	__atomic_store_n(&thread->raced, NULL, __ATOMIC_SEQ_CST);
}

static void call(struct thread *thread, const struct step *step)
{
	int fd = slots[step->slot];

	switch (step->op) {
	case OP_OPEN:
		return do_open(step);
	case OP_CLOSE:
		return put_slot(step->slot, -1);
	case OP_DUP:
		return put_slot((step->slot + 1) % SLOTS, fcntl(fd, F_DUPFD_CLOEXEC, 3));
	case OP_READ:
		return do_read(thread, step, fd);
	case OP_POLL:
		return do_poll(step, fd);
	case OP_EPOLL:
		return do_epoll(step, fd);
	case OP_OTHER:
		return do_other(thread, step, fd);
	case OP_MAP:
		return map_some(step->seed);
	case OP_FORK:
		return do_fork(step);
	case OP_PAUSE:
		usleep(step->seed % 3000);
		return;
	default:
		do_ioctl(thread, step, fd);
	}
}

/* Where the kernel injects faults. */
static void fail_nth(const struct thread *thread, unsigned int nth)
{
	char path[64], text[8];
	int fd, len;

	snprintf(path, sizeof(path), "/proc/self/task/%d/fail-nth", thread->tid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	len = snprintf(text, sizeof(text), "%u", nth);
	/* A copy may be what fails. */
	while (write(fd, text, len) < 0 && !nth)
		;
	close(fd);
}

/**
 * perform() - one step
 * @thread: the calling one
 * @step: the step
 */
void perform(struct thread *thread, const struct step *step)
{
	coverage_restart(thread->number);
	if (step->nth)
		fail_nth(thread, step->nth);
	call(thread, step);
	if (step->nth)
		fail_nth(thread, 0);
	coverage_collect(thread->number);
}
