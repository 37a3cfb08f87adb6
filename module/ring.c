// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of entries from one producer to one consumer, and the gate.
 *
 * Contexts
 * ========
 *
 * producer  ring_write(), ring_has_room(), ring_find_room(), ring_would_drop(),
 *	     ring_reserve(), ring_commit(), ring_drop(), ring_keeps(),
 *	     ring_gate_enter(), ring_gate_exit(). One at a time, always of the
 *	     same CPU, preemption off; may be an NMI or a breakpoint handler, so
 *	     nothing here waits, locks or calls out.
 * consumer  ring_read(), ring_read_run(), ring_release(), the other functions of the gate. One
 *	     at a time, which is the caller's business; any CPU. A walk with a
 *	     copy of the consumer's cursor counts as the consumer too.
 * any	     ring_used(), ring_head(): hints.
 *
 * Neither side ever waits for the other within the ring. The producer takes a
 * bounded number of steps. The consumer begins anew only if meanwhile the
 * producer has committed an entry or evicted the one that was being copied.
 *
 * Positions and numbers
 * =====================
 *
 * Both only grow, and may pass 2^64: they are compared by their difference.
 * Position p is the byte p % size of the data. Entries are contiguous, and go on
 * at the beginning of the data where they reach its end.
 *
 *	tail, evicted <= cursor <= head <= limit <= later(tail, evicted) + size
 *
 * The consumer's own cursor may be before evicted until it looks next.
 * Each entry offered takes a number, so what is missing between two numbers is
 * lost, and that alone says how many. Stamps of losses come from elsewhere:
 *
 * An entry is, in this order:
 *   offered	it has a number;
 *   dropped	there was no room for it, or its length was not a legal one. It
 *		is part of the run ring->dropped; or
 *   committed	head is behind it: the consumer may read it. Where drops came
 *		before, a struct ring_loss with their stamps stands before it, and
 *		both are committed at once;
 *   released	tail is behind it; or
 *   evicted	evicted is behind it, in mode RING_OVERWRITE. It is part of the
 *		run ring->overwritten, as are the drops of a struct ring_loss.
 *
 * A run goes on until its losses are told of. Drops that nothing committed
 * follows yet are read from ring->dropped itself. They may go on later: the
 * struct ring_loss tells of all of them, and the consumer leaves out what its
 * cursor says it has told of.
 *
 * Barriers
 * ========
 *
 * Each letter stands at both sides. Everything that both sides use is loaded
 * and stored whole, as u64, by READ_ONCE() and its kin. Not so what the producer
 * makes in place, after ring_reserve(): by D nobody uses it before it is committed.
 * Nor what the producer loads of its own entries: nobody else writes there.
 *
 * A  commit: entry, then head (release)
 *    read: head (acquire), then entry.
 *    What is before head is complete.
 *
 * B  release: loads of entries, seen, then tail (release)
 *    make room: tail (acquire), then seen, then stores of entries.
 *    What the consumer reads is not written, unless in an eviction. The seen
 *    that the producer finds is not older than the tail.
 *
 * C  evict: head, run overwritten, then evicted (release)
 *    read: evicted (acquire), then head, run overwritten.
 *    There is an entry at evicted, and the run has all that was before it. Its
 *    first stamp stays as long as the consumer needs it, as a new run begins
 *    only when seen says that the consumer knows of all before; its last stamp
 *    may be of a later one, and the entry that was read gives the bound.
 *
 * D  evict: evicted, smp_wmb(), then stores of entries
 *    read: loads of entries, smp_rmb(), then evicted.
 *    Who has loaded a word of a newer entry sees that the old one is evicted,
 *    and forgets what it has loaded. Not even a length is believed before.
 *
 * E  drop: head, stamps of the run dropped, then its end (release)
 *    read: end (acquire), then stamps and head.
 *    If there is nothing before head to be read, all numbers before end that the
 *    cursor does not know are drops, and the stamps cover all of them.
 *
 * F  drop: head and end, smp_wmb(), then stamps of the run dropped
 *    read: stamps, smp_rmb(), then head; or end, when it is read next.
 *    Who has loaded the stamps of a run sees what was committed before it, so
 *    that no gap has stamps that belong behind the next entry. The first stamp
 *    changes within a run only when seen says that the consumer knows of all
 *    before; then an end from before that change has nothing new for it.
 *
 * G  enter: state (odd), smp_mb(), then clock, stores to rings, wake flags
 *    wait: clock (horizon), stores to wake flags, smp_mb(), then state.
 *
 * H  exit: all of the above, then state (even, release)
 *    wait: state (acquire), then loads from rings.
 *
 *    For each time a producer was inside, either the consumer's look has seen its
 *    entering, or (G) it came after the fence: the clock that it read was not
 *    before the horizon, and it saw the wake flags. If the look has seen its
 *    entering, then it was waited for or had left already, and (H) all that it
 *    wrote can be read. So after the wait:
 *      1. every entry with a stamp before the horizon can be read;
 *      2. of every entry, the consumer sees the entry or its producer the flag.
 *    Where the clock goes back, from one CPU to another or on the same, an entry may come
 *    with a stamp before the horizon after all. That is for the consumer to cope with.
 *    The wait may end early only if a gate is passed 2^31 times between two looks at it,
 *    and never does: only a state that differs ends it.
 */
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/stddef.h>

