// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of mmap, mremap and remap_file_pages of every kind, by several threads at
 * once: for comparing what two tracers say of them.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096ul
#define THREADS	4
#define ROUNDS	12

static int fd;

static char *map(unsigned long addr, unsigned long len, long prot, long flags, int file,
		 unsigned long off)
{
	return (char *)syscall(SYS_mmap, addr, len, prot, flags, file, off);
}

static char *remap(char *from, unsigned long len, unsigned long new_len, long flags, char *to)
{
	return (char *)syscall(SYS_mremap, from, len, new_len, flags, to);
}

static void good_calls(void)
{
	char *at, *to;

	at = map(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	at = remap(at, 8 * PAGE, 64 * PAGE, MREMAP_MAYMOVE, NULL);
	at = remap(at, 64 * PAGE, 3 * PAGE, 0, NULL);
	to = map(0, 16 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	at = remap(at, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	remap(at, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	at = map(0, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	syscall(SYS_remap_file_pages, at, PAGE, 0, 2, 0);
	map((unsigned long)at, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, PAGE);
	map(0, 5, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 7 * PAGE);
}

static void bad_calls(void)
{
	map(0, PAGE, PROT_READ, MAP_SHARED, 999, 0);
	map(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	map(0, PAGE, PROT_READ, 0, fd, 0);
	map(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 5);
	map(0, ~0ul, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	map(~0ul, PAGE, ~0l, ~0l, -1, ~0ul);
	map(0x10000, PAGE, PROT_WRITE, MAP_SHARED_VALIDATE | 0x800000, fd, 0);
	remap((char *)1, PAGE, PAGE, 0, NULL);
	remap((char *)PAGE, PAGE, 2 * PAGE, ~0l, (char *)77);
	remap((char *)PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE, NULL);
	syscall(SYS_remap_file_pages, PAGE, PAGE, PROT_READ, 0, 0);
	syscall(SYS_remap_file_pages, 0x7000000ul, PAGE, 0, ~0ul, ~0ul);
}

static void *calls(void *unused)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		good_calls();
		bad_calls();
	}
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];
	int i;

	fd = open("strace_calls.file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || ftruncate(fd, 16 * PAGE)) {
		perror("strace_calls.file");
		return 1;
	}
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, calls, NULL))
			return 1;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (!fork()) {
		good_calls();
		_exit(0);
	}
	wait(NULL);
	return 0;
}
