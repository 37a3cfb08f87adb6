// SPDX-License-Identifier: GPL-2.0
/* A producer and a consumer at the same time: nothing torn, nothing unaccounted. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#define OFFERS	(2000000 / TEST_SCALE)

/**
 * struct setting - of one test
 * @name: what is promised
 * @mode: of the ring
 * @size: of the ring
 * @producer_rests: after how many offers, at most, the producer lets the
 *	consumer catch up; 0 for never
 * @consumer_rests: likewise, and spins
 */
struct setting {
	const char	*name;
	enum ring_mode	mode;
	u64		size;
	u32		producer_rests;
	u32		consumer_rests;
};

/* Across 2^64 in the middle of each test. */
#define FIRST_NUMBER	(-(u64)OFFERS / 2)
#define FIRST_POS	(-(u64)OFFERS * 16)

static const struct setting *setting;
static struct ring ring;
static bool producer_done;

/* What entry n looks like is known to both threads: n is counted from 0 here. */
static u64 stamp_of(u64 n)
{
	return 5 + 3 * n;
}

static u32 len_of(u64 n)
{
	u64 random = (n + 1) * 0xd1342543de82ef95ull >> 32;
	u64 max = setting->size / 4 < TEST_ENTRY_MAX ? setting->size / 4 : TEST_ENTRY_MAX;
	u32 words = max / 8 - 3;

	/* Mostly short, sometimes up to the longest, seldom none at all. */
	if (random % 512 == 0)
		return 8;
	if (random % 16 && words > 16)
		words = 16;
	return 32 + random / 512 % words * 8;
}

static void rest(u32 spins)
{
	u32 spin;

	for (spin = test_random() % spins; spin; spin--)
		test_relax();
}

static void *produce(void *unused)
{
	u64 n, rests = 0;

	(void)unused;
	test_pin(1);
	for (n = 0; n < OFFERS && !test_failed(); n++) {
		test_offer(&ring, FIRST_NUMBER + n, len_of(n), stamp_of(n));
		if (setting->producer_rests && !rests--) {
			rests = test_random() % setting->producer_rests;
			while (ring_used(&ring) && test_random() % 256)
				test_relax();
		}
	}
	__atomic_store_n(&producer_done, true, __ATOMIC_RELEASE);
	return NULL;
}

/**
 * struct consumer - one that reads, or a copy of it that walks
 * @cursor: in the ring
 * @next: number that is to come, counted from 0
 * @stamp: of what was read last
 * @received: entries
 * @lost: entries in gaps
 */
struct consumer {
	struct ring_cursor	cursor;
	u64			next;
	u64			stamp;
	u64			received;
	u64			lost;
};

static void check_gap(struct consumer *consumer, const struct ring_gap *gap)
{
	u64 exact = stamp_of(consumer->next);

	CHECK_EQ(gap->number, FIRST_NUMBER + consumer->next);
	CHECK(gap->count && gap->count <= OFFERS - consumer->next);
	/* Bounds are all there is where the two may have met. */
	CHECK(consumer->stamp <= gap->first);
	CHECK(gap->first <= exact || gap->first == consumer->stamp);
	consumer->next += gap->count;
	consumer->lost += gap->count;
	CHECK(stamp_of(consumer->next - 1) <= gap->last);
	CHECK(gap->first <= gap->last);
	consumer->stamp = gap->last;
}

static void check_entry(struct consumer *consumer, const void *entry)
{
	test_is_entry(entry, FIRST_NUMBER + consumer->next, len_of(consumer->next),
		      stamp_of(consumer->next));
	CHECK(consumer->stamp <= stamp_of(consumer->next));
	consumer->stamp = stamp_of(consumer->next);
	consumer->next++;
	consumer->received++;
}

