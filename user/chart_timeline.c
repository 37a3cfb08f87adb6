// SPDX-License-Identifier: GPL-2.0
/* Bytes mapped over time, a layer for each of the largest processes. */
#include "chart.h"
#include "quantity.h"
#include "scale.h"

#define HEIGHT		CHART_TIMELINE_HEIGHT
#define SLICES_MAX	100	/* that tell what is there */
#define Y_LINES		8
#define X_LINES		6

static double height_of(const struct layers *layers, double bytes)
{
	return HEIGHT - HEIGHT * bytes / (layers->most > 0 ? layers->most * 1.04 : 1);
}

static double bytes_at(const struct layers *layers, int layer, unsigned int bucket)
{
	return layer < 0 || !bucket ? 0 : layers->layer[layer].top[bucket - 1];
}

/* A point in the middle of a horizontal line says nothing. */
static bool is_flat(const struct layers *layers, int layer, unsigned int bucket)
{
	double here = bytes_at(layers, layer, bucket);

	return bucket && bucket < layers->used && bytes_at(layers, layer, bucket - 1) == here &&
	       bytes_at(layers, layer, bucket + 1) == here;
}

static void put_point(FILE *out, const struct layers *layers, int layer, unsigned int bucket)
{
	if (!is_flat(layers, layer, bucket))
		fprintf(out, "%u %.1f ", bucket,
			height_of(layers, bytes_at(layers, layer, bucket)));
}

/* Along its upper edge, and back along that of the one below. */
static void put_layer(FILE *out, const struct summary *summary, const struct layers *layers,
		      unsigned int layer)
{
	const struct layer *this = &layers->layer[layer];
	unsigned int i;

	fprintf(out, "<polygon class='s%u' points='", this->colour);
	for (i = 0; i <= layers->used; i++)
		put_point(out, layers, layer, i);
	for (i = layers->used + 1; i-- > 0;)
		put_point(out, layers, (int)layer - 1, i);
	fputs("'><title>", out);
	chart_layer_name(out, summary, this);
	fputs("</title></polygon>\n", out);
}

static void put_slice_title(FILE *out, const struct summary *summary, const struct layers *layers,
			    unsigned int end)
{
	int i;

	fprintf(out, "after %s: %s",
		quantity_time((double)end * summary->timeline.width).text,
		quantity_bytes(bytes_at(layers, (int)layers->len - 1, end)).text);
	for (i = 0; i < (int)layers->len; i++) {
		double bytes = bytes_at(layers, i, end) - bytes_at(layers, i - 1, end);

		if (bytes <= 0)
			continue;
		fputc('\n', out);
		chart_layer_name(out, summary, &layers->layer[i]);
		fprintf(out, ": %s", quantity_bytes(bytes).text);
	}
}

/* Invisible; a mouse above it shows what was mapped up to then. */
static void put_slices(FILE *out, const struct summary *summary, const struct layers *layers)
{
	unsigned int width = (layers->used + SLICES_MAX - 1) / SLICES_MAX, at, end;

	for (at = 0; at < layers->used; at = end) {
		end = at + width < layers->used ? at + width : layers->used;
		fprintf(out, "<rect class='slice' x='%u' width='%u' height='%u'><title>", at,
			end - at, HEIGHT);
		put_slice_title(out, summary, layers, end);
		fputs("</title></rect>\n", out);
	}
}

static void put_losses(FILE *out, const struct summary *summary, const struct layers *layers)
{
	unsigned int i;

	for (i = 0; i < layers->used; i++) {
		if (!summary->timeline.lost[i])
			continue;
		fprintf(out, "<rect class='lost' x='%u' width='1' height='%u'>", i, HEIGHT);
		fprintf(out, "<title>%s calls lost</title></rect>\n",
			quantity_count(summary->timeline.lost[i]).text);
	}
}

static void put_axes(FILE *out, const struct summary *summary, const struct layers *layers)
{
	double span = (double)layers->used * summary->timeline.width;
	double step = scale_bytes_step(layers->most, Y_LINES), at;

	for (at = 0; at <= layers->most * 1.04; at += step)
		chart_y(out, height_of(layers, at), at ? quantity_bytes(at).text : "0");
	step = scale_time_step(span, X_LINES);
	for (at = 0; at <= span; at += step)
		chart_x(out, 100 * at / span, HEIGHT, at ? quantity_time(at).text : "0");
	chart_x_name(out, HEIGHT, "time since the first record");
}

/**
 * chart_timeline() - draw bytes over time
 * @out: where to
 * @summary: of all records, of which there is one at least
 * @layers: of its timeline
 */
void chart_timeline(FILE *out, const struct summary *summary, const struct layers *layers)
{
	unsigned int i;

	chart_begin(out, HEIGHT, "Bytes mapped over time, by process");
	put_axes(out, summary, layers);
	chart_stretch(out, layers->used, HEIGHT);
	for (i = 0; i < layers->len; i++)
		put_layer(out, summary, layers, i);
	put_losses(out, summary, layers);
	put_slices(out, summary, layers);
	chart_end(out);
	chart_end(out);
}
