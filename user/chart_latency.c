// SPDX-License-Identifier: GPL-2.0
/* How long calls took: a row for each event, both axes logarithmic, for the few slow ones. */
#include "chart.h"
#include "libmmtrace.h"
#include "names.h"
#include "quantity.h"

#define ROW		84	/* pixels */
#define GAP		46	/* above each, for its name and marks */
#define DECADES_FROM	40	/* buckets from which on an axis has powers of ten only */

/**
 * struct span - what all rows show
 * @first: bucket
 * @end: behind the last one
 * @rows: how many
 */
struct span {
	unsigned int	first;
	unsigned int	end;
	unsigned int	rows;
};

static void widen(struct span *span, const struct latency *latency)
{
	unsigned int i;

	span->rows += latency->calls != 0;
	for (i = 0; i < LATENCY_BUCKETS; i++) {
		if (!latency->buckets[i])
			continue;
		span->first = i < span->first ? i : span->first;
		span->end = i >= span->end ? i + 1 : span->end;
	}
}

static struct span find_span(const struct summary *summary)
{
	struct span span = { .first = LATENCY_BUCKETS };
	unsigned int i;

	for (i = 1; i < MMTRACE_EVENT_COUNT; i++)
		widen(&span, &summary->latency[i]);
	/* A bar as wide as the chart would look like something else. */
	for (i = 0; i < LATENCY_PARTS && span.rows; i++) {
		span.first -= span.first > 0;
		span.end += span.end < LATENCY_BUCKETS;
	}
	return span;
}

static double percent(const struct span *span, double ns)
{
	unsigned int i = span->first;
	double edge;

	while (i + 1 < span->end && latency_edge(i + 1) <= ns)
		i++;
	edge = latency_edge(i);
	return 100 * (i - span->first + (ns - edge) / (latency_edge(i + 1) - edge)) /
	       (span->end - span->first);
}

/* The logarithm to the base of two, as a line between powers of two; libm has a better one. */
static double logarithm(__u64 number)
{
	unsigned int power = 63 - __builtin_clzll(number);

	return power + (double)number / (1ull << power) - 1;
}

/* One call is to be seen, too. */
static double height_of(__u64 calls, __u64 most)
{
	return calls ? ROW * logarithm(calls + 1) / logarithm(most + 1) : 0;
}

static __u64 most_calls(const struct latency *latency)
{
	__u64 most = 0;
	unsigned int i;

	for (i = 0; i < LATENCY_BUCKETS; i++)
		most = latency->buckets[i] > most ? latency->buckets[i] : most;
	return most;
}

/* Three lines at most: one call, the power of ten below the highest bar, and in between. */
static void put_calls_axis(FILE *out, __u64 most, unsigned int bottom)
{
	__u64 step = 10, calls;

	while (step * step * step <= most)
		step *= 10;
	chart_y(out, bottom, "0");
	for (calls = 1; calls <= most && calls <= step * step; calls *= step)
		if (calls > 1 || most < 100)
			chart_y(out, bottom - height_of(calls, most), quantity_count(calls).text);
}

static void put_bars(FILE *out, const struct span *span, const struct latency *latency,
		     unsigned int event, unsigned int bottom)
{
	__u64 most = most_calls(latency);
	unsigned int i;

	for (i = span->first; i < span->end; i++) {
		double height = height_of(latency->buckets[i], most);

		if (!latency->buckets[i])
			continue;
		fprintf(out, "<rect class='e%u' x='%.2f%%' width='%.2f%%' y='%.1f' height='%.1f'>",
			event, 100.0 * (i - span->first) / (span->end - span->first),
			86.0 / (span->end - span->first), bottom - height, height);
		fprintf(out, "<title>%s to ", quantity_time(latency_edge(i)).text);
		fprintf(out, "%s: %s calls</title></rect>\n",
			quantity_time(latency_edge(i + 1)).text,
			quantity_count(latency->buckets[i]).text);
	}
}

/* Half of the calls on the left of its mark, and all but one of a hundred. */
static void put_mark(FILE *out, const struct span *span, const struct latency *latency,
		     double share, unsigned int bottom)
{
	double ns = latency_quantile(latency, share), at = percent(span, ns);
	bool is_median = share == .5, is_right = at > 80;
	unsigned int top = bottom - ROW - (is_right && !is_median ? 18 : 4);

	fprintf(out, "<line class='mark' x1='%.2f%%' x2='%.2f%%' y1='%u' y2='%u'/>", at, at,
		top - 9, bottom);
	fprintf(out, "<text class='mark%s' x='%.2f%%' dx='%d' y='%u'>p%.0f %s</text>\n",
		is_median || is_right ? " end" : "", at, is_median || is_right ? -4 : 4, top,
		100 * share, quantity_time(ns).text);
}

static void put_row(FILE *out, const struct span *span, const struct latency *latency,
		    unsigned int event, unsigned int bottom)
{
	fprintf(out, "<text class='row' x='0' y='%u'>%s ", bottom - ROW - 22,
		mmt_event_name(event));
	fprintf(out, "<tspan class='dim'>%s call%s</tspan></text>\n",
		quantity_count(latency->calls).text, latency->calls == 1 ? "" : "s");
	put_calls_axis(out, most_calls(latency), bottom);
	put_bars(out, span, latency, event, bottom);
	put_mark(out, span, latency, .5, bottom);
	put_mark(out, span, latency, .99, bottom);
}

static void put_time_axis(FILE *out, const struct span *span, unsigned int height)
{
	double from = latency_edge(span->first), to = latency_edge(span->end);
	bool decades = span->end - span->first >= DECADES_FROM;
	double power, ns;
	int i;

	for (power = 1; power <= to; power *= 10) {
		for (i = 0; i < (decades ? 1 : 3); i++) {
			ns = power * (i == 0 ? 1 : i == 1 ? 2 : 5);
			if (ns >= from && ns <= to)
				chart_x(out, percent(span, ns), height, quantity_time(ns).text);
		}
	}
	chart_x_name(out, height, "duration; both axes are logarithmic");
}

/**
 * chart_latency_height() - how high the chart will be
 * @summary: of all records
 *
 * Return: pixels, without the labels below.
 */
unsigned int chart_latency_height(const struct summary *summary)
{
	return find_span(summary).rows * (ROW + GAP);
}

/**
 * chart_latency() - draw how long calls took
 * @out: where to
 * @summary: of all records, with one call at least
 */
void chart_latency(FILE *out, const struct summary *summary)
{
	struct span span = find_span(summary);
	unsigned int height = span.rows * (ROW + GAP), bottom = 0, event;

	chart_begin(out, height, "Duration of calls, by event");
	put_time_axis(out, &span, height);
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (summary->latency[event].calls)
			put_row(out, &span, &summary->latency[event], event, bottom += ROW + GAP);
	chart_end(out);
}
