// SPDX-License-Identifier: GPL-2.0
/*
 * A page of HTML that needs nothing but itself: no network, and no script but its
 * own, which the browser knows by its hash. What is always the same on it stands in
 * page/, with an @ where something is put in; the Makefile makes strings of these.
 */
#include <string.h>

#include "chart.h"
#include "facts.h"
#include "flame_draw.h"
#include "layers.h"
#include "libmmtrace.h"
#include "markup.h"
#include "page.h"
#include "quantity.h"
#include "summary.h"

static const char style[] =
#include "picture.css.inc"
#include "page.css.inc"
;

static const char script[] =
#include "page.js.inc"
;

static const char head[] =
#include "head.html.inc"
;

static const char timeline_part[] =
#include "timeline.html.inc"
;

static const char durations_part[] =
#include "durations.html.inc"
;

static const char search_part[] =
#include "search.html.inc"
;

static const char stacks_part[] =
#include "stacks.html.inc"
#include "flame.html.inc"
;

static const char files_part[] =
#include "files.html.inc"
#include "flame.html.inc"
;

static const char rollup_part[] =
#include "rollup.html.inc"
;

static const char calls_part[] =
#include "calls.html.inc"
;

static const char tail[] =
#include "tail.html.inc"
;

/**
 * page_whose() - whose bytes the layers of a timeline are
 * @layers: these
 */
const char *page_whose(const struct layers *layers)
{
	return layers->by_name ? "name of process" : "process";
}

static void put_head(FILE *out, const struct mmt_facts *facts)
{
	const char *text = markup_until(out, head);

	markup_text(out, facts->host, strlen(facts->host));
	text = markup_until(out, text);
	fputs(style, out);
	markup_until(out, text);
}

static void put_tail(FILE *out)
{
	const char *text = markup_until(out, tail);

	fputs(MMTRACE_VERSION, out);
	text = markup_until(out, text);
	fputs(script, out);
	markup_until(out, text);
}

static void put_legend(FILE *out, const struct summary *summary, const struct layers *layers)
{
	unsigned int i;

	for (i = 0; i < layers->len; i++) {
		fprintf(out, "<li><i class='s%u'></i><bdi>", layers->layer[i].colour);
		chart_layer_name(out, summary, &layers->layer[i]);
		fprintf(out, "</bdi> <span class='dim'>%s</span></li>\n",
			quantity_bytes(layers->layer[i].total).text);
	}
}

static void put_timeline(FILE *out, const struct summary *summary)
{
	const char *text = markup_until(out, timeline_part);
	struct layers layers;

	layers_stack(&layers, &summary->timeline);
	fputs(page_whose(&layers), out);
	text = markup_until(out, text);
	chart_timeline(out, summary, &layers);
	text = markup_until(out, text);
	put_legend(out, summary, &layers);
	markup_until(out, text);
}

static void put_durations(FILE *out, const struct summary *summary)
{
	const char *text = markup_until(out, durations_part);

	chart_latency(out, summary);
	text = markup_until(out, text);
	page_durations(out, summary);
	markup_until(out, text);
}

static void put_flame(FILE *out, const struct summary *summary, struct flame *flame,
		      const char *part)
{
	if (!flame->frames[FLAME_ROOT].calls)
		return;
	flame_sort(flame);
	markup_until(out, part);
	flame_draw(out, flame, summary->names);
	if (flame->unplaced)
		fprintf(out, "<p class='about'>Innermost frames of %s calls found no room.</p>\n",
			quantity_count(flame->unplaced).text);
}

static void put_rollup(FILE *out, struct summary *summary)
{
	const char *text = markup_until(out, rollup_part);

	page_rollup(out, summary);
	markup_until(out, text);
}

static void put_calls(FILE *out, const struct summary *summary, const struct calls *calls,
		      const char *title, const char *order)
{
	const char *text;

	if (!calls->seen)
		return;
	text = markup_until(out, calls_part);
	fputs(title, out);
	text = markup_until(out, text);
	fprintf(out, "%u of %s, %s first.", calls_len(calls), quantity_count(calls->seen).text,
		order);
	text = markup_until(out, text);
	page_calls(out, summary, calls);
	markup_until(out, text);
}

static void put_records(FILE *out, struct summary *summary)
{
	put_timeline(out, summary);
	put_durations(out, summary);
	markup_until(out, search_part);
	put_flame(out, summary, &summary->by_stack, stacks_part);
	put_flame(out, summary, &summary->by_what, files_part);
	if (summary->stacks && !summary->by_stack.frames[FLAME_ROOT].calls)
		fprintf(out, "<p class='about'>%s records have a stack, which -k would show.</p>\n",
			quantity_count(summary->stacks).text);
	put_rollup(out, summary);
	calls_sort_by_time(&summary->failed);
	put_calls(out, summary, &summary->failed, "Calls that failed", "latest");
	calls_sort_by_duration(&summary->slowest);
	put_calls(out, summary, &summary->slowest, "Slowest calls", "slowest");
	calls_sort_by_time(&summary->latest);
	put_calls(out, summary, &summary->latest, "Last calls", "latest");
}

/**
 * page_html() - write a page about records
 * @out: where to
 * @summary: of all records, to which nothing is added any more
 * @facts: of the machine
 * @ledger: NULL if it is not known
 */
void page_html(FILE *out, struct summary *summary, const struct mmt_facts *facts,
	       const struct ledger *ledger)
{
	put_head(out, facts);
	page_losses(out, summary, ledger);
	page_facts(out, summary, facts, ledger);
	if (summary->latest.seen)
		put_records(out, summary);
	else
		fputs("<h2>No call was recorded</h2>\n", out);
	put_tail(out);
}
