// SPDX-License-Identifier: GPL-2.0
/* The tables of a page. Numbers are in data-v once more, for the script to sort them. */
#include <ctype.h>
#include <string.h>

#include "libmmtrace.h"
#include "markup.h"
#include "names.h"
#include "page.h"
#include "quantity.h"
#include "summary.h"
#include "text.h"

#define ROWS_MAX	2000
#define ERRNO_MAX	4095

static void put_number(FILE *out, double value, struct quantity quantity)
{
	fprintf(out, "<td class='n' data-v='%.17g'>%s</td>", value, quantity.text);
}

static void put_event(FILE *out, __u32 event)
{
	fprintf(out, "<td>%s</td>", mmt_event_name(event));
}

static void put_process(FILE *out, const struct summary *summary, __u32 name, __u32 tgid,
			__u32 tid)
{
	fputs("<td><bdi>", out);
	markup_name(out, summary->names, name);
	fprintf(out, "</bdi> <span class='dim'>%u", tgid);
	if (tid != tgid)
		fprintf(out, "/%u", tid);
	fputs("</span></td>", out);
}

/* The end of a path tells most, but is cut; the whole of it is in the title. */
static void put_what(FILE *out, const struct summary *summary, __u32 what)
{
	fputs("<td class='what' title='", out);
	markup_name(out, summary->names, what);
	fputs("'>", out);
	markup_name(out, summary->names, what);
	fputs("</td>", out);
}

/* As filters take them: without what all begin with, in small letters. */
static void put_flags(FILE *out, const struct mmtrace_flags *set, __u64 value)
{
	char text[MMTRACE_TEXT_FLAGS_MAX + 1], *flag, *rest = text, *name;

	text[mmtrace_text_flags(text, sizeof(text) - 1, set, value)] = '\0';
	for (; (flag = strsep(&rest, "|")); fputs(rest ? "|" : "", out)) {
		name = strchr(flag, '_');
		for (name = name ? name + 1 : flag; *name; name++)
			fputc(tolower((unsigned char)*name), out);
	}
}

/* As /proc/PID/maps has it, where that says all. */
static void put_prot(FILE *out, __u32 event, __u64 prot)
{
	fputs("<td class='code'>", out);
	if (prot & ~7ull)
		put_flags(out, &mmtrace_prot_flags, prot);
	else if (event != MMTRACE_EVENT_MREMAP)
		fprintf(out, "%c%c%c", prot & 1 ? 'r' : '-', prot & 2 ? 'w' : '-',
			prot & 4 ? 'x' : '-');
	fputs("</td>", out);
}

static void put_error(FILE *out, __u32 error)
{
	const struct mmtrace_name *name = mmtrace_errno_name(error);

	if (name)
		fprintf(out, "<td class='result'>%s</td>", name->text);
	else
		fprintf(out, "<td class='result'>%u</td>", error);
}

static void put_duration(FILE *out, const struct latency *latency, double share)
{
	double ns = latency_quantile(latency, share);

	put_number(out, ns, quantity_time(ns));
}

static void put_event_durations(FILE *out, __u32 event, const struct latency *latency)
{
	double mean = latency->sum / latency->calls;

	fputs("<tr>", out);
	put_event(out, event);
	put_number(out, latency->calls, quantity_count(latency->calls));
	put_number(out, latency->failed, quantity_count(latency->failed));
	put_number(out, latency->min, quantity_time(latency->min));
	put_number(out, mean, quantity_time(mean));
	put_duration(out, latency, .5);
	put_duration(out, latency, .95);
	put_duration(out, latency, .99);
	put_number(out, latency->max, quantity_time(latency->max));
	fputs("</tr>\n", out);
}

/**
 * page_durations() - write the rows of how long calls took, by event
 * @out: where to
 * @summary: of all records
 */
void page_durations(FILE *out, const struct summary *summary)
{
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (summary->latency[event].calls)
			put_event_durations(out, event, &summary->latency[event]);
}

static void put_sums(FILE *out, const struct row *row)
{
	double mean = row->ns / row->calls;

	put_number(out, row->calls, quantity_count(row->calls));
	put_number(out, row->bytes, quantity_bytes(row->bytes));
	put_number(out, mean, quantity_time(mean));
	put_number(out, row->slowest, quantity_time(row->slowest));
	fputs("</tr>\n", out);
}

static void put_row(FILE *out, const struct summary *summary, const struct row *row)
{
	const struct alike *alike = &row->alike;

	fputs(alike->error ? "<tr class='bad'>" : "<tr>", out);
	put_process(out, summary, alike->name, alike->tgid, alike->tgid);
	put_event(out, alike->event);
	put_what(out, summary, alike->what);
	put_prot(out, alike->event, alike->prot);
	if (alike->error)
		put_error(out, alike->error);
	else
		fputs("<td class='result'></td>", out);
	put_sums(out, row);
}

/* Nothing is left out without a row that says so. */
static void put_rest(FILE *out, const struct rollup *rollup)
{
	struct row rest = rollup->unplaced;
	size_t i;

	for (i = ROWS_MAX; i < rollup->len; i++)
		rollup_merge(&rest, &rollup->rows[i]);
	if (!rest.calls)
		return;
	fputs("<tr><td>(all others)</td><td></td><td></td><td></td><td></td>", out);
	put_sums(out, &rest);
}

/**
 * page_rollup() - write the rows of calls that are alike, added up
 * @out: where to
 * @summary: of all records, to which nothing is added any more
 */
void page_rollup(FILE *out, struct summary *summary)
{
	size_t i;

	rollup_sort(&summary->rollup);
	for (i = 0; i < summary->rollup.len && i < ROWS_MAX; i++)
		put_row(out, summary, &summary->rollup.rows[i]);
	put_rest(out, &summary->rollup);
}

static void put_ret(FILE *out, __s64 ret)
{
	if (ret < 0 && ret >= -ERRNO_MAX)
		put_error(out, -ret);
	else
		fprintf(out, "<td class='code result'>0x%llx</td>", (unsigned long long)ret);
}

static void put_call(FILE *out, const struct summary *summary, const struct one_call *call)
{
	double after = (double)call->time - summary->timeline.first;

	fputs(call->ret < 0 && call->ret >= -ERRNO_MAX ? "<tr class='bad'>" : "<tr>", out);
	fprintf(out, "<td class='n' data-v='%.0f'>%.6f s</td>", after, after / 1e9);
	put_process(out, summary, call->name, call->tgid, call->tid);
	put_event(out, call->event);
	put_what(out, summary, call->what);
	put_number(out, call->len, quantity_bytes(call->len));
	put_prot(out, call->event, call->prot);
	fputs("<td class='code'>", out);
	put_flags(out, call->event == MMTRACE_EVENT_MREMAP ? &mmtrace_mremap_flags :
		  &mmtrace_map_flags, call->flags);
	fputs("</td>", out);
	put_ret(out, call->ret);
	put_number(out, call->ns, quantity_time(call->ns));
	fputs("</tr>\n", out);
}

/**
 * page_calls() - write the rows of some calls, one by one
 * @out: where to
 * @summary: of all records
 * @calls: some of them, sorted
 */
void page_calls(FILE *out, const struct summary *summary, const struct calls *calls)
{
	unsigned int i;

	for (i = 0; i < calls_len(calls); i++)
		put_call(out, summary, &calls->kept[i]);
}
