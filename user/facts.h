/* SPDX-License-Identifier: GPL-2.0 */
/* What is told of a session before its first record, and after its last. */
#ifndef MMTRACE_FACTS_H
#define MMTRACE_FACTS_H

#include "libmmtrace.h"

/**
 * struct ledger - the account of a session
 * @events: by event; that of MMTRACE_EVENT_LOST is the sum of all
 */
struct ledger {
	struct mmtrace_stats	events[MMTRACE_EVENT_COUNT];
};

char *facts_filter(const struct mmt_program *program);
char *facts_command(char *const *argv);
int ledger_ask(struct mmt_device *device, struct ledger *ledger);
bool ledger_take(const struct mmt_recording *recording, struct ledger *ledger);

#endif /* MMTRACE_FACTS_H */
