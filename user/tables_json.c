// SPDX-License-Identifier: GPL-2.0
/* A tables as a line of JSON. All rows are there, unless a limit was asked for. */
#include <errno.h>
#include <stdlib.h>

#include "libmmtrace.h"
#include "names.h"
#include "tables.h"

static void put_number(FILE *out, const char *name, __u64 number)
{
	fprintf(out, "\"%s\":%llu", name, (unsigned long long)number);
}

static void put_errnos(FILE *out, const struct counts *errnos)
{
	const struct mmtrace_name *name;
	__u32 i;

	fputs(",\"errnos\":{", out);
	for (i = 0; i < errnos->len; i++) {
		name = mmtrace_errno_name(errnos->all[i].index);
		if (name)
			fprintf(out, "%s\"%s\"", i ? "," : "", name->text);
		else
			fprintf(out, "%s\"%u\"", i ? "," : "", errnos->all[i].index);
		fprintf(out, ":%llu", (unsigned long long)errnos->all[i].count);
	}
	fputc('}', out);
}

static void put_histogram(FILE *out, const struct counts *buckets)
{
	__u32 i;

	fputs(",\"histogram\":[", out);
	for (i = 0; i < buckets->len; i++)
		fprintf(out, "%s[%llu,%llu,%llu]", i ? "," : "",
			(unsigned long long)delay_lowest(buckets->all[i].index),
			(unsigned long long)delay_highest(buckets->all[i].index),
			(unsigned long long)buckets->all[i].count);
	fputc(']', out);
}

static void put_latency(FILE *out, const struct delay *latency, bool histogram)
{
	static const unsigned int percents[] = { 50, 95, 99 };
	size_t i;

	fputs(",\"latency\":{", out);
	put_number(out, "sum", latency->sum);
	fputc(',', out);
	put_number(out, "min", latency->min);
	fputc(',', out);
	put_number(out, "mean", delay_mean(latency));
	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		fprintf(out, ",\"p%u\":%llu", percents[i],
			(unsigned long long)delay_percentile(latency, percents[i]));
	fputc(',', out);
	put_number(out, "max", latency->max);
	if (histogram)
		put_histogram(out, &latency->buckets);
	fputc('}', out);
}

static void put_measure(FILE *out, const struct measure *measure, bool histogram)
{
	put_number(out, "calls", measure->latency.calls);
	fputc(',', out);
	put_number(out, "errors", measure->errors);
	put_errnos(out, &measure->errnos);
	fputc(',', out);
	put_number(out, "bytes", measure->bytes);
	put_latency(out, &measure->latency, histogram);
}

static int put_tally(FILE *out, const struct tables *tables, const struct tally *tally)
{
	const struct tally_row **rows = tally_sorted(tally, tables->view.sort);
	__u32 i, len = tally->len;

	if (tables->view.limit && tables->view.limit < len)
		len = tables->view.limit;
	if (!rows)
		return -ENOMEM;
	fprintf(out, ",\"%s\":[", key_name(tally->by));
	for (i = 0; i < len; i++) {
		fputs(i ? ",{" : "{", out);
		key_json(tally->by, &rows[i]->key, tables->view.local, out);
		fputc(',', out);
		put_measure(out, &rows[i]->measure, tables->histogram);
		fputc('}', out);
	}
	free(rows);
	fprintf(out, "],\"%s_more\":%u,\"%s_others\":{", key_name(tally->by), tally->len - len,
		key_name(tally->by));
	put_measure(out, &tally->others, tables->histogram);
	fputc('}', out);
	return 0;
}

static void put_lost(FILE *out, const __u64 *lost)
{
	__u32 cause;

	fputs(",\"lost\":{", out);
	for (cause = 1; cause < TABLES_CAUSES && mmtrace_lost_name(cause); cause++) {
		put_number(out, mmt_lost_name(cause), lost[cause]);
		fputc(',', out);
	}
	put_number(out, "unknown", lost[0]);
	fputc('}', out);
}

/**
 * tables_json() - what the records come to, as an object
 * @tables: it
 * @until: as of tables_print()
 * @out: where to
 *
 * Return: 0 or -ENOMEM.
 */
int tables_json(const struct tables *tables, __u64 until, FILE *out)
{
	__u32 i;

	fputc('{', out);
	put_number(out, "from", tables->from);
	fputc(',', out);
	put_number(out, "until", until);
	fputs(",\"total\":{", out);
	put_measure(out, &tables->total, tables->histogram);
	fputc('}', out);
	for (i = 0; i < tables->tallies_len; i++)
		if (put_tally(out, tables, &tables->tallies[i]))
			return -ENOMEM;
	put_lost(out, tables->lost);
	fputc(',', out);
	put_number(out, "unknown_records", tables->unknown);
	fputs("}\n", out);
	return 0;
}
