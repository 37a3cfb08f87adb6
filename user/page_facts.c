// SPDX-License-Identifier: GPL-2.0
/* Of which machine a page tells, and when, and what became of all calls. */
#include <string.h>
#include <time.h>

#include "facts.h"
#include "libmmtrace.h"
#include "markup.h"
#include "names.h"
#include "page.h"
#include "quantity.h"
#include "summary.h"

#define NS	1000000000ll

static void put_text(FILE *out, const char *what, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "<div><dt>%s</dt><dd>", what);
	markup_text(out, text, strlen(text));
	fputs("</dd></div>\n", out);
}

static void put_count(FILE *out, const char *what, __u64 count)
{
	put_text(out, what, quantity_count(count).text);
}

static void put_kernel(FILE *out, const struct mmt_facts *facts)
{
	char text[sizeof(facts->release) + sizeof(facts->machine) + 1];

	snprintf(text, sizeof(text), "%s %s", facts->release, facts->machine);
	put_text(out, "kernel", *facts->release ? text : "");
}

static void put_when(FILE *out, const struct summary *summary, const struct mmt_facts *facts)
{
	time_t seconds = (__s64)(summary->timeline.first + (__u64)facts->wall) / NS;
	char text[64];
	struct tm tm;

	if (!facts->wall || !gmtime_r(&seconds, &tm))
		return;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
	put_text(out, "first record", text);
}

static void put_events(FILE *out, const struct mmt_facts *facts)
{
	char text[128] = "";
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(facts->events & MMTRACE_EVENT_BIT(event)))
			continue;
		if (*text)
			strcat(text, ", ");
		strcat(text, mmt_event_name(event));
	}
	put_text(out, "events", text);
}

/* Over the whole width. */
static void put_long(FILE *out, const char *what, const char *text)
{
	if (!text)
		return;
	fprintf(out, "<div class='long'><dt>%s</dt><dd class='code'>", what);
	markup_text(out, text, strlen(text));
	fputs("</dd></div>\n", out);
}

static void put_account(FILE *out, const struct mmtrace_stats *all)
{
	put_count(out, "calls while it ran", all->hits);
	put_count(out, "filtered out", all->filtered);
	put_count(out, "delivered", all->delivered);
	put_count(out, "lost or missed", all->lost + all->overwritten + all->missed);
}

/**
 * page_facts() - write what is known of the machine and the session
 * @out: where to
 * @summary: of all records
 * @facts: of the machine
 * @ledger: NULL if it is not known
 */
void page_facts(FILE *out, const struct summary *summary, const struct mmt_facts *facts,
		const struct ledger *ledger)
{
	const struct timeline *timeline = &summary->timeline;

	fputs("<dl>\n", out);
	put_text(out, "machine", facts->host);
	put_kernel(out, facts);
	put_text(out, "mmtrace", facts->version);
	if (facts->cpus)
		put_count(out, "processors", facts->cpus);
	put_when(out, summary, facts);
	put_text(out, "from first to last record",
		 quantity_time(timeline->last - timeline->first).text);
	put_events(out, facts);
	put_count(out, "records", summary->records);
	if (summary->unknown)
		put_count(out, "of unknown events", summary->unknown);
	if (ledger)
		put_account(out, &ledger->events[MMTRACE_EVENT_LOST]);
	put_long(out, "command", facts->command);
	put_long(out, "filter", facts->filter);
	fputs("</dl>\n", out);
}

/* By the account, or by the records, which may be all that there is. */
static __u64 missing(const struct summary *summary, const struct ledger *ledger)
{
	const struct mmtrace_stats *all;
	__u64 told = 0, counted = 0;
	size_t i;

	if (ledger) {
		all = &ledger->events[MMTRACE_EVENT_LOST];
		counted = all->lost + all->overwritten + all->missed;
	}
	for (i = 0; i < sizeof(summary->lost) / sizeof(summary->lost[0]); i++)
		told += summary->lost[i];
	return told > counted ? told : counted;
}

static void put_cause(FILE *out, const char **before, __u64 count, const char *cause)
{
	if (!count)
		return;
	fprintf(out, "%s%s %s", *before, quantity_count(count).text, cause);
	*before = ", ";
}

/**
 * page_losses() - write that calls are missing, if some are
 * @out: where to
 * @summary: of all records
 * @ledger: NULL if it is not known
 */
void page_losses(FILE *out, const struct summary *summary, const struct ledger *ledger)
{
	const struct mmtrace_stats *all = ledger ? &ledger->events[MMTRACE_EVENT_LOST] : NULL;
	__u64 count = missing(summary, ledger);
	const char *before = ": ";

	if (count) {
		fprintf(out, "<p class='alarm'>%s calls are missing here",
			quantity_count(count).text);
		if (all) {
			put_cause(out, &before, all->lost, "because the ring was full");
			put_cause(out, &before, all->overwritten, "overwritten");
			put_cause(out, &before, all->missed, "missed by the kernel's probe layer");
		}
		fputs(". Red marks in the first chart show where.</p>\n", out);
	}
	if (!ledger)
		fputs("<p class='alarm'>No account: these records were cut off.</p>\n", out);
}
