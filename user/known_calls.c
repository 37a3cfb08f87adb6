// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of all events, each with arguments that can't be right by accident.
 *
 * From known_calls_make() on to its return nothing else may be mapped, so
 * everything is a raw system call on places made before.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "known.h"
#include "message.h"

#define PAGE		4096ul
#define PAGE_SHIFT	12
#define PLACE		(64 * PAGE)
#define BAD_FD		(-77)
#define NSEC		1000000000ull

/* uapi/asm/unistd_32.h */
#define NR_IA32_GETPID	20
#define NR_IA32_MMAP	90
#define NR_IA32_MMAP2	192

/**
 * struct places - where to map
 * @hint: for mmap to be asked for; kept until then
 * @anon: of four pages, to be moved
 * @target: where to, likewise
 * @shared: four pages of the file, shared
 * @low: a page below 2^32, for arguments of old mmap
 * @low_hint: like @hint, below 2^32
 */
static struct places {
	char	*hint;
	char	*anon;
	char	*target;
	char	*shared;
	__u32	*low;
	char	*low_hint;
} places;

#ifndef MAP_32BIT
#define MAP_32BIT	0
#endif

static void *map(size_t len, int flags)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags,
		    -1, 0);
}

/**
 * known_calls_prepare() - make the places that the calls need
 * @file: mapped by some of them
 * @compat: 32-bit calls are to be made, too
 *
 * Return: 0; -1 if that failed, and the user has been told.
 */
int known_calls_prepare(const struct known_file *file, bool compat)
{
	places.anon = map(4 * PAGE, 0);
	places.shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
	places.low = compat ? map(PAGE, MAP_32BIT) : NULL;
	places.low_hint = compat ? map(PLACE, MAP_32BIT) : NULL;
	places.hint = map(PLACE, 0);
	places.target = places.hint + PLACE / 2;
	if (places.anon != MAP_FAILED && places.shared != MAP_FAILED &&
	    places.low != MAP_FAILED && places.low_hint != MAP_FAILED &&
	    places.hint != MAP_FAILED)
		return 0;
	complain("selftest: can't map: %s", strerror(errno));
	return -1;
}

static __u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

#if defined(__x86_64__)
/* A 32-bit system call from 64-bit code: the kernel looks at the instruction. */
static __s64 call32(int nr, const __u32 args[6])
{
	unsigned long result = nr, sixth = args[5];

	asm volatile("xchg %%rbp, %[sixth]\n\tint $0x80\n\txchg %%rbp, %[sixth]"
		     : "+a" (result), [sixth] "+r" (sixth)
		     : "b" ((unsigned long)args[0]), "c" ((unsigned long)args[1]),
		       "d" ((unsigned long)args[2]), "S" ((unsigned long)args[3]),
		       "D" ((unsigned long)args[4])
		     : "memory", "cc", "r8", "r9", "r10", "r11");
	return (__u32)result > -4096u ? (__s32)result : (__s64)(__u32)result;
}
#elif defined(__i386)
static __s64 call32(int nr, const __u32 args[6])
{
	long result = syscall(nr, args[0], args[1], args[2], args[3], args[4], args[5]);

	return result == -1 ? -errno : (__s64)(unsigned long)result;
}
#else
static __s64 call32(int nr, const __u32 args[6])
{
	(void)nr;
	(void)args;
	return -1;
}
#endif

/**
 * known_compat_missing() - why 32-bit system calls can't be made
 *
 * Return: the reason; NULL if they can.
 */
const char *known_compat_missing(void)
{
#if defined(__x86_64__) || defined(__i386)
	static const __u32 none[6];
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(call32(NR_IA32_GETPID, none) != getpid());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "can't make a process";
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return "this kernel runs no 32-bit programs";
	return NULL;
#else
	return "only 32-bit programs call it; try an mmtrace-ctl of 32 bits";
#endif
}

static __s64 call_native(int nr, const __u64 args[6])
{
	long result = syscall(nr, (long)args[0], (long)args[1], (long)args[2],
			      (long)args[3], (long)args[4], (long)args[5]);

	return result == -1 ? -errno : (__s64)(unsigned long)result;
}

/* A do_mmap that @call, at index @parent, has caused. */
static struct known_call caused(const struct known_call *call, int parent, __u64 pgoff)
{
	struct known_call out = *call;

	out.event = MMTRACE_EVENT_DO_MMAP;
	out.parent = parent;
	out.has_file = true;
	out.has_fd = true;
	out.args[5] = call->args[4];
	out.args[4] = pgoff;
	return out;
}

