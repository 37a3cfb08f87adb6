/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers by chance, the same again from the same beginning. */
#ifndef FUZZ_CHANCE_H
#define FUZZ_CHANCE_H

#include <linux/types.h>

struct chance {
	__u64	state;
};

static inline __u64 chance_next(struct chance *chance)
{
	__u64 mixed = chance->state += 0x9e3779b97f4a7c15ull;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ull;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebull;
	return mixed ^ mixed >> 31;
}

/* Below @limit. */
static inline __u64 chance_below(struct chance *chance, __u64 limit)
{
	return chance_next(chance) % limit;
}

#define chance_of(chance, array) \
	((array)[chance_below(chance, sizeof(array) / sizeof((array)[0]))])

#endif /* FUZZ_CHANCE_H */
