/* SPDX-License-Identifier: GPL-2.0 */
/* What is at the addresses of a stack. */
#ifndef MMTRACE_SYMBOLS_H
#define MMTRACE_SYMBOLS_H

#include <stdbool.h>
#include <linux/mmtrace.h>

/**
 * struct symbol - what is at an address
 * @path: of the file that is mapped there; NULL if it is not known
 * @offset: in the file, bytes
 * @name: of the function; NULL if it is not known
 * @distance: from its beginning, bytes
 */
struct symbol {
	const char	*path;
	__u64		offset;
	const char	*name;
	__u64		distance;
};

struct symbols;

struct symbols *symbols_new(bool is_live);
void symbols_free(struct symbols *symbols);
void symbols_learn(struct symbols *symbols, const struct mmtrace_record *rec);
struct symbol symbols_find(struct symbols *symbols, const struct mmtrace_record *rec, __u64 ip);

#endif /* MMTRACE_SYMBOLS_H */
