// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "json.h"
#include "render.h"
#include "text.h"

static void text_record(FILE *out, const struct mmtrace_record *rec)
{
	static char line[MMTRACE_TEXT_MAX];

	fwrite(line, 1, mmtrace_text(line, sizeof(line), rec), out);
}

/**
 * render_records() - write records, and all of it at once
 * @render: where to
 * @buf: the records, aligned to 8 bytes
 * @len: bytes of them
 *
 * Return: 0; a negative errno if writing failed; -EBADMSG if these are no
 * records.
 */
int render_records(struct render *render, const void *buf, size_t len)
{
	void (*put)(FILE *, const struct mmtrace_record *) =
		render->json ? json_record : text_record;
	size_t at = 0;

	errno = 0;
	while (at < len) {
		const struct mmtrace_record *rec =
			(const void *)((const char *)buf + at);

		if (!mmtrace_record_valid(rec, len - at))
			return -EBADMSG;
		put(render->out, rec);
		at += rec->head.size;
	}
	if (fflush(render->out) || ferror(render->out))
		return errno ? -errno : -EIO;
	return 0;
}
