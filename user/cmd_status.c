// SPDX-License-Identifier: GPL-2.0
/* mmtrace-ctl status: what the module is, what it can trace here, and for whom it does. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "interruption.h"
#include "libmmtrace.h"
#include "message.h"
#include "names.h"
#include "session.h"
#include "sessions.h"
#include "verbs.h"

/**
 * struct status - all that is shown
 * @info: of the module
 * @events: by enum mmtrace_event
 * @filter: of the device
 */
struct status {
	struct mmtrace_info		info;
	struct mmtrace_event_info	events[MMTRACE_EVENT_COUNT];
	struct mmt_program		*filter;
};

enum { OPTION_JSON = 1 };

static const struct option_row status_options[] = {
	{ OPTION_JSON, 0, "json", NULL, "as one JSON object" },
	{ 0 }
};

static int ask(struct mmt_device *device, struct status *status)
{
	__u32 event;

	status->info.size = sizeof(status->info);
	if (mmt_device_info(device, &status->info))
		return -1;
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		status->events[event].size = sizeof(status->events[event]);
		if (mmt_device_event(device, event, &status->events[event]))
			return -1;
	}
	return mmt_device_get_device_filter(device, status->filter);
}

static const char *yes(__u32 flag)
{
	return flag ? "yes" : "no";
}

/* Our own session is not of interest. */
static __u32 other_sessions(const struct mmtrace_info *info)
{
	return info->sessions ? info->sessions - 1 : 0;
}

/* It is the same for all. */
static bool is_interrupted(const struct status *status)
{
	return status->events[MMTRACE_EVENT_DO_MMAP].flags & MMTRACE_EVENT_INTERRUPTED;
}

static void print_event(const struct mmtrace_event_info *event)
{
	printf("%-17s %-10s %-6s %-7s %8u %10llu  %.*s\n",
	       mmt_event_name(event->event),
	       yes(event->flags & MMTRACE_EVENT_AVAILABLE),
	       yes(event->flags & MMTRACE_EVENT_ARMED),
	       yes(event->flags & MMTRACE_EVENT_TESTED), event->sessions,
	       (unsigned long long)event->missed, (int)sizeof(event->symbols),
	       *event->symbols ? event->symbols : "-");
	if (*event->reason)
		printf("%-17s %.*s\n", "", (int)sizeof(event->reason), event->reason);
}

static int print_status(struct mmt_device *device, const struct status *status)
{
	const struct mmtrace_info *info = &status->info;
	__u32 event;

	printf("module    %.*s, ABI %u\n", (int)sizeof(info->version), info->version,
	       info->abi_version);
	printf("sessions  %u open besides this one, at most %u\n", other_sessions(info),
	       info->max_sessions);
	printf("rings     one for each of %u CPUs, %llu to %llu bytes\n", info->cpus,
	       (unsigned long long)info->ring_min, (unsigned long long)info->ring_max);
	if (is_interrupted(status))
		puts("probes    switched off: nothing is seen; to switch them on:\n"
		     "          " INTERRUPTION_END);
	fputs("filter    ", stdout);
	if (!mmt_program_len(status->filter)) {
		fputs("none: every call may pass\n", stdout);
	} else if (mmt_program_text(status->filter, stdout)) {
		fputc('\n', stdout);
	} else {
		printf("%u predicates, see: mmtrace-ctl filter show\n",
		       mmt_program_len(status->filter));
	}
	printf("\n%-17s %-10s %-6s %-7s %8s %10s  %s\n", "event", "available", "armed",
	       "tested", "sessions", "missed", "hooked at");
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++)
		print_event(&status->events[event]);
	return sessions_text(device);
}

static void put_text(const char *text, size_t room)
{
	mmt_json_string(stdout, text, strnlen(text, room));
}

static void json_event(const struct mmtrace_event_info *event)
{
	printf("{\"event\":\"%s\",\"available\":%s,\"armed\":%s,\"tested\":%s,",
	       mmt_event_name(event->event),
	       event->flags & MMTRACE_EVENT_AVAILABLE ? "true" : "false",
	       event->flags & MMTRACE_EVENT_ARMED ? "true" : "false",
	       event->flags & MMTRACE_EVENT_TESTED ? "true" : "false");
	printf("\"sessions\":%u,\"missed\":%llu,\"symbols\":", event->sessions,
	       (unsigned long long)event->missed);
	put_text(event->symbols, sizeof(event->symbols));
	fputs(",\"reason\":", stdout);
	put_text(event->reason, sizeof(event->reason));
	putchar('}');
}

static void json_filter(const struct mmt_program *program)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	bool good = out && mmt_program_text(program, out);

	if (out)
		good = !fclose(out) && good;
	if (good)
		mmt_json_string(stdout, text, len);
	else
		fputs("null", stdout);
	free(text);
}

static int print_json(struct mmt_device *device, const struct status *status)
{
	const struct mmtrace_info *info = &status->info;
	__u32 event;
	int ret;

	fputs("{\"version\":", stdout);
	put_text(info->version, sizeof(info->version));
	printf(",\"abi_version\":%u,\"cpus\":%u,\"sessions\":%u,\"max_sessions\":%u,",
	       info->abi_version, info->cpus, other_sessions(info), info->max_sessions);
	printf("\"ring_min\":%llu,\"ring_max\":%llu,\"filter_predicates\":%u,\"filter\":",
	       (unsigned long long)info->ring_min, (unsigned long long)info->ring_max,
	       mmt_program_len(status->filter));
	json_filter(status->filter);
	printf(",\"interrupted\":%s", is_interrupted(status) ? "true" : "false");
	fputs(",\"events\":[", stdout);
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		if (event > 1)
			putchar(',');
		json_event(&status->events[event]);
	}
	fputs("],\"session_list\":", stdout);
	ret = sessions_json(device);
	fputs("}\n", stdout);
	return ret;
}

static int show(struct mmt_device *device,
		int (*print)(struct mmt_device *device, const struct status *status))
{
	struct status status = { .filter = mmt_program_new() };
	int failed;

	if (!status.filter) {
		complain("no memory");
		return -1;
	}
	failed = ask(device, &status) || print(device, &status);
	if (failed)
		complain("%s", mmt_device_error(device));
	mmt_program_free(status.filter);
	return failed;
}

static int status_option(void *context, int id, const char *value)
{
	(void)id;
	(void)value;
	*(bool *)context = true;
	return 0;
}

static int status_run(const struct verb *verb, int argc, char **argv)
{
	struct mmt_device *device;
	bool json = false;
	int next = options_parse(verb, argc, argv, status_option, &json);
	int failed;

	if (next < 0)
		return options_exit(next);
	if (next < argc) {
		complain("status: what is '%s'? try: mmtrace-ctl status --help", argv[next]);
		return EXIT_USAGE;
	}
	device = session_open();
	if (!device)
		return EXIT_FAILED;
	failed = show(device, json ? print_json : print_status);
	mmt_device_free(device);
	return failed ? EXIT_FAILED : EXIT_OK;
}

const struct verb status_verb = {
	.name		= "status",
	.arguments	= "[OPTIONS]",
	.summary	= "show the module, its hooks, the device filter, and all sessions",
	.options	= status_options,
	.run		= status_run,
};
