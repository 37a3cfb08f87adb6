// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libmmtrace.h"
#include "names.h"
#include "sessions.h"

static const char *const states[] = {
	[MMTRACE_STATE_NEW]	= "new",
	[MMTRACE_STATE_RUNNING]	= "running",
	[MMTRACE_STATE_FROZEN]	= "frozen",
	[MMTRACE_STATE_STOPPED]	= "stopped",
};

static const char *state_name(const struct mmtrace_session *session)
{
	return session->state < sizeof(states) / sizeof(states[0]) ? states[session->state] : "?";
}

static const char *mode_name(const struct mmtrace_session *session)
{
	return session->mode == MMTRACE_MODE_OVERWRITE ? "overwrite" : "discard";
}

/* The next session but our own, or as mmt_device_session(). */
static int next(struct mmt_device *device, struct mmtrace_session *session)
{
	int ret;

	do
		ret = mmt_device_session(device, session->id + 1, session);
	while (!ret && session->flags & MMTRACE_SESSION_SELF);
	return ret;
}

static void text_session(const struct mmtrace_session *session, const struct mmtrace_stats *stats)
{
	printf("%-5llu %7u %-15.*s %-7s %-9s %-6s %11llu ", (unsigned long long)session->id,
	       session->pid, (int)sizeof(session->comm), session->comm, state_name(session),
	       mode_name(session), session->flags & MMTRACE_SESSION_FILTER ? "yes" : "no",
	       (unsigned long long)session->memory);
	printf("%10llu %10llu %10llu %10llu %11llu %10llu\n", (unsigned long long)stats->hits,
	       (unsigned long long)stats->filtered, (unsigned long long)stats->delivered,
	       (unsigned long long)stats->lost, (unsigned long long)stats->overwritten,
	       (unsigned long long)stats->pending);
	if (stats->interruptions)
		printf("      interrupted %llu times, %llu.%03llu s in all%s\n",
		       (unsigned long long)stats->interruptions,
		       (unsigned long long)(stats->interrupted / 1000000000),
		       (unsigned long long)(stats->interrupted / 1000000 % 1000),
		       session->flags & MMTRACE_SESSION_INTERRUPTED ? ", and is so now" : "");
}

static void text_head(void)
{
	printf("\n%-5s %7s %-15s %-7s %-9s %-6s %11s ", "id", "pid", "name", "state", "mode",
	       "filter", "memory");
	printf("%10s %10s %10s %10s %11s %10s\n", "hits", "filtered", "delivered", "lost",
	       "overwritten", "pending");
}

/**
 * sessions_text() - a line a session, with the account of all its events
 * @device: a session, which is left out
 *
 * Return: 0, or -1 with an error in words.
 */
int sessions_text(struct mmt_device *device)
{
	struct mmtrace_session session = { .size = sizeof(session) };
	struct mmtrace_stats stats = { .size = sizeof(stats) };
	bool first = true;
	int ret;

	while (!(ret = next(device, &session))) {
		ret = mmt_device_account(device, session.id, MMTRACE_EVENT_LOST, 0, &stats);
		if (ret < 0)
			return ret;
		if (ret == MMT_NONE)
			continue;
		if (first)
			text_head();
		first = false;
		text_session(&session, &stats);
	}
	return ret == MMT_NONE ? 0 : ret;
}

static void json_stats(const struct mmtrace_stats *stats)
{
	printf("{\"event\":\"%s\",\"cpu\":", mmt_event_name(stats->event));
	if (stats->cpu)
		printf("%u", stats->cpu - 1);
	else
		fputs("null", stdout);
	printf(",\"hits\":%llu,\"filtered\":%llu,\"delivered\":%llu,\"lost\":%llu,",
	       (unsigned long long)stats->hits, (unsigned long long)stats->filtered,
	       (unsigned long long)stats->delivered, (unsigned long long)stats->lost);
	printf("\"overwritten\":%llu,\"pending\":%llu,\"missed\":%llu,",
	       (unsigned long long)stats->overwritten, (unsigned long long)stats->pending,
	       (unsigned long long)stats->missed);
	printf("\"interruptions\":%llu,\"interrupted_ns\":%llu}",
	       (unsigned long long)stats->interruptions, (unsigned long long)stats->interrupted);
}

/* Of each event the sum, and each CPU that has something. */
static int json_account(struct mmt_device *device, __u64 id)
{
	const char *separator = "";
	struct mmtrace_stats stats = { .size = sizeof(stats) };
	__u32 event, cpu;
	int ret;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		for (cpu = 0; !(ret = mmt_device_account(device, id, event, cpu, &stats)); cpu++) {
			if (cpu && !stats.hits)
				continue;
			fputs(separator, stdout);
			json_stats(&stats);
			separator = ",";
		}
		if (ret < 0)
			return ret;
	}
	return 0;
}

static void json_events(__u32 events)
{
	const char *separator = "";
	__u32 event;

	fputs(",\"events\":[", stdout);
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (!(events & MMTRACE_EVENT_BIT(event)))
			continue;
		printf("%s\"%s\"", separator, mmt_event_name(event));
		separator = ",";
	}
	fputs("]", stdout);
}

static void json_session(const struct mmtrace_session *session)
{
	printf("{\"id\":%llu,\"pid\":%u,\"comm\":", (unsigned long long)session->id, session->pid);
	mmt_json_string(stdout, session->comm, strnlen(session->comm, sizeof(session->comm)));
	printf(",\"state\":\"%s\",\"opened\":%llu,\"memory\":%llu,\"has_filter\":%s",
	       state_name(session), (unsigned long long)session->opened,
	       (unsigned long long)session->memory,
	       session->flags & MMTRACE_SESSION_FILTER ? "true" : "false");
	printf(",\"interrupted\":%s",
	       session->flags & MMTRACE_SESSION_INTERRUPTED ? "true" : "false");
	json_events(session->events);
	printf(",\"mode\":\"%s\",\"format\":\"%s\",\"own\":%s,", mode_name(session),
	       session->format == MMTRACE_FORMAT_BINARY ? "binary" : "text",
	       session->config_flags & MMTRACE_CONFIG_OWN ? "true" : "false");
	printf("\"ring_size\":%llu,\"watermark\":%llu,\"timeout_ms\":%u,\"account\":[",
	       (unsigned long long)session->ring_size, (unsigned long long)session->watermark,
	       session->timeout_ms);
}

/**
 * sessions_json() - an array of sessions, with their accounts by event and CPU
 * @device: a session, which is left out
 *
 * Return: 0, or -1 with an error in words.
 */
int sessions_json(struct mmt_device *device)
{
	struct mmtrace_session session = { .size = sizeof(session) };
	const char *separator = "[";
	int ret;

	while (!(ret = next(device, &session))) {
		fputs(separator, stdout);
		json_session(&session);
		/* One that was closed meanwhile has no more to tell. */
		if (json_account(device, session.id))
			return -1;
		fputs("]}", stdout);
		separator = ",";
	}
	fputs(*separator == '[' ? "[]" : "]", stdout);
	return ret == MMT_NONE ? 0 : ret;
}
