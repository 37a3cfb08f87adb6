/* SPDX-License-Identifier: GPL-2.0 */
/* The text of a CTF trace that says what its streams look like. */
#ifndef MMTRACE_CTF_METADATA_H
#define MMTRACE_CTF_METADATA_H

#include <stdio.h>
#include <linux/types.h>

#include "facts.h"
#include "libmmtrace.h"

#define CTF_MAGIC	0xc1fc1fc1u

/**
 * struct ctf_packet - the beginning of a packet, as the metadata announces it
 * @magic: CTF_MAGIC
 * @stream_id: 0, all streams are alike
 * @begin: time of the first event, or when the first of those lost completed
 * @end: time of the last event
 * @content_size: of the packet, bits, this included
 * @packet_size: likewise
 * @packet_seq_num: number of the packet in its stream
 * @events_discarded: lost in the stream up to now
 * @cpu_id: of the stream
 */
struct ctf_packet {
	__u32	magic;
	__u32	stream_id;
	__u64	begin;
	__u64	end;
	__u64	content_size;
	__u64	packet_size;
	__u64	packet_seq_num;
	__u64	events_discarded;
	__u32	cpu_id;
} __attribute__((packed));

/**
 * struct ctf_event - the beginning of an event, likewise
 * @id: enum mmtrace_event, MMTRACE_EVENT_COUNT for those of a newer module
 * @time: ns of CLOCK_MONOTONIC
 */
struct ctf_event {
	__u16	id;
	__u64	time;
} __attribute__((packed));

void ctf_metadata(FILE *out, const struct mmt_facts *facts);

#endif /* MMTRACE_CTF_METADATA_H */