#include "ring.h"

/* Lengths are multiples of 8, so no caller's entry has this. */
#define RING_LOSS_FLAG	1u

/**
 * struct ring_loss - stands in the ring for drops, before the entry after them
 * @len: of this structure, with RING_LOSS_FLAG
 * @reserved: zero
 * @last: stamp of the last that was dropped
 * @number: of the entry that follows
 * @first: stamp of the first that was dropped
 */
struct ring_loss {
	u32	len;
	u32	reserved;
	u64	last;
	u64	number;
	u64	first;
};

/* What begins at a position. */
union ring_slot {
	struct ring_entry	entry;
	struct ring_loss	loss;
	u64			words[4];
};

#define RING_SLOT_WORDS	4

static_assert(sizeof(union ring_slot) == RING_SLOT_WORDS * sizeof(u64));
static_assert(sizeof(struct ring_entry) == sizeof(union ring_slot));
static_assert(sizeof(struct ring_loss) == sizeof(union ring_slot));
static_assert(offsetof(struct ring_loss, len) == offsetof(struct ring_entry, len));
static_assert(offsetof(struct ring_loss, number) == offsetof(struct ring_entry, number));
static_assert(offsetof(struct ring_loss, first) == offsetof(struct ring_entry, stamp));

/* What the producer writes is on lines that the consumer doesn't, and the reverse. */
static_assert(offsetof(struct ring, mode) < offsetof(struct ring, head));
static_assert(!(offsetof(struct ring, head) % SMP_CACHE_BYTES));
static_assert(!(offsetof(struct ring, tail) % SMP_CACHE_BYTES));
static_assert(!(sizeof(struct ring) % SMP_CACHE_BYTES));

static bool ring_after(u64 a, u64 b)
{
	return (s64)(a - b) > 0;
}

static u64 ring_later(u64 a, u64 b)
{
	return ring_after(a, b) ? a : b;
}

static u64 *ring_at(const struct ring *ring, u64 pos)
{
	return (void *)ring->data + (pos & (ring->size - 1));
}

/* Where the end of the data comes, for an entry at @pos. */
static u64 ring_wrap(const struct ring *ring, u64 pos)
{
	return (pos | (ring->size - 1)) + 1;
}

/* One comparison for all: below 32, not a multiple of 8, and too long. */
static bool ring_is_legal(const struct ring *ring, u32 len)
{
	return ror32(len - sizeof(struct ring_entry), 3) <= ring->max;
}

/**
 * ring_init_at() - prepare an empty ring that begins anywhere
 * @ring: to prepare
 * @data: where it keeps entries, aligned to 8 bytes; stays the caller's
 * @size: bytes of it: a power of two, RING_SIZE_MIN to RING_SIZE_MAX
 * @mode: what gives way when there is no room
 * @pos: position of the first entry, a multiple of 8
 * @number: of the first entry
 *
 * Context: before there is a producer or a consumer.
 *
 * Return: 0; -EINVAL if an argument is not as said.
 */
int ring_init_at(struct ring *ring, void *data, u64 size, enum ring_mode mode,
		 u64 pos, u64 number)
{
	if (!data || (unsigned long)data % sizeof(u64) || pos % sizeof(u64))
		return -EINVAL;
	if (!is_power_of_2(size) || size < RING_SIZE_MIN || size > RING_SIZE_MAX)
		return -EINVAL;
	if (mode != RING_DISCARD && mode != RING_OVERWRITE)
		return -EINVAL;
	*ring = (struct ring) {
		.data		= data,
		.size		= size,
		.mode		= mode,
		.head		= pos,
		.next		= number,
		.max		= (size / 4 - sizeof(struct ring_entry)) / sizeof(u64),
		.limit		= pos,
		.evicted	= pos,
		.dropped	= { .end = number },
		.overwritten	= { .end = number },
		.tail		= pos,
		.seen		= number,
	};
	return 0;
}

