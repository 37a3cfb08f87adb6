// SPDX-License-Identifier: GPL-2.0
/*
 * Structures as a program would fill them in, mostly; what pokes make of them, and
 * where they are put, is up to the step.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/mmtrace.h>

#include "argument.h"

#define PAGE		4096u
#define PREDS_AT	PAGE		/* in the arena */
#define STRINGS_AT	(4 * PAGE)
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

int argument_pids[PIDS];

/**
 * arena_init() - make room, with nothing behind it
 * @arena: filled in
 */
void arena_init(struct arena *arena)
{
	int fd = memfd_create("arena", MFD_CLOEXEC);
	char *start = mmap(NULL, 2 * ARENA_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || start == MAP_FAILED || ftruncate(fd, ARENA_SIZE))
		abort();
	arena->start = mmap(start, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			    fd, 0);
	arena->fixed = mmap(NULL, ARENA_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (arena->start == MAP_FAILED || arena->fixed == MAP_FAILED)
		abort();
	close(fd);
}

/**
 * arena_place() - where to point the kernel to
 * @arena: of the thread
 * @place: enum place
 * @len: bytes that are meant, at most ARENA_SIZE
 *
 * Return: an address; not all can be written, or are there.
 */
void *arena_place(const struct arena *arena, enum place place, size_t len)
{
	char *end = arena->start + ARENA_SIZE;

	switch (place) {
	case PLACE_ODD:
		return arena->start + (len < ARENA_SIZE);
	case PLACE_END:
		return end - len;
	case PLACE_CUT:
		return end - len / 2;
	case PLACE_FIXED:
		return arena->fixed;
	case PLACE_NULL:
		return NULL;
	case PLACE_KERNEL:
		return (void *)(sizeof(long) == 8 ? ~0ul << 47 : 0xc0000000ul);
	default:
		return arena->start;
	}
}

static __u64 make_config(void *to, struct chance *chance)
{
	static const __u64 rings[] = { 65536, 65536, 131072, 1 << 20, 4096, 65537, 1ull << 30 };
	static const __u32 timeouts[] = { 1, 50, 60000 }, depths[] = { 0, 1, 8, 127 };
	static const __u32 sets[] = { MMTRACE_EVENTS_ALL, MMTRACE_EVENTS_DEFAULT, 2, 4, 16, 32 };
	__u64 ring = rings[chance_below(chance, chance_below(chance, 4) ? 3 : COUNT(rings))];

	*(struct mmtrace_config *)to = (struct mmtrace_config) {
		.size		= sizeof(struct mmtrace_config),
		.flags		= chance_below(chance, 8) ? MMTRACE_CONFIG_OWN : 0,
		.events		= chance_of(chance, sets),
		.format		= chance_below(chance, 2),
		.mode		= chance_below(chance, 2),
		.timeout_ms	= chance_of(chance, timeouts),
		.ring_size	= ring,
		.watermark	= chance_below(chance, 2) ? ring : 1 + chance_below(chance, ring),
		.stack_depth	= chance_of(chance, depths),
	};
	if (chance_below(chance, 2))
		((struct mmtrace_config *)to)->flags |= MMTRACE_CONFIG_STACK;
	return sizeof(struct mmtrace_config);
}

static __u16 target(struct chance *chance, unsigned int at, unsigned int len)
{
	if (at + 1 < len && chance_below(chance, 2))
		return at + 1 + chance_below(chance, len - at - 1);
	return chance_below(chance, 3) ? MMTRACE_ACCEPT : MMTRACE_REJECT;
}

static void fill_string(struct mmtrace_pred *pred, struct chance *chance, char *strings,
			__u32 *used)
{
	static const char *const some[] = {
		"*", "", "faults_fuzz", "f*_[a-g]u??", "[!a-z]*", "\\*", "/*", "memfd:*", "[a",
		"*a*b*c*d*e*", "/tmp/fuzz", "*fuzz",
	};
	const char *string = chance_of(chance, some);

	pred->op = chance_below(chance, 2) ? MMTRACE_OP_GLOB : MMTRACE_OP_EQ;
	pred->value = *used;
	pred->mask = strlen(string);
	memcpy(strings + *used, string, pred->mask);
	*used += pred->mask;
}

static void fill_number(struct mmtrace_pred *pred, struct chance *chance)
{
	static const __u64 values[] = { 0, 1, 2, 3, 4, 0x22, 4096, 65536, 1ull << 32, ~0ull };

	pred->op = chance_below(chance, MMTRACE_OP_COUNT);
	pred->value = chance_of(chance, values);
	pred->mask = chance_below(chance, 2) ? ~0ull : chance_of(chance, values);
	if (pred->op == MMTRACE_OP_ANY)
		pred->value = 0;
	if (pred->field == MMTRACE_FIELD_ADDR)
		pred->op = MMTRACE_OP_OVERLAP;
	else if (pred->op == MMTRACE_OP_UNDER && pred->field == MMTRACE_FIELD_CGROUP)
		pred->mask = 0;
	else if (pred->op == MMTRACE_OP_GLOB || pred->op >= MMTRACE_OP_UNDER)
		pred->op = MMTRACE_OP_RANGE;
}

/* A trigger begins with it. @nowhere: it points to what is not there. */
static __u64 make_filter(void *to, struct chance *chance, const struct arena *arena, bool nowhere)
{
	struct mmtrace_pred *preds = (void *)(arena->start + PREDS_AT);
	char *strings = arena->start + STRINGS_AT;
	__u32 used = 0, len = chance_below(chance, 8) ? chance_below(chance, 6) :
						       chance_below(chance, 66), i;

	for (i = 0; i < len; i++) {
		preds[i] = (struct mmtrace_pred) {
			.field		= chance_below(chance, MMTRACE_FIELD_COUNT),
			.on_true	= target(chance, i, len),
			.on_false	= target(chance, i, len),
		};
		if (preds[i].field == MMTRACE_FIELD_COMM || preds[i].field == MMTRACE_FIELD_PATH)
			fill_string(&preds[i], chance, strings, &used);
		else
			fill_number(&preds[i], chance);
	}
	*(struct mmtrace_filter *)to = (struct mmtrace_filter) {
		.size		= sizeof(struct mmtrace_filter),
		.preds_len	= len,
		.strings_len	= used,
		.preds		= nowhere ? ~0ull << 47 : (unsigned long)preds,
		.strings	= nowhere && chance_below(chance, 2) ? 1 : (unsigned long)strings,
	};
	return sizeof(struct mmtrace_filter);
}

static __u64 make_trigger(void *to, struct chance *chance, const struct arena *arena, bool nowhere)
{
	static const __u64 numbers[] = { 0, 1, 5, 100, 1ull << 40, ~0ull };
	struct mmtrace_trigger *trigger = to;

	make_filter(to, chance, arena, nowhere);
	trigger->size = sizeof(*trigger);
	trigger->before = chance_of(chance, numbers);
	trigger->after = chance_of(chance, numbers);
	return sizeof(*trigger);
}

/* Room for what is there, mostly. */
static __u64 make_room(void *to, struct chance *chance, const struct arena *arena, bool nowhere,
		       __u64 size)
{
	struct mmtrace_filter *filter = to;

	make_filter(to, chance, arena, nowhere);
	filter->size = size;
	if (chance_below(chance, 4)) {
		filter->preds_len = MMTRACE_PREDS_MAX;
		filter->strings_len = MMTRACE_STRINGS_MAX;
	}
	return size;
}

static __u64 make_small(void *to, const struct step *step, struct chance *chance)
{
	static const __u64 ids[] = { 0, 1, 2, 3, ~0ull };

	switch (step->op) {
	case OP_INFO:
		*(__u32 *)to = sizeof(struct mmtrace_info);
		return sizeof(struct mmtrace_info);
	case OP_EVENT:
		*(struct mmtrace_event_info *)to = (struct mmtrace_event_info) {
			.size = sizeof(struct mmtrace_event_info),
			.event = chance_below(chance, MMTRACE_EVENT_COUNT + 1),
		};
		return sizeof(struct mmtrace_event_info);
	case OP_STATS:
		*(struct mmtrace_stats *)to = (struct mmtrace_stats) {
			.size = sizeof(struct mmtrace_stats),
			.event = chance_below(chance, MMTRACE_EVENT_COUNT + 1),
			.session = chance_of(chance, ids), .cpu = chance_below(chance, 6),
		};
		return sizeof(struct mmtrace_stats);
	case OP_SESSION:
		*(struct mmtrace_session *)to = (struct mmtrace_session) {
			.size = sizeof(struct mmtrace_session), .id = chance_of(chance, ids),
		};
		return sizeof(struct mmtrace_session);
	case OP_FOLLOW:
		*(struct mmtrace_follow *)to = (struct mmtrace_follow) {
			.size = sizeof(struct mmtrace_follow), .flags = chance_below(chance, 4),
			.pid = chance_of(chance, argument_pids),
		};
		return sizeof(struct mmtrace_follow);
	default:
		*(__u32 *)to = sizeof(struct mmtrace_config);
		return sizeof(struct mmtrace_config);
	}
}

static __u64 make(void *to, const struct step *step, const struct arena *arena)
{
	struct chance chance = { step->seed };
	bool nowhere = step->place == PLACE_NESTED;

	switch (step->op) {
	case OP_SET_CONFIG:
		return make_config(to, &chance);
	case OP_SET_FILTER:
	case OP_SET_DEVICE_FILTER:
		return make_filter(to, &chance, arena, nowhere);
	case OP_GET_FILTER:
	case OP_GET_DEVICE_FILTER:
		return make_room(to, &chance, arena, nowhere, sizeof(struct mmtrace_filter));
	case OP_SET_TRIGGER:
		return make_trigger(to, &chance, arena, nowhere);
	case OP_GET_TRIGGER:
		return make_room(to, &chance, arena, nowhere, sizeof(struct mmtrace_trigger));
	default:
		return make_small(to, step, &chance);
	}
}

static void poke(char *to, size_t size, const struct arena *arena, const struct poke *poke)
{
	size_t width = poke->at & 4 || poke->value <= 0xffffffff ? 4 : 8;

	if (poke->at & POKE_NESTED)
		memcpy(arena->start + PREDS_AT + poke->at % 256, &poke->value, width);
	else if (poke->at + width <= size)
		memcpy(to + poke->at, &poke->value, width);
}

/**
 * argument_make() - what an ioctl is pointed to
 * @arena: to put it in
 * @step: the ioctl
 *
 * Return: the address for the kernel.
 */
void *argument_make(const struct arena *arena, const struct step *step)
{
	__u64 whole[64] = { 0 };
	size_t len, there;
	unsigned int i;
	char *at;

	memset(arena->start, 0, PAGE);
	memset(arena->start + PREDS_AT, 0, 16);
	len = make(whole, step, arena);
	for (i = 0; i < step->pokes; i++)
		poke((char *)whole, sizeof(whole), arena, &step->poke[i]);
	at = arena_place(arena, step->place, len);
	there = step->place == PLACE_CUT ? len / 2 : len;
	if (step->place == PLACE_FIXED)
		memcpy(arena->start, whole, len);
	else if (step->place != PLACE_NULL && step->place != PLACE_KERNEL)
		memcpy(at, whole, there);
	return at;
}

/**
 * argument_command() - the number of an ioctl
 * @step: the ioctl
 *
 * Return: it.
 */
unsigned int argument_command(const struct step *step)
{
	static const unsigned int commands[OP_COUNT] = {
		[OP_INFO] = MMTRACE_IOC_INFO, [OP_EVENT] = MMTRACE_IOC_EVENT,
		[OP_GET_CONFIG] = MMTRACE_IOC_GET_CONFIG,
		[OP_SET_CONFIG] = MMTRACE_IOC_SET_CONFIG,
		[OP_START] = MMTRACE_IOC_START, [OP_STOP] = MMTRACE_IOC_STOP,
		[OP_STATS] = MMTRACE_IOC_STATS, [OP_GET_FILTER] = MMTRACE_IOC_GET_FILTER,
		[OP_SET_FILTER] = MMTRACE_IOC_SET_FILTER,
		[OP_GET_DEVICE_FILTER] = MMTRACE_IOC_GET_DEVICE_FILTER,
		[OP_SET_DEVICE_FILTER] = MMTRACE_IOC_SET_DEVICE_FILTER,
		[OP_FOLLOW] = MMTRACE_IOC_FOLLOW, [OP_GET_TRIGGER] = MMTRACE_IOC_GET_TRIGGER,
		[OP_SET_TRIGGER] = MMTRACE_IOC_SET_TRIGGER, [OP_SESSION] = MMTRACE_IOC_SESSION,
	};

	/* Numbers near by, and the right one with another type, direction, size. */
	if (step->op == OP_UNKNOWN)
		return step->seed & 1 ? _IO(MMTRACE_IOC_TYPE, step->seed >> 8 & 0xff) : step->seed;
	return commands[step->op];
}
