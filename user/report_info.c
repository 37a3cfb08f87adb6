// SPDX-License-Identifier: GPL-2.0
/* What is known of a recording. Any byte may be in its texts. */
#include <stdlib.h>
#include <string.h>

#include "libmmtrace.h"
#include "line.h"
#include "report.h"
#include "stamp.h"

/* Spaces show, all else that does not is a backslash and three octal digits. */
static void put_text(FILE *out, const char *what, const char *text)
{
	size_t word, room = 4 * strlen(text) + 1;
	char *shown = malloc(room);
	struct line line = { .at = shown, .end = shown + room };

	if (!shown)
		return;
	while (*text) {
		word = strcspn(text, " ");
		line_escaped(&line, text, word);
		text += word;
		for (; *text == ' '; text++)
			line_char(&line, ' ');
	}
	fprintf(out, "%-10s%.*s\n", what, (int)(line.at - shown), shown);
	free(shown);
}

static void put_start(FILE *out, const struct mmt_facts *facts)
{
	struct stamp stamp = { .kind = STAMP_WALL };
	char text[STAMP_MAX];
	struct line line = { .at = text, .end = text + sizeof(text) };

	stamp_put(&stamp, facts, facts->start, &line);
	fprintf(out, "%-10s%.*s, %llu.%09llu s of its clock\n", "start",
		(int)(line.at - text), text,
		(unsigned long long)(facts->start / LINE_NSEC),
		(unsigned long long)(facts->start % LINE_NSEC));
}

static void put_events(FILE *out, __u32 events)
{
	const char *separator = "";
	__u32 event;

	fprintf(out, "%-10s", "events");
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		fprintf(out, "%s%s", separator, mmt_event_name(event));
		separator = ", ";
	}
	fputc('\n', out);
}

static void put_facts(FILE *out, const struct mmt_facts *facts)
{
	put_text(out, "machine", facts->host);
	put_text(out, "kernel", facts->release);
	put_text(out, "processor", facts->machine);
	fprintf(out, "%-10s%u, pages of %u bytes\n", "CPUs", facts->cpus, facts->page_size);
	put_text(out, "module", facts->version);
	put_start(out, facts);
	put_events(out, facts->events);
	if (facts->filter)
		put_text(out, "filter", facts->filter);
	if (facts->command)
		put_text(out, "command", facts->command);
}

static void put_account(FILE *out, const char *name, const struct mmtrace_stats *stats)
{
	fprintf(out, "%-17s %9llu %9llu %9llu %9llu %9llu %9llu %9llu\n", name,
		(unsigned long long)stats->hits, (unsigned long long)stats->filtered,
		(unsigned long long)stats->delivered, (unsigned long long)stats->lost,
		(unsigned long long)stats->overwritten, (unsigned long long)stats->pending,
		(unsigned long long)stats->missed);
}

static void put_ledger(FILE *out, const struct ledger *ledger, __u32 events)
{
	__u32 event;

	fprintf(out, "\n%-17s %9s %9s %9s %9s %9s %9s %9s\n", "account", "hits", "filtered",
		"delivered", "lost", "overwr", "pending", "missed");
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		if (events & MMTRACE_EVENT_BIT(event))
			put_account(out, mmt_event_name(event), &ledger->events[event]);
	put_account(out, "all", &ledger->events[MMTRACE_EVENT_LOST]);
}

/**
 * report_info() - what is known of a recording that has been read
 * @report: of it
 */
void report_info(const struct report *report)
{
	const struct mmt_facts *facts = mmt_recording_facts(report->recording);
	const struct render *render = &report->render;
	struct ledger ledger;

	put_facts(render->out, facts);
	fprintf(render->out, "%-10s%llu, %llu bytes\n", "records",
		(unsigned long long)render->records, (unsigned long long)render->bytes);
	if (ledger_take(report->recording, &ledger))
		put_ledger(render->out, &ledger, facts->events);
}
