/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two pages, the second of which is not there until the test says so: whoever copies
 * from or to it waits, within the kernel, in the middle of its copy.
 */
#ifndef MMTRACE_TEST_MISSING_H
#define MMTRACE_TEST_MISSING_H

#include <linux/userfaultfd.h>
#include <poll.h>

#include "mmtrace_test.h"

#define MISSING_MS	60000

/**
 * struct missing - two pages
 * @fd: tells of who waits
 * @pages: the first is there
 */
struct missing {
	int	fd;
	char	*pages;
};

static inline void missing_open(struct __test_metadata *_metadata, struct missing *missing)
{
	struct uffdio_api api = { .api = UFFD_API };

	missing->fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	ASSERT_LE(0, missing->fd) TH_LOG("userfaultfd: %s", strerror(errno));
	ASSERT_EQ(0, ioctl(missing->fd, UFFDIO_API, &api));
	missing->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, missing->pages);
}

/* From now on the second page is not there. */
static inline void missing_arm(struct __test_metadata *_metadata, struct missing *missing)
{
	struct uffdio_register range = {
		.range	= { .start = (unsigned long)missing->pages + PAGE, .len = PAGE },
		.mode	= UFFDIO_REGISTER_MODE_MISSING,
	};

	ASSERT_EQ(0, madvise(missing->pages + PAGE, PAGE, MADV_DONTNEED));
	ASSERT_EQ(0, ioctl(missing->fd, UFFDIO_REGISTER, &range));
}

/* Returns when somebody is in the middle of a copy. */
static inline void missing_wait(struct __test_metadata *_metadata, const struct missing *missing)
{
	struct pollfd fault = { .fd = missing->fd, .events = POLLIN };
	struct uffd_msg message;

	ASSERT_EQ(1, poll(&fault, 1, MISSING_MS));
	ASSERT_EQ(sizeof(message), read(missing->fd, &message, sizeof(message)));
	ASSERT_EQ(UFFD_EVENT_PAGEFAULT, message.event);
}

/* The second page comes, with the bytes of @from. */
static inline void missing_fill(struct __test_metadata *_metadata, const struct missing *missing,
				const void *from)
{
	struct uffdio_copy copy = {
		.dst = (unsigned long)missing->pages + PAGE,
		.src = (unsigned long)from, .len = PAGE,
	};

	ASSERT_EQ(0, ioctl(missing->fd, UFFDIO_COPY, &copy));
}

static inline void missing_close(struct missing *missing)
{
	munmap(missing->pages, 2 * PAGE);
	close(missing->fd);
}

#endif /* MMTRACE_TEST_MISSING_H */
