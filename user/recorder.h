/* SPDX-License-Identifier: GPL-2.0 */
/* A session that keeps the last records until somebody asks for them. */
#ifndef MMTRACE_RECORDER_H
#define MMTRACE_RECORDER_H

#include <stdbool.h>

#include "handover.h"
#include "libmmtrace.h"

/**
 * struct recorder - what to record, and the state of it
 * @name: by which others find it
 * @ring_size: bytes a CPU, 0 for the default
 * @events: set of events, 0 for the default
 * @filter: of the session
 * @trigger: what freezes it; no predicates for nothing
 * @before: most records to keep before that
 * @after: and after it
 * @device: the session
 * @handover: its name
 * @signal_fd: on which it is told to end
 */
struct recorder {
	const char	*name;
	__u64		ring_size;
	__u32		events;
	struct mmt_program	*filter;
	struct mmt_program	*trigger;
	__u64		before;
	__u64		after;

	struct mmt_device	*device;
	struct handover	handover;
	int		signal_fd;
};

int recorder_run(struct recorder *recorder);

#endif /* MMTRACE_RECORDER_H */