static bool consume_run(struct consumer *consumer)
{
	static u64 buf[2 * TEST_ENTRY_MAX / sizeof(u64)];
	u32 room = test_random() % (ARRAY_SIZE(buf) + 1) * sizeof(u64), at;
	u32 len = ring_read_run(&ring, &consumer->cursor, buf, room);

	CHECK(len <= room);
	for (at = 0; at < len && !test_failed(); at += len_of(consumer->next - 1))
		check_entry(consumer, (char *)buf + at);
	CHECK_EQ(consumer->cursor.number, FIRST_NUMBER + consumer->next);
	return len;
}

static bool consume(struct consumer *consumer)
{
	u64 buf[TEST_ENTRY_MAX / sizeof(u64)];
	struct ring_gap gap;

	if (test_random() >> 33 & 1 && consume_run(consumer))
		return true;
	switch (ring_read(&ring, &consumer->cursor, buf, sizeof(buf), &gap)) {
	case RING_NOTHING:
		return false;
	case RING_GAP:
		check_gap(consumer, &gap);
		break;
	case RING_ENTRY:
		check_entry(consumer, buf);
		break;
	}
	CHECK_EQ(consumer->cursor.number, FIRST_NUMBER + consumer->next);
	return true;
}

static void walk(struct consumer copy)
{
	u32 steps = 64;

	while (steps-- && !test_failed() && consume(&copy))
		;
}

/* Reads until the producer is done and nothing is left. */
static void consume_all(struct consumer *consumer)
{
	u64 read = 0, rests = 0;
	bool done = false;

	while (!test_failed()) {
		if (consume(consumer)) {
			if (read++ % 1024 == 0)
				walk(*consumer);
			if (test_random() >> 32 & 1)
				ring_release(&ring, &consumer->cursor);
		} else {
			if (done)
				return;
			/* Once more after that, as it may have written until then. */
			done = __atomic_load_n(&producer_done, __ATOMIC_ACQUIRE);
			ring_release(&ring, &consumer->cursor);
			test_relax();
		}
		if (setting->consumer_rests && !rests--) {
			rests = test_random() % setting->consumer_rests;
			rest(256);
		}
	}
}

static void run(const void *arg)
{
	struct consumer consumer = {
		.cursor = { .pos = FIRST_POS, .number = FIRST_NUMBER },
	};
	pthread_t producer;
	void *data;

	setting = arg;
	test_pin(0);
	producer_done = false;
	data = test_ring_at(&ring, setting->size, setting->mode, FIRST_POS, FIRST_NUMBER);
	if (!CHECK_EQ(pthread_create(&producer, NULL, produce, NULL), 0))
		return;
	consume_all(&consumer);
	pthread_join(producer, NULL);
	CHECK_EQ(consumer.received + consumer.lost, OFFERS);
	CHECK(consumer.received && consumer.lost);
	printf("# %llu received, %llu lost\n", consumer.received, consumer.lost);
	free(data);
}

int main(void)
{
	static const struct setting settings[] = {
		{ "discard: both fast", RING_DISCARD, 65536, 0, 0 },
		{ "discard: slow consumer", RING_DISCARD, 4096, 0, 16 },
		{ "discard: slow producer", RING_DISCARD, 4096, 64, 0 },
		{ "discard: smallest ring", RING_DISCARD, 128, 8, 0 },
		{ "overwrite: both fast", RING_OVERWRITE, 16384, 0, 0 },
		{ "overwrite: slow consumer", RING_OVERWRITE, 4096, 0, 16 },
		{ "overwrite: slow producer", RING_OVERWRITE, 4096, 64, 0 },
		{ "overwrite: smallest ring", RING_OVERWRITE, 128, 8, 0 },
	};
	struct test tests[ARRAY_SIZE(settings)];
	const unsigned int count = ARRAY_SIZE(settings);
	unsigned int i;

	for (i = 0; i < count; i++)
		tests[i] = (struct test){ settings[i].name, run, &settings[i] };
	return test_main(tests, count);
}
