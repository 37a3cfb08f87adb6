// SPDX-License-Identifier: GPL-2.0
/* Entries of every length at every place, one thread. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define ENTRY_MIN	((u32)sizeof(struct ring_entry))

static u64 buf[TEST_ENTRY_MAX / sizeof(u64)];
static struct ring_gap gap;

static enum ring_what next(const struct ring *ring, struct ring_cursor *cursor)
{
	memset(buf, 0xa5, sizeof(buf));
	memset(&gap, 0xa5, sizeof(gap));
	return ring_read(ring, cursor, buf, sizeof(buf), &gap);
}

static void init_refuses(const void *unused)
{
	static u64 data[128];
	struct ring ring;

	(void)unused;
	CHECK_EQ(ring_init(&ring, NULL, 1024, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, (char *)data + 4, 512, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, 0, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, 1000, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, 1023, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, RING_SIZE_MIN / 2, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, RING_SIZE_MAX * 2, RING_DISCARD), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, 1024, RING_OVERWRITE + 1), -EINVAL);
	CHECK_EQ(ring_init_at(&ring, data, 1024, RING_DISCARD, 4, 0), -EINVAL);
	CHECK_EQ(ring_init(&ring, data, RING_SIZE_MIN, RING_DISCARD), 0);
	CHECK_EQ(ring_init(&ring, data, 1024, RING_OVERWRITE), 0);
	CHECK_EQ(ring_init_at(&ring, data, 1024, RING_OVERWRITE, -8, -1), 0);
}

/* The third of three entries crosses the end of the data at every offset. */
static void every_length_everywhere(const void *mode)
{
	const u64 size = 1024;
	struct ring_cursor cursor;
	struct ring ring;
	void *data;
	u64 pos, i;
	u32 len;

	for (len = ENTRY_MIN; len <= size / 4; len += 8) {
		for (pos = 0; pos < size && !test_failed(); pos += 8) {
			cursor = (struct ring_cursor){ .pos = pos };
			data = test_ring_at(&ring, size, *(const enum ring_mode *)mode, pos, 0);
			for (i = 0; i < 3; i++)
				CHECK(test_offer(&ring, i, len, i));
			CHECK_EQ(ring_used(&ring), 3 * len);
			for (i = 0; i < 3; i++) {
				CHECK_EQ(next(&ring, &cursor), RING_ENTRY);
				test_is_entry(buf, i, len, i);
			}
			CHECK_EQ(next(&ring, &cursor), RING_NOTHING);
			free(data);
		}
	}
}

/* Entries of all lengths one after the other, for many times around the data. */
static void stream_of_lengths(const void *mode)
{
	const u64 size = 4 * TEST_ENTRY_MAX;
	struct ring_cursor cursor = { 0 };
	struct ring ring;
	void *data = test_ring(&ring, size, *(const enum ring_mode *)mode);
	u64 i;

	for (i = 0; i < 20000 && !test_failed(); i++) {
		u32 len = ENTRY_MIN + i * 8 % (TEST_ENTRY_MAX - ENTRY_MIN + 8);

		CHECK(test_offer(&ring, i, len, 2 * i));
		CHECK_EQ(next(&ring, &cursor), RING_ENTRY);
		test_is_entry(buf, i, len, 2 * i);
		CHECK_EQ(ring_used(&ring), len);
		ring_release(&ring, &cursor);
		CHECK_EQ(ring_used(&ring), 0);
		CHECK_EQ(ring_head(&ring), cursor.pos);
	}
	free(data);
}

static void fills_to_the_byte(const void *unused)
{
	const u64 size = 4096;
	struct ring_cursor cursor = { 0 };
	struct ring ring;
	void *data = test_ring(&ring, size, RING_DISCARD);
	u64 i;

	(void)unused;
	for (i = 0; i < size / 32; i++)
		CHECK(test_offer(&ring, i, 32, i));
	CHECK_EQ(ring_used(&ring), size);
	CHECK(!test_offer(&ring, size / 32, 32, i));
	CHECK_EQ(ring_used(&ring), size);
	for (i = 0; i < size / 32; i++) {
		CHECK_EQ(next(&ring, &cursor), RING_ENTRY);
		test_is_entry(buf, i, 32, i);
	}
	free(data);
}

