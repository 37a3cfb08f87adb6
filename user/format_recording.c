// SPDX-License-Identifier: GPL-2.0
/* A recording, for report to read. */
#include <errno.h>

#include "format.h"
#include "libmmtrace.h"
#include "render.h"

static int recording_begin(struct render *render)
{
	return mmt_write_begin(render->out, &render->facts) ? -ENOMEM : 0;
}

static int recording_batch(struct render *render, const void *buf, size_t len)
{
	mmt_write_records(render->out, buf, len, render->symbols);
	return 0;
}

static int recording_end(struct render *render, const struct ledger *ledger)
{
	if (ledger)
		mmt_write_end(render->out, ledger->events, MMTRACE_EVENT_COUNT,
			      sizeof(ledger->events[0]));
	return 0;
}

const struct format format_recording = {
	.name		= "recording",
	.summary	= "a file for report, as record writes it",
	.is_binary	= true,
	.begin		= recording_begin,
	.batch		= recording_batch,
	.end		= recording_end,
};
