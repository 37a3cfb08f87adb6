/* SPDX-License-Identifier: GPL-2.0 */
/* A recording: a session in a file. docs/mmtrace-record.5 tells its format. */
#ifndef MMTRACE_RECORDING_H
#define MMTRACE_RECORDING_H

#include <stdbool.h>
#include <stdio.h>
#include <linux/types.h>

#include "libmmtrace.h"

#define RECORDING_MAGIC		"\xf7mmtrace"
#define RECORDING_ORDER		0x01020304u
#define RECORDING_VERSION	1

/* No section has more bytes, so that this is all the memory a reader needs. */
#define RECORDING_SECTION_MAX	MMT_BATCH_MAX

/**
 * struct recording_header - the beginning of the file
 * @magic: RECORDING_MAGIC without its NUL
 * @order: RECORDING_ORDER, in the byte order of all that follows
 * @version: goes up only where an older reader could no longer work
 */
struct recording_header {
	char	magic[8];
	__u32	order;
	__u32	version;
};

/**
 * enum recording_type - what a section is about
 * @RECORDING_FACTS: struct recording_facts; the first section
 * @RECORDING_FILTER: the filter, as text; none if every call might pass
 * @RECORDING_COMMAND: the command, as text; none if there was none
 * @RECORDING_LAYOUT: of records, as text, see layout.c
 * @RECORDING_RECORDS: records as read() gave them, whole ones
 * @RECORDING_MAPS: struct recording_maps, and code that is mapped in a process, as text;
 *	before records with stacks of it
 * @RECORDING_LEDGER: struct mmtrace_stats, one an event, each as long as it says; the
 *	last section
 */
enum recording_type {
	RECORDING_FACTS		= 1,
	RECORDING_FILTER	= 2,
	RECORDING_COMMAND	= 3,
	RECORDING_LAYOUT	= 4,
	RECORDING_RECORDS	= 5,
	RECORDING_LEDGER	= 6,
	RECORDING_MAPS		= 7,
};

/**
 * struct recording_section - goes before each section
 * @type: enum recording_type; others are left out by who does not know them
 * @reserved: zero
 * @length: bytes of the section; zeros behind it go up to a multiple of 8
 * @sum: CRC-32C of these bytes, without the zeros
 * @head_sum: CRC-32C of all that goes before it in this structure
 */
struct recording_section {
	__u32	type;
	__u32	reserved;
	__u64	length;
	__u32	sum;
	__u32	head_sum;
};

/**
 * struct recording_facts - struct mmt_facts in a file; may grow at its end
 * @start: this and all that follow as in struct mmt_facts, text with a NUL behind it
 */
struct recording_facts {
	__u64	start;
	__s64	wall;
	__u32	cpus;
	__u32	page_size;
	__u32	events;
	__u32	reserved;
	char	version[32];
	char	host[72];
	char	release[72];
	char	machine[72];
};

/**
 * struct recording_maps - goes before the lines of RECORDING_MAPS
 * @tgid: of the process
 * @reserved: zero
 */
struct recording_maps {
	__u32	tgid;
	__u32	reserved;
};

/**
 * struct mmt_recording - a recording that is read
 * @in: the file
 * @at: bytes read up to now
 * @facts: where and when it was made
 * @filter: what @facts refers to
 * @command: likewise
 * @symbols: who is to know what it tells of mappings; NULL for nobody
 * @ledger: the account, by event
 * @has_ledger: it was there, so that nothing is missing at the end
 * @section: head of the one that was read last
 * @buffer: and its bytes
 * @room: bytes at @buffer
 * @batch: bytes of records at @buffer that are still to be given
 * @is_fault: @error is still to be told
 * @is_over: nothing more can be read
 * @error: in words
 */
struct mmt_recording {
	FILE				*in;
	__u64				at;
	struct mmt_facts			facts;
	char				*filter;
	char				*command;
	struct mmt_symbols		*symbols;
	struct mmtrace_stats		ledger[MMTRACE_EVENT_COUNT];
	bool				has_ledger;

	struct recording_section	section;
	void				*buffer;
	size_t				room;
	size_t				batch;
	bool				is_fault;
	bool				is_over;
	char				error[160];
};

#endif /* MMTRACE_RECORDING_H */