static size_t make_mmap(struct known_call *calls, const struct known_file *file, size_t len)
{
#if __SIZEOF_LONG__ == 8
	struct known_call *call = &calls[len];

	*call = (struct known_call){
		.event = MMTRACE_EVENT_MMAP,
		.args = { (unsigned long)places.hint, 0x2345, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_NORESERVE, file->fd, 3 * PAGE },
		.syscall = SYS_mmap,
		.parent = -1,
	};
	call->before = now();
	call->ret = call_native(SYS_mmap, call->args);
	call->after = now();
	calls[len + 1] = caused(call, len, 3 * PAGE >> PAGE_SHIFT);
	calls[len + 2] = *call;
	call = &calls[len + 2];
	call->args[4] = (__s64)BAD_FD;
	call->before = now();
	call->ret = call_native(SYS_mmap, call->args);
	call->after = now();
	return len + 3;
#else
	(void)calls;
	(void)file;
	return len;
#endif
}

static size_t make_mremap(struct known_call *calls, size_t len)
{
	struct known_call *call = &calls[len];

	*call = (struct known_call){
		.event = MMTRACE_EVENT_MREMAP,
		.args = { (unsigned long)places.anon, 3 * PAGE, 5 * PAGE,
			  MREMAP_MAYMOVE | MREMAP_FIXED, (unsigned long)places.target },
		.syscall = SYS_mremap,
		.compat = __SIZEOF_LONG__ == 4,
		.parent = -1,
	};
	call->before = now();
	call->ret = call_native(SYS_mremap, call->args);
	call->after = now();
	return len + 1;
}

/* With prot it fails, without it does not: so prot is seen in the first. */
static size_t make_remap_file_pages(struct known_call *calls, size_t len)
{
	static const int prots[] = { PROT_READ | PROT_EXEC, 0 };
	struct known_call *call = NULL;
	size_t i;

	for (i = 0; i < 2; i++) {
		call = &calls[len++];
		*call = (struct known_call){
			.event = MMTRACE_EVENT_REMAP_FILE_PAGES,
			.args = { (unsigned long)places.shared, 2 * PAGE, prots[i], 1,
				  MAP_NONBLOCK },
			.syscall = SYS_remap_file_pages,
			.compat = __SIZEOF_LONG__ == 4,
			.parent = -1,
		};
		call->before = now();
		call->ret = call_native(SYS_remap_file_pages, call->args);
		call->after = now();
	}
	if (call->ret)
		return len;
	calls[len] = caused(call, len - 1, 1);
	calls[len].has_fd = false;
	calls[len].args[2] = PROT_READ | PROT_WRITE;
	calls[len].args[3] = MAP_SHARED | MAP_FIXED | MAP_POPULATE | MAP_NONBLOCK;
	calls[len].ret = (unsigned long)places.shared;
	return len + 1;
}

/* Old mmap takes its arguments from memory, and its offset in bytes. */
static size_t make_compat(struct known_call *calls, const struct known_file *file, size_t len,
			  bool old)
{
	struct known_call *call = &calls[len];
	__u32 args[6] = { (unsigned long)places.low_hint + (old ? 8 * PAGE : 0), 0x1234,
			  PROT_READ, MAP_PRIVATE | MAP_NORESERVE, file->fd,
			  old ? 2 * PAGE : 1 };
	__u32 pointer[6] = { (unsigned long)places.low };
	size_t i;

	*call = (struct known_call){
		.event = old ? MMTRACE_EVENT_MMAP : MMTRACE_EVENT_MMAP2,
		.syscall = old ? NR_IA32_MMAP : NR_IA32_MMAP2,
		.compat = true,
		.parent = -1,
	};
	for (i = 0; i < 6; i++) {
		call->args[i] = args[i];
		if (old)
			places.low[i] = args[i];
	}
	call->before = now();
	call->ret = call32(call->syscall, old ? pointer : args);
	call->after = now();
	calls[len + 1] = caused(call, len, old ? 2 : 1);
	return len + 2;
}

/**
 * known_calls_make() - make the calls
 * @calls: filled in, room for KNOWN_CALLS
 * @file: mapped by some of them
 * @compat: make 32-bit ones, too
 *
 * Return: how many records there must be.
 */
size_t known_calls_make(struct known_call *calls, const struct known_file *file, bool compat)
{
	size_t len;

	munmap(places.hint, PLACE);
	if (compat)
		munmap(places.low_hint, PLACE);
	len = make_mmap(calls, file, 0);
	len = make_mremap(calls, len);
	len = make_remap_file_pages(calls, len);
	if (compat) {
		len = make_compat(calls, file, len, false);
		len = make_compat(calls, file, len, true);
	}
	return len;
}
