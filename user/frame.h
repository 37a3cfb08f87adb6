/* SPDX-License-Identifier: GPL-2.0 */
/* A frame of a stack as one word. */
#ifndef MMTRACE_FRAME_H
#define MMTRACE_FRAME_H

#include <linux/mmtrace.h>

#include "libmmtrace.h"
#include "line.h"
#include "text.h"

/* Room for any path; of a function's name that is longer, the beginning. */
#define FRAME_MAX	(4 * MMTRACE_TEXT_PATH_MAX + LINE_HEX_MAX + 1)

/* Between frames. */
#define FRAME_SEPARATOR	';'

struct mmt_symbols;

void frame_put(struct line *line, const struct mmtrace_record *rec, struct mmt_symbols *symbols,
	       __u64 ip);

#endif /* MMTRACE_FRAME_H */
