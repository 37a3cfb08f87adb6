// SPDX-License-Identifier: GPL-2.0
/*
 * The file of a stream is open only while a packet is written: there may be more
 * CPUs than a process may have open files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "column.h"
#include "ctf_stream.h"
#include "libmmtrace.h"
#include "text.h"

/* No event is longer: what a record has, and a byte for each flag. */
#define EVENT_MAX	(MMTRACE_RECORD_MAX + 256)

/**
 * ctf_stream_new() - a stream without packets
 * @dir: where its file is going to be
 * @cpu: of which it is
 *
 * Return: the stream, to be freed; NULL if there is no memory.
 */
struct ctf_stream *ctf_stream_new(int dir, __u32 cpu)
{
	struct ctf_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->dir = dir;
	stream->cpu = cpu;
	stream->packet.magic = CTF_MAGIC;
	stream->packet.cpu_id = cpu;
	return stream;
}

static void put(struct ctf_stream *stream, const void *bytes, size_t len)
{
	memcpy(stream->content + stream->used, bytes, len);
	stream->used += len;
}

/* On either order of bytes. */
static void put_number(struct ctf_stream *stream, __u64 value, size_t size)
{
	__u32 word = value;
	__u16 half = value;
	__u8 byte = value;

	switch (size) {
	case sizeof(byte):
		put(stream, &byte, size);
		break;
	case sizeof(half):
		put(stream, &half, size);
		break;
	case sizeof(word):
		put(stream, &word, size);
		break;
	default:
		put(stream, &value, sizeof(value));
	}
}

static void put_string(struct ctf_stream *stream, const struct column *column,
		       const struct mmtrace_record *rec, bool has)
{
	const char *bytes;
	size_t len;

	if (has) {
		bytes = column_string(column, rec, &len);
		put(stream, bytes, len);
	}
	put_number(stream, 0, 1);
}

static void put_stack(struct ctf_stream *stream, const struct mmtrace_stack *stack)
{
	put_number(stream, stack ? stack->depth : 0, sizeof(__u16));
	if (stack)
		put(stream, stack->ip, stack->depth * sizeof(stack->ip[0]));
}

/* What is not there is 0 or empty, and a system call -1. */
static __u64 number_of(const struct column *column, const struct mmtrace_record *rec, bool has)
{
	if (has)
		return column_number(column, rec);
	return column->kind == COLUMN_NATURAL ? -1 : 0;
}

static void put_field(struct ctf_stream *stream, const struct column *column,
		      const struct mmtrace_record *rec)
{
	bool has = column_has(column, rec);

	switch (column->kind) {
	case COLUMN_COMM:
	case COLUMN_PATH:
		put_string(stream, column, rec, has);
		break;
	case COLUMN_STACK:
		put_stack(stream, mmt_stack(rec));
		break;
	case COLUMN_BOOL:
	case COLUMN_STACK_BOOL:
		put_number(stream, number_of(column, rec, has), sizeof(__u8));
		break;
	case COLUMN_ERRNO:
		put_number(stream, number_of(column, rec, has), sizeof(__u16));
		break;
	default:
		put_number(stream, number_of(column, rec, has), column->size);
	}
}

static void put_event(struct ctf_stream *stream, const struct mmtrace_record *rec)
{
	const struct ctf_event head = { .id = column_event(rec), .time = stream->last };
	const struct column *column;

	put(stream, &head, sizeof(head));
	for (column = columns; column < columns + columns_len; column++)
		if (column->at[head.id] && !column->framed)
			put_field(stream, column, rec);
}

static void begin_packet(struct ctf_stream *stream, __u64 time)
{
	stream->used = sizeof(stream->packet);
	stream->packet.begin = time;
}

/* Time can't go back in CTF: what says so has the time of the one before. */
static void advance(struct ctf_stream *stream, __u64 time)
{
	if (time > stream->last)
		stream->last = time;
}

static __u64 between(__u64 least, __u64 value, __u64 most)
{
	return value < least ? least : value > most ? most : value;
}

/*
 * Readers tell what is lost from one packet to the next, so before the first loss
 * there has to be a packet, if only an empty one.
 */
static int begin_stream(struct ctf_stream *stream, __u64 time)
{
	advance(stream, time);
	begin_packet(stream, stream->last);
	return ctf_stream_flush(stream);
}

/*
 * What is lost is lost between the end of the packet before and the end of that
 * which tells it: this has the lost record alone, so that both are known exactly.
 */
static int put_lost(struct ctf_stream *stream, const struct mmtrace_record *rec)
{
	__u64 first = between(stream->last, rec->lost.first, rec->head.time);
	int failed = ctf_stream_flush(stream);

	if (!stream->packet.packet_seq_num)
		failed = begin_stream(stream, first);
	advance(stream, rec->head.time);
	begin_packet(stream, between(0, first, stream->last));
	put_event(stream, rec);
	if (__builtin_add_overflow(stream->packet.events_discarded, rec->lost.count,
				   &stream->packet.events_discarded))
		stream->packet.events_discarded = ~0ull;
	return failed ?: ctf_stream_flush(stream);
}

/**
 * ctf_stream_put() - put a record behind the others
 * @stream: of its CPU
 * @rec: a valid record
 *
 * Return: 0, or a negative errno if writing failed.
 */
int ctf_stream_put(struct ctf_stream *stream, const struct mmtrace_record *rec)
{
	int failed = 0;

	if (rec->head.event == MMTRACE_EVENT_LOST)
		return put_lost(stream, rec);
	if (stream->used > sizeof(stream->content) - EVENT_MAX)
		failed = ctf_stream_flush(stream);
	advance(stream, rec->head.time);
	if (!stream->used)
		begin_packet(stream, stream->last);
	put_event(stream, rec);
	return failed;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	ssize_t done;

	while (len) {
		done = write(fd, bytes, len);
		if (done < 0 && errno != EINTR)
			return -errno;
		if (done < 0)
			continue;
		bytes += done;
		len -= done;
	}
	return 0;
}

/**
 * ctf_stream_flush() - end the packet, and write it
 * @stream: the stream; nothing happens if no packet is begun
 *
 * Return: 0, or a negative errno.
 */
int ctf_stream_flush(struct ctf_stream *stream)
{
	size_t len = stream->used;
	char name[32];
	int fd, failed;

	if (!len)
		return 0;
	stream->used = 0;
	stream->packet.end = stream->last;
	stream->packet.content_size = 8 * len;
	stream->packet.packet_size = 8 * len;
	memcpy(stream->content, &stream->packet, sizeof(stream->packet));
	stream->packet.packet_seq_num++;
	snprintf(name, sizeof(name), "cpu_%u", stream->cpu);
	fd = openat(stream->dir, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	failed = write_all(fd, stream->content, len);
	if (close(fd) && !failed)
		failed = -errno;
	return failed;
}
