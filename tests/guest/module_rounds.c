// SPDX-License-Identifier: GPL-2.0
/*
 * module_rounds MODULE ROUNDS    load it, read a record of it, unload it, each time
 *				  at the moment when the reader has closed
 * module_rounds --kill ROUNDS    readers that are killed, each at another moment
 *
 * Ends at the first thing that goes wrong, and says what.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/mmtrace.h>

#include "probes.h"

#define DEVICE	"/dev/mmtrace"

static int fail(int round, const char *what)
{
	printf("round %d: %s: %s\n", round, what, strerror(errno));
	return -1;
}

/* Our own calls are asked for, so that there is a record to wait for. */
static int start(int fd)
{
	struct mmtrace_config config = { .size = sizeof(config) };

	if (ioctl(fd, MMTRACE_IOC_GET_CONFIG, &config))
		return -1;
	config.flags = MMTRACE_CONFIG_OWN;
	config.timeout_ms = 1;
	if (ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config))
		return -1;
	return ioctl(fd, MMTRACE_IOC_START);
}

static int read_one(int round)
{
	struct mmtrace_info info = { .size = sizeof(info) };
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	char line[8192];
	void *at;
	ssize_t got;

	if (fd < 0)
		return fail(round, "open");
	if (ioctl(fd, MMTRACE_IOC_INFO, &info) || info.events != MMTRACE_EVENTS_ALL)
		return fail(round, "an event is missing");
	if (start(fd))
		return fail(round, "start");
	at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	got = read(fd, line, sizeof(line));
	if (got <= 0 || !memchr(line, '\n', got))
		return fail(round, "read");
	munmap(at, 4096);
	return close(fd) ? fail(round, "close") : 0;
}

static int load_rounds(const char *path, int rounds)
{
	unsigned int before = count_probes(), loaded = 0;
	int i, fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	void *image;

	if (fd < 0 || fstat(fd, &stat))
		return fail(0, path);
	image = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return fail(0, path);
	for (i = 0; i < rounds; i++) {
		if (syscall(SYS_init_module, image, stat.st_size, ""))
			return fail(i, "init_module");
		if (i && count_probes() != loaded)
			return fail(i, "other probes than last time");
		loaded = count_probes();
		if (read_one(i))
			return -1;
		if (syscall(SYS_delete_module, "mmtrace", O_NONBLOCK))
			return fail(i, "delete_module");
		if (count_probes() != before)
			return fail(i, "probes are left");
	}
	return 0;
}

/* By its number, each reads in another way. */
static void __attribute__((noreturn)) reader(int round, int ready)
{
	static const size_t lens[] = { 65536, 1, 100, 4096 };
	static char buf[65536];
	int fd = open(DEVICE, O_RDONLY);
	size_t len = lens[round % 4];

	if (fd < 0 || start(fd) || write(ready, "", 1) != 1)
		_exit(1);
	while (read(fd, buf, len) > 0)
		;
	_exit(1);
}

static int kill_rounds(int rounds)
{
	int i, status, ready[2];
	char byte;
	pid_t pid;

	for (i = 0; i < rounds; i++) {
		if (pipe(ready))
			return fail(i, "pipe");
		pid = fork();
		if (pid < 0)
			return fail(i, "fork");
		if (!pid)
			reader(i, ready[1]);
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			return fail(i, "the reader does not start");
		close(ready[0]);
		usleep(i * 97 % 5000);
		kill(pid, SIGKILL);
		if (waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
			return fail(i, "the reader ended by itself");
	}
	return 0;
}

int main(int argc, char **argv)
{
	int rounds = argc == 3 ? atoi(argv[2]) : 0;

	if (rounds < 1) {
		fprintf(stderr, "usage: module_rounds MODULE|--kill ROUNDS\n");
		return 2;
	}
	if (strcmp(argv[1], "--kill") ? load_rounds(argv[1], rounds) : kill_rounds(rounds))
		return 1;
	printf("%d rounds\n", rounds);
	return 0;
}
