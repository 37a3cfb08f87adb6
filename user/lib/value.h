/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers as users write them. */
#ifndef MMTRACE_VALUE_H
#define MMTRACE_VALUE_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

#include "libmmtrace.h"

/* Where cgroups are. */
#define VALUE_CGROUP_ROOT	"/sys/fs/cgroup"

struct mmt_fault;

/**
 * enum value_kind - what a number stands for, and how it is written
 * @VALUE_NUMBER: decimal
 * @VALUE_SIGNED: likewise, may be negative
 * @VALUE_RESULT: an address, or negative
 * @VALUE_HEX: bits, or an address
 * @VALUE_SIZE: bytes: K, M, G, T behind it
 * @VALUE_TIME: nanoseconds: ns, us, ms, s behind it
 * @VALUE_EVENT: by name
 * @VALUE_PID: of a process or thread
 * @VALUE_USER: or its name
 * @VALUE_GROUP: or its name
 * @VALUE_CGROUP: id, or path
 * @VALUE_NAMESPACE: inode number, or path of a file as in /proc/PID/ns
 * @VALUE_DEVICE: MAJOR:MINOR
 * @VALUE_ERRNO: or its name
 * @VALUE_STRING: no number
 */
enum value_kind {
	VALUE_NUMBER,
	VALUE_SIGNED,
	VALUE_RESULT,
	VALUE_HEX,
	VALUE_SIZE,
	VALUE_TIME,
	VALUE_EVENT,
	VALUE_PID,
	VALUE_USER,
	VALUE_GROUP,
	VALUE_CGROUP,
	VALUE_NAMESPACE,
	VALUE_DEVICE,
	VALUE_ERRNO,
	VALUE_STRING,
};

static inline bool value_is_signed(enum value_kind kind)
{
	return kind == VALUE_SIGNED || kind == VALUE_RESULT;
}

static inline __u64 value_lowest(enum value_kind kind)
{
	return value_is_signed(kind) ? 1ull << 63 : 0;
}

/* What there is of it begins here: 0 is no event, and no process. */
static inline __u64 value_first(enum value_kind kind)
{
	return kind == VALUE_EVENT || kind == VALUE_PID ? 1 : value_lowest(kind);
}

static inline __u64 value_highest(enum value_kind kind)
{
	return value_lowest(kind) - 1;
}

static inline bool value_is_above(enum value_kind kind, __u64 a, __u64 b)
{
	return value_is_signed(kind) ? (__s64)a > (__s64)b : a > b;
}

int value_parse(enum value_kind kind, const char *word, __u64 *value, struct mmt_fault *fault);
void value_print(enum value_kind kind, __u64 value, FILE *out);

#endif /* MMTRACE_VALUE_H */
