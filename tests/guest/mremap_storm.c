// SPDX-License-Identifier: GPL-2.0
/*
 * mremap_storm THREADS CALLS - threads of one process that all call mremap()
 *
 * They share one lock of their address space, so that nearly all of them are inside of
 * the call at any time. Each call has the thread and its number where a new address would be.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS_MAX	1000
#define STACK		(64 << 10)

static pthread_barrier_t start;
static unsigned long calls;

static void *call(void *data)
{
	unsigned long thread = (unsigned long)data;
	size_t page = sysconf(_SC_PAGESIZE), size = 2 * page;
	unsigned long i;
	void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(1, "mmap");
	pthread_barrier_wait(&start);
	for (i = 0; i < calls; i++) {
		size_t next = 3 * page - size;

		at = (void *)syscall(SYS_mremap, at, size, next, MREMAP_MAYMOVE, thread << 32 | i);
		if (at == MAP_FAILED)
			err(1, "mremap");
		size = next;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned long threads = argc == 3 ? strtoul(argv[1], NULL, 10) : 0, i;
	pthread_t ids[THREADS_MAX];
	pthread_attr_t attributes;

	if (!threads || threads > THREADS_MAX)
		errx(2, "usage: mremap_storm THREADS CALLS");
	calls = strtoul(argv[2], NULL, 10);
	pthread_barrier_init(&start, NULL, threads);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	for (i = 0; i < threads; i++)
		if (pthread_create(&ids[i], &attributes, call, (void *)i))
			errx(1, "no thread %lu", i);
	for (i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	return 0;
}
