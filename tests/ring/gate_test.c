// SPDX-License-Identifier: GPL-2.0
/* The gate: one order for several rings, and no lost wake-up. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "test.h"

#define LANES		3
#define OFFERS		(600000 / TEST_SCALE)	/* of each lane */
#define ROUNDS		(1000000 / TEST_SCALE)
#define ROUNDS_MIN	(ROUNDS / 100)
#define ROUNDS_SECONDS	20

/**
 * struct lane - a producer, with what it writes to
 * @gate: of its own
 * @ring: of its own
 * @data: of the ring
 * @thread: that writes
 * @cursor: the consumer's
 * @full: @head is the next of this lane
 * @is_gap: @head stands for a gap
 * @time: by which @head is sorted
 * @received: entries
 * @lost: entries in gaps
 * @buf: for entries
 */
struct lane {
	struct ring_gate	gate;
	struct ring		ring;
	void			*data;
	pthread_t		thread;
	struct ring_cursor	cursor;
	bool			full;
	bool			is_gap;
	u64			time;
	u64			received;
	u64			lost;
	u64			buf[16];
};

/**
 * struct setting - of a test of order
 * @mode: of the rings
 * @size: of the rings
 * @ticks: each stamp is one of its own: producers move the clock, by an atomic
 *	operation, which is a barrier too. Otherwise the consumer does, by a plain
 *	store, and nothing but the gate makes an order
 */
struct setting {
	enum ring_mode	mode;
	u64		size;
	bool		ticks;
};

static const struct setting *setting;
static struct lane lanes[LANES];
static u64 clock_now;
static unsigned int running;
static u64 delivered;		/* time of what was delivered last */
static bool delivered_gap;	/* it was a gap */

static u64 read_clock(void)
{
	return setting->ticks ? __atomic_fetch_add(&clock_now, 1, __ATOMIC_RELAXED) :
				READ_ONCE(clock_now);
}

static u64 take_horizon(void)
{
	u64 now = READ_ONCE(clock_now);

	if (!setting->ticks)
		WRITE_ONCE(clock_now, ++now);
	return now;
}

static void *produce(void *arg)
{
	struct lane *lane = arg;
	u64 n;

	test_pin(1 + (lane - lanes));
	for (n = 0; n < OFFERS && !test_failed(); n++) {
		ring_gate_enter(&lane->gate);
		test_offer(&lane->ring, n, 40, read_clock());
		ring_gate_exit(&lane->gate);
		if (test_random() >> 32 & 7)
			continue;
		while (ring_used(&lane->ring) > setting->size / 2 && test_random() % 256)
			test_relax();
	}
	__atomic_sub_fetch(&running, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void wait_for_producers(void)
{
	unsigned int i, seen;

	ring_gate_fence();
	for (i = 0; i < LANES; i++) {
		seen = ring_gate_look(&lanes[i].gate);
		while (!ring_gate_passed(&lanes[i].gate, seen))
			test_relax();
	}
}

/* Nothing that comes now may be from before the horizon of last time. */
static void fill(struct lane *lane, u64 before)
{
	const struct ring_entry *entry = (const struct ring_entry *)lane->buf;
	struct ring_gap gap;

	if (lane->full)
		return;
	switch (ring_read(&lane->ring, &lane->cursor, lane->buf, sizeof(lane->buf), &gap)) {
	case RING_NOTHING:
		return;
	case RING_GAP:
		lane->is_gap = true;
		lane->time = gap.last;
		lane->lost += gap.count;
		break;
	case RING_ENTRY:
		lane->is_gap = false;
		lane->time = entry->stamp;
		test_is_entry(lane->buf, lane->received + lane->lost, 40, entry->stamp);
		lane->received++;
		break;
	}
	lane->full = true;
	CHECK(lane->time >= before);
	ring_release(&lane->ring, &lane->cursor);
}

static struct lane *earliest(u64 horizon)
{
	struct lane *lane, *first = NULL;

	for (lane = lanes; lane < lanes + LANES; lane++)
		if (lane->full && (!first || lane->time < first->time))
			first = lane;
	return first && first->time < horizon ? first : NULL;
}

/* Delivers all up to the horizon. Only a gap may have the time of what follows. */
static void merge(u64 before, u64 horizon)
{
	struct lane *lane;
	unsigned int i;

	for (i = 0; i < LANES; i++)
		fill(&lanes[i], before);
	while ((lane = earliest(horizon)) && !test_failed()) {
		CHECK(lane->time > delivered ||
		      (lane->time == delivered && (delivered_gap || !setting->ticks)));
		delivered = lane->time;
		delivered_gap = lane->is_gap;
		lane->full = false;
		fill(lane, before);
	}
}

static void start(void)
{
	unsigned int i;

	clock_now = 1;
	running = LANES;
	delivered = 0;
	for (i = 0; i < LANES; i++) {
		lanes[i] = (struct lane){ 0 };
		lanes[i].gate.state = -20u;	/* odd and even are to hold across 2^32 */
		lanes[i].data = test_ring(&lanes[i].ring, setting->size, setting->mode);
	}
	for (i = 0; i < LANES; i++)
		CHECK_EQ(pthread_create(&lanes[i].thread, NULL, produce, &lanes[i]), 0);
}

static void order(const void *arg)
{
	u64 before = 0, horizon, received = 0, lost = 0, rounds = 0;
	unsigned int i;
	bool done = false;

	setting = arg;
	test_pin(0);
	start();
	while (!done && !test_failed()) {
		done = !__atomic_load_n(&running, __ATOMIC_ACQUIRE);
		horizon = done ? ~0ull : take_horizon();
		wait_for_producers();
		merge(before, horizon);
		before = horizon;
		rounds++;
		test_relax();
	}
	for (i = 0; i < LANES; i++) {
		pthread_join(lanes[i].thread, NULL);
		received += lanes[i].received;
		lost += lanes[i].lost;
		free(lanes[i].data);
	}
	CHECK_EQ(received + lost, (u64)LANES * OFFERS);
	CHECK(received);
	printf("# %llu received, %llu lost, %llu horizons\n",
	       received, lost, rounds);
}

/*
 * A round of the wake-up test: both start at once, and meet somewhere inside. Where
 * somebody else needs a processor, too, each round waits for him: there are fewer then.
 */
static u32 wake;
static bool woken;
static u32 round_begun, round_done;
static bool is_over;

static void wait_for(const u32 *counter, u32 value)
{
	while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) != value && !test_failed())
		test_relax();
}

