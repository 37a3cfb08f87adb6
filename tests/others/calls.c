// SPDX-License-Identifier: GPL-2.0
/*
 * calls: a known number of calls, of threads that make no others.
 *
 * Usage: calls NUMBER [NAME [FILE]]
 *
 * Each of its threads makes NUMBER calls of mmap, and as many of mremap, all at the same
 * time, and is called NAME ("caller") before the first. With FILE, it goes on until there
 * is one, with a pause after each NUMBER. Prints their ids and numbers, a line each.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define THREADS	4
#define PAGE	4096ul
#define PAUSE_US	20000

static pthread_barrier_t all_there;
static const char *name = "caller", *over;
static long number;

static struct caller {
	pid_t	id;
	long	calls;
} callers[THREADS];

static bool is_over(long calls)
{
	if (calls % number || !calls)
		return false;
	if (!over || !access(over, F_OK))
		return true;
	usleep(PAUSE_US);
	return false;
}

static void *call(void *data)
{
	struct caller *caller = data;
	char *at;

	caller->id = gettid();
	prctl(PR_SET_NAME, name);
	pthread_barrier_wait(&all_there);
	for (; !is_over(caller->calls); caller->calls++) {
		at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			return "mmap";
		at = mremap(at, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
		if (at == MAP_FAILED)
			return "mremap";
		if (munmap(at, 3 * PAGE))
			return "munmap";
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	void *wrong;
	int i;

	number = argc > 1 ? atol(argv[1]) : 0;
	if (argc > 2)
		name = argv[2];
	if (argc > 3)
		over = argv[3];
	if (number < 1 || pthread_barrier_init(&all_there, NULL, THREADS))
		return 2;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, call, &callers[i]))
			return 2;
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		if (wrong) {
			fprintf(stderr, "calls: %s failed\n", (char *)wrong);
			return 1;
		}
	}
	for (i = 0; i < THREADS; i++)
		printf("%d %ld\n", callers[i].id, callers[i].calls);
	return 0;
}
