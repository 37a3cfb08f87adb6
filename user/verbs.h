/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs of mmtrace-ctl; each is in the file of its name. */
#ifndef MMTRACE_VERBS_H
#define MMTRACE_VERBS_H

#include "options.h"

extern const struct verb status_verb;
extern const struct verb filter_verb;
extern const struct verb trace_verb;
extern const struct verb record_verb;
extern const struct verb report_verb;
extern const struct verb stat_verb;
extern const struct verb top_verb;
extern const struct verb recorder_verb;
extern const struct verb snapshot_verb;
extern const struct verb selftest_verb;

#endif /* MMTRACE_VERBS_H */