/**
 * ring_init() - prepare an empty ring
 * @ring: to prepare
 * @data: where it keeps entries, aligned to 8 bytes; stays the caller's
 * @size: bytes of it: a power of two, RING_SIZE_MIN to RING_SIZE_MAX
 * @mode: what gives way when there is no room
 *
 * Context: before there is a producer or a consumer.
 *
 * Return: 0; -EINVAL if an argument is not as said.
 */
int ring_init(struct ring *ring, void *data, u64 size, enum ring_mode mode)
{
	return ring_init_at(ring, data, size, mode, 0, 0);
}

/* Word by word, as a consumer that is being evicted may look on. */
static __always_inline void ring_copy_4(u64 *to, const u64 *from)
{
	WRITE_ONCE(to[0], from[0]);
	WRITE_ONCE(to[1], from[1]);
	WRITE_ONCE(to[2], from[2]);
	WRITE_ONCE(to[3], from[3]);
}

/*
 * At least the 4 words of a struct ring_entry; some are written twice where
 * their number is not a multiple of 4. Hiding the pointers spares 15 of 100
 * instructions, with which gcc would compute them anew after the loop.
 */
static __always_inline void ring_copy_in(u64 *to, const u64 *from, u64 words)
{
	const u64 *end = from + (words & ~7ull);

	for (; from != end; to += 8, from += 8) {
		OPTIMIZER_HIDE_VAR(to);
		OPTIMIZER_HIDE_VAR(from);
		ring_copy_4(to, from);
		ring_copy_4(to + 4, from + 4);
	}
	if (words & 4) {
		ring_copy_4(to, from);
		to += 4;
		from += 4;
	}
	if (words & 3)
		ring_copy_4(to + (words & 3) - 4, from + (words & 3) - 4);
}

/* Around the end of the data too. */
static void ring_put(struct ring *ring, u64 pos, const u64 *from, u64 words)
{
	u64 first = (ring_wrap(ring, pos) - pos) / sizeof(u64), i;
	u64 *to = ring_at(ring, pos);

	if (words <= first) {
		ring_copy_in(to, from, words);
		return;
	}
	for (i = 0; i < first; i++)
		WRITE_ONCE(to[i], from[i]);
	for (; i < words; i++)
		WRITE_ONCE(ring->data[i - first], from[i]);
}

/* Word by word likewise, as the producer may be evicting it. */
static __always_inline void ring_copy_out(u64 *to, const u64 *from, u64 words)
{
	const u64 *end = from + (words & ~3ull);

	for (; from != end; to += 4, from += 4) {
		to[0] = READ_ONCE(from[0]);
		to[1] = READ_ONCE(from[1]);
		to[2] = READ_ONCE(from[2]);
		to[3] = READ_ONCE(from[3]);
	}
	for (end += words & 3; from != end; to++, from++)
		*to = READ_ONCE(*from);
}

static void ring_get(const struct ring *ring, u64 pos, u64 *to, u64 words)
{
	u64 first = min(words, (ring_wrap(ring, pos) - pos) / sizeof(u64));

	ring_copy_out(to, ring_at(ring, pos), first);
	ring_copy_out(to + first, ring->data, words - first);
}

/* The producer's look at what it has written: in place, unless that is around the end. */
static const union ring_slot *ring_look(const struct ring *ring, u64 pos, union ring_slot *copy)
{
	if (likely(ring_wrap(ring, pos) - pos >= sizeof(*copy)))
		return (const void *)ring_at(ring, pos);
	ring_get(ring, pos, copy->words, RING_SLOT_WORDS);
	return copy;
}

/* The run takes in what is evicted: one entry, or the drops of a ring_loss. */
static void ring_overwritten(struct ring *ring, const union ring_slot *slot, u64 seen)
{
	struct ring_run *run = &ring->overwritten;
	bool loss = slot->entry.len & RING_LOSS_FLAG;

	if (!ring_after(run->end, seen))
		WRITE_ONCE(run->first, slot->entry.stamp);
	WRITE_ONCE(run->last, loss ? slot->loss.last : slot->entry.stamp);
	run->end = slot->entry.number + !loss;
}

/*
 * Evicts until there is room for @want bytes: never all there is, as @want is at
 * most a quarter of the ring and a ring_loss. Returns the oldest position left.
 */
