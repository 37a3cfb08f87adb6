// SPDX-License-Identifier: GPL-2.0
/*
 * calls: a known number of calls, of threads that make no others.
 *
 * Usage: calls NUMBER [NAME]
 *
 * Each of its threads makes NUMBER calls of mmap, and as many of mremap, all at the same
 * time, and is called NAME ("caller") before the first. Prints their ids, a line each.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define THREADS	4
#define PAGE	4096ul

static pthread_barrier_t all_there;
static pid_t ids[THREADS];
static const char *name = "caller";
static long number;

static void *call(void *id)
{
	char *at;
	long i;

	*(pid_t *)id = gettid();
	prctl(PR_SET_NAME, name);
	pthread_barrier_wait(&all_there);
	for (i = 0; i < number; i++) {
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
	if (number < 1 || pthread_barrier_init(&all_there, NULL, THREADS))
		return 2;
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, call, &ids[i]))
			return 2;
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &wrong);
		if (wrong) {
			fprintf(stderr, "calls: %s failed\n", (char *)wrong);
			return 1;
		}
	}
	for (i = 0; i < THREADS; i++)
		printf("%d\n", ids[i]);
	return 0;
}
