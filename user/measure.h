/* SPDX-License-Identifier: GPL-2.0 */
/* What is told of many calls together. */
#ifndef MMTRACE_MEASURE_H
#define MMTRACE_MEASURE_H

#include <linux/mmtrace.h>

#include "delay.h"

/**
 * struct measure - of many calls; zero to begin with
 * @latency: how many, and how long they took
 * @errors: how many of them failed
 * @bytes: that the others mapped
 * @errnos: how many failed, by errno
 */
struct measure {
	struct delay	latency;
	__u64		errors;
	__u64		bytes;
	struct counts	errnos;
};

int measure_add(struct measure *measure, const struct mmtrace_record *rec, __u32 page_size,
		__u64 weight);
void measure_halve(struct measure *measure);
void measure_free(struct measure *measure);

#endif /* MMTRACE_MEASURE_H */
