/* SPDX-License-Identifier: GPL-2.0 */
/* What a recorder has up to now. */
#ifndef MMTRACE_SNAPSHOT_H
#define MMTRACE_SNAPSHOT_H

#include <stdbool.h>

#include "libmmtrace.h"
#include "render.h"

/**
 * struct snapshot - what to take, and what there was
 * @name: of the recorder
 * @output: file to write to, NULL for standard output
 * @rearm: let a frozen recorder go on
 * @render: where records go; @format set by the caller
 * @device: the session of the recorder
 * @records: that there were
 * @overwritten: records lost between them, or before
 * @missed: calls that the probe layer did not report
 * @interrupted: ns in which the probes were switched off
 */
struct snapshot {
	const char	*name;
	const char	*output;
	bool		rearm;
	struct render	render;

	struct mmt_device	*device;
	__u64		records;
	__u64		overwritten;
	__u64		missed;
	__u64		interrupted;
};

int snapshot_run(struct snapshot *snapshot);

#endif /* MMTRACE_SNAPSHOT_H */
