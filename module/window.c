// SPDX-License-Identifier: GPL-2.0
/*
 * Window: of the records that a frozen session has, so many before the one that
 * fired its trigger, that one, and so many after it, in the order in which the
 * reader gives them. Each source is told by sequence numbers what its part is.
 *
 * The rings don't change any more. They are gone through twice, as nobody can
 * know before which is the first of the last so many.
 */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "source.h"
#include "trigger.h"
#include "window.h"

static void step(struct source *source)
{
	struct walk *walk = &source->walk;
	struct ring_gap gap;
	enum ring_what what;

	do
		what = ring_read(source->ring, &walk->cursor, &walk->head,
				 sizeof(walk->head), &gap);
	while (what == RING_GAP);
	walk->full = what == RING_ENTRY;
}

static void begin(struct source *sources, unsigned int len)
{
	struct source *source;

	for (source = sources; source < sources + len; source++) {
		source->walk = (struct walk) { .cursor = source->cursor };
		if (!source->ring)
			continue;
		if (source->full && source->record->head.event != MMTRACE_EVENT_LOST) {
			source->walk.head = source->record->head;
			source->walk.full = true;
		} else {
			step(source);
		}
	}
}

/* Of equal times the first source's, as in the reader. */
static struct source *earliest(struct source *sources, unsigned int len)
{
	struct source *source, *first = NULL;

	for (source = sources; source < sources + len; source++)
		if (source->walk.full &&
		    (!first || source->walk.head.time < first->walk.head.time))
			first = source;
	return first;
}

static bool is_of(const struct source *source, const struct trigger *trigger)
{
	return source->cpu == trigger->cpu && source->walk.head.seq == trigger->seq;
}

/* Records may be many. */
static bool is_told_to_end(void)
{
	cond_resched();
	return fatal_signal_pending(current);
}

/* How many come before the one that fired it, and that one; 0 if it was read. */
static u64 count_up_to(struct source *sources, unsigned int len, const struct trigger *trigger)
{
	struct source *source;
	u64 count = 0;

	begin(sources, len);
	while (!is_told_to_end() && (source = earliest(sources, len))) {
		count++;
		if (is_of(source, trigger))
			return count;
		step(source);
	}
	return 0;
}

static void skip(struct source *sources, unsigned int len, u64 count, bool leave_out)
{
	struct source *source;

	for (; count && !is_told_to_end() && (source = earliest(sources, len)); count--) {
		if (leave_out)
			source->from = source->walk.head.seq + 1;
		step(source);
	}
}

static void close_behind(struct source *sources, unsigned int len)
{
	struct source *source;

	for (source = sources; source < sources + len; source++)
		if (source->walk.full)
			source->to = source->walk.head.seq;
}

/**
 * window_open() - give all that comes
 * @sources: of a reader
 * @len: how many
 */
void window_open(struct source *sources, unsigned int len)
{
	struct source *source;

	for (source = sources; source < sources + len; source++) {
		source->from = 0;
		source->to = U64_MAX;
	}
}

/**
 * window_find() - find out what is to be given
 * @sources: of the reader, whose rings do not change any more
 * @len: how many
 * @trigger: which is frozen
 *
 * What was read before the session was frozen does not count.
 *
 * Context: may sleep.
 *
 * Return: 0, or -EINTR if the caller was killed meanwhile: then all is to be given.
 */
int window_find(struct source *sources, unsigned int len, const struct trigger *trigger)
{
	u64 up_to = count_up_to(sources, len, trigger);
	u64 kept = up_to ? min(up_to - 1, trigger->before) + 1 : 0;

	begin(sources, len);
	skip(sources, len, up_to - kept, true);
	skip(sources, len, kept, false);
	skip(sources, len, trigger->after, false);
	close_behind(sources, len);
	if (!fatal_signal_pending(current))
		return 0;
	window_open(sources, len);
	return -EINTR;
}
