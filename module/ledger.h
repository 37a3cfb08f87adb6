/* SPDX-License-Identifier: GPL-2.0 */
/* The account of a session: what became of each call. */
#ifndef MMTRACE_LEDGER_H
#define MMTRACE_LEDGER_H

#include <linux/mmtrace.h>

struct session;

int ledger_stats(struct session *session, struct mmtrace_stats *stats);

#endif /* MMTRACE_LEDGER_H */
