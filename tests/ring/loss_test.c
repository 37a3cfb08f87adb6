// SPDX-License-Identifier: GPL-2.0
/* What is lost, and how the ring tells of it: one thread. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define ILLEGAL	12	/* a length that is always dropped */

/*
 * The script's ring, with a cursor. In scripts, entry n has the stamp 10 * n, and
 * OFFER() and DROP() say whether it is written.
 */
static struct ring ring;
static struct ring_cursor cursor;
static void *data;
static u64 buf[TEST_ENTRY_MAX / sizeof(u64)];
static struct ring_gap gap;

static void begin(u64 size, enum ring_mode mode)
{
	cursor = (struct ring_cursor){ 0 };
	data = test_ring(&ring, size, mode);
}

static void end(void)
{
	free(data);
}

static enum ring_what next(void)
{
	memset(buf, 0xa5, sizeof(buf));
	memset(&gap, 0xa5, sizeof(gap));
	return ring_read(&ring, &cursor, buf, sizeof(buf), &gap);
}

static bool offer(u64 number, u32 len)
{
	return test_offer(&ring, number, len, 10 * number);
}

static bool is_entry(u64 number, u32 len)
{
	return test_is_entry(buf, number, len, 10 * number);
}

#define OFFER(number, len)	CHECK(offer(number, len))
#define DROP(number, len)	CHECK(!offer(number, len))
#define RELEASE()		ring_release(&ring, &cursor)
#define NOTHING()		CHECK_EQ(next(), RING_NOTHING)
#define ENTRY(number, len)						\
do {									\
	CHECK_EQ(next(), RING_ENTRY);					\
	CHECK(is_entry(number, len));					\
} while (0)
#define GAP(number, count, first, last)					\
do {									\
	CHECK_EQ(next(), RING_GAP);					\
	CHECK(test_is_gap(&gap, number, count, first, last));		\
} while (0)

static void offer_range(u64 first, u64 last, u32 len)
{
	for (; first <= last; first++)
		OFFER(first, len);
}

static void entry_range(u64 first, u64 last, u32 len)
{
	for (; first <= last; first++)
		ENTRY(first, len);
}

static void discard_gap(const void *unused)
{
	(void)unused;
	begin(256, RING_DISCARD);
	offer_range(0, 3, 64);
	DROP(4, 64);
	DROP(5, 32);
	DROP(6, 64);
	ENTRY(0, 64);
	RELEASE();
	DROP(7, 64);	/* room for it, but not for what tells of 4 to 6 */
	ENTRY(1, 64);
	RELEASE();
	OFFER(8, 64);
	CHECK_EQ(ring_used(&ring), 2 * 64 + 32 + 64);
	entry_range(2, 3, 64);
	GAP(4, 4, 40, 70);
	ENTRY(8, 64);
	NOTHING();
	end();
}

static void discard_gaps(const void *unused)
{
	(void)unused;
	begin(1024, RING_DISCARD);
	offer_range(0, 3, 256);
	DROP(4, 32);
	DROP(5, 256);
	ENTRY(0, 256);
	RELEASE();
	OFFER(6, 128);
	DROP(7, 256);
	OFFER(8, 64);	/* and 32 for the gap: to the byte */
	DROP(9, 32);
	DROP(10, 32);
	CHECK_EQ(ring_used(&ring), 1024);
	entry_range(1, 3, 256);
	GAP(4, 2, 40, 50);
	ENTRY(6, 128);
	GAP(7, 1, 70, 70);
	ENTRY(8, 64);
	GAP(9, 2, 90, 100);
	NOTHING();
	end();
}

static void discard_trailing(const void *unused)
{
	(void)unused;
	begin(256, RING_DISCARD);
	offer_range(0, 3, 64);
	DROP(4, 64);
	DROP(5, 64);
	entry_range(0, 3, 64);
	GAP(4, 2, 40, 50);
	NOTHING();
	NOTHING();
	RELEASE();
	OFFER(6, 64);
	CHECK_EQ(ring_used(&ring), 64);	/* nothing is left to tell of */
	ENTRY(6, 64);
	NOTHING();
	end();
}

static void discard_trailing_goes_on(const void *unused)
{
	(void)unused;
	begin(256, RING_DISCARD);
	offer_range(0, 3, 64);
	DROP(4, 64);
	DROP(5, 64);
	entry_range(0, 3, 64);
	GAP(4, 2, 40, 50);
	RELEASE();
	DROP(6, ILLEGAL);	/* a run of its own, as all before is told of */
	DROP(7, ILLEGAL);
	GAP(6, 2, 60, 70);
	DROP(8, ILLEGAL);
	RELEASE();		/* too late for 8, which goes on with 6 */
	DROP(9, ILLEGAL);
	OFFER(10, 64);
	GAP(8, 2, 70, 90);
	ENTRY(10, 64);
	NOTHING();
	end();
}

