// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "libmmtrace.h"
#include "names.h"
#include "summary.h"
#include "text.h"

#define ERRNO_MAX	4095
#define LABEL_MAX	512	/* bytes of a frame's name; those of C++ may be longer */

/**
 * summary_new() - nothing has been seen
 * @events: set of events that are recorded, 0 if it is not known
 * @page_size: bytes
 *
 * Return: it, or NULL if there is no memory.
 */
struct summary *summary_new(__u32 events, __u32 page_size)
{
	struct summary *summary = calloc(1, sizeof(*summary));

	if (!summary)
		return NULL;
	summary->events = events ?: MMTRACE_EVENTS_DEFAULT;
	summary->page_size = page_size ?: 4096;
	summary->names = intern_new();
	if (summary->names && !flame_init(&summary->by_what) &&
	    !flame_init(&summary->by_stack) && !rollup_init(&summary->rollup))
		return summary;
	summary_free(summary);
	return NULL;
}

/**
 * summary_free() - forget all
 * @summary: or NULL
 */
void summary_free(struct summary *summary)
{
	if (!summary)
		return;
	intern_free(summary->names);
	flame_free(&summary->by_what);
	flame_free(&summary->by_stack);
	rollup_free(&summary->rollup);
	free(summary);
}

static __u32 name(struct summary *summary, const char *text)
{
	return intern(summary->names, text, strlen(text));
}

static double pages(const struct summary *summary, __u64 bytes)
{
	double whole = bytes / summary->page_size;

	return (whole + (bytes % summary->page_size != 0)) * summary->page_size;
}

static double mremap_bytes(const struct summary *summary, const struct mmtrace_mremap *args)
{
	double bytes = pages(summary, args->new_size);

	return args->flags & MREMAP_DONTUNMAP ? bytes : bytes - pages(summary, args->old_size);
}

/* That are mapped after a call and were not before. An mmap is counted by its do_mmap. */
static double bytes_of(const struct summary *summary, const struct mmtrace_record *rec,
		       const struct one_call *call)
{
	if (call->ret < 0 && call->ret >= -ERRNO_MAX)
		return 0;
	switch (call->event) {
	case MMTRACE_EVENT_DO_MMAP:
		return pages(summary, call->len);
	case MMTRACE_EVENT_MREMAP:
		return mremap_bytes(summary, &rec->mremap);
	case MMTRACE_EVENT_MMAP:
	case MMTRACE_EVENT_MMAP2:
		if (!(summary->events & MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP)))
			return pages(summary, call->len);
	}
	return 0;
}

static __u32 file_of(struct summary *summary, const struct mmtrace_record *rec)
{
	const struct mmtrace_file *file = (const void *)(&rec->do_mmap + 1);

	if (!(rec->head.flags & MMTRACE_R_FILE))
		return name(summary, "[anonymous]");
	if (!file->path_len)
		return name(summary, "[no path]");
	return intern(summary->names, file->path, file->path_len);
}

static void take_args(struct summary *summary, struct one_call *call,
		      const struct mmtrace_record *rec)
{
	switch (call->event) {
	case MMTRACE_EVENT_DO_MMAP:
		call->len = rec->do_mmap.len;
		call->prot = rec->do_mmap.prot;
		call->flags = rec->do_mmap.flags;
		call->what = file_of(summary, rec);
		break;
	case MMTRACE_EVENT_MREMAP:
		call->len = rec->mremap.new_size;
		call->flags = rec->mremap.flags;
		break;
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		call->len = rec->remap_file_pages.size;
		call->prot = rec->remap_file_pages.prot;
		call->flags = rec->remap_file_pages.flags;
		break;
	default:
		call->len = rec->mmap.length;
		call->prot = rec->mmap.prot;
		call->flags = rec->mmap.flags;
		if (call->flags & MAP_ANONYMOUS)
			call->what = name(summary, "[anonymous]");
	}
}

static __u32 label(struct summary *summary, const struct mmt_symbol *symbol, __u64 ip)
{
	char text[LABEL_MAX];
	const char *file;
	int len;

	if (!symbol->path) {
		len = snprintf(text, sizeof(text), "0x%llx", (unsigned long long)ip);
	} else {
		file = strrchr(symbol->path, '/');
		file = file ? file + 1 : symbol->path;
		if (symbol->name)
			len = snprintf(text, sizeof(text), "%s (%s)", symbol->name, file);
		else
			len = snprintf(text, sizeof(text), "%s+0x%llx", file,
				       (unsigned long long)symbol->offset);
	}
	return intern(summary->names, text, len < LABEL_MAX ? len : LABEL_MAX - 1);
}

