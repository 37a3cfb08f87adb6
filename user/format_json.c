// SPDX-License-Identifier: GPL-2.0
#include "libmmtrace.h"
#include "render.h"

static void json_line(struct render *render, const struct mmtrace_record *rec)
{
	mmt_json(render->out, rec, render->symbols);
}

const struct format format_json = {
	.name		= "json",
	.summary	= "an object of JSON a line",
	.record		= json_line,
};
