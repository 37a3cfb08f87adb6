/* SPDX-License-Identifier: GPL-2.0 */
/* A timeline as layers on top of each other: the largest ones, and the others. */
#ifndef MMTRACE_LAYERS_H
#define MMTRACE_LAYERS_H

#include <stdbool.h>

#include "timeline.h"

#define LAYERS_MAX	9	/* that many colours can be told apart */

/**
 * struct layer - of a process, of all of one name, or of the others
 * @tgid: process; 0 if it is of more than one
 * @name: by struct intern; INTERN_OTHERS for the others
 * @processes: how many
 * @colour: 0 to LAYERS_MAX - 1; always the last one for the others
 * @total: bytes mapped
 * @top: upper edge at the end of each bucket, bytes mapped since the beginning by it
 *	and those below it
 */
struct layer {
	__u32		tgid;
	__u32		name;
	__u64		processes;
	unsigned int	colour;
	double		total;
	double		top[TIMELINE_BUCKETS];
};

/**
 * struct layers - all of them
 * @len: how many
 * @used: buckets in use
 * @by_name: processes of the same name are one layer
 * @most: highest edge
 * @layer: largest first, others last
 */
struct layers {
	unsigned int	len;
	unsigned int	used;
	bool		by_name;
	double		most;
	struct layer	layer[LAYERS_MAX];
};

void layers_stack(struct layers *layers, const struct timeline *timeline);

#endif /* MMTRACE_LAYERS_H */