static u64 ring_evict(struct ring *ring, u64 oldest, u64 want)
{
	u64 seen = READ_ONCE(ring->seen); /* B */
	u64 pos = oldest;
	const union ring_slot *slot;
	union ring_slot copy;

	while (ring->head + want - pos > ring->size) {
		slot = ring_look(ring, pos, &copy);
		ring_overwritten(ring, slot, seen);
		pos += slot->entry.len & ~RING_LOSS_FLAG;
	}
	if (pos != oldest) {
		/* C: the run before evicted. */
		smp_store_release(&ring->evicted, pos);
		/* D: evicted before what is written in its place. */
		smp_wmb();
	}
	return pos;
}

static void ring_put_loss(struct ring *ring)
{
	union ring_slot slot = {
		.loss = {
			.len	= sizeof(slot.loss) | RING_LOSS_FLAG,
			.last	= ring->dropped.last,
			.number	= ring->next,
			.first	= ring->dropped.first,
		},
	};

	ring_put(ring, ring->head, slot.words, RING_SLOT_WORDS);
}

/* Is there a run of drops before the next entry that the consumer may not know of? */
static bool ring_has_dropped(const struct ring *ring)
{
	return ring->dropped.end == ring->next && READ_ONCE(ring->seen) != ring->next;
}

/**
 * ring_drop() - offer an entry, and drop it
 * @ring: that has no room for it, or can't have one like it
 * @stamp: of the entry, which need not have been made
 *
 * It takes a number. From here on there is no room before some is found.
 *
 * Context: the producer's.
 */
void ring_drop(struct ring *ring, u64 stamp)
{
	struct ring_run *run = &ring->dropped;
	bool goes_on = ring_has_dropped(ring);

	/* F: head and end before the stamps. */
	smp_wmb();
	if (!goes_on)
		WRITE_ONCE(run->first, stamp);
	WRITE_ONCE(run->last, stamp);
	/* E: head and stamps before end. */
	smp_store_release(&run->end, ring->next + 1);

	ring->next++;
	ring->limit = ring->head;
}

static u64 ring_oldest(const struct ring *ring)
{
	/* B: tail before what is written in its place. */
	return ring_later(smp_load_acquire(&ring->tail), ring->evicted);
}

/* What goes on at the beginning of the data is for ring_write_slowly(). */
static void ring_set_limit(struct ring *ring, u64 oldest)
{
	u64 limit = oldest + ring->size, wrap = ring_wrap(ring, ring->head);

	ring->limit = ring_after(limit, wrap) ? wrap : limit;
}

/**
 * ring_find_room() - find room for an entry at its place in the ring, if need be by eviction
 * @ring: of which ring_has_room() was false
 * @len: bytes of the entry, a legal length
 *
 * Context: the producer's.
 *
 * Return: what ring_has_room() says now. If not, ring_write() has to have the entry: there
 * are losses to tell of before it, or it goes around the end of the data, and what
 * gives way to it was evicted.
 */
bool ring_find_room(struct ring *ring, u32 len)
{
	u64 oldest = ring_oldest(ring);

	if (ring_has_dropped(ring))
		return false;
	if (ring->mode == RING_OVERWRITE)
		oldest = ring_evict(ring, oldest, len);
	ring_set_limit(ring, oldest);
	return ring_has_room(ring, len);
}

/**
 * ring_would_drop() - is there no room for an entry, and nothing that gives way?
 * @ring: to ask about
 * @len: bytes of the entry, a legal length
 *
 * Context: the producer's.
 *
 * Return: true if it would be dropped, and any that is longer; false if it would not.
 */
bool ring_would_drop(const struct ring *ring, u32 len)
{
	u64 want = len;

	if (ring->mode != RING_DISCARD)
		return false;
	if (ring_has_dropped(ring))
		want += sizeof(struct ring_loss);
	/* Without B, as nothing is written for it. */
	return ring->head + want - READ_ONCE(ring->tail) > ring->size;
}

/*
 * Makes room for @entry, and for the ring_loss that may have to stand before it,
 * and writes that. Returns false if there is none to be had; or sets @pos to
 * where the entry goes.
 */
static bool ring_make_room(struct ring *ring, const struct ring_entry *entry, u64 *pos)
{
	u64 oldest, want = entry->len;
	bool loss = ring_has_dropped(ring);

	if (loss)
		want += sizeof(struct ring_loss);
	oldest = ring_oldest(ring);
	if (ring->mode == RING_OVERWRITE)
		oldest = ring_evict(ring, oldest, want);
	if (ring->head + want - oldest > ring->size)
		return false;
	if (loss)
		ring_put_loss(ring);
	*pos = ring->head + want - entry->len;
	return true;
}

