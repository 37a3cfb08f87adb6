/* SPDX-License-Identifier: GPL-2.0 */
/* Does the kernel still call the probes? Sessions are told when it does not. */
#ifndef MMTRACE_PULSE_H
#define MMTRACE_PULSE_H

#include <linux/list.h>
#include <linux/mmtrace.h>
#include <linux/types.h>

/* Interruptions that a session can be told of one by one, before it reads. */
#define PULSE_GAPS	16

/**
 * struct pulse_gap - a time in which calls may not have been seen
 * @first: ns of CLOCK_MONOTONIC
 * @last: likewise
 */
struct pulse_gap {
	u64	first;
	u64	last;
};

/**
 * struct pulse_listener - what a session is told; all of it is pulse.c's own
 * @place: among those that listen; empty if it does not
 * @since: when it began to
 * @count: interruptions
 * @duration: of all of them, as far as it has been told, ns
 * @gaps: still to be read
 * @gaps_len: how many
 */
struct pulse_listener {
	struct list_head	place;
	u64			since;
	u64			count;
	u64			duration;
	struct pulse_gap	gaps[PULSE_GAPS];
	unsigned int		gaps_len;
};

int pulse_init(void);
void pulse_exit(void);
void pulse_prepare(struct pulse_listener *listener);
int pulse_listen(struct pulse_listener *listener);
void pulse_leave(struct pulse_listener *listener);
void pulse_look(void);
bool pulse_next(struct pulse_listener *listener, struct pulse_gap *gap);
void pulse_stats(struct pulse_listener *listener, struct mmtrace_stats *stats);
bool pulse_has_stopped(void);
bool pulse_has_stopped_for(struct pulse_listener *listener);

#endif /* MMTRACE_PULSE_H */
