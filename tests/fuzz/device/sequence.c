// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "sequence.h"

static const char *const op_names[OP_COUNT] = {
	[OP_OPEN] = "open", [OP_CLOSE] = "close", [OP_DUP] = "dup", [OP_READ] = "read",
	[OP_POLL] = "poll", [OP_EPOLL] = "epoll", [OP_OTHER] = "other", [OP_MAP] = "map",
	[OP_FORK] = "fork", [OP_PAUSE] = "pause", [OP_UNKNOWN] = "unknown", [OP_INFO] = "info",
	[OP_EVENT] = "event", [OP_GET_CONFIG] = "get_config", [OP_SET_CONFIG] = "set_config",
	[OP_START] = "start", [OP_STOP] = "stop", [OP_STATS] = "stats",
	[OP_GET_FILTER] = "get_filter", [OP_SET_FILTER] = "set_filter",
	[OP_GET_DEVICE_FILTER] = "get_device_filter",
	[OP_SET_DEVICE_FILTER] = "set_device_filter", [OP_FOLLOW] = "follow",
	[OP_GET_TRIGGER] = "get_trigger", [OP_SET_TRIGGER] = "set_trigger",
	[OP_SESSION] = "session",
};

static const char *const place_names[PLACE_COUNT] = {
	[PLACE_GOOD] = "good", [PLACE_ODD] = "odd", [PLACE_END] = "end", [PLACE_CUT] = "cut",
	[PLACE_FIXED] = "fixed", [PLACE_NULL] = "null", [PLACE_KERNEL] = "kernel",
	[PLACE_NESTED] = "nested", [PLACE_RACED] = "raced",
};

/* Where a bound may be forgotten. */
static const __u64 bounds[] = {
	0, 1, 2, 3, 4, 5, 7, 8, 16, 24, 31, 32, 63, 64, 65, 127, 128, 255, 256, 257, 1024, 1025,
	4095, 4096, 4097, 8191, 8192, 8193, 0xfffe, 0xffff, 0x10000, 60000, 60001, 65536,
	0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 1ull << 20, 1ull << 32, 1ull << 47,
	0x7fffffffffffffff, 0x8000000000000000, ~0ull, ~0ull - 1,
};

static void random_poke(struct step *step, struct chance *chance)
{
	struct poke *poke = &step->poke[chance_below(chance, POKES_MAX)];

	if (step->pokes < POKES_MAX && chance_below(chance, 2))
		poke = &step->poke[step->pokes++];
	else if (!step->pokes)
		return;
	poke->at = chance_below(chance, 32) * 4;
	if (chance_below(chance, 3) == 0)
		poke->at |= POKE_NESTED;
	poke->value = chance_below(chance, 4) ? chance_of(chance, bounds) : chance_next(chance);
}

/*
 * Where a fault may be injected. Not where the kernel takes away a probe: it counts them
 * wrong if it has no memory for that.
 */
static bool may_fail(enum op op)
{
	return op != OP_CLOSE && op != OP_DUP && op != OP_STOP && op != OP_SET_CONFIG &&
	       op != OP_START && op != OP_SET_TRIGGER && op != OP_FORK && op != OP_MAP &&
	       op != OP_OTHER && op != OP_POLL && op != OP_EPOLL && op != OP_PAUSE;
}

static void random_place(struct step *step, struct chance *chance)
{
	step->place = chance_below(chance, 3) ? PLACE_GOOD : chance_below(chance, PLACE_COUNT);
}

static void random_nth(struct step *step, struct chance *chance)
{
	step->nth = may_fail(step->op) ? chance_below(chance, 12) : 0;
}

/* What leads on, more often. */
static void random_step(struct step *step, struct chance *chance)
{
	static const __u8 often[] = {
		OP_OPEN, OP_READ, OP_READ, OP_READ, OP_MAP, OP_MAP, OP_SET_CONFIG, OP_SET_FILTER,
		OP_SET_TRIGGER, OP_FOLLOW, OP_START,
	};

	memset(step, 0, sizeof(*step));
	step->op = chance_below(chance, 2) ? chance_of(chance, often) :
		   chance_below(chance, OP_COUNT);
	step->slot = chance_below(chance, 3) ? 0 : chance_below(chance, SLOTS);
	step->thread = chance_below(chance, 2) ? 0 : chance_below(chance, THREADS);
	step->seed = chance_next(chance);
	if (!chance_below(chance, 3))
		random_place(step, chance);
	if (!chance_below(chance, 10))
		random_nth(step, chance);
	if (!chance_below(chance, 4))
		random_poke(step, chance);
}

