// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "columns.h"
#include "names.h"
#include "render.h"
#include "tables.h"
#include "units.h"

#define PAGE_SIZE_DEFAULT	4096
#define NS			1e9

/**
 * tables_now() - the time
 *
 * Return: ns of CLOCK_MONOTONIC.
 */
__u64 tables_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static void print_errors(const struct counts *errnos, FILE *out)
{
	const struct mmtrace_name *name;
	__u32 i;

	for (i = 0; i < errnos->len; i++) {
		/* A line takes as many as always fit. */
		fputs(i % 4 ? ", " : i ? ",\n          " : "errors    ", out);
		name = mmtrace_errno_name(errnos->all[i].index);
		if (name)
			fputs(name->text, out);
		else
			fprintf(out, "%u", errnos->all[i].index);
		fprintf(out, " %s", units_count(errnos->all[i].count).text);
	}
	if (errnos->len)
		fputc('\n', out);
}

static void print_lost(const struct tables *tables, FILE *out)
{
	const char *comma = "";
	__u32 cause;

	fputs("lost      ", out);
	for (cause = 0; cause < TABLES_CAUSES; cause++) {
		const struct mmtrace_name *name = mmtrace_lost_name(cause);

		if (!tables->lost[cause])
			continue;
		fprintf(out, "%s%llu %s", comma, (unsigned long long)tables->lost[cause],
			name ? name->text : "unknown");
		comma = ", ";
	}
	fputs(*comma ? "\n" : "none\n", out);
	if (tables->unknown)
		fprintf(out, "unknown   %llu records, of a newer module\n",
			(unsigned long long)tables->unknown);
}

static int print_text(const struct tables *tables, __u64 until, FILE *out)
{
	const struct tally_view *view = &tables->view;
	__u32 i;

	for (i = 0; i < tables->tallies_len; i++) {
		bool is_last = i + 1 == tables->tallies_len;

		if (tally_print(view, &tables->tallies[i], is_last ? &tables->total : NULL, out))
			return -ENOMEM;
		if (tables->histogram && tally_histograms(view, &tables->tallies[i], out))
			return -ENOMEM;
		fputc('\n', out);
	}
	fprintf(out, "time      %.3f s\n", (until - tables->from) / NS);
	print_errors(&tables->total.errnos, out);
	print_lost(tables, out);
	return 0;
}

static void forget(struct tables *tables)
{
	__u32 i;

	for (i = 0; i < tables->tallies_len; i++)
		tally_clear(&tables->tallies[i]);
	measure_free(&tables->total);
	for (i = 0; i < TABLES_CAUSES; i++)
		tables->lost[i] = 0;
	tables->unknown = 0;
}

/**
 * tables_print() - tell what the records come to, and begin anew
 * @render: of format_tables
 * @until: the time up to which there are records, ns of CLOCK_MONOTONIC
 *
 * Return: 0 or a negative errno.
 */
int tables_print(struct render *render, __u64 until)
{
	struct tables *tables = render->state;
	int failed;

	if (until < tables->from)
		until = tables->from;
	failed = (tables->json ? tables_json : print_text)(tables, until, render->out);
	if (!tables->json && tables->periodic)
		fputc('\n', render->out);
	forget(tables);
	tables->from = until;
	return failed;
}

static int add_call(struct tables *tables, const struct mmtrace_record *rec, __u32 page_size)
{
	int failed = measure_add(&tables->total, rec, page_size, 1);
	__u32 i;

	for (i = 0; !failed && i < tables->tallies_len; i++)
		failed = tally_add(&tables->tallies[i], rec, page_size, 1);
	return failed;
}

static int add_record(struct tables *tables, const struct mmtrace_record *rec, __u32 page_size)
{
	__u32 cause;

	tables->last = rec->head.time;
	if (rec->head.event >= MMTRACE_EVENT_COUNT) {
		tables->unknown++;
		return 0;
	}
	if (rec->head.event != MMTRACE_EVENT_LOST)
		return add_call(tables, rec, page_size);
	cause = rec->lost.cause < TABLES_CAUSES && mmtrace_lost_name(rec->lost.cause) ?
		rec->lost.cause : 0;
	tables->lost[cause] = counts_sum(tables->lost[cause], rec->lost.count);
	return 0;
}

static int begin(struct render *render)
{
	struct tables *tables = render->state;

	tables->view.width = columns_of_terminal(render->out);
	tables->from = render->facts.start;
	return 0;
}

/* In a recording the records tell the time. Of an interval without any nothing is told. */
static int show_interval(struct render *render, __u64 time)
{
	struct tables *tables = render->state;
	__u64 every = tables->every;
	int failed;

	if (!every || time < tables->from + every)
		return 0;
	failed = tables_print(render, tables->from + every);
	tables->from += (time - tables->from) / every * every;
	return failed;
}

static int add_batch(struct render *render, const void *buf, size_t len)
{
	__u32 page_size = render->facts.page_size ? render->facts.page_size : PAGE_SIZE_DEFAULT;
	const struct mmtrace_record *rec;
	int failed = 0;
	size_t at;

	for (at = 0; !failed && at < len; at += rec->head.size) {
		rec = (const void *)((const char *)buf + at);
		failed = show_interval(render, rec->head.time) ?:
			 add_record(render->state, rec, page_size);
	}
	return failed;
}

/* The account knows better than the records, which may end before a gap is told. */
static void take_ledger(struct tables *tables, const struct ledger *ledger)
{
	const struct mmtrace_stats *sum = &ledger->events[MMTRACE_EVENT_LOST];

	tables->lost[MMTRACE_LOST_RING_FULL] = sum->lost;
	tables->lost[MMTRACE_LOST_OVERWRITTEN] = sum->overwritten;
	tables->lost[MMTRACE_LOST_MISSED] = sum->missed;
	tables->lost[MMTRACE_LOST_INTERRUPTED] = sum->interruptions;
}

static int end(struct render *render, const struct ledger *ledger)
{
	struct tables *tables = render->state;

	if (ledger && !tables->periodic)
		take_ledger(tables, ledger);
	return tables_print(render, tables->view.local ? tables_now() : tables->last);
}

static void forget_all(struct render *render)
{
	forget(render->state);
}

const struct format format_tables = {
	.name		= "stat",
	.summary	= "tables of what the records come to",
	.begin		= begin,
	.batch		= add_batch,
	.end		= end,
	.free		= forget_all,
};
