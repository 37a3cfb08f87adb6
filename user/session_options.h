/* SPDX-License-Identifier: GPL-2.0 */
/* Options of all verbs that run a session, its filters included. */
#ifndef MMTRACE_SESSION_OPTIONS_H
#define MMTRACE_SESSION_OPTIONS_H

#include "follow.h"
#include "options.h"

enum session_option {
	SESSION_FOLLOW = 600,
	SESSION_OVERWRITE,
	SESSION_RING_SIZE,
	SESSION_OWN,
	SESSION_STACK,
	SESSION_DROP_TO,
};

#define SESSION_FOLLOW_ROW { SESSION_FOLLOW, 'f', "follow", NULL, \
	"with COMMAND or --pid: also all processes that they\n" \
	"make, and theirs, until the last one is gone" }
#define SESSION_OVERWRITE_ROW { SESSION_OVERWRITE, 0, "overwrite", NULL, \
	"when a ring is full drop the oldest records, not the newest" }
#define SESSION_RING_SIZE_ROW { SESSION_RING_SIZE, 0, "ring-size", "SIZE", \
	"bytes for each CPU, a power of two, for example 4M" }
#define SESSION_OWN_ROW { SESSION_OWN, 0, "own", NULL, \
	"record the calls of mmtrace-ctl itself, too" }
#define SESSION_STACK_ROW { SESSION_STACK, 0, "stack", "[=DEPTH]", \
	"with the addresses of the user stack, at most 127; default: 64" }
#define SESSION_DROP_TO_ROW { SESSION_DROP_TO, 'Z', "relinquish-privileges", "USER", \
	"become USER, without capabilities, once all is open;\n" \
	"not with COMMAND" }

int session_option(struct follow *follow, int id, const char *value);
int session_options_end(struct follow *follow, int next, int argc, char **argv);

#endif /* MMTRACE_SESSION_OPTIONS_H */
