// SPDX-License-Identifier: GPL-2.0
/*
 * Reader: merges the rings of a session by time, and gives the records to
 * read() as text or as they are.
 *
 * Each ring is in order by itself. Of each, the next record is held in a
 * buffer; the earliest of those held is next of all, as soon as no CPU can come
 * with an earlier one. That is so up to the horizon, a time before which all
 * records are known to be in their rings. A new horizon is asked for when there
 * is nothing left up to the old one, that is about once a read().
 *
 * All of this is by the kernel's clock, which goes back while it is slewed: who asks for
 * the time while a new rate is being set, by the old one, may be told a later time than who
 * asks just after. So a record may come when a later one has been given. It is marked, and
 * has the time of that one: times never go back.
 *
 * A record is held until read() has copied all of it, so that a bad address or
 * a buffer that is too small loses nothing.
 *
 * The ledger's lock is taken for every step from one place of a record to the next,
 * so that whoever looks on finds each record in one place.
 */
#include <linux/cpumask.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mmtrace.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uio.h>

#include "dispatch.h"
#include "reader.h"
#include "ring.h"
#include "session.h"
#include "source.h"
#include "text.h"
#include "window.h"

/**
 * struct reader - the consumer of all rings of a session
 * @horizon: no record with an earlier time is to come, unless the clock goes back
 * @given: time of the last record that was taken
 * @frozen: the session is, and sources know what they still give
 * @settled: and do not hold anything else
 * @checked: when it was last looked how much was missed
 * @next: source of the record that reader_peek() has shown
 * @until: up to which time what it holds is next of all
 * @line: text of a record
 * @line_len: bytes of it
 * @line_done: of these, copied by read()
 * @line_from: source of the record; NULL if read() has copied all
 * @line_event: what it tells
 * @source_len: of @source
 * @source: one a CPU, one for what was missed, and one for interruptions
 */
struct reader {
	u64			horizon;
	u64			given;
	bool			frozen;
	bool			settled;
	u64			checked;
	struct source		*next;
	u64			until;
	char			*line;
	size_t			line_len;
	size_t			line_done;
	struct source		*line_from;
	u32			line_event;
	unsigned int		source_len;
	struct source		source[];
};

static int add_source(struct reader *reader, const struct ring *ring, u32 cpu)
{
	return source_init(&reader->source[reader->source_len++], ring, cpu);
}

static int add_sources(struct reader *reader, struct session *session)
{
	int cpu, err;

	for_each_possible_cpu(cpu) {
		err = add_source(reader, &per_cpu_ptr(session->cpu, cpu)->ring, cpu);
		if (err)
			return err;
	}
	reader->source[reader->source_len + 1].interruptions = true;
	return add_source(reader, NULL, 0) ?: add_source(reader, NULL, 0);
}

/**
 * reader_create() - make the consumer of a session's rings
 * @session: with empty rings
 *
 * Return: the reader or NULL, if there is no memory.
 */
struct reader *reader_create(struct session *session)
{
	struct reader *reader;

	reader = kvzalloc(struct_size(reader, source, num_possible_cpus() + 2),
			  SESSION_GFP);
	if (!reader)
		return NULL;
	reader->checked = ktime_get_ns();
	reader->line = kvmalloc(MMTRACE_TEXT_MAX, SESSION_GFP);
	if (!reader->line || add_sources(reader, session)) {
		reader_destroy(reader);
		return NULL;
	}
	window_open(reader->source, reader->source_len);
	return reader;
}

/**
 * reader_destroy() - the reverse
 * @reader: or NULL
 */
void reader_destroy(struct reader *reader)
{
	unsigned int i;

	if (!reader)
		return;
	for (i = 0; i < reader->source_len; i++)
		source_exit(&reader->source[i]);
	kvfree(reader->line);
	kvfree(reader);
}

/* One event of one CPU at a time: the next is found when this one has been read. */
static void fill_missed(struct session *session, struct source *source)
{
	struct reader *reader = session->reader;
	u64 now = ktime_get_ns();
	struct source *from;

	for (from = reader->source; from < source; from++)
		if (source_fill_missed(session, from, source, reader->checked, now))
			return;
	reader->checked = now;
}

static void fill_all(struct session *session)
{
	struct reader *reader = session->reader;
	unsigned int i;

	for (i = 0; i < reader->source_len; i++) {
		struct source *source = &reader->source[i];

		if (source->full)
			continue;
		if (source->ring || source->interruptions)
			source_fill(session, source);
		else
			fill_missed(session, source);
	}
}

/* And up to which time it goes on with what it holds: not past another one's. */
static struct source *earliest_held(struct reader *reader)
{
	struct source *source, *first = NULL;
	u64 time, earliest = U64_MAX;

	reader->until = U64_MAX;
	for (source = reader->source; source < reader->source + reader->source_len; source++) {
		if (!source->full)
			continue;
		time = source->record->head.time;
		if (first && time >= earliest) {
			reader->until = min(reader->until, time);
			continue;
		}
		/* Of equal times, the one of the source before this goes first. */
		if (first)
			reader->until = earliest - 1;
		earliest = time;
		first = source;
	}
	reader->until = min(reader->until, reader->horizon);
	return first;
}