/* For all that is not the common case. */
static noinline bool ring_write_slowly(struct ring *ring, const struct ring_entry *entry)
{
	u64 pos, end;

	if (!ring_is_legal(ring, entry->len) || !ring_make_room(ring, entry, &pos)) {
		ring_drop(ring, entry->stamp);
		return false;
	}
	end = pos + entry->len;
	ring_put(ring, pos, (const u64 *)entry, entry->len / sizeof(u64));
	/* A ring_loss that stands before it is committed with it. */
	ring_commit(ring, end - ring->head);
	ring_set_limit(ring, ring_oldest(ring));
	return true;
}

/**
 * ring_write() - offer an entry
 * @ring: to write to
 * @entry: to be copied, @len bytes of it, and aligned to 8 bytes; its @number
 *	is set in any case
 *
 * Context: the producer's.
 *
 * Return: true if it is in the ring; false if it was dropped, for want of room
 * in mode RING_DISCARD, or because of a length that is not a legal one.
 */
bool ring_write(struct ring *ring, struct ring_entry *entry)
{
	u32 len = entry->len;

	entry->number = ring->next;
	if (unlikely(!ring_is_legal(ring, len) ||
		     (!ring_has_room(ring, len) && !ring_find_room(ring, len))))
		return ring_write_slowly(ring, entry);
	ring_copy_in(ring_at(ring, ring->head), (const u64 *)entry, len / sizeof(u64));
	ring_commit(ring, len);
	return true;
}

/* Is what was loaded from @pos on what the producer had committed there? */
static bool ring_is_intact(const struct ring *ring, u64 pos)
{
	/* D: what was loaded before evicted. */
	smp_rmb();
	return !ring_after(READ_ONCE(ring->evicted), pos);
}

/* The losses before number @end are told of now. */
static void ring_report(struct ring_cursor *cursor, struct ring_gap *gap,
			u64 end, u64 first, u64 last)
{
	gap->number = cursor->number;
	gap->count = end - cursor->number;
	gap->first = max(first, cursor->stamp);
	gap->last = max(last, gap->first);
	cursor->number = end;
	cursor->stamp = gap->last;
}

/* Losses before what is at @pos, where the cursor comes to, if not there yet. */
static void ring_report_before(const struct ring *ring, struct ring_cursor *cursor,
			       u64 pos, const union ring_slot *slot, struct ring_gap *gap)
{
	bool loss = slot->entry.len & RING_LOSS_FLAG;
	u64 first = slot->entry.stamp;
	u64 last = loss ? slot->loss.last : slot->entry.stamp;

	if (pos != cursor->pos) {
		/* C: after evicted. */
		first = READ_ONCE(ring->overwritten.first);
		if (!loss)
			last = min(last, READ_ONCE(ring->overwritten.last));
	}
	ring_report(cursor, gap, slot->entry.number, first, last);
	cursor->pos = pos;
}

static void ring_get_dropped(const struct ring *ring, struct ring_run *run)
{
	/* E: end before stamps and head. */
	run->end = smp_load_acquire(&ring->dropped.end);
	run->first = READ_ONCE(ring->dropped.first);
	run->last = READ_ONCE(ring->dropped.last);
	/* F: stamps before head. */
	smp_rmb();
}

/**
 * ring_read() - the next entry or gap
 * @ring: to read from
 * @cursor: the consumer's, or a copy of it for a walk that consumes nothing;
 *	moves behind what was read
 * @buf: for the entry, aligned to 8 bytes; undefined unless RING_ENTRY is
 *	returned
 * @room: bytes at @buf, a multiple of 8 and at least that of a struct
 *	ring_entry. Of a longer entry only so much is copied, and the rest is
 *	skipped: unless that is what they want, callers have to know how long
 *	their entries get
 * @gap: for the gap; undefined unless RING_GAP is returned
 *
 * The stamps of what a cursor comes upon never go back, those of gaps included, unless
 * those of the entries do.
 *
 * Context: the consumer's.
 *
 * Return: what was found.
 */
