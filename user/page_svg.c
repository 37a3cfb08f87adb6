// SPDX-License-Identifier: GPL-2.0
/* Bytes over time and durations as one picture, to stand in another document. */
#include <string.h>

#include "chart.h"
#include "facts.h"
#include "layers.h"
#include "libmmtrace.h"
#include "markup.h"
#include "page.h"
#include "quantity.h"
#include "summary.h"

#define WIDTH		960	/* pixels */
#define LEGEND		200
#define HEAD		64	/* above the first chart */
#define BETWEEN		60	/* with the title of the second one */

static const char style[] =
#include "picture.css.inc"
;

static void put_title(FILE *out, const struct mmt_facts *facts, const struct layers *layers)
{
	fprintf(out, "<text class='title' x='20' y='28'>Bytes mapped, by %s</text>\n",
		page_whose(layers));
	fputs("<text class='dim' x='20' y='46'>added up; what was unmapped still counts", out);
	if (*facts->release) {
		fputs(" \302\267 Linux ", out);
		markup_text(out, facts->release, strlen(facts->release));
	}
	fputs("</text>\n", out);
}

static void put_legend(FILE *out, const struct summary *summary, const struct layers *layers)
{
	unsigned int i, y = HEAD + 4;

	for (i = 0; i < layers->len; i++, y += 22) {
		fprintf(out, "<rect class='s%u' x='%u' y='%u' width='11' height='11' rx='2'/>",
			layers->layer[i].colour, WIDTH - LEGEND, y);
		fprintf(out, "<text x='%u' y='%u'><tspan class='name'>", WIDTH - LEGEND + 18,
			y + 10);
		chart_layer_name(out, summary, &layers->layer[i]);
		fprintf(out, "</tspan> <tspan class='dim'>%s</tspan></text>\n",
			quantity_bytes(layers->layer[i].total).text);
	}
}

static void put_missing(FILE *out, const struct ledger *ledger)
{
	const struct mmtrace_stats *all;
	__u64 count;

	if (!ledger)
		return;
	all = &ledger->events[MMTRACE_EVENT_LOST];
	count = all->lost + all->overwritten + all->missed;
	if (count)
		fprintf(out, "<text class='lost end' x='%u' y='28'>%s calls are missing</text>\n",
			WIDTH - 20, quantity_count(count).text);
}

/* Its charts fill what is around them. */
static void begin_frame(FILE *out, unsigned int y, unsigned int width)
{
	fprintf(out, "<svg x='%u' y='%u' width='%u' overflow='visible'>\n", CHART_LEFT, y,
		width - CHART_LEFT);
}

static void put_charts(FILE *out, const struct summary *summary, const struct layers *layers)
{
	unsigned int y = HEAD + CHART_TIMELINE_HEIGHT + CHART_BOTTOM + BETWEEN;

	begin_frame(out, HEAD, WIDTH - LEGEND - CHART_RIGHT);
	chart_timeline(out, summary, layers);
	chart_end(out);
	fprintf(out, "<text class='title' x='20' y='%u'>Duration of calls, by event</text>\n",
		y - 8);
	begin_frame(out, y, WIDTH - CHART_RIGHT);
	chart_latency(out, summary);
	chart_end(out);
}

static void begin_picture(FILE *out, unsigned int width, unsigned int height)
{
	fputs("<svg xmlns='http://www.w3.org/2000/svg' ", out);
	fprintf(out, "viewBox='0 0 %u %u' width='%u' height='%u'>\n", width, height, width, height);
	fprintf(out, "<style>\n%s</style>\n", style);
	fputs("<rect class='paper' width='100%' height='100%'/>\n", out);
}

static void put_nothing(FILE *out)
{
	begin_picture(out, 400, 60);
	fputs("<text x='20' y='36'>No call was recorded</text>\n", out);
	chart_end(out);
}

static void put_picture(FILE *out, const struct summary *summary, const struct mmt_facts *facts,
			const struct ledger *ledger)
{
	unsigned int height = HEAD + CHART_TIMELINE_HEIGHT + 2 * CHART_BOTTOM + BETWEEN +
			      chart_latency_height(summary);
	struct layers layers;

	layers_stack(&layers, &summary->timeline);
	begin_picture(out, WIDTH, height);
	put_title(out, facts, &layers);
	put_missing(out, ledger);
	put_legend(out, summary, &layers);
	put_charts(out, summary, &layers);
	chart_end(out);
}

/**
 * page_svg() - write one picture about records
 * @out: where to
 * @summary: of all records
 * @facts: of the machine
 * @ledger: NULL if it is not known
 */
void page_svg(FILE *out, const struct summary *summary, const struct mmt_facts *facts,
	      const struct ledger *ledger)
{
	if (summary->latest.seen)
		put_picture(out, summary, facts, ledger);
	else
		put_nothing(out);
}
