/* SPDX-License-Identifier: GPL-2.0 */
/* io_uring, as far as the tests need it: one request at a time. */
#ifndef MMTRACE_TEST_URING_H
#define MMTRACE_TEST_URING_H

#include <linux/io_uring.h>

#include "mmtrace_test.h"

/**
 * struct uring - an io_uring
 * @fd: of it; -1 once it is closed
 * @params: what the kernel says of it
 * @sq: queue of requests
 * @cq: queue of results
 * @sqes: requests
 */
struct uring {
	int			fd;
	struct io_uring_params	params;
	char			*sq;
	char			*cq;
	struct io_uring_sqe	*sqes;
};

static inline void *uring_map(const struct uring *ring, size_t len, off_t off)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, off);
}

static inline size_t uring_sq_len(const struct uring *ring)
{
	return ring->params.sq_off.array + ring->params.sq_entries * sizeof(__u32);
}

static inline size_t uring_cq_len(const struct uring *ring)
{
	return ring->params.cq_off.cqes + ring->params.cq_entries * sizeof(struct io_uring_cqe);
}

static inline size_t uring_sqes_len(const struct uring *ring)
{
	return ring->params.sq_entries * sizeof(struct io_uring_sqe);
}

/* 0 or a negative errno: a kernel may have none, or not for us. */
static inline int uring_open(struct uring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0)
		return -errno;
	ring->sq = uring_map(ring, uring_sq_len(ring), IORING_OFF_SQ_RING);
	ring->cq = uring_map(ring, uring_cq_len(ring), IORING_OFF_CQ_RING);
	ring->sqes = uring_map(ring, uring_sqes_len(ring), IORING_OFF_SQES);
	if (ring->sq == MAP_FAILED || ring->cq == MAP_FAILED || ring->sqes == MAP_FAILED)
		return -ENOMEM;
	return 0;
}

/* What is under way is cancelled. */
static inline void uring_close(struct uring *ring)
{
	if (ring->fd < 0)
		return;
	munmap(ring->sq, uring_sq_len(ring));
	munmap(ring->cq, uring_cq_len(ring));
	munmap(ring->sqes, uring_sqes_len(ring));
	close(ring->fd);
	ring->fd = -1;
}

static inline __u32 *uring_word(char *queue, __u32 off)
{
	return (__u32 *)(queue + off);
}

/* A request is handed over; 0 or a negative errno. */
static inline int uring_submit(struct uring *ring, const struct io_uring_sqe *sqe)
{
	__u32 *tail = uring_word(ring->sq, ring->params.sq_off.tail);
	__u32 at = *tail & *uring_word(ring->sq, ring->params.sq_off.ring_mask);

	ring->sqes[at] = *sqe;
	uring_word(ring->sq, ring->params.sq_off.array)[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) == 1 ? 0 : -errno;
}

static inline bool uring_is_done(const struct uring *ring)
{
	return __atomic_load_n(uring_word(ring->cq, ring->params.cq_off.tail),
			       __ATOMIC_ACQUIRE) !=
	       *uring_word(ring->cq, ring->params.cq_off.head);
}

/* Waits for the result of what was handed over. */
static inline int uring_result(struct uring *ring)
{
	__u32 *head = uring_word(ring->cq, ring->params.cq_off.head);
	const struct io_uring_cqe *cqes = (void *)(ring->cq + ring->params.cq_off.cqes);
	int ret;

	while (!uring_is_done(ring))
		syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	ret = cqes[*head & *uring_word(ring->cq, ring->params.cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return ret;
}

#endif /* MMTRACE_TEST_URING_H */
