/* SPDX-License-Identifier: GPL-2.0 */
/* Records of all events as read() gives them, and a recording of them. */
#ifndef MMTRACE_STREAM_H
#define MMTRACE_STREAM_H

#include "libmmtrace.h"
#include "render.h"
#include "sample.h"

#define STREAM_RECORDS	9	/* in a stream */

/* The one with this number; each has another one, and another size. */
static inline void stream_record(union sample *sample, unsigned int number)
{
	static const char path[] = "/lib/a b\n\"\xff,;\\\xc3\xa9<x>";

	switch (number) {
	case 1:
		sample_file(sample, path, sizeof(path) - 1);
		break;
	case 2:
		sample_call(sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
		sample->rec.mremap = (struct mmtrace_mremap){ 0x1000, 4096, 8192, 3, 0xabc000 };
		sample->rec.call.ret = -12;
		sample_stack(sample, 3, MMTRACE_STACK_CUT);
		break;
	case 3:
		sample_call(sample, MMTRACE_EVENT_REMAP_FILE_PAGES,
			    sizeof(struct mmtrace_remap_file_pages));
		sample->rec.remap_file_pages.size = 4096;
		break;
	case 4:
	case 5:
		sample_call(sample, number, sizeof(struct mmtrace_mmap));
		sample->rec.mmap = (struct mmtrace_mmap){ 0, 4096, 1, 2, 0x2000, 7, 0 };
		break;
	case 6:
		sample_file(sample, "/x", 2);
		sample_stack(sample, 1, MMTRACE_STACK_BROKEN);
		break;
	case 7:
		memset(sample, 0, sizeof(*sample));
		sample->rec.head.size = sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost);
		sample->rec.lost = (struct mmtrace_lost){ 5, 1, 2, MMTRACE_LOST_RING_FULL, 0 };
		break;
	case 8:
		sample_do_mmap(sample);
		sample->rec.head.event = 99;
		break;
	default:
		sample_do_mmap(sample);
	}
	sample->rec.head.seq = number;
	sample->rec.head.time = 12345678901ull + number * 1000001;
}

static inline struct mmt_facts stream_facts(void)
{
	return (struct mmt_facts){
		.size = sizeof(struct mmt_facts),
		.host = "host", .release = "6.1.0", .machine = "x86_64", .version = "0.1.0",
		.cpus = 4, .page_size = 4096, .events = 0xe,
		.start = 12345678901ull, .wall = 1700000000000000000ll,
		.filter = "prot & PROT_EXEC", .command = "ls -l",
	};
}

static inline struct ledger stream_ledger(void)
{
	struct ledger ledger = {
		.events[MMTRACE_EVENT_LOST] = {
			.hits = 20, .filtered = 6, .delivered = 8, .lost = 5, .pending = 1,
		},
	};

	return ledger;
}

/* Three batches of three; where each record ends goes to @ends if it is not NULL. */
static inline void stream_write(FILE *out, size_t *ends)
{
	struct render render = { .format = &format_recording, .out = out, .facts = stream_facts() };
	struct ledger ledger = stream_ledger();
	static __u64 batch[3 * MMTRACE_RECORD_MAX / 8];
	static union sample sample;
	unsigned int i, n;
	size_t len, before;

	render_begin(&render);
	for (i = 0; i < STREAM_RECORDS; i += 3) {
		before = ftell(out) + 24;
		for (n = 0, len = 0; n < 3; n++) {
			stream_record(&sample, i + n);
			memcpy((char *)batch + len, &sample, sample.rec.head.size);
			len += sample.rec.head.size;
			if (ends)
				ends[i + n] = before + len;
		}
		render_records(&render, batch, len);
	}
	render_end(&render, &ledger);
	render_free(&render);
}

#endif /* MMTRACE_STREAM_H */