static void dawdle(u32 spin)
{
	for (spin += (test_random() >> 32) % 64; spin; spin--)
		__asm__ volatile ("");
}

static bool is_late(u32 rounds, const struct timespec *begin)
{
	struct timespec now;

	if (rounds < ROUNDS_MIN || rounds % 1024)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - begin->tv_sec > ROUNDS_SECONDS;
}

static void *write_and_look(void *arg)
{
	struct lane *lane = arg;
	u32 i;

	test_pin(1);
	for (i = 1; !test_failed(); i++) {
		wait_for(&round_begun, i);
		if (is_over)
			break;
		dawdle(0);
		ring_gate_enter(&lane->gate);
		test_offer(&lane->ring, i - 1, 40, i);
		woken = READ_ONCE(wake);
		ring_gate_exit(&lane->gate);
		__atomic_store_n(&round_done, i, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void no_lost_wakeup(const void *unused)
{
	struct lane *lane = &lanes[0];
	u64 slept = 0, found = 0;
	struct ring_gap gap;
	struct timespec begin;
	unsigned int seen;
	u32 i, late = 0;

	(void)unused;
	clock_gettime(CLOCK_MONOTONIC, &begin);
	test_pin(0);
	*lane = (struct lane){ 0 };
	lane->data = test_ring(&lane->ring, 4096, RING_DISCARD);
	round_begun = 0;
	round_done = 0;
	is_over = false;
	CHECK_EQ(pthread_create(&lane->thread, NULL, write_and_look, lane), 0);
	for (i = 1; i <= ROUNDS && !is_late(i, &begin) && !test_failed(); i++) {
		enum ring_what what;

		WRITE_ONCE(wake, 0);
		__atomic_store_n(&round_begun, i, __ATOMIC_RELEASE);
		dawdle(late);
		WRITE_ONCE(wake, 1);
		ring_gate_fence();
		seen = ring_gate_look(&lane->gate);
		while (!ring_gate_passed(&lane->gate, seen))
			test_relax();
		what = ring_read(&lane->ring, &lane->cursor, lane->buf, sizeof(lane->buf),
				 &gap);
		wait_for(&round_done, i);
		CHECK(what == RING_ENTRY || woken);
		found += what == RING_ENTRY;
		slept += woken;
		/* Whoever was too early is to be later: to where both may miss. */
		if (what == RING_NOTHING && late < 4096)
			late++;
		else if (!woken && late)
			late--;
		if (what == RING_NOTHING)
			CHECK_EQ(ring_read(&lane->ring, &lane->cursor, lane->buf,
					   sizeof(lane->buf), &gap), RING_ENTRY);
		ring_release(&lane->ring, &lane->cursor);
	}
	is_over = true;
	__atomic_store_n(&round_begun, i, __ATOMIC_RELEASE);
	pthread_join(lane->thread, NULL);
	printf("# %u rounds: %llu entries found, %llu wake-ups\n",
	       i - 1, found, slept);
	free(lane->data);
}

int main(void)
{
	static const struct setting plain = { RING_DISCARD, 65536, false };
	static const struct setting ticks = { RING_DISCARD, 65536, true };
	static const struct setting drops = { RING_DISCARD, 1024, true };
	static const struct setting evictions = { RING_OVERWRITE, 1024, true };
	static const struct test tests[] = {
		{ "order: the clock is moved by the consumer", order, &plain },
		{ "order: the clock is moved by all producers", order, &ticks },
		{ "order: with gaps, discard", order, &drops },
		{ "order: with gaps, overwrite", order, &evictions },
		{ "a wake-up or an entry, each time", no_lost_wakeup, NULL },
	};

	return test_main(tests, ARRAY_SIZE(tests));
}
