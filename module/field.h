/* SPDX-License-Identifier: GPL-2.0 */
/* Where the values of the fields are that filters ask for. */
#ifndef MMTRACE_FIELD_H
#define MMTRACE_FIELD_H

#include <linux/mmtrace.h>
#include <linux/types.h>

struct call;

/**
 * enum field_source - where the value of a field is; the first four are known
 *	at entry and a matter of a few instructions
 * @FIELD_FROM_CALL: in struct call
 * @FIELD_FROM_ARG: an argument, which one depends on the event
 * @FIELD_FROM_TASK: in current
 * @FIELD_FROM_CRED: in current's credentials
 * @FIELD_FROM_CODE: has to be worked out
 * @FIELD_FROM_STRING: not a number
 * @FIELD_FROM_BYTES: likewise: the bytes of memory that the call is about
 */
enum field_source {
	FIELD_FROM_CALL,
	FIELD_FROM_ARG,
	FIELD_FROM_TASK,
	FIELD_FROM_CRED,
	FIELD_FROM_CODE,
	FIELD_FROM_STRING,
	FIELD_FROM_BYTES,
};

/**
 * struct field - what is to be known of a field
 * @source: enum field_source
 * @at_return: known when the call returns, not before
 * @is_signed: a number that may be negative
 * @of_origin: of a do_mmap, known once entry_origin() has looked for it
 * @of_file: a call without a file has it not, and that is known at entry
 * @offset: of a u32, where @source is a structure
 */
struct field {
	u8	source;
	bool	at_return;
	bool	is_signed;
	bool	of_origin;
	bool	of_file;
	u16	offset;
};

extern const struct field fields[MMTRACE_FIELD_COUNT];

/* Which argument a field is, counted from 1; 0 where the event has no such. */
extern const u8 field_arg[MMTRACE_EVENT_COUNT][MMTRACE_FIELD_COUNT];

/* What is known at entry of MMTRACE_FIELD_KIND, as bits of it. */
#define FIELD_KIND_AT_ENTRY	(MMTRACE_R_TMPFS | MMTRACE_R_HUGETLB | MMTRACE_R_DEVICE)
#define FIELD_KIND_ALL		(FIELD_KIND_AT_ENTRY | MMTRACE_R_UNLINKED |	\
				 MMTRACE_R_MEMFD | MMTRACE_R_SHM)

bool field_number(struct call *call, u32 field, bool at_return, u64 *value);
bool field_is_under(u64 cgroup);
bool field_overlaps(struct call *call, u64 first, u64 last);

#endif /* MMTRACE_FIELD_H */