static bool is_next(const struct reader *reader, const struct source *source)
{
	return source && source->record->head.time <= reader->horizon;
}

/* Once no more records come, it is known which of them are to be given. */
static int find_window(struct session *session)
{
	struct reader *reader = session->reader;
	int err;

	if (reader->frozen || !session_is_frozen(session))
		return 0;
	/* Whoever was about to write when it froze. */
	dispatch_horizon();
	err = window_find(reader->source, reader->source_len, session_trigger(session));
	reader->frozen = !err;
	return err;
}

/*
 * The reader's own part of it: others may have found the window before. Returns false if
 * the reader was killed meanwhile.
 */
static bool settle(struct session *session)
{
	struct reader *reader = session->reader;
	struct source *source;
	int err;

	mutex_lock(&session->ledger_lock);
	err = find_window(session);
	for (source = reader->source; source < reader->source + reader->source_len; source++)
		if (source_holds_in_vain(source))
			source_leave_out(session, source);
	reader->settled = !err;
	mutex_unlock(&session->ledger_lock);
	return !err;
}

/* Asks for a new horizon, and holds what is there up to it. */
static struct source *advance(struct session *session)
{
	struct reader *reader = session->reader;

	reader->horizon = session->state == SESSION_STOPPED || reader->settled ?
			  U64_MAX : dispatch_horizon();
	mutex_lock(&session->ledger_lock);
	fill_all(session);
	mutex_unlock(&session->ledger_lock);
	return earliest_held(reader);
}

/**
 * reader_peek() - the next record of a session
 * @session: that has been started
 *
 * Context: may sleep.
 *
 * Return: the record, which stays until it is taken; NULL if there is none, or if the
 * caller was killed before that was known.
 */
const struct mmtrace_record *reader_peek(struct session *session)
{
	struct reader *reader = session->reader;
	struct source *first;

	if (session_is_frozen(session) && !reader->settled && !settle(session))
		return NULL;
	first = earliest_held(reader);
	if (!is_next(reader, first))
		first = advance(session);
	/*
	 * What has come since the horizon is held now, and nobody will tell of it
	 * again: it is next once the horizon has passed it. If that has not by now the
	 * clock has gone back, and nobody is to wait for it.
	 */
	if (first && !is_next(reader, first))
		first = advance(session);
	if (unlikely(first && !is_next(reader, first))) {
		reader->horizon = first->record->head.time;
		first = earliest_held(reader);
	}
	reader->next = is_next(reader, first) ? first : NULL;
	return reader->next ? reader->next->record : NULL;
}

static noinline void make_late(struct session *session, struct mmtrace_record *record, u64 given)
{
	/* Others may look at what is held, see window.c. */
	mutex_lock(&session->ledger_lock);
	record->head.flags |= MMTRACE_R_LATE;
	record->head.time = given;
	if (record->head.event == MMTRACE_EVENT_LOST)
		record->lost.last = given;
	mutex_unlock(&session->ledger_lock);
}

/* Behind one that was given the time @given. Returns its own. */
static u64 put_in_order(struct session *session, struct mmtrace_record *record, u64 given)
{
	if (unlikely(record->head.time < given))
		make_late(session, record, given);
	return record->head.time;
}

/* How many bytes of what the next source holds are next of all, and fit. */
static size_t next_run(struct session *session, size_t room)
{
	const struct reader *reader = session->reader;
	const struct source *source = reader->next;
	struct mmtrace_record *record = source->record;
	u64 given = reader->given;
	size_t len = 0;

	while ((void *)record < source->end && record->head.time <= reader->until &&
	       record->head.size <= room - len) {
		given = put_in_order(session, record, given);
		len += record->head.size;
		record = (void *)record + record->head.size;
	}
	return len;
}

/* Be done with the records of which read() has all of the bytes; with how many of them? */
static size_t take(struct session *session, size_t bytes)
{
	struct source *source = session->reader->next;
	size_t done = 0;
	u32 size;

	mutex_lock(&session->ledger_lock);
	while (done < bytes) {
		size = source->record->head.size;
		if (size > bytes - done)
			break;
		done += size;
		session->reader->given = source->record->head.time;
		source->delivered[source->record->head.event]++;
		source_take(session, source);
	}
	mutex_unlock(&session->ledger_lock);
	return done;
}

/* Be done with the record that reader_peek() has shown, which goes on as a line. */
static void take_as_line(struct session *session)
{
	struct reader *reader = session->reader;
	struct source *source = reader->next;

	mutex_lock(&session->ledger_lock);
	reader->line_from = source;
	reader->line_event = source->record->head.event;
	reader->given = source->record->head.time;
	source_take(session, source);
	mutex_unlock(&session->ledger_lock);
}

static void end_line(struct session *session)
{
	struct reader *reader = session->reader;

	mutex_lock(&session->ledger_lock);
	reader->line_from->delivered[reader->line_event]++;
	reader->line_from = NULL;
	mutex_unlock(&session->ledger_lock);
}