enum ring_what ring_read(const struct ring *ring, struct ring_cursor *cursor,
			 void *buf, u32 room, struct ring_gap *gap)
{
	union ring_slot slot;
	struct ring_run run;
	u64 pos, len;

	for (;;) {
		/* C: evicted before its run and head. */
		pos = ring_later(cursor->pos, smp_load_acquire(&ring->evicted));
		/* A: head before the entry. */
		if (pos == smp_load_acquire(&ring->head)) {
			ring_get_dropped(ring, &run);
			if (READ_ONCE(ring->head) != pos)
				continue;
			if (!ring_after(run.end, cursor->number))
				return RING_NOTHING;
			ring_report(cursor, gap, run.end, run.first, run.last);
			return RING_GAP;
		}
		ring_get(ring, pos, slot.words, RING_SLOT_WORDS);
		if (!ring_is_intact(ring, pos))
			continue;
		if (ring_after(slot.entry.number, cursor->number)) {
			ring_report_before(ring, cursor, pos, &slot, gap);
			return RING_GAP;
		}
		len = slot.entry.len & ~RING_LOSS_FLAG;
		if (slot.entry.len & RING_LOSS_FLAG) {
			/* All of it is told of. */
			cursor->pos = pos + len;
			continue;
		}
		ring_get(ring, pos, buf, min_t(u64, len, room) / sizeof(u64));
		if (!ring_is_intact(ring, pos))
			continue;
		cursor->pos = pos + len;
		cursor->number = slot.entry.number + 1;
		cursor->stamp = slot.entry.stamp;
		return RING_ENTRY;
	}
}

/* How much of what was copied is entries, one after the other and whole. */
static u32 ring_accept(struct ring_cursor *cursor, const void *buf, u32 len)
{
	const struct ring_entry *entry = buf;
	u32 done = 0;

	while (len - done >= sizeof(*entry)) {
		entry = buf + done;
		if (entry->len & RING_LOSS_FLAG || entry->len > len - done ||
		    entry->number != cursor->number)
			break;
		done += entry->len;
		cursor->number++;
		cursor->stamp = entry->stamp;
	}
	cursor->pos += done;
	return done;
}

/**
 * ring_read_run() - the next entries, as long as there is nothing between them
 * @ring: to read from
 * @cursor: the consumer's; moves behind what was read
 * @buf: for the entries, aligned to 8 bytes
 * @room: bytes at @buf, a multiple of 8
 *
 * Context: the consumer's.
 *
 * Return: bytes of the entries; 0 if there are none, or it is for ring_read() to tell
 * of a gap or to go around it.
 */
u32 ring_read_run(const struct ring *ring, struct ring_cursor *cursor, void *buf, u32 room)
{
	/* A: head before the entries. */
	u64 head = smp_load_acquire(&ring->head);
	/* Behind what was evicted there may be more than the ring has. */
	u32 len = min_t(u64, room, min(head - cursor->pos, ring->size));

	ring_get(ring, cursor->pos, buf, len / sizeof(u64));
	return ring_is_intact(ring, cursor->pos) ? ring_accept(cursor, buf, len) : 0;
}

/**
 * ring_release() - let the producer have the room of what was read
 * @ring: that was read
 * @cursor: behind what the consumer is done with
 *
 * Context: the consumer's.
 */
void ring_release(struct ring *ring, const struct ring_cursor *cursor)
{
	WRITE_ONCE(ring->seen, cursor->number);
	/* B: entries loaded and seen before tail. */
	smp_store_release(&ring->tail, cursor->pos);
}

/**
 * ring_used() - how much waits to be read
 * @ring: to ask about
 *
 * Context: any.
 *
 * Return: bytes neither released nor evicted, as good as unsynchronised looks
 * can tell; at most the size of the ring.
 */
u64 ring_used(const struct ring *ring)
{
	u64 oldest = ring_later(READ_ONCE(ring->tail), READ_ONCE(ring->evicted));
	u64 head = READ_ONCE(ring->head);

	return ring_after(head, oldest) ? min(head - oldest, ring->size) : 0;
}

/**
 * ring_head() - where the producer is
 * @ring: to ask about
 *
 * Context: any.
 *
 * Return: position behind the last entry that was committed.
 */
u64 ring_head(const struct ring *ring)
{
	return READ_ONCE(ring->head);
}

/**
 * ring_keeps() - would all from a position on still be there after one more entry?
 * @ring: to ask about, in mode RING_OVERWRITE
 * @pos: not behind the producer
 * @len: bytes of the entry
 *
 * Context: the producer's.
 *
 * Return: whether none of it would be evicted.
 */
bool ring_keeps(const struct ring *ring, u64 pos, u32 len)
{
	return ring->head + len - pos <= ring->size;
}