/**
 * sequence_random() - steps by chance; the first opens
 * @sequence: to be filled in
 * @chance: decides
 */
void sequence_random(struct sequence *sequence, struct chance *chance)
{
	unsigned int i;

	sequence->len = 3 + chance_below(chance, STEPS_MAX - 3);
	for (i = 0; i < sequence->len; i++)
		random_step(&sequence->step[i], chance);
	sequence->step[0] = (struct step) { .op = OP_OPEN, .seed = chance_next(chance) };
}

static void insert(struct sequence *sequence, struct chance *chance)
{
	unsigned int at = chance_below(chance, sequence->len + 1);

	if (sequence->len == STEPS_MAX)
		return;
	memmove(&sequence->step[at + 1], &sequence->step[at],
		(sequence->len - at) * sizeof(sequence->step[0]));
	sequence->len++;
	random_step(&sequence->step[at], chance);
}

/**
 * sequence_drop() - leave one step out
 * @sequence: of more than one
 * @at: which
 */
void sequence_drop(struct sequence *sequence, unsigned int at)
{
	sequence->len--;
	memmove(&sequence->step[at], &sequence->step[at + 1],
		(sequence->len - at) * sizeof(sequence->step[0]));
}

/* Goes on as the other one does from somewhere on. */
static void splice_in(struct sequence *sequence, const struct sequence *other,
		      struct chance *chance)
{
	unsigned int from = chance_below(chance, other->len);

	while (from < other->len && sequence->len < STEPS_MAX)
		sequence->step[sequence->len++] = other->step[from++];
}

static void change_step(struct step *step, struct chance *chance)
{
	switch (chance_below(chance, 8)) {
	case 0:
		step->slot = chance_below(chance, SLOTS);
		break;
	case 1:
		step->thread = chance_below(chance, THREADS);
		break;
	case 2:
		random_place(step, chance);
		break;
	case 3:
		random_nth(step, chance);
		break;
	case 4:
		step->seed = chance_next(chance);
		break;
	case 5:
		random_step(step, chance);
		break;
	default:
		random_poke(step, chance);
	}
}

/**
 * sequence_mutate() - make another one of it
 * @sequence: to be changed
 * @other: of which it may take something
 * @chance: decides
 */
void sequence_mutate(struct sequence *sequence, const struct sequence *other,
		     struct chance *chance)
{
	unsigned int times = 1 + chance_below(chance, 4);

	while (times--) {
		switch (chance_below(chance, 6)) {
		case 0:
			insert(sequence, chance);
			break;
		case 1:
			if (sequence->len > 1)
				sequence_drop(sequence, chance_below(chance, sequence->len));
			break;
		case 2:
			splice_in(sequence, other, chance);
			break;
		default:
			change_step(&sequence->step[chance_below(chance, sequence->len)], chance);
		}
	}
}

/**
 * step_print() - a step as a line
 * @step: the step
 * @text: filled in
 * @room: bytes at @text
 */
void step_print(const struct step *step, char *text, size_t room)
{
	unsigned int i;
	int len = snprintf(text, room, "%s %u %u %s %u %#x", op_names[step->op], step->slot,
			   step->thread, place_names[step->place], step->nth, step->seed);

	for (i = 0; i < step->pokes; i++)
		len += snprintf(text + len, room - len, " %#x=%#llx", step->poke[i].at,
				(unsigned long long)step->poke[i].value);
}

static int find_name(const char *const *names, unsigned int len, const char *name)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/**
 * step_parse() - the reverse
 * @step: filled in
 * @text: the line
 *
 * Return: false if it is none.
 */
bool step_parse(struct step *step, const char *text)
{
	unsigned int slot, thread, nth, at, used = 0;
	char op_name[32], place_name[32];
	unsigned long long value;
	int op, place, more;

	memset(step, 0, sizeof(*step));
	if (sscanf(text, "%31s %u %u %31s %u %x%n", op_name, &slot, &thread, place_name, &nth,
		   &step->seed, &used) < 6)
		return false;
	op = find_name(op_names, OP_COUNT, op_name);
	place = find_name(place_names, PLACE_COUNT, place_name);
	if (op < 0 || place < 0 || slot >= SLOTS || thread >= THREADS)
		return false;
	step->op = op;
	step->slot = slot;
	step->thread = thread;
	step->place = place;
	step->nth = nth;
	for (text += used; step->pokes < POKES_MAX &&
	     sscanf(text, " %x=%llx%n", &at, &value, &more) == 2; text += more)
		step->poke[step->pokes++] = (struct poke) { at, value };
	return true;
}
