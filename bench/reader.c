// SPDX-License-Identifier: GPL-2.0
/*
 * reader: takes records from /dev/mmtrace in binary into a file.
 *
 * Usage: reader FILE SESSIONS [PID]	until SIGTERM; PID: of this process alone
 *					after SIGUSR1 what it reads is between two marks
 *        reader --count LENGTH FILE	how many records of a mapping that long are in it
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <linux/mmtrace.h>

#include "span.h"

#define SESSIONS	64
#define RING_SIZE	(4 << 20)

static char buf[131072];

static void die(const char *what)
{
	fprintf(stderr, "reader: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void filter_pid(int fd, uint64_t pid)
{
	struct mmtrace_pred pred = {
		.field		= MMTRACE_FIELD_TGID,
		.on_true	= MMTRACE_ACCEPT,
		.on_false	= MMTRACE_REJECT,
		.value		= pid,
		.mask		= UINT64_MAX,
	};
	struct mmtrace_filter filter = {
		.size		= sizeof(filter),
		.preds_len	= 1,
		.preds		= (uintptr_t)&pred,
	};

	if (ioctl(fd, MMTRACE_IOC_SET_FILTER, &filter))
		die("MMTRACE_IOC_SET_FILTER");
}

static int open_session(int sessions, uint64_t pid)
{
	struct mmtrace_config config = { .size = sizeof(config) };
	int fd = open("/dev/mmtrace", O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		die("/dev/mmtrace");
	if (ioctl(fd, MMTRACE_IOC_GET_CONFIG, &config))
		die("MMTRACE_IOC_GET_CONFIG");
	config.format = MMTRACE_FORMAT_BINARY;
	config.ring_size = sessions == 1 ? 4 * RING_SIZE : RING_SIZE;
	if (ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config))
		die("MMTRACE_IOC_SET_CONFIG");
	if (pid)
		filter_pid(fd, pid);
	if (ioctl(fd, MMTRACE_IOC_START))
		die("MMTRACE_IOC_START");
	return fd;
}

/* What all sessions have goes into the same file. */
static void drain(int fd, int out)
{
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			die("write");
	if (n < 0 && errno != EAGAIN)
		die("read");
}

/* watch_signals - have them in a file that can be polled, instead of at any time */
static int watch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	if (fd < 0)
		die("signalfd");
	return fd;
}

static int take_signal(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? info.ssi_signo : 0;
}

static int record(const char *name, int sessions, uint64_t pid)
{
	struct pollfd fds[SESSIONS + 1];
	int out, signal, i;

	if (sessions < 1 || sessions > SESSIONS)
		return 2;
	fds[sessions] = (struct pollfd){ .fd = watch_signals(), .events = POLLIN };
	for (i = 0; i < sessions; i++)
		fds[i] = (struct pollfd){ .fd = open_session(sessions, pid), .events = POLLIN };
	/* Who waits for the file knows then that all sessions run. */
	out = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (out < 0)
		die(name);
	do {
		poll(fds, sessions + 1, -1);
		signal = take_signal(fds[sessions].fd);
		if (signal == SIGUSR1)
			mark();
		for (i = 0; i < sessions; i++)
			drain(fds[i].fd, out);
		if (signal == SIGUSR1)
			mark();
	} while (signal != SIGTERM);
	return 0;
}

static int count(uint64_t length, FILE *file)
{
	struct mmtrace_head head;
	unsigned long found = 0;
	uint64_t len;

	while (file && fread(&head, sizeof(head), 1, file) == 1) {
		if (head.size < sizeof(head) || head.size > sizeof(buf) ||
		    fread(buf, head.size - sizeof(head), 1, file) != 1)
			return 1;
		/* Second of the arguments, behind the call. */
		memcpy(&len, buf + sizeof(struct mmtrace_call) + 8, sizeof(len));
		found += head.event == MMTRACE_EVENT_DO_MMAP && len == length;
	}
	printf("%lu\n", found);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "--count"))
		return count(strtoul(argv[2], NULL, 0), fopen(argv[3], "r"));
	if (argc == 3 || argc == 4)
		return record(argv[1], atoi(argv[2]), argc == 4 ? strtoul(argv[3], NULL, 10) : 0);
	return 2;
}