static void take_stack(struct summary *summary, const struct one_call *call, double bytes,
		       const struct mmtrace_record *rec, struct mmt_symbols *symbols)
{
	const struct mmtrace_stack *stack = mmt_stack(rec);
	__u32 frame, i;

	if (!stack)
		return;
	summary->stacks++;
	/* Addresses alone differ from process to process, and make no tree. */
	if (!symbols)
		return;
	frame = flame_push(&summary->by_stack, FLAME_ROOT, call->name);
	if (stack->flags & (MMTRACE_STACK_CUT | MMTRACE_STACK_BROKEN))
		frame = flame_push(&summary->by_stack, frame, name(summary, "[unknown callers]"));
	for (i = stack->depth; i-- > 0;) {
		struct mmt_symbol symbol = mmt_symbols_find(symbols, rec, stack->ip[i]);

		frame = flame_push(&summary->by_stack, frame,
				   label(summary, &symbol, stack->ip[i]));
	}
	frame = flame_push(&summary->by_stack, frame,
			   name(summary, mmt_event_name(call->event)));
	flame_count(&summary->by_stack, frame, bytes);
}

static void take_tree(struct summary *summary, const struct one_call *call, double bytes)
{
	struct flame *flame = &summary->by_what;
	__u32 frame = flame_push(flame, FLAME_ROOT, call->name);

	frame = flame_push(flame, frame, name(summary, mmt_event_name(call->event)));
	if (call->what)
		frame = flame_push(flame, frame, call->what);
	flame_count(flame, frame, bytes);
}

static void take_latency(struct summary *summary, const struct one_call *call, __u32 error)
{
	struct latency *latency = &summary->latency[call->event];

	latency_add(latency, call->ns);
	latency->failed += error != 0;
	calls_keep_slowest(&summary->slowest, call);
	calls_keep_last(&summary->latest, call);
	if (error)
		calls_keep_last(&summary->failed, call);
}

static void take_call(struct summary *summary, const struct mmtrace_record *rec,
		      struct mmt_symbols *symbols)
{
	const struct mmtrace_call *from = &rec->call;
	struct one_call call = {
		.time = rec->head.time, .ns = from->duration, .ret = from->ret,
		.event = rec->head.event, .tgid = from->tgid, .tid = from->tid,
		.name = intern(summary->names, from->comm, strnlen(from->comm, sizeof(from->comm))),
	};
	bool failed = call.ret < 0 && call.ret >= -ERRNO_MAX;
	struct alike alike;
	double bytes;

	take_args(summary, &call, rec);
	bytes = bytes_of(summary, rec, &call);
	alike = (struct alike){
		.tgid = call.tgid, .name = call.name, .event = call.event, .what = call.what,
		.prot = call.prot, .error = failed ? -call.ret : 0,
	};
	timeline_add(&summary->timeline, call.time, call.tgid, call.name, call.tid == call.tgid,
		     bytes);
	take_latency(summary, &call, alike.error);
	rollup_add(&summary->rollup, &alike, bytes, call.ns);
	take_tree(summary, &call, bytes);
	take_stack(summary, &call, bytes, rec, symbols);
}

/**
 * summary_take() - add a record
 * @summary: where to
 * @rec: a valid record
 * @symbols: what is at the addresses of its stack; may be NULL
 */
void summary_take(struct summary *summary, const struct mmtrace_record *rec,
		  struct mmt_symbols *symbols)
{
	const struct mmtrace_lost *lost = &rec->lost;

	summary->records++;
	if (rec->head.event >= MMTRACE_EVENT_COUNT) {
		summary->unknown++;
		timeline_see(&summary->timeline, rec->head.time);
	} else if (rec->head.event == MMTRACE_EVENT_LOST) {
		summary->lost[lost->cause <= MMTRACE_LOST_MISSED ? lost->cause : 0] += lost->count;
		timeline_lose(&summary->timeline, rec->head.time, lost->count);
	} else {
		take_call(summary, rec, symbols);
	}
}
