// SPDX-License-Identifier: GPL-2.0
/* What top shows at once. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "columns.h"
#include "libmmtrace.h"
#include "top.h"
#include "units.h"

#define LINE_MAX_LEN	256

static const char help[] =
	"Sort by    c calls   b bytes   e errors   l latency (p99)   s the next of them\n"
	"Count by   p process   t thread   f file   g cgroup   u user   o origin   v event\n"
	"Interval   + longer   - shorter\n"
	"space      pause, and go on\n"
	"h          this help; the next key ends it\n"
	"q          quit\n";

static void put_line(const char *line, unsigned int width, FILE *out)
{
	fprintf(out, "%.*s\n", (int)columns_cut(line, strlen(line), width), line);
}

static void put_title(const struct top *top, unsigned int width, FILE *out)
{
	char line[LINE_MAX_LEN], clock[16] = "";
	time_t seconds = time(NULL);
	struct tm broken;

	if (localtime_r(&seconds, &broken))
		strftime(clock, sizeof(clock), "%T", &broken);
	snprintf(line, sizeof(line), "mmtrace top %s, every %g s, by %s, sorted by %s%s%s", clock,
		 top->interval / 1e9, key_name(top->tally.by), tally_sort_name(top->view.sort),
		 top->is_plain ? "" : ", h: help", top->paused ? ", PAUSED" : "");
	put_line(line, width, out);
}

static void put_sums(const struct top *top, unsigned int width, FILE *out)
{
	const struct measure *total = &top->total;
	double rate = top->view.rate;
	char line[LINE_MAX_LEN];

	snprintf(line, sizeof(line), "%s calls/s, %s errors/s, %s bytes/s",
		 units_count(total->latency.calls * rate).text,
		 units_count(total->errors * rate).text, units_bytes(total->bytes * rate).text);
	put_line(line, width, out);
}

static void put_losses(struct top *top, unsigned int width, FILE *out)
{
	struct mmtrace_stats stats = { .size = sizeof(stats) };
	struct mmtrace_info info = { .size = sizeof(info) };
	char line[LINE_MAX_LEN];
	double load = 0;

	mmt_device_stats(top->follow.device, MMTRACE_EVENT_LOST, &stats);
	mmt_device_info(top->follow.device, &info);
	getloadavg(&load, 1);
	snprintf(line, sizeof(line), "lost %s, missed %s; sessions %u; load %.2f",
		 units_count((double)stats.lost + stats.overwritten).text,
		 units_count(stats.missed).text, info.sessions, load);
	put_line(line, width, out);
}

/**
 * top_frame() - all that is shown now
 * @top: what
 * @width: columns of the screen
 * @out: where to
 *
 * Return: 0 or -ENOMEM.
 */
int top_frame(struct top *top, unsigned int width, FILE *out)
{
	const char *line;

	put_title(top, width, out);
	put_sums(top, width, out);
	put_losses(top, width, out);
	fputc('\n', out);
	if (!top->help) {
		top->view.width = width;
		return tally_print(&top->view, &top->tally, NULL, out);
	}
	for (line = help; *line; line = strchr(line, '\n') + 1)
		fprintf(out, "%.*s\n", (int)columns_cut(line, strcspn(line, "\n"), width), line);
	return 0;
}
