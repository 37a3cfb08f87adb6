// SPDX-License-Identifier: GPL-2.0
/* What the tests of the ring share. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"

#define FAILURES_SHOWN	10

/* A test that has not come to its end by then never does. */
#define TEST_SECONDS	240

static unsigned int failures;

bool test_failed(void)
{
	return __atomic_load_n(&failures, __ATOMIC_RELAXED);
}

static bool fails(void)
{
	return __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED) <= FAILURES_SHOWN;
}

bool test_check(bool holds, const char *file, int line, const char *what)
{
	if (!holds && fails())
		printf("# %s:%d: not so: %s\n", file, line, what);
	return holds;
}

bool test_check_eq(u64 is, u64 expected, const char *file, int line, const char *what)
{
	if (is != expected && fails())
		printf("# %s:%d: not so: %s: %llu, expected %llu\n",
		       file, line, what, is, expected);
	return is == expected;
}

int test_main(const struct test *tests, unsigned int count)
{
	unsigned int i, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%u\n", count);
	for (i = 0; i < count; i++) {
		__atomic_store_n(&failures, 0, __ATOMIC_RELAXED);
		alarm(TEST_SECONDS);
		tests[i].run(tests[i].data);
		alarm(0);
		printf("%sok %u - %s\n", test_failed() ? "not " : "", i + 1, tests[i].name);
		failed += test_failed();
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* xorshift64*, of each thread; every run is a different one of threads anyway. */
u64 test_random(void)
{
	static __thread u64 state;

	if (!state)
		state = (u64)&state | 1;
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dull;
}

/* While another thread is waited for that may need this CPU. */
void test_relax(void)
{
	static __thread unsigned int spins;

	if (++spins % 64 == 0)
		sched_yield();
}

/*
 * The calling thread is number @thread of a test: gives it a CPU of its own, if
 * there are as many. Left alone, threads that yield are soon all on one.
 */
void test_pin(unsigned int thread)
{
	static cpu_set_t all;
	static bool known;
	cpu_set_t one;
	int cpu, skip;

	/* Of thread 0 first, before there are others. */
	if (!known)
		known = !sched_getaffinity(0, sizeof(all), &all);
	if (!known)
		return;
	skip = thread % CPU_COUNT(&all);
	for (cpu = 0; !CPU_ISSET(cpu, &all) || skip--; cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

#ifdef RING_SHIM_PAUSE
void ring_shim_pause(void)
{
	u64 random = test_random() >> 32;
	u32 spin;

	if (random % 4096 == 0)
		sched_yield();
	else if (random % 64 == 0)
		for (spin = random / 64 % 256; spin; spin--)
			__asm__ volatile ("");
}
#endif

/* Memory of its own of exactly @size bytes, so that AddressSanitizer sees its end. */
void *test_ring_at(struct ring *ring, u64 size, enum ring_mode mode, u64 pos, u64 number)
{
	void *data = malloc(size);

	if (!data)
		abort();
	CHECK_EQ(ring_init_at(ring, data, size, mode, pos, number), 0);
	return data;
}

void *test_ring(struct ring *ring, u64 size, enum ring_mode mode)
{
	return test_ring_at(ring, size, mode, 0, 0);
}

/* No two words of any two entries are the same. */
static u64 word_of(u64 number, u32 i)
{
	return (number * (TEST_ENTRY_MAX / sizeof(u64)) + i) * 0x9e3779b97f4a7c15ull;
}

/* Fills all but what the ring has a meaning for. */
static void fill(u64 *words, u64 number, u32 len, u64 stamp)
{
	struct ring_entry *entry = (struct ring_entry *)words;
	u32 i;

	entry->len = len;
	entry->user[0] = word_of(number, 0);
	words[1] = word_of(number, 1);
	entry->number = ~number;
	entry->stamp = stamp;
	for (i = sizeof(*entry) / sizeof(u64); i < len / sizeof(u64); i++)
		words[i] = word_of(number, i);
}

static bool is_legal(const struct ring *ring, u32 len)
{
	return len >= sizeof(struct ring_entry) && !(len % 8) && len <= ring->size / 4;
}

/* Word by word, for ThreadSanitizer: a consumer that is evicted may look on. */
static bool make_in_place(struct ring *ring, const u64 *words, u64 number, u32 len)
{
	struct ring_entry *entry = ring_reserve(ring, len);
	u32 i;

	CHECK_EQ(entry->number, number);
	CHECK_EQ(entry->len, len);
	for (i = 0; i < len / sizeof(u64); i++)
		if (i != offsetof(struct ring_entry, number) / sizeof(u64))
			WRITE_ONCE(((u64 *)entry)[i], words[i]);
	ring_commit(ring, len);
	return true;
}

/* May it be made in place, if need be after a look for room? */
static bool has_place(struct ring *ring, u32 len, bool look)
{
	return ring_has_room(ring, len) || (look && ring_find_room(ring, len));
}

/* @number is what the ring is expected to give it. An illegal @len is only said. */
bool test_offer(struct ring *ring, u64 number, u32 len, u64 stamp)
{
	u64 words[TEST_ENTRY_MAX / sizeof(u64)];
	struct ring_entry *entry = (struct ring_entry *)words;
	bool written, full;

	fill(words, number, len > TEST_ENTRY_MAX ? TEST_ENTRY_MAX : len, stamp);
	entry->len = len;
	/* By each way where there are several. In turn, so that they meet. */
	if (is_legal(ring, len) && number % 2 && has_place(ring, len, number % 4 == 1))
		return make_in_place(ring, words, number, len);
	full = is_legal(ring, len) && ring_would_drop(ring, len);
	if (full && number % 3) {
		ring_drop(ring, stamp);
		return false;
	}
	written = ring_write(ring, entry);
	CHECK_EQ(entry->number, number);
	/* There may be room meanwhile, but not less. */
	if (is_legal(ring, len))
		CHECK(written || full);
	return written;
}

bool test_is_entry(const void *buf, u64 number, u32 len, u64 stamp)
{
	const struct ring_entry *entry = buf;
	const u64 *words = buf;
	u32 i;

	if (!CHECK_EQ(entry->number, number) || !CHECK_EQ(entry->len, len) ||
	    !CHECK_EQ(entry->stamp, stamp) ||
	    !CHECK_EQ(entry->user[0], (u32)word_of(number, 0)) ||
	    !CHECK_EQ(words[1], word_of(number, 1)))
		return false;
	for (i = sizeof(*entry) / sizeof(u64); i < len / sizeof(u64); i++)
		if (!CHECK_EQ(words[i], word_of(number, i)))
			return false;
	return true;
}

bool test_is_gap(const struct ring_gap *gap, u64 number, u64 count, u64 first, u64 last)
{
	return CHECK_EQ(gap->number, number) && CHECK_EQ(gap->count, count) &&
	       CHECK_EQ(gap->first, first) && CHECK_EQ(gap->last, last);
}
