// SPDX-License-Identifier: GPL-2.0
#include "chart.h"
#include "markup.h"
#include "quantity.h"

/**
 * chart_begin() - begin a chart
 * @out: where to
 * @height: pixels, without the labels below
 * @what: it shows, for who does not see it
 */
void chart_begin(FILE *out, unsigned int height, const char *what)
{
	fprintf(out, "<svg class='chart' role='img' aria-label='%s' ", what);
	fprintf(out, "width='100%%' height='%u' overflow='visible'>\n", height);
}

/**
 * chart_stretch() - begin a part that is stretched; </svg> ends it
 * @out: where to
 * @width: in units that become the width that there is
 * @height: pixels
 */
void chart_stretch(FILE *out, unsigned int width, unsigned int height)
{
	fprintf(out, "<svg viewBox='0 0 %u %u' preserveAspectRatio='none' ", width, height);
	fprintf(out, "width='100%%' height='%u'>\n", height);
}

void chart_end(FILE *out)
{
	fputs("</svg>\n", out);
}

/**
 * chart_y() - a line across, and what it stands for
 * @out: where to
 * @y: pixels from above
 * @label: on the left
 */
void chart_y(FILE *out, double y, const char *label)
{
	fprintf(out, "<line class='grid' x1='0' x2='100%%' y1='%.1f' y2='%.1f'/>", y, y);
	fprintf(out, "<text class='y' x='-10' y='%.1f' dy='.32em'>%s</text>\n", y, label);
}

/**
 * chart_x() - a mark below, and what it stands for
 * @out: where to
 * @percent: from the left
 * @height: of the chart, pixels
 * @label: below
 */
void chart_x(FILE *out, double percent, unsigned int height, const char *label)
{
	fprintf(out, "<line class='grid' x1='%.2f%%' x2='%.2f%%' ", percent, percent);
	fprintf(out, "y1='0' y2='%u'/>", height + 5);
	fprintf(out, "<text class='x' x='%.2f%%' y='%u'>%s</text>\n", percent, height + 20, label);
}

/**
 * chart_x_name() - what the axis shows
 * @out: where to
 * @height: of the chart, pixels
 * @name: below the labels
 */
void chart_x_name(FILE *out, unsigned int height, const char *name)
{
	fprintf(out, "<text class='axis' x='50%%' y='%u'>%s</text>\n", height + 38, name);
}

/**
 * chart_layer_name() - write whose a layer is
 * @out: where to
 * @summary: of all records
 * @layer: of its timeline
 */
void chart_layer_name(FILE *out, const struct summary *summary, const struct layer *layer)
{
	if (layer->name == INTERN_OTHERS) {
		fprintf(out, "%s other%s", quantity_count(layer->processes).text,
			layer->processes == 1 ? "" : "s");
		return;
	}
	markup_name(out, summary->names, layer->name);
	if (layer->processes == 1)
		fprintf(out, " %u", layer->tgid);
	else
		fprintf(out, " \303\227%s", quantity_count(layer->processes).text);
}
