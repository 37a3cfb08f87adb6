/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the ring share: TAP, and entries that can be told apart. */
#ifndef RING_TEST_H
#define RING_TEST_H

#include <linux/types.h>

#include "ring.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* The longest entry in any test, in bytes. */
#define TEST_ENTRY_MAX	4096

/**
 * struct test - a line of TAP
 * @name: what is promised
 * @run: which makes CHECK()s
 * @data: for @run
 */
struct test {
	const char	*name;
	void		(*run)(const void *data);
	const void	*data;
};

int test_main(const struct test *tests, unsigned int count);
bool test_check(bool holds, const char *file, int line, const char *what);
bool test_check_eq(u64 is, u64 expected, const char *file, int line, const char *what);
bool test_failed(void);

/* Both may be used by any thread, and say whether it holds. */
#define CHECK(cond)	test_check(cond, __FILE__, __LINE__, #cond)
#define CHECK_EQ(is, expected) \
	test_check_eq(is, expected, __FILE__, __LINE__, #is " == " #expected)

u64 test_random(void);
void test_relax(void);
void test_pin(unsigned int thread);

void *test_ring_at(struct ring *ring, u64 size, enum ring_mode mode, u64 pos, u64 number);
void *test_ring(struct ring *ring, u64 size, enum ring_mode mode);
bool test_offer(struct ring *ring, u64 number, u32 len, u64 stamp);
bool test_is_entry(const void *buf, u64 number, u32 len, u64 stamp);
bool test_is_gap(const struct ring_gap *gap, u64 number, u64 count, u64 first, u64 last);

#endif /* RING_TEST_H */
