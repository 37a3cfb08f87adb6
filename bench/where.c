// SPDX-License-Identifier: GPL-2.0
/*
 * where: makes calls in phases that count.c tells apart, then prints the symbols of
 * the kernel. Runs in a guest of bench/where.
 *
 * Usage: where module.ko
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mmtrace.h>

#include "mark.h"

#define CALLS		50
#define ROUNDS		8	/* bench/where divides by CALLS * ROUNDS */
#define DEVICE		"/dev/mmtrace"
#define FILE_NAME	"/tmp/file"

static char buf[131072];
static void *mapped[CALLS];
static int file;

static void die(const char *what)
{
	fprintf(stderr, "where: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void map_anonymous(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		mapped[i] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void map_file(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		mapped[i] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
}

static void unmap(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		if (mapped[i] == MAP_FAILED || munmap(mapped[i], 4096))
			die("mmap");
}

static void drain(int session)
{
	while (session >= 0 && read(session, buf, sizeof(buf)) > 0)
		;
}

/* A mark is an instruction, so its phase is a constant. The first round is not counted. */
#define measure(phase, reading, session, map)				\
do {									\
	int round_;							\
									\
	for (round_ = 0; round_ <= ROUNDS; round_++) {			\
		if (round_)						\
			mark(phase);					\
		map();							\
		mark(0);						\
		unmap();						\
		if (round_)						\
			mark(reading);					\
		drain(session);						\
		mark(0);						\
	}								\
} while (0)

static int open_session(void)
{
	struct mmtrace_config config = { .size = sizeof(config) };
	int session = open(DEVICE, O_RDONLY | O_NONBLOCK);

	if (session < 0 || ioctl(session, MMTRACE_IOC_GET_CONFIG, &config))
		die(DEVICE);
	config.flags = MMTRACE_CONFIG_OWN;
	config.format = MMTRACE_FORMAT_BINARY;
	if (ioctl(session, MMTRACE_IOC_SET_CONFIG, &config) ||
	    ioctl(session, MMTRACE_IOC_START))
		die(DEVICE);
	return session;
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die(path);
	close(fd);
}

static void print_symbols(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");

	if (!symbols)
		die("/proc/kallsyms");
	while (fgets(buf, sizeof(buf), symbols))
		fputs(buf, stdout);
	fclose(symbols);
}

int main(int argc, char **argv)
{
	int session;

	file = open(FILE_NAME, O_RDWR | O_CREAT, 0600);
	if (argc != 2 || file < 0 || ftruncate(file, 4096))
		die(FILE_NAME);
	measure(1, 0, -1, map_anonymous);
	measure(2, 0, -1, map_file);
	load(argv[1]);
	session = open_session();
	measure(3, 5, session, map_anonymous);
	measure(4, 6, session, map_file);
	print_symbols();
	return 0;
}
