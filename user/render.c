// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "libmmtrace.h"
#include "render.h"
#include "text.h"

/**
 * render_flush() - what was written up to now is there for whoever reads it
 * @render: where to
 *
 * Return: 0 or a negative errno.
 */
int render_flush(struct render *render)
{
	if (render->failed)
		return render->failed;
	errno = 0;
	if (fflush(render->out) || ferror(render->out))
		return errno ? -errno : -EIO;
	return 0;
}

static void count(struct render *render, const struct mmtrace_record *rec)
{
	render->records++;
	render->bytes += rec->head.size;
	if (rec->head.event == MMTRACE_EVENT_LOST)
		render->lost += rec->lost.count;
}

/* Bytes of records from the first invalid one on, 0 if all are valid. */
static size_t invalid(struct render *render, const void *buf, size_t len)
{
	const struct mmtrace_record *rec;
	size_t at = 0;

	while ((rec = mmt_next(buf, len, &at)))
		count(render, rec);
	return len - at;
}

static void put_record(struct render *render, const struct mmtrace_record *rec)
{
	if (render->symbols && rec->head.event < MMTRACE_EVENT_COUNT)
		mmt_symbols_learn(render->symbols, rec);
	render->format->record(render, rec);
}

static void put_records(struct render *render, const void *buf, size_t len)
{
	const struct mmtrace_record *rec;
	size_t at;

	for (at = 0; at < len; at += rec->head.size) {
		rec = (const void *)((const char *)buf + at);
		put_record(render, rec);
	}
}

/**
 * render_begin() - before the first record
 * @render: format, file and facts are set
 *
 * Return: 0, or a negative errno if writing failed.
 */
int render_begin(struct render *render)
{
	int failed;

	render->is_painted = paint_is_wanted(render->paint, render->out);
	failed = render->format->begin ? render->format->begin(render) : 0;

	return failed ?: render_flush(render);
}

/**
 * render_records() - write records, and all of it at once
 * @render: where to
 * @buf: the records, aligned to 8 bytes
 * @len: bytes of them
 *
 * Return: 0; a negative errno if writing failed; -EBADMSG if one of these is no
 * record, and all before it are written.
 */
int render_records(struct render *render, const void *buf, size_t len)
{
	size_t bad = invalid(render, buf, len);
	int failed = 0;

	if (render->format->batch)
		failed = render->format->batch(render, buf, len - bad);
	else
		put_records(render, buf, len - bad);
	return failed ?: render_flush(render) ?: bad ? -EBADMSG : 0;
}

/**
 * render_end() - after the last record
 * @render: where to
 * @ledger: what became of all calls; NULL if it is not known
 *
 * Return: 0, or a negative errno if writing failed.
 */
int render_end(struct render *render, const struct ledger *ledger)
{
	int failed = render->format->end ? render->format->end(render, ledger) : 0;

	return failed ?: render_flush(render);
}

/**
 * render_free() - forget what the format has kept; the file stays open
 * @render: one that was not begun is fine, too
 */
void render_free(struct render *render)
{
	if (render->format && render->format->free)
		render->format->free(render);
	render->state = NULL;
}
