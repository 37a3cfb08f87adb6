// SPDX-License-Identifier: GPL-2.0
/*
 * workload: the calls that tracers are compared by, where the clock counts instructions.
 *
 * Usage: workload measure		instructions a call of each workload, and how many it mapped
 *        workload map NUMBER		that many mappings, and nothing measured
 *        workload crowd N NUMBER	N processes, a processor each, map NUMBER times at once,
 *					with marks for bench/span.c
 *
 * Readers must not run while it measures, nor anybody else: the one processor is
 * taken by a priority that they have not. What is told is the least of many rounds: without
 * a tick of the timer in it, or a page that the kernel had to look for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "span.h"
#include "steady.h"

#define CALLS		50
#define ROUNDS		12
#define WARM_UP		3		/* the first times are dearer */
#define LENGTH		0x7001		/* which nobody else has, so that records can be counted */
#define PAGES		0x8000		/* what comes of LENGTH */
#define SHORT_FILE	"/tmp/file"
#define LONG_NAMES	16
#define LONG_NAME	"/fifteen-letters"

static int short_file, long_file;
static char *mapped[CALLS];
static unsigned long maps;		/* how many of LENGTH there were */

static void die(const char *what)
{
	fprintf(stderr, "workload: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void nothing(void)
{
}

/* New mappings lie side by side: one call, which is not measured, takes all away. */
static void unmap(void)
{
	char *lowest = mapped[0], *highest = mapped[0];
	int i;

	for (i = 0; i < CALLS; i++) {
		if (mapped[i] == MAP_FAILED)
			die("mmap");
		if (mapped[i] < lowest)
			lowest = mapped[i];
		if (mapped[i] > highest)
			highest = mapped[i];
	}
	if (highest - lowest != (CALLS - 1) * PAGES || munmap(lowest, CALLS * PAGES))
		die("munmap");
}

static char *map(int flags, int fd)
{
	maps++;
	return mmap(NULL, LENGTH, PROT_READ, flags, fd, 0);
}

static void map_anonymous(int i)
{
	mapped[i] = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void map_short(int i)
{
	mapped[i] = map(MAP_PRIVATE, short_file);
}

static void map_long(int i)
{
	mapped[i] = map(MAP_PRIVATE, long_file);
}

static char *shared;

static void map_shared(void)
{
	shared = map(MAP_SHARED, short_file);
	if (shared == MAP_FAILED)
		die("mmap");
}

static void unmap_shared(void)
{
	if (munmap(shared, PAGES))
		die("munmap");
}

static void remap(int i)
{
	(void)i;
	if (mremap(shared, LENGTH, LENGTH, 0) != shared)
		die("mremap");
}

/* There and back again. */
static void remap_pages(int i)
{
	if (syscall(SYS_remap_file_pages, shared, 4096, 0, !(i % 2), 0))
		die("remap_file_pages");
}

static void ask_parent(int i)
{
	(void)i;
	syscall(SYS_getppid);
}

static void run_program(int i)
{
	static char *const words[] = { "true", NULL };
	int status;
	pid_t pid;

	(void)i;
	if (posix_spawn(&pid, "/bin/true", NULL, NULL, words, environ))
		die("/bin/true");
	if (waitpid(pid, &status, 0) != pid || status)
		die("wait");
}

struct workload {
	const char	*name;
	int		calls;		/* a round */
	void		(*prepare)(void);
	void		(*call)(int i);
	void		(*clean_up)(void);
};

static const struct workload workloads[] = {
	{ "anonymous", CALLS, nothing, map_anonymous, unmap },
	{ "short-path", CALLS, nothing, map_short, unmap },
	{ "long-path", CALLS, nothing, map_long, unmap },
	{ "mremap", CALLS, map_shared, remap, unmap_shared },
	{ "remap_file_pages", CALLS, map_shared, remap_pages, unmap_shared },
	{ "other", CALLS, nothing, ask_parent, nothing },
	{ "program", 1, nothing, run_program, nothing },
};

static double measure(const struct workload *workload, int rounds)
{
	uint64_t begin, cost, least = UINT64_MAX;
	int i, j;

	for (i = 0; i < rounds; i++) {
		workload->prepare();
		begin = now();
		for (j = 0; j < workload->calls; j++)
			workload->call(j);
		cost = now() - begin;
		if (cost < least)
			least = cost;
		workload->clean_up();
	}
	return (double)least / workload->calls;
}

static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, PAGES))
		die(path);
	return fd;
}

static void make_files(void)
{
	char path[sizeof(LONG_NAME) * (LONG_NAMES + 1) + 8] = "/tmp";
	int i;

	short_file = make_file(SHORT_FILE);
	for (i = 0; i < LONG_NAMES; i++) {
		strcat(path, LONG_NAME);
		if (mkdir(path, 0700) && errno != EEXIST)
			die(path);
	}
	strcat(path, "/file");
	long_file = make_file(path);
}

static void measure_all(void)
{
	struct sched_param param = { .sched_priority = 50 };
	size_t i;

	make_files();
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
	for (i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
		measure(&workloads[i], WARM_UP);
	for (i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
		printf("%s %.1f\n", workloads[i].name, measure(&workloads[i], ROUNDS));
	printf("calls %lu\n", maps);
}

/* NUMBER of them, CALLS at a time, and all that is measured of these between two marks. */
static void map_many(int number)
{
	int i;

	for (; number > 0; number -= CALLS) {
		mark();
		for (i = 0; i < CALLS; i++)
			map_anonymous(i);
		mark();
		unmap();
	}
}

/* One of the crowd: begins when nobody has the other end of the pipe any more. */
static void map_on(int cpu, const int *start, int number)
{
	cpu_set_t set;
	char byte;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity");
	close(start[1]);
	if (read(start[0], &byte, 1))
		die("read");
	map_many(number);
	_exit(0);
}

static void run_crowd(int n, int number)
{
	int start[2], status, i;

	if (pipe(start))
		die("pipe");
	for (i = 0; i < n; i++)
		if (!fork())
			map_on(i, start, number);
	close(start[1]);
	for (i = 0; i < n; i++)
		if (wait(&status) < 0 || status)
			die("crowd");
}

int main(int argc, char **argv)
{
	if (unmap_vdso())
		die("no vdso");
	if (argc == 2 && !strcmp(argv[1], "measure"))
		measure_all();
	else if (argc == 3 && !strcmp(argv[1], "map"))
		map_many(atoi(argv[2]));
	else if (argc == 4 && !strcmp(argv[1], "crowd"))
		run_crowd(atoi(argv[2]), atoi(argv[3]));
	else
		return 2;
	return 0;
}
