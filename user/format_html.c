// SPDX-License-Identifier: GPL-2.0
/* Pictures: records are summed up as they come, and the sum is drawn at the end. */
#include <errno.h>

#include "format.h"
#include "page.h"
#include "render.h"
#include "summary.h"

static int begin(struct render *render)
{
	render->state = summary_new(render->facts.events, render->facts.page_size);
	return render->state ? 0 : -ENOMEM;
}

static void take(struct render *render, const struct mmtrace_record *rec)
{
	summary_take(render->state, rec, render->symbols);
}

static int end_html(struct render *render, const struct ledger *ledger)
{
	page_html(render->out, render->state, &render->facts, ledger);
	return 0;
}

static int end_svg(struct render *render, const struct ledger *ledger)
{
	page_svg(render->out, render->state, &render->facts, ledger);
	return 0;
}

static void forget(struct render *render)
{
	summary_free(render->state);
}

const struct format format_html = {
	.name		= "html",
	.summary	= "a page with charts, flame graphs and tables",
	.begin		= begin,
	.record		= take,
	.end		= end_html,
	.free		= forget,
};

const struct format format_svg = {
	.name		= "svg",
	.summary	= "a picture of bytes over time and durations",
	.begin		= begin,
	.record		= take,
	.end		= end_svg,
	.free		= forget,
};
