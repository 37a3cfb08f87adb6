/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ring of entries for one producer and one consumer, and the gate that puts
 * several of them in one order. See ring.c for who may call what from where,
 * and for the barriers, which the letters here refer to.
 */
#ifndef MMTRACE_RING_H
#define MMTRACE_RING_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/barrier.h>

/* Smallest and largest ring, in bytes. */
#define RING_SIZE_MIN	128ull
#define RING_SIZE_MAX	0x100000000ull

/**
 * struct ring_entry - the beginning of every entry
 * @len: bytes of the whole entry, this structure included; a multiple of 8, at
 *	most a quarter of the ring
 * @user: of no meaning to the ring
 * @number: set by the ring: how many entries were offered before this one
 * @stamp: time of the entry, of the producer's choice; should never go back
 */
struct ring_entry {
	u32	len;
	u32	user[3];
	u64	number;
	u64	stamp;
};

/**
 * struct ring_gap - entries that were offered and can't be read
 * @number: of the first of them
 * @count: how many follow each other; always exact
 * @first: stamp of the first of them; not before whatever was read last. Exact
 *	unless the consumer met the producer in the middle of these losses; then
 *	it may be too early, or what the previous gap had as @last
 * @last: stamp of the last of them; not after whatever is read next. Exact, or,
 *	where the two met, too late
 */
struct ring_gap {
	u64	number;
	u64	count;
	u64	first;
	u64	last;
};

/**
 * enum ring_mode - what gives way when there is no room
 * @RING_DISCARD: the newest: what comes is dropped
 * @RING_OVERWRITE: the oldest that the consumer has not released
 */
enum ring_mode {
	RING_DISCARD,
	RING_OVERWRITE,
};

/**
 * struct ring_run - losses of one kind that follow each other; ring.c's own
 * @end: number after the last of them
 * @first: stamp of the first
 * @last: stamp of the last
 */
struct ring_run {
	u64	end;
	u64	first;
	u64	last;
};

/**
 * struct ring - one ring; all of it is ring.c's own
 * @data: room for entries
 * @size: bytes at @data, a power of two
 * @max: words by which the longest entry exceeds a struct ring_entry
 * @mode: what gives way
 * @head: position where the next entry begins; by the producer, like all that
 *	follows up to @overwritten
 * @next: number of the next entry; private to the producer, like @limit
 * @limit: position up to which may be written without asking further: there
 *	is room, no drops are to be told of, the end of the data is not passed
 * @evicted: position before which entries were overwritten
 * @dropped: newest that were dropped, since the last one that was not
 * @overwritten: oldest that were evicted, since all before were told of; its
 *	@end is private to the producer
 * @tail: position before which the consumer needs nothing; by the consumer
 * @seen: number before which the consumer knows of all; by the consumer
 *
 * Must be aligned as the compiler asks for: per-CPU memory is, and so is what
 * kmalloc() gives for a size that is a power of two.
 */
struct ring {
	u64		*data;
	u64		size;
	u32		max;
	enum ring_mode	mode;

	u64		head ____cacheline_aligned;
	u64		next;
	u64		limit;
	u64		evicted;
	struct ring_run	dropped;
	struct ring_run	overwritten;

	u64		tail ____cacheline_aligned;
	u64		seen;
};

/**
 * struct ring_cursor - where a consumer is
 * @pos: byte position of the next entry
 * @number: of the next entry
 * @stamp: of what was read last
 *
 * It begins as all zeros, or with what ring_init_at() was given.
 */
struct ring_cursor {
	u64	pos;
	u64	number;
	u64	stamp;
};

/**
 * enum ring_what - what ring_read() has found
 * @RING_NOTHING: nothing to read
 * @RING_ENTRY: an entry was copied
 * @RING_GAP: entries are missing here
 */
enum ring_what {
	RING_NOTHING,
	RING_ENTRY,
	RING_GAP,
};

int ring_init(struct ring *ring, void *data, u64 size, enum ring_mode mode);
int ring_init_at(struct ring *ring, void *data, u64 size, enum ring_mode mode,
		 u64 pos, u64 number);
bool ring_write(struct ring *ring, struct ring_entry *entry);
enum ring_what ring_read(const struct ring *ring, struct ring_cursor *cursor,
			 void *buf, u32 room, struct ring_gap *gap);
