// SPDX-License-Identifier: GPL-2.0
/* Records one after the other, and what is in them. */
#include <assert.h>

#include "libmmtrace.h"
#include "text.h"

static_assert(MMT_TEXT_MAX > MMTRACE_TEXT_MAX, "no line is cut");

const struct mmtrace_record *mmt_next(const void *records, size_t len, size_t *at)
{
	const struct mmtrace_record *rec = (const void *)((const char *)records + *at);

	if (*at >= len || !mmtrace_record_valid(rec, len - *at))
		return NULL;
	*at += rec->head.size;
	return rec;
}

const struct mmtrace_file *mmt_file(const struct mmtrace_record *rec)
{
	if (rec->head.event != MMTRACE_EVENT_DO_MMAP || !(rec->head.flags & MMTRACE_R_FILE))
		return NULL;
	return (const struct mmtrace_file *)(&rec->do_mmap + 1);
}

const struct mmtrace_stack *mmt_stack(const struct mmtrace_record *rec)
{
	return mmtrace_record_stack(rec);
}

size_t mmt_text(char *buf, size_t room, const struct mmtrace_record *rec)
{
	size_t len;

	if (!room)
		return 0;
	len = mmtrace_text(buf, room - 1, rec);
	buf[len] = '\0';
	return len;
}
