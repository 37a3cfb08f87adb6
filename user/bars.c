// SPDX-License-Identifier: GPL-2.0
#include "bars.h"
#include "units.h"

#define BARS		64	/* one for each power of two; the first also has 0 */
#define BAR_WIDTH	50

static unsigned int bar_of(__u64 ns)
{
	return ns ? 63 - __builtin_clzll(ns) : 0;
}

static void print_bar(unsigned int bar, __u64 count, __u64 most, FILE *out)
{
	double low = bar ? 1ull << bar : 0;
	int width = (double)count / most * BAR_WIDTH + 0.5;

	fprintf(out, "%7s to %-7s%6s |", units_time(low).text,
		units_time(2.0 * (1ull << bar)).text, units_count(count).text);
	for (; width > 0; width--)
		fputc('@', out);
	fputc('\n', out);
}

/**
 * bars_print() - a line a power of two, from the shortest to the longest
 * @latency: of calls
 * @out: where to
 */
void bars_print(const struct delay *latency, FILE *out)
{
	__u64 bars[BARS] = { 0 }, most = 0;
	unsigned int bar, first = BARS, last = 0;
	__u32 i;

	for (i = 0; i < latency->buckets.len; i++) {
		bar = bar_of(delay_lowest(latency->buckets.all[i].index));
		bars[bar] = counts_sum(bars[bar], latency->buckets.all[i].count);
		if (bars[bar] > most)
			most = bars[bar];
		if (bar < first)
			first = bar;
		last = bar;
	}
	for (bar = first; most && bar <= last; bar++)
		print_bar(bar, bars[bar], most, out);
}
