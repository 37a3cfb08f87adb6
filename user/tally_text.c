// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bars.h"
#include "columns.h"
#include "tally_text.h"
#include "units.h"

#define OTHERS_LABEL	"(others)"
#define TOTAL_LABEL	"total"

/* Columns for the name of a key, at least. */
#define NAME_MIN	20

/* The bold of every terminal that knows more than plain text. */
#define BOLD		"\033[1m"
#define PLAIN		"\033[0m"

static double scaled(__u64 number, double rate)
{
	return rate ? number * rate : number;
}

static struct units cell_calls(const struct measure *measure, double rate)
{
	return units_count(scaled(measure->latency.calls, rate));
}

static struct units cell_errors(const struct measure *measure, double rate)
{
	return units_count(scaled(measure->errors, rate));
}

static struct units cell_bytes(const struct measure *measure, double rate)
{
	return units_bytes(scaled(measure->bytes, rate));
}

/* Of no calls there is none. */
static struct units time_of(const struct measure *measure, __u64 ns)
{
	return measure->latency.calls ? units_time(ns) : (struct units){ "-" };
}

static struct units cell_min(const struct measure *measure, double rate)
{
	(void)rate;
	return time_of(measure, measure->latency.min);
}

static struct units cell_mean(const struct measure *measure, double rate)
{
	(void)rate;
	return time_of(measure, delay_mean(&measure->latency));
}

static struct units cell_p50(const struct measure *measure, double rate)
{
	(void)rate;
	return time_of(measure, delay_percentile(&measure->latency, 50));
}

static struct units cell_p95(const struct measure *measure, double rate)
{
	(void)rate;
	return time_of(measure, delay_percentile(&measure->latency, 95));
}

static struct units cell_p99(const struct measure *measure, double rate)
{
	(void)rate;
	return time_of(measure, delay_percentile(&measure->latency, 99));
}

/* Of the calls that there still are, where those of long ago are forgotten. */
static struct units cell_max(const struct measure *measure, double rate)
{
	return time_of(measure, rate ? delay_percentile(&measure->latency, 100) :
		       measure->latency.max);
}

/**
 * struct column - of numbers
 * @title: above it
 * @width: of it, with a space before
 * @cell: a number
 */
struct column {
	const char	*title;
	unsigned int	width;
	struct units	(*cell)(const struct measure *measure, double rate);
};

/* All of them and a name are COLUMNS_DEFAULT. */
static const struct column totals[] = {
	{ "calls", 6, cell_calls }, { "errs", 6, cell_errors }, { "bytes", 6, cell_bytes },
	{ "min", 7, cell_min }, { "mean", 7, cell_mean }, { "p50", 7, cell_p50 },
	{ "p95", 7, cell_p95 }, { "p99", 7, cell_p99 }, { "max", 7, cell_max },
	{ NULL, 0, NULL }
};

static const struct column rates[] = {
	{ "calls/s", 8, cell_calls }, { "errs/s", 7, cell_errors },
	{ "bytes/s", 8, cell_bytes }, { "mean", 7, cell_mean }, { "p50", 7, cell_p50 },
	{ "p99", 7, cell_p99 }, { "max", 7, cell_max }, { NULL, 0, NULL }
};

/* How many of the columns there is room for; the name takes what they leave over. */
static int columns_that_fit(const struct tally_view *view, const struct column *columns,
			    size_t *name_width)
{
	int fit;

	*name_width = view->width < NAME_MIN ? NAME_MIN : view->width;
	for (fit = 0; columns[fit].title; fit++) {
		if (*name_width < NAME_MIN + columns[fit].width)
			break;
		*name_width -= columns[fit].width;
	}
	return fit;
}

static void print_name(const char *name, size_t len, size_t width, FILE *out)
{
	fprintf(out, "%*s", (int)(width - columns_print(name, len, width, out)), "");
}

static void print_heading(const struct tally_view *view, enum key_by by, FILE *out)
{
	const struct column *columns = view->rate ? rates : totals;
	const char *name = key_name(by);
	size_t width;
	int i, fit = columns_that_fit(view, columns, &width);

	fputs(view->bold ? BOLD : "", out);
	print_name(name, strlen(name), width, out);
	for (i = 0; i < fit; i++)
		fprintf(out, "%*s", (int)columns[i].width, columns[i].title);
	fputs(view->bold ? PLAIN "\n" : "\n", out);
}

static void print_row(const struct tally_view *view, const char *label, size_t len,
		      const struct measure *measure, FILE *out)
{
	const struct column *columns = view->rate ? rates : totals;
	size_t width;
	int i, fit = columns_that_fit(view, columns, &width);

	print_name(label, len, width, out);
	for (i = 0; i < fit; i++)
		fprintf(out, "%*s", (int)columns[i].width,
			columns[i].cell(measure, view->rate).text);
	fputc('\n', out);
}

static __u32 rows_shown(const struct tally_view *view, const struct tally *tally)
{
	return view->limit && view->limit < tally->len ? view->limit : tally->len;
}

static void print_rest(const struct tally_row **rows, __u32 from, __u32 to, FILE *out)
{
	__u64 calls = 0;
	__u32 i;

	for (i = from; i < to; i++)
		calls = counts_sum(calls, rows[i]->measure.latency.calls);
	if (from < to)
		fprintf(out, "(%u more, with %llu calls; --limit 0 shows all)\n", to - from,
			(unsigned long long)calls);
}

/**
 * tally_print() - a heading, and a line a key
 * @view: how
 * @tally: what
 * @total: of all calls, for a line at the end; NULL for none
 * @out: where to
 *
 * Return: 0 or -ENOMEM.
 */
int tally_print(const struct tally_view *view, const struct tally *tally,
		const struct measure *total, FILE *out)
{
	const struct tally_row **rows = tally_sorted(tally, view->sort);
	__u32 i, len = rows_shown(view, tally);
	char label[KEY_LABEL_MAX];

	if (!rows)
		return -ENOMEM;
	print_heading(view, tally->by, out);
	for (i = 0; i < len; i++)
		print_row(view, label,
			  key_label(tally->by, &rows[i]->key, view->local, label, sizeof(label)),
			  &rows[i]->measure, out);
	if (tally->others.latency.calls)
		print_row(view, OTHERS_LABEL, strlen(OTHERS_LABEL), &tally->others, out);
	if (total)
		print_row(view, TOTAL_LABEL, strlen(TOTAL_LABEL), total, out);
	if (!view->rate)
		print_rest(rows, len, tally->len, out);
	free(rows);
	return 0;
}

/**
 * tally_histograms() - the latencies of each key
 * @view: how
 * @tally: what
 * @out: where to
 *
 * Return: 0 or -ENOMEM.
 */
int tally_histograms(const struct tally_view *view, const struct tally *tally, FILE *out)
{
	const struct tally_row **rows = tally_sorted(tally, view->sort);
	__u32 i, len = rows_shown(view, tally);
	char label[KEY_LABEL_MAX];
	size_t label_len;

	if (!rows)
		return -ENOMEM;
	for (i = 0; i < len; i++) {
		label_len = key_label(tally->by, &rows[i]->key, view->local, label, sizeof(label));
		fputc('\n', out);
		columns_print(label, label_len, view->width, out);
		fputc('\n', out);
		bars_print(&rows[i]->measure.latency, out);
	}
	free(rows);
	return 0;
}