static void discard_told_before(const void *unused)
{
	(void)unused;
	begin(256, RING_DISCARD);
	DROP(0, ILLEGAL);
	DROP(1, ILLEGAL);
	GAP(0, 2, 0, 10);
	OFFER(2, 64);		/* the producer does not know that yet */
	CHECK_EQ(ring_used(&ring), 32 + 64);
	ENTRY(2, 64);
	DROP(3, ILLEGAL);
	GAP(3, 1, 30, 30);
	NOTHING();
	RELEASE();
	CHECK_EQ(ring_used(&ring), 0);
	end();
}

static void overwrite_oldest(const void *unused)
{
	(void)unused;
	begin(256, RING_OVERWRITE);
	offer_range(0, 9, 64);
	CHECK_EQ(ring_used(&ring), 256);
	GAP(0, 6, 0, 50);
	entry_range(6, 9, 64);
	NOTHING();
	OFFER(10, 64);		/* evicts what was read and not released: no loss */
	ENTRY(10, 64);
	RELEASE();
	offer_range(11, 14, 64);
	entry_range(11, 12, 64);
	RELEASE();
	offer_range(15, 17, 64);
	GAP(13, 1, 130, 130);
	entry_range(14, 17, 64);
	NOTHING();
	end();
}

static void overwrite_no_more_than_needed(const void *unused)
{
	(void)unused;
	begin(256, RING_OVERWRITE);
	offer_range(0, 7, 32);
	OFFER(8, 40);		/* two of 32 make way */
	CHECK_EQ(ring_used(&ring), 6 * 32 + 40);
	OFFER(9, 32);		/* 24 are left: one more */
	CHECK_EQ(ring_used(&ring), 5 * 32 + 40 + 32);
	GAP(0, 3, 0, 20);
	entry_range(3, 7, 32);
	ENTRY(8, 40);
	ENTRY(9, 32);
	NOTHING();
	end();
}

static void overwrite_under_cursor(const void *unused)
{
	(void)unused;
	begin(256, RING_OVERWRITE);
	offer_range(0, 3, 64);
	entry_range(0, 1, 64);
	offer_range(4, 7, 64);
	GAP(2, 2, 10, 30);	/* 0 and 1 were evicted as well: not before 1 */
	ENTRY(4, 64);
	RELEASE();
	offer_range(8, 10, 64);	/* evicts 5 and 6 */
	GAP(5, 2, 50, 60);
	offer_range(11, 12, 64);
	GAP(7, 2, 60, 80);
	entry_range(9, 12, 64);
	NOTHING();
	end();
}

static void overwrite_evicts_drops(const void *unused)
{
	(void)unused;
	begin(256, RING_OVERWRITE);
	OFFER(0, 64);
	DROP(1, ILLEGAL);
	DROP(2, ILLEGAL);
	offer_range(3, 5, 64);	/* evicts 0: what tells of 1 and 2 is the oldest */
	CHECK_EQ(ring_used(&ring), 32 + 3 * 64);
	GAP(0, 3, 0, 20);
	ENTRY(3, 64);
	RELEASE();
	DROP(6, ILLEGAL);
	offer_range(7, 10, 64);	/* evicts 4, 5, and what tells of 6 */
	CHECK_EQ(ring_used(&ring), 256);
	GAP(4, 3, 40, 60);
	entry_range(7, 10, 64);
	DROP(11, ILLEGAL);
	GAP(11, 1, 110, 110);
	NOTHING();
	end();
}

int main(void)
{
	static const struct test tests[] = {
		{ "discard: a gap", discard_gap, NULL },
		{ "discard: several gaps", discard_gaps, NULL },
		{ "discard: a gap that nothing follows", discard_trailing, NULL },
		{ "discard: a gap that goes on", discard_trailing_goes_on, NULL },
		{ "discard: no gap is told of twice", discard_told_before, NULL },
		{ "overwrite: the oldest are lost", overwrite_oldest, NULL },
		{ "overwrite: no more than needed", overwrite_no_more_than_needed, NULL },
		{ "overwrite: under the cursor", overwrite_under_cursor, NULL },
		{ "overwrite: drops are evicted", overwrite_evicts_drops, NULL },
	};

	return test_main(tests, ARRAY_SIZE(tests));
}
