/* SPDX-License-Identifier: GPL-2.0 */
/* A stream of a CTF trace: the packets of one CPU. */
#ifndef MMTRACE_CTF_STREAM_H
#define MMTRACE_CTF_STREAM_H

#include <linux/mmtrace.h>

#include "ctf_metadata.h"

#define CTF_PACKET_MAX	(64 * 1024)

/**
 * struct ctf_stream - a stream and its packet in the making
 * @dir: where its file is
 * @cpu: of which it is
 * @packet: the beginning of the packet
 * @last: time of the last event
 * @used: bytes in @content; 0 if no packet is begun
 * @content: of the packet
 */
struct ctf_stream {
	int			dir;
	__u32			cpu;
	struct ctf_packet	packet;
	__u64			last;
	size_t			used;
	char			content[CTF_PACKET_MAX];
};

struct ctf_stream *ctf_stream_new(int dir, __u32 cpu);
int ctf_stream_put(struct ctf_stream *stream, const struct mmtrace_record *rec);
int ctf_stream_flush(struct ctf_stream *stream);

#endif /* MMTRACE_CTF_STREAM_H */
