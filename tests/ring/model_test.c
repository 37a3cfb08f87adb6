// SPDX-License-Identifier: GPL-2.0
/* Offers and reads by chance, one thread, against a list of what was offered. */
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#define OFFERS_MAX	(400000 / TEST_SCALE)

/**
 * struct setting - of one test
 * @mode: of the ring
 * @size: of the ring
 * @promptly: what is read is released at once: stamps are exact
 * @pos: where the ring begins
 * @number: where its numbers begin
 */
struct setting {
	enum ring_mode	mode;
	u64		size;
	bool		promptly;
	u64		pos;
	u64		number;
};

/* What was offered; numbers here begin with 0. */
static struct {
	u32	len;
	bool	written;
	u64	stamp;
} offers[OFFERS_MAX];
static u64 offered;

static const struct setting *setting;
static struct ring ring;
static struct ring_cursor cursor;
static u64 released;		/* number up to which the ring knows what was read */
static u64 expected;		/* number that is to be read next */
static u64 stamp;		/* of what was read last */
static bool after_gap;

static void offer(void)
{
	u64 random = test_random() >> 32, used = ring_used(&ring);
	u32 max = setting->size / 4, len = 32 + random / 64 % (max / 8 - 3) * 8;
	bool pending = offered && !offers[offered - 1].written && released != offered;
	bool fits = used + len + (pending ? 32 : 0) <= setting->size;

	if (random % 64 == 0)
		len += max - 24;
	offers[offered].len = len;
	offers[offered].stamp = (offered ? offers[offered - 1].stamp : 0) + random % 3;
	offers[offered].written = test_offer(&ring, setting->number + offered, len,
					     offers[offered].stamp);
	CHECK_EQ(offers[offered].written,
		 len <= max && (setting->mode == RING_OVERWRITE || fits));
	CHECK(ring_used(&ring) <= setting->size);
	if (offers[offered].written && setting->mode == RING_DISCARD)
		CHECK_EQ(ring_used(&ring), used + len + (pending ? 32 : 0));
	offered++;
	after_gap = false;
}

static void check_gap(const struct ring_gap *gap)
{
	u64 after = expected + gap->count, i;

	/* Two gaps never follow each other without a reason. */
	CHECK(!after_gap);
	after_gap = true;
	CHECK_EQ(gap->number, setting->number + expected);
	if (!CHECK(gap->count && gap->count <= offered - expected))
		return;
	CHECK(after == offered || offers[after].written);
	if (setting->mode == RING_DISCARD)
		for (i = expected; i != after; i++)
			CHECK(!offers[i].written);
	CHECK(stamp <= gap->first);
	if (setting->promptly)
		CHECK_EQ(gap->first, offers[expected].stamp);
	else
		CHECK(gap->first <= offers[expected].stamp);
	CHECK_EQ(gap->last, offers[after - 1].stamp);
	stamp = gap->last;
	expected = after;
}

static bool read_one(void)
{
	static u64 buf[TEST_ENTRY_MAX / sizeof(u64)];
	struct ring_gap gap;

	switch (ring_read(&ring, &cursor, buf, sizeof(buf), &gap)) {
	case RING_NOTHING:
		CHECK_EQ(expected, offered);
		return false;
	case RING_GAP:
		check_gap(&gap);
		break;
	case RING_ENTRY:
		if (!CHECK(expected < offered && offers[expected].written))
			return false;
		test_is_entry(buf, setting->number + expected, offers[expected].len,
			      offers[expected].stamp);
		stamp = offers[expected].stamp;
		after_gap = false;
		expected++;
		break;
	}
	CHECK_EQ(cursor.number, setting->number + expected);
	if (setting->promptly || test_random() >> 32 & 1) {
		ring_release(&ring, &cursor);
		released = expected;
	}
	return true;
}

static void run(const void *arg)
{
	void *data;

	setting = arg;
	data = test_ring_at(&ring, setting->size, setting->mode, setting->pos,
			    setting->number);
	cursor = (struct ring_cursor){ .pos = setting->pos, .number = setting->number };
	offered = 0;
	expected = 0;
	released = 0;
	stamp = 0;
	after_gap = false;
	while (offered < OFFERS_MAX && !test_failed()) {
		u64 offer_count = test_random() % 8, read_count = test_random() % 8;

		while (offer_count-- && offered < OFFERS_MAX)
			offer();
		while (read_count-- && read_one())
			;
	}
	while (!test_failed() && read_one())
		;
	free(data);
}

int main(void)
{
	static const struct setting settings[] = {
		{ RING_DISCARD, 128, true, 0, 0 },
		{ RING_DISCARD, 128, false, 0, 0 },
		{ RING_DISCARD, 1024, true, (1ull << 32) - 65536, (1ull << 32) - 1000 },
		{ RING_DISCARD, 1024, false, -65536ull, -1000ull },
		{ RING_DISCARD, 4096, false, (1ull << 63) - 65536, (1ull << 63) - 1000 },
		{ RING_OVERWRITE, 128, true, 0, 0 },
		{ RING_OVERWRITE, 128, false, 0, 0 },
		{ RING_OVERWRITE, 1024, true, (1ull << 32) - 65536, (1ull << 32) - 1000 },
		{ RING_OVERWRITE, 1024, false, -65536ull, -1000ull },
		{ RING_OVERWRITE, 4096, false, (1ull << 63) - 65536, (1ull << 63) - 1000 },
	};
	static struct test tests[ARRAY_SIZE(settings)];
	static char names[ARRAY_SIZE(settings)][128];
	const unsigned int count = ARRAY_SIZE(settings);
	unsigned int i;

	for (i = 0; i < count; i++) {
		const struct setting *s = &settings[i];

		snprintf(names[i], sizeof(names[i]),
			 "%s by chance: %llu bytes, from %#llx on, released %s",
			 s->mode == RING_DISCARD ? "discard" : "overwrite",
			 (unsigned long long)s->size, (unsigned long long)s->number,
			 s->promptly ? "at once" : "late");
		tests[i] = (struct test){ names[i], run, s };
	}
	return test_main(tests, count);
}
