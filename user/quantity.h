/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers with units, for people to read. */
#ifndef MMTRACE_QUANTITY_H
#define MMTRACE_QUANTITY_H

#include <linux/types.h>

#define QUANTITY_ROOM	32

/**
 * struct quantity - a number in words
 * @text: the words, with a NUL
 */
struct quantity {
	char	text[QUANTITY_ROOM];
};

struct quantity quantity_bytes(double bytes);
struct quantity quantity_time(double ns);
struct quantity quantity_count(__u64 count);

#endif /* MMTRACE_QUANTITY_H */
