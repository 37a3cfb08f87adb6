/* SPDX-License-Identifier: GPL-2.0 */
/* Options of all verbs that show records. */
#ifndef MMTRACE_RENDER_OPTIONS_H
#define MMTRACE_RENDER_OPTIONS_H

#include "options.h"
#include "render.h"

enum render_option {
	RENDER_FORMAT = 500,
	RENDER_JSON,
	RENDER_TIME,
	RENDER_COLOR,
};

#define RENDER_FORMAT_ROW { RENDER_FORMAT, 0, "format", "FORMAT", FORMAT_HELP }
#define RENDER_JSON_ROW { RENDER_JSON, 0, "json", NULL, "the same as --format json" }
#define RENDER_TIME_ROW { RENDER_TIME, 0, "time", "TIME", "how text tells it: " STAMP_HELP }
#define RENDER_COLOR_ROW { RENDER_COLOR, 0, "color", "[=WHEN]", "auto (default), always, never" }

bool render_is_option(int id);
int render_option(struct render *render, int id, const char *value);

#endif /* MMTRACE_RENDER_OPTIONS_H */
