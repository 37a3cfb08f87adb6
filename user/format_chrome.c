// SPDX-License-Identifier: GPL-2.0
/*
 * The JSON that Perfetto and chrome://tracing load: a slice a call, on the track of
 * its thread; a counter of mapped bytes a process; an instant where something is
 * lost. A line a trace event. The objects of the other format are their arguments.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "libmmtrace.h"
#include "mapped.h"
#include "names.h"
#include "render.h"
#include "table.h"

#define NS_PER_US	1000u

/**
 * struct track - a process or a thread
 * @named: its name was told
 * @comm: that name
 * @bytes: of a process: mapped up to now
 */
struct track {
	__u64	named;
	char	comm[16];
	__s64	bytes;
};

/* What tracks are found by; @is_process as a thread may have the id of its process. */
struct track_key {
	__u32	tgid;
	__u32	tid;
	__u32	is_process;
};

/**
 * struct chrome - the state
 * @tracks: all that there were
 * @begun: there is a trace event before the next one
 */
struct chrome {
	struct table	tracks;
	bool		begun;
};

static void begin_event(struct render *render, const char *phase)
{
	struct chrome *chrome = render->state;

	fprintf(render->out, "%s{\"ph\":\"%s\"", chrome->begun ? ",\n" : "\n", phase);
	chrome->begun = true;
}

static void put_time(FILE *out, const char *key, __u64 ns)
{
	fprintf(out, ",\"%s\":%llu.%03u", key, (unsigned long long)(ns / NS_PER_US),
		(unsigned int)(ns % NS_PER_US));
}

static void put_ids(FILE *out, __u32 tgid, __u32 tid)
{
	fprintf(out, ",\"pid\":%u,\"tid\":%u", tgid, tid);
}

static void put_comm(struct render *render, const char *what, const struct mmtrace_call *call)
{
	begin_event(render, "M");
	put_ids(render->out, call->tgid, call->tid);
	fprintf(render->out, ",\"name\":\"%s\",\"args\":{\"name\":", what);
	mmt_json_string(render->out, call->comm, strnlen(call->comm, sizeof(call->comm)));
	fputs("}}", render->out);
}

static struct track *find_track(struct render *render, const struct track_key *key)
{
	struct chrome *chrome = render->state;
	struct track *track = table_get(&chrome->tracks, key, sizeof(*key));

	if (!track)
		render->failed = -ENOMEM;
	return track;
}

/* A name is told when it is new; that of a process is the one of its first thread. */
static struct track *name_track(struct render *render, const struct mmtrace_call *call,
				bool is_process)
{
	const struct track_key key = { call->tgid, is_process ? 0 : call->tid, is_process };
	struct track *track = find_track(render, &key);

	if (!track)
		return NULL;
	if (track->named && (!strncmp(track->comm, call->comm, sizeof(track->comm)) ||
			     (is_process && call->tid != call->tgid)))
		return track;
	put_comm(render, is_process ? "process_name" : "thread_name", call);
	track->named = true;
	memcpy(track->comm, call->comm, sizeof(track->comm));
	return track;
}

static void put_slice(struct render *render, const struct mmtrace_record *rec)
{
	const struct mmtrace_call *call = &rec->call;
	__u64 duration = call->duration < rec->head.time ? call->duration : rec->head.time;

	begin_event(render, "X");
	fprintf(render->out, ",\"name\":\"%s\",\"cat\":\"mmtrace\"",
		mmt_event_name(rec->head.event));
	put_ids(render->out, call->tgid, call->tid);
	put_time(render->out, "ts", rec->head.time - duration);
	put_time(render->out, "dur", duration);
	fputs(",\"args\":", render->out);
	mmt_json_object(render->out, rec, render->symbols);
	fputc('}', render->out);
}

static void put_counter(struct render *render, const struct mmtrace_record *rec, __s64 bytes)
{
	begin_event(render, "C");
	fputs(",\"name\":\"mapped in all\",\"cat\":\"mmtrace\"", render->out);
	put_ids(render->out, rec->call.tgid, rec->call.tgid);
	put_time(render->out, "ts", rec->head.time);
	fprintf(render->out, ",\"args\":{\"bytes\":%lld}}", (long long)bytes);
}

static void put_call(struct render *render, const struct mmtrace_record *rec)
{
	struct track *thread = name_track(render, &rec->call, false);
	struct track *process = name_track(render, &rec->call, true);
	__s64 bytes = mapped_bytes(rec, render->facts.page_size);

	if (!thread || !process)
		return;
	put_slice(render, rec);
	if (!bytes || __builtin_add_overflow(process->bytes, bytes, &process->bytes))
		return;
	put_counter(render, rec, process->bytes);
}

/* Of no thread: for the whole machine. */
static void put_instant(struct render *render, const struct mmtrace_record *rec, const char *name)
{
	begin_event(render, "i");
	fprintf(render->out, ",\"s\":\"g\",\"name\":\"%s\",\"cat\":\"mmtrace\"", name);
	put_ids(render->out, 0, 0);
	put_time(render->out, "ts", rec->head.time);
	fputs(",\"args\":", render->out);
	mmt_json_object(render->out, rec, NULL);
	fputc('}', render->out);
}

static void put_fact(FILE *out, const char *key, const char *value)
{
	fprintf(out, "\"%s\":", key);
	mmt_json_string(out, value, strlen(value));
	fputc(',', out);
}

static int chrome_begin(struct render *render)
{
	struct chrome *chrome = calloc(1, sizeof(*chrome));
	const struct mmt_facts *facts = &render->facts;

	if (!chrome)
		return -ENOMEM;
	chrome->tracks.value_size = sizeof(struct track);
	render->state = chrome;
	fputs("{\"displayTimeUnit\":\"ns\",\"otherData\":{", render->out);
	put_fact(render->out, "tracer", "mmtrace");
	put_fact(render->out, "version", facts->version);
	put_fact(render->out, "host", facts->host);
	put_fact(render->out, "release", facts->release);
	put_fact(render->out, "machine", facts->machine);
	/* As text: a number is exact only up to 2^53. */
	fprintf(render->out, "\"clock\":\"CLOCK_MONOTONIC\",\"wall\":\"%lld\"},\n\"traceEvents\":[",
		(long long)facts->wall);
	return 0;
}

static void chrome_record(struct render *render, const struct mmtrace_record *rec)
{
	if (rec->head.event >= MMTRACE_EVENT_COUNT)
		put_instant(render, rec, "unknown");
	else if (rec->head.event == MMTRACE_EVENT_LOST)
		put_instant(render, rec, "lost");
	else
		put_call(render, rec);
}

static int chrome_end(struct render *render, const struct ledger *ledger __attribute__((unused)))
{
	fputs("\n]}\n", render->out);
	return 0;
}

static void chrome_free(struct render *render)
{
	struct chrome *chrome = render->state;

	if (chrome)
		table_clear(&chrome->tracks);
	free(chrome);
}

const struct format format_chrome = {
	.name		= "chrome",
	.summary	= "JSON that Perfetto and chrome://tracing load",
	.begin		= chrome_begin,
	.record		= chrome_record,
	.end		= chrome_end,
	.free		= chrome_free,
};