static void illegal_lengths(const void *mode)
{
	static const u32 lens[] = {
		0, 1, 8, 24, 31, 33, 36, 39, 252, 257, 264, 1024, 1u << 20,
		1u << 31, 0xffffffe0, 0xfffffff8, 0xffffffff,
	};
	const u64 count = ARRAY_SIZE(lens);
	struct ring_cursor cursor = { 0 };
	struct ring ring;
	void *data = test_ring(&ring, 1024, *(const enum ring_mode *)mode);
	u64 i;

	for (i = 0; i < count; i++) {
		CHECK(!test_offer(&ring, i, lens[i], 100 + i));
		CHECK_EQ(ring_used(&ring), 0);
	}
	CHECK(test_offer(&ring, count, 256, 200));
	CHECK_EQ(next(&ring, &cursor), RING_GAP);
	test_is_gap(&gap, 0, count, 100, 100 + count - 1);
	CHECK_EQ(next(&ring, &cursor), RING_ENTRY);
	test_is_entry(buf, count, 256, 200);
	CHECK_EQ(next(&ring, &cursor), RING_NOTHING);
	free(data);
}

/* Twice with copies, then with the cursor itself: all three see the same. */
static void walk_consumes_nothing(const void *mode)
{
	struct ring_cursor cursor = { 0 }, walk;
	struct ring ring, before;
	void *data = test_ring(&ring, 1024, *(const enum ring_mode *)mode);
	u64 i, round;

	for (i = 0; i < 12; i++)
		test_offer(&ring, i, 32 + 8 * i, i);
	before = ring;
	for (round = 0; round < 3; round++) {
		enum ring_what what;
		u64 number = 0;

		walk = cursor;
		while ((what = next(&ring, &walk)) != RING_NOTHING) {
			if (what == RING_GAP) {
				CHECK_EQ(gap.number, number);
				number += gap.count;
			} else {
				test_is_entry(buf, number, 32 + 8 * number, number);
				number++;
			}
		}
		CHECK_EQ(number, 12);
		CHECK_EQ(walk.pos, ring_head(&ring));
		CHECK(!memcmp(&before, &ring, sizeof(ring)));
	}
	free(data);
}

static void short_room(const void *unused)
{
	struct ring_cursor cursor = { 0 };
	struct ring ring;
	void *data = test_ring(&ring, 1024, RING_DISCARD);
	u64 whole[256 / sizeof(u64)];

	(void)unused;
	CHECK(test_offer(&ring, 0, 256, 5));
	CHECK(test_offer(&ring, 1, 64, 6));
	CHECK_EQ(ring_read(&ring, &(struct ring_cursor){ 0 }, whole, sizeof(whole), &gap),
		 RING_ENTRY);
	memset(buf, 0xa5, sizeof(buf));
	CHECK_EQ(ring_read(&ring, &cursor, buf, 40, &gap), RING_ENTRY);
	CHECK(!memcmp(buf, whole, 40));
	CHECK_EQ(buf[5], 0xa5a5a5a5a5a5a5a5ull);
	CHECK_EQ(next(&ring, &cursor), RING_ENTRY);
	test_is_entry(buf, 1, 64, 6);
	free(data);
}

int main(void)
{
	static const enum ring_mode discard = RING_DISCARD, overwrite = RING_OVERWRITE;
	static const struct test tests[] = {
		{ "ring_init refuses what it can't work with", init_refuses, NULL },
		{ "discard: every length at every offset", every_length_everywhere, &discard },
		{ "overwrite: every length at every offset", every_length_everywhere, &overwrite },
		{ "discard: lengths one after the other", stream_of_lengths, &discard },
		{ "overwrite: lengths one after the other", stream_of_lengths, &overwrite },
		{ "a ring can be filled to the last byte", fills_to_the_byte, NULL },
		{ "discard: illegal lengths are losses", illegal_lengths, &discard },
		{ "overwrite: illegal lengths are losses", illegal_lengths, &overwrite },
		{ "discard: a walk consumes nothing", walk_consumes_nothing, &discard },
		{ "overwrite: a walk consumes nothing", walk_consumes_nothing, &overwrite },
		{ "no more is copied than there is room for", short_room, NULL },
	};

	return test_main(tests, ARRAY_SIZE(tests));
}
