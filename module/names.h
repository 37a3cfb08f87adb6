/* SPDX-License-Identifier: GPL-2.0 */
/* The names of events, flags and error numbers. */
#ifndef MMTRACE_NAMES_H
#define MMTRACE_NAMES_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stddef.h>
#endif

/* Room for a name; all of it can be copied, whatever the name's length. */
#define MMTRACE_NAME_ROOM	23

/**
 * struct mmtrace_name - a row: a value and what it is called
 * @value: the value, or the bits
 * @len: bytes of @text without the NULs
 * @text: the name, padded with NULs, at least one
 */
struct mmtrace_name {
	__u64	value;
	__u8	len;
	char	text[MMTRACE_NAME_ROOM];
};

/**
 * struct mmtrace_flags - how to name the bits of a flags word
 * @none: the name of 0
 * @types: values of the bits in @type_mask, which are no flags but a number
 * @types_len: rows in @types
 * @bits: flags; one that includes another stands before it
 * @bits_len: rows in @bits
 * @type_mask: see @types; 0 if there are none
 * @sized_by: flag with which the bits of @size_mask are a number
 * @size_mask: contiguous bits
 * @size_shift: lowest bit of @size_mask
 * @size_name: follows the number
 */
struct mmtrace_flags {
	struct mmtrace_name		none;
	const struct mmtrace_name	*types;
	size_t				types_len;
	const struct mmtrace_name	*bits;
	size_t				bits_len;
	__u64				type_mask;
	__u64				sized_by;
	__u64				size_mask;
	unsigned int			size_shift;
	struct mmtrace_name		size_name;
};

extern const struct mmtrace_flags mmtrace_prot_flags;
extern const struct mmtrace_flags mmtrace_map_flags;
extern const struct mmtrace_flags mmtrace_mremap_flags;
extern const struct mmtrace_flags mmtrace_open_flags;

/* Words for the MMTRACE_R_* that say what kind of file it is. */
extern const struct mmtrace_name mmtrace_file_kinds[];
extern const size_t mmtrace_file_kinds_len;

const struct mmtrace_name *mmtrace_event_name(__u32 event);
const struct mmtrace_name *mmtrace_lost_name(__u32 cause);
const struct mmtrace_name *mmtrace_errno_name(__u64 number);

#endif /* MMTRACE_NAMES_H */
