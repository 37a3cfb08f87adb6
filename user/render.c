// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static bool is_wanted(const struct render *render, const struct mmtrace_record *rec)
{
	__u32 page_size = render->facts.page_size;

	return !render->wanted ||
	       mmt_program_accepts(render->wanted, rec, page_size < 4096 ? 4096 : page_size);
}

/* What is not wanted tells of mappings all the same. */
static void put_records(struct render *render, const void *buf, size_t len)
{
	const struct mmtrace_record *rec;
	size_t at = 0;

	while ((rec = mmt_next(buf, len, &at))) {
		if (render->symbols && rec->head.event < MMTRACE_EVENT_COUNT)
			mmt_symbols_learn(render->symbols, rec);
		if (!is_wanted(render, rec))
			continue;
		count(render, rec);
		render->format->record(render, rec);
	}
}

static int put_batch(struct render *render, const void *buf, size_t len)
{
	static __u64 wanted[MMT_BATCH_MAX / sizeof(__u64)];
	const struct mmtrace_record *rec;
	size_t at = 0, used = 0;

	while ((rec = mmt_next(buf, len, &at))) {
		if (!is_wanted(render, rec))
			continue;
		count(render, rec);
		if (render->wanted)
			memcpy((char *)wanted + used, rec, rec->head.size);
		used += rec->head.size;
	}
	return used ? render->format->batch(render, render->wanted ? wanted : buf, used) : 0;
}

/* Bytes of records before the first invalid one. */
static size_t valid(const void *buf, size_t len)
{
	size_t at = 0;

	while (mmt_next(buf, len, &at))
		;
	return at;
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
	size_t good = valid(buf, len);
	int failed = 0;

	if (render->format->batch)
		failed = put_batch(render, buf, good);
	else
		put_records(render, buf, good);
	return failed ?: render_flush(render) ?: good < len ? -EBADMSG : 0;
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