u32 ring_read_run(const struct ring *ring, struct ring_cursor *cursor, void *buf, u32 room);
void ring_release(struct ring *ring, const struct ring_cursor *cursor);
u64 ring_used(const struct ring *ring);
u64 ring_head(const struct ring *ring);
bool ring_keeps(const struct ring *ring, u64 pos, u32 len);
bool ring_find_room(struct ring *ring, u32 len);
bool ring_would_drop(const struct ring *ring, u32 len);
void ring_drop(struct ring *ring, u64 stamp);

/**
 * ring_has_room() - may an entry be made at its place in the ring?
 * @ring: to write to
 * @len: bytes of the entry, a legal length
 *
 * Context: the producer's.
 *
 * Return: false if it is for ring_find_room() to find some; or for ring_write() to tell
 * of losses, or to write it in two pieces.
 */
static inline bool ring_has_room(const struct ring *ring, u32 len)
{
	return ring->limit - ring->head >= len;
}

/**
 * ring_reserve() - begin an entry at its place in the ring
 * @ring: that has room
 * @len: bytes of the entry
 *
 * What is written there is not seen before ring_commit(), unless by a consumer whose
 * entry there was evicted before, and who will forget it: see D.
 *
 * Context: the producer's.
 *
 * Return: the entry, with @len and @number set.
 */
static inline struct ring_entry *ring_reserve(const struct ring *ring, u32 len)
{
	struct ring_entry *entry = (void *)ring->data + (ring->head & (ring->size - 1));

	WRITE_ONCE(entry->len, len);
	WRITE_ONCE(entry->number, ring->next);
	return entry;
}

/**
 * ring_commit() - let the consumer have what ring_reserve() gave room for
 * @ring: that was written to
 * @len: bytes of the entry
 *
 * Context: the producer's.
 */
static inline void ring_commit(struct ring *ring, u32 len)
{
	ring->next++;
	/* A: the entry before head. */
	smp_store_release(&ring->head, ring->head + len);
}

/**
 * struct ring_gate - tells a consumer whether a producer is at work
 * @state: how often it was entered and left: odd while a producer is inside
 *
 * One a CPU, for all rings that this CPU writes. Begins as zero.
 */
struct ring_gate {
	unsigned int	state;
};

/**
 * ring_gate_enter() - before the stamp is taken
 * @gate: of this CPU
 *
 * Context: the producer's. Does not nest.
 *
 * Return: false if something on this CPU is inside already, and the gate is as it was.
 */
static inline bool ring_gate_enter(struct ring_gate *gate)
{
	unsigned int state = READ_ONCE(gate->state);

	if (unlikely(state & 1))
		return false;
	WRITE_ONCE(gate->state, state + 1);
	/* G: the state before the stamp, and before the wake flags. */
	smp_mb();
	return true;
}

/**
 * ring_gate_exit() - after the last write, and the last look at wake flags
 * @gate: of this CPU
 *
 * Context: the producer's.
 */
static inline void ring_gate_exit(struct ring_gate *gate)
{
	/* H: all that was written inside before the state. */
	smp_store_release(&gate->state, gate->state + 1);
}

/**
 * ring_gate_fence() - after the horizon is taken and the wake flags are set,
 *	before the first ring_gate_look()
 *
 * Once is enough for any number of gates.
 *
 * Context: the consumer's.
 */
static inline void ring_gate_fence(void)
{
	/*
	 * The clock is no memory. rmb() is what waits for the reading of it:
	 * lfence on x86, which rdtsc does not pass, dsb on arm64.
	 */
	rmb();
	/* G: horizon and wake flags before the state. */
	smp_mb();
}

/**
 * ring_gate_look() - see whether there is something to wait for
 * @gate: of any CPU
 *
 * Context: the consumer's, after ring_gate_fence().
 *
 * Return: what ring_gate_passed() wants to know.
 */
static inline unsigned int ring_gate_look(const struct ring_gate *gate)
{
	/* H: the state before the rings. */
	return smp_load_acquire(&gate->state);
}

/**
 * ring_gate_passed() - has the producer left that was inside?
 * @gate: that was looked at
 * @seen: what ring_gate_look() returned
 *
 * To be called until it is true, with cpu_relax() in between.
 *
 * Context: the consumer's.
 *
 * Return: true if nobody was inside at that look, or whoever was has left.
 */
static inline bool ring_gate_passed(const struct ring_gate *gate,
				    unsigned int seen)
{
	/* H: the state before the rings. */
	return !(seen & 1) || smp_load_acquire(&gate->state) != seen;
}

#endif /* MMTRACE_RING_H */
