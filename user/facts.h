/* SPDX-License-Identifier: GPL-2.0 */
/* What is told of a session before its first record, and after its last. */
#ifndef MMTRACE_FACTS_H
#define MMTRACE_FACTS_H

#include <linux/mmtrace.h>

#include "device.h"
#include "program.h"

/**
 * struct facts - where and when records are taken
 * @host: name of the machine
 * @release: of its kernel
 * @machine: its architecture, as uname(2) has it
 * @version: of the module
 * @cpus: number of CPUs that there may ever be
 * @page_size: bytes
 * @events: set of events that are recorded
 * @start: when the session started, ns of CLOCK_MONOTONIC
 * @wall: what is to be added to a time of CLOCK_MONOTONIC for the one of
 *	CLOCK_REALTIME, ns, as it was at the start
 * @filter: as an expression; NULL if there is none
 * @command: that was run, its words for a shell; NULL if there is none
 */
struct facts {
	char		host[65];
	char		release[65];
	char		machine[65];
	char		version[32];
	__u32		cpus;
	__u32		page_size;
	__u32		events;
	__u64		start;
	__s64		wall;
	const char	*filter;
	const char	*command;
};

/**
 * struct ledger - the account of a session
 * @events: by event; that of MMTRACE_EVENT_LOST is the sum of all
 */
struct ledger {
	struct mmtrace_stats	events[MMTRACE_EVENT_COUNT];
};

int facts_ask(struct device *device, struct facts *facts);
char *facts_filter(const struct program *program);
char *facts_command(char *const *argv);
int ledger_ask(struct device *device, struct ledger *ledger);

#endif /* MMTRACE_FACTS_H */
