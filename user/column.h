/* SPDX-License-Identifier: GPL-2.0 */
/* All that records say, as one table, for formats that have to announce it. */
#ifndef MMTRACE_COLUMN_H
#define MMTRACE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/mmtrace.h>

/**
 * enum column_kind - what a value is
 * @COLUMN_UNSIGNED: a number
 * @COLUMN_SIGNED: likewise
 * @COLUMN_NATURAL: likewise, which there is not if it is negative
 * @COLUMN_ADDRESS: a number to be read in hexadecimal
 * @COLUMN_RET: an address, or a negative errno
 * @COLUMN_ERRNO: of a call that failed
 * @COLUMN_PROT: flags
 * @COLUMN_FLAGS: likewise, whose names depend on the event
 * @COLUMN_OPEN_FLAGS: likewise
 * @COLUMN_EVENT: enum mmtrace_event
 * @COLUMN_CAUSE: enum mmtrace_lost_cause
 * @COLUMN_COUNT: __u64, of what can be counted
 * @COLUMN_BOOL: bit @mask of the record's flags
 * @COLUMN_COMM: a name of fixed size
 * @COLUMN_PATH: that of the file
 * @COLUMN_STACK: addresses
 * @COLUMN_STACK_BOOL: bit @mask of the stack's flags
 */
enum column_kind {
	COLUMN_UNSIGNED,
	COLUMN_SIGNED,
	COLUMN_NATURAL,
	COLUMN_ADDRESS,
	COLUMN_RET,
	COLUMN_ERRNO,
	COLUMN_PROT,
	COLUMN_FLAGS,
	COLUMN_OPEN_FLAGS,
	COLUMN_EVENT,
	COLUMN_CAUSE,
	COLUMN_COUNT,
	COLUMN_BOOL,
	COLUMN_COMM,
	COLUMN_PATH,
	COLUMN_STACK,
	COLUMN_STACK_BOOL,
};

/* What stands for all events of a newer module. */
#define COLUMN_EVENTS	(MMTRACE_EVENT_COUNT + 1)

/**
 * struct column - something that records say
 * @name: as JSON has it
 * @kind: what it is
 * @size: of a value, bytes; 0 of a name
 * @at: offset in the record of each event; 0 of one that does not have it
 * @mask: bit, of those kinds that are one
 * @needs: flag of the record without which it is not there
 * @framed: a format with events, times and CPUs of its own does not need it
 * @implied: a format that can leave values out does not need it
 */
struct column {
	const char		*name;
	enum column_kind	kind;
	__u16			size;
	__u16			at[COLUMN_EVENTS];
	__u32			mask;
	__u32			needs;
	bool			framed;
	bool			implied;
};

extern const struct column columns[];
extern const size_t columns_len;

__u32 column_event(const struct mmtrace_record *rec);
bool column_has(const struct column *column, const struct mmtrace_record *rec);
__u64 column_number(const struct column *column, const struct mmtrace_record *rec);
const char *column_string(const struct column *column, const struct mmtrace_record *rec,
			  size_t *len);
const struct mmtrace_flags *column_flags(const struct column *column, __u32 event);

#endif /* MMTRACE_COLUMN_H */
