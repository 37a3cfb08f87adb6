/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Charts in SVG. What is drawn is stretched to the width that there is, text is not:
 * it stands at percentages of the width, so that it can be read in a narrow window.
 * Labels of the axes stand outside; whoever wants a chart leaves room there.
 */
#ifndef MMTRACE_CHART_H
#define MMTRACE_CHART_H

#include <stdio.h>

#include "layers.h"
#include "summary.h"

#define CHART_LEFT	72	/* room for labels, pixels */
#define CHART_RIGHT	20
#define CHART_BOTTOM	44

#define CHART_TIMELINE_HEIGHT	280

void chart_begin(FILE *out, unsigned int height, const char *what);
void chart_stretch(FILE *out, unsigned int width, unsigned int height);
void chart_end(FILE *out);
void chart_y(FILE *out, double y, const char *label);
void chart_x(FILE *out, double percent, unsigned int height, const char *label);
void chart_x_name(FILE *out, unsigned int height, const char *name);

void chart_layer_name(FILE *out, const struct summary *summary, const struct layer *layer);
void chart_timeline(FILE *out, const struct summary *summary, const struct layers *layers);
void chart_latency(FILE *out, const struct summary *summary);
unsigned int chart_latency_height(const struct summary *summary);

#endif /* MMTRACE_CHART_H */