/**
 * reader_in_line() - is there a line of which read() has not had all?
 * @reader: or NULL
 *
 * Return: whether it is so.
 */
bool reader_in_line(const struct reader *reader)
{
	return reader && reader->line_from;
}

static bool next_line(struct session *session)
{
	struct reader *reader = session->reader;

	if (!reader_peek(session))
		return false;
	put_in_order(session, reader->next->record, reader->given);
	reader->line_len = mmtrace_text(reader->line, MMTRACE_TEXT_MAX,
					reader->next->record);
	reader->line_done = 0;
	take_as_line(session);
	return true;
}

/* A large buffer under load would otherwise keep the reader for as long. */
static bool is_enough(size_t total)
{
	cond_resched();
	return total && signal_pending(current);
}

static ssize_t read_text(struct session *session, struct iov_iter *to, bool begun)
{
	struct reader *reader = session->reader;
	size_t copied, len, room, total = 0;

	while ((room = iov_iter_count(to)) && !is_enough(total)) {
		if (!reader->line_from && !next_line(session))
			break;
		len = reader->line_len - reader->line_done;
		/* Not a part of it: the next read() may be another one's. */
		if ((begun || total) && len > room)
			break;
		len = min(len, room);
		copied = copy_to_iter(reader->line + reader->line_done, len, to);
		reader->line_done += copied;
		total += copied;
		if (reader->line_done == reader->line_len)
			end_line(session);
		if (copied < len)
			return total ?: -EFAULT;
	}
	return total;
}

static ssize_t read_binary(struct session *session, struct iov_iter *to)
{
	size_t copied, len, done, total = 0;

	while (!is_enough(total) && reader_peek(session)) {
		len = next_run(session, iov_iter_count(to));
		if (!len)
			return total ?: -EINVAL;
		copied = copy_to_iter(session->reader->next->record, len, to);
		done = take(session, copied);
		total += done;
		if (copied < len) {
			iov_iter_revert(to, copied - done);
			return total ?: -EFAULT;
		}
	}
	return total;
}

/**
 * reader_read() - copy what there is and fits
 * @session: that has been started
 * @to: where to
 * @begun: the same read() was given something before
 *
 * Context: may sleep, but not for records to come.
 *
 * Return: bytes copied, 0 if there is nothing, -EFAULT, or -EINVAL if the next
 * record is too long for a binary read. A record that could not be copied is
 * still there.
 */
ssize_t reader_read(struct session *session, struct iov_iter *to, bool begun)
{
	if (session->config.format == MMTRACE_FORMAT_BINARY)
		return read_binary(session, to);
	return read_text(session, to, begun);
}

/**
 * reader_has_data() - would reader_read() find something?
 * @session: that has been started
 *
 * Return: whether it would.
 */
bool reader_has_data(struct session *session)
{
	return reader_in_line(session->reader) || reader_peek(session);
}

/* Walks with a cursor of its own, up to where the producer is by now. */
static int count_in_ring(const struct source *source, u64 *in_rings)
{
	struct ring_cursor cursor = source->cursor;
	u64 end = ring_head(source->ring);
	enum ring_what what = RING_GAP;
	struct mmtrace_head head;
	struct ring_gap gap;
	unsigned int steps = 0;

	while (what != RING_NOTHING && (s64)(end - cursor.pos) > 0) {
		what = ring_read(source->ring, &cursor, &head, sizeof(head), &gap);
		if (what == RING_ENTRY && !source_leaves_out(source, head.seq))
			in_rings[head.event]++;
		if (++steps % 1024)
			continue;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/**
 * reader_thaw() - the session goes on
 * @reader: of a session that was frozen, or not; or NULL
 */
void reader_thaw(struct reader *reader)
{
	if (!reader)
		return;
	window_open(reader->source, reader->source_len);
	reader->frozen = false;
	reader->settled = false;
	reader->horizon = 0;
}

static struct source *source_of(struct reader *reader, u32 cpu)
{
	struct source *source = reader->source;

	while (source->cpu != cpu)
		source++;
	return source;
}

/**
 * reader_count() - what became of the records of one CPU
 * @session: that has been started
 * @cpu: a possible one
 * @count: all zero; filled in
 *
 * Context: may sleep.
 *
 * Return: 0, or -EINTR if the caller was killed meanwhile.
 */
int reader_count(struct session *session, u32 cpu, struct reader_count *count)
{
	struct reader *reader = session->reader;
	const struct source *source = source_of(reader, cpu);
	int err;

	memcpy(count->delivered, source->delivered, sizeof(count->delivered));
	if (session->config.mode != MMTRACE_MODE_OVERWRITE)
		return 0;
	err = find_window(session);
	if (err)
		return err;
	if (reader->line_from == source)
		count->pending[reader->line_event]++;
	if (source->full && !source_holds_in_vain(source))
		count->pending[source->record->head.event]++;
	return count_in_ring(source, count->pending);
}
