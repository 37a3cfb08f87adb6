// SPDX-License-Identifier: GPL-2.0
/*
 * Which layers there are: a few processes are shown one by one. Of many, as a build
 * has them, the largest eight are next to nothing; there a layer is a name.
 */
#include <string.h>

#include "intern.h"
#include "layers.h"

#define OTHERS	(LAYERS_MAX - 1)

/**
 * struct plan - in which layer each series is
 * @by_name: those of the same name are in the same layer
 * @len: number of layers without the others
 * @layer: of each series; OTHERS if it has none of its own
 */
struct plan {
	bool		by_name;
	unsigned int	len;
	unsigned int	layer[TIMELINE_PROCESSES];
};

static bool together(const struct plan *plan, const struct timeline *timeline, unsigned int a,
		     unsigned int b)
{
	return a == b || (plan->by_name && timeline->series[a].name == timeline->series[b].name);
}

static double sum_of(const struct plan *plan, const struct timeline *timeline, unsigned int series)
{
	double sum = 0;
	unsigned int i;

	for (i = 0; i < timeline->len; i++)
		if (together(plan, timeline, i, series))
			sum += timeline->series[i].total;
	return sum;
}

/* Of equals the one seen first, so that the picture is always the same. */
static int find_largest(const struct plan *plan, const struct timeline *timeline)
{
	double sum, most = 0;
	unsigned int i;
	int best = -1;

	for (i = 0; i < timeline->len; i++) {
		if (plan->layer[i] != OTHERS)
			continue;
		sum = sum_of(plan, timeline, i);
		if (sum > most) {
			most = sum;
			best = i;
		}
	}
	return best;
}

static void make_plan(struct plan *plan, const struct timeline *timeline, bool by_name)
{
	unsigned int i;
	int largest;

	plan->by_name = by_name;
	for (i = 0; i < timeline->len; i++)
		plan->layer[i] = OTHERS;
	for (plan->len = 0; plan->len < OTHERS; plan->len++) {
		largest = find_largest(plan, timeline);
		if (largest < 0)
			break;
		for (i = 0; i < timeline->len; i++)
			if (together(plan, timeline, i, largest))
				plan->layer[i] = plan->len;
	}
}

/* Are the others so large that the picture says little, or some sums already? */
static bool is_poor(const struct plan *plan, const struct timeline *timeline)
{
	double all = timeline->others.total, others = all;
	unsigned int i;

	for (i = 0; i < timeline->len; i++) {
		if (!timeline->tgids[i])
			return true;
		all += timeline->series[i].total;
		if (plan->layer[i] == OTHERS)
			others += timeline->series[i].total;
	}
	return others > all / 4;
}

static void add(struct layer *layer, __u32 tgid, const struct series *series)
{
	unsigned int i;

	layer->tgid = layer->processes ? 0 : tgid;
	layer->name = series->name;
	layer->processes += series->processes;
	layer->total += series->total;
	for (i = 0; i < TIMELINE_BUCKETS; i++)
		layer->top[i] += series->bytes[i];
}

/* From bytes in each bucket to all up to it, on top of what is below. */
static void pile_up(struct layers *layers, unsigned int at)
{
	struct layer *layer = &layers->layer[at];
	double sum = 0;
	unsigned int i;

	layer->colour = at;
	for (i = 0; i < layers->used; i++) {
		sum += layer->top[i];
		/* What was mapped before the first record may shrink: not below nothing. */
		layer->top[i] = sum > 0 ? sum : 0;
		if (at)
			layer->top[i] += layer[-1].top[i];
		if (layer->top[i] > layers->most)
			layers->most = layer->top[i];
	}
}

static void make_others(struct layers *layers, const struct timeline *timeline,
			const struct plan *plan)
{
	struct layer *layer = &layers->layer[layers->len];
	unsigned int i;

	if (timeline->others.processes)
		add(layer, 0, &timeline->others);
	for (i = 0; i < timeline->len; i++)
		if (plan->layer[i] == OTHERS)
			add(layer, 0, &timeline->series[i]);
	if (!layer->processes)
		return;
	pile_up(layers, layers->len++);
	layer->name = INTERN_OTHERS;
	layer->colour = OTHERS;
}

/**
 * layers_stack() - make layers of a timeline
 * @layers: filled in
 * @timeline: one that has begun
 */
void layers_stack(struct layers *layers, const struct timeline *timeline)
{
	struct plan plan;
	unsigned int i;

	memset(layers, 0, sizeof(*layers));
	layers->used = timeline_used(timeline);
	make_plan(&plan, timeline, false);
	if (is_poor(&plan, timeline)) {
		make_plan(&plan, timeline, true);
		/* One name for all would say even less. */
		if (plan.len < 2)
			make_plan(&plan, timeline, false);
	}
	layers->by_name = plan.by_name;
	for (i = 0; i < timeline->len; i++)
		if (plan.layer[i] != OTHERS)
			add(&layers->layer[plan.layer[i]], timeline->tgids[i],
			    &timeline->series[i]);
	while (layers->len < plan.len)
		pile_up(layers, layers->len++);
	make_others(layers, timeline, &plan);
}
