// SPDX-License-Identifier: GPL-2.0
/*
 * A record as a line of JSON. Addresses, and the call id, are strings of
 * hexadecimal digits, because a JSON number is exact only up to 2^53. Names that
 * are no UTF-8 come twice: readable, and as the exact bytes in hexadecimal.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "libmmtrace.h"
#include "names.h"
#include "text.h"
#include "utf8.h"

#define ERRNO_MAX	4095
#define REPLACEMENT	"\xef\xbf\xbd"	/* U+FFFD */

static void key(FILE *out, const char *name)
{
	fprintf(out, ",\"%s\":", name);
}

static void put_unsigned(FILE *out, const char *name, __u64 value)
{
	key(out, name);
	fprintf(out, "%llu", (unsigned long long)value);
}

static void put_integer(FILE *out, const char *name, __s64 value)
{
	key(out, name);
	fprintf(out, "%lld", (long long)value);
}

static void put_address(FILE *out, const char *name, __u64 value)
{
	key(out, name);
	fprintf(out, "\"0x%llx\"", (unsigned long long)value);
}

static void put_bool(FILE *out, const char *name, bool value)
{
	key(out, name);
	fputs(value ? "true" : "false", out);
}

static void put_null(FILE *out, const char *name)
{
	key(out, name);
	fputs("null", out);
}

static void put_name(FILE *out, const char *name, const struct mmtrace_name *value,
		     __u64 number)
{
	key(out, name);
	if (value)
		fprintf(out, "\"%s\"", value->text);
	else
		fprintf(out, "\"%llu\"", (unsigned long long)number);
}

/* Names of flags hold nothing that JSON would want escaped. */
static void put_flags(FILE *out, const char *name, const struct mmtrace_flags *set,
		      __u64 value)
{
	char text[MMTRACE_TEXT_FLAGS_MAX];
	size_t len = mmtrace_text_flags(text, sizeof(text), set, value);

	put_unsigned(out, name, value);
	fprintf(out, ",\"%s_names\":\"%.*s\"", name, (int)len, text);
}

/* A well-formed character. What would not show goes by its number. */
static void put_character(FILE *out, const char *bytes, size_t len, __u32 code)
{
	if (code == '"' || code == '\\')
		fprintf(out, "\\%c", (int)code);
	else if (code != ' ' && mmtrace_utf8_hidden(code))
		fprintf(out, "\\u%04x", code);
	else
		fwrite(bytes, 1, len, out);
}

bool mmt_json_string(FILE *out, const char *bytes, size_t len)
{
	bool exact = true;
	size_t i, used;

	fputc('"', out);
	for (i = 0; i < len; i += used) {
		__u32 code = 0;

		used = mmtrace_utf8(bytes + i, len - i, &code);
		if (used) {
			put_character(out, bytes + i, used, code);
			continue;
		}
		exact = false;
		used = 1;
		fputs(REPLACEMENT, out);
	}
	fputc('"', out);
	return exact;
}

static void put_string(FILE *out, const char *name, const char *bytes, size_t len)
{
	size_t i;

	key(out, name);
	if (mmt_json_string(out, bytes, len))
		return;
	fprintf(out, ",\"%s_hex\":\"", name);
	for (i = 0; i < len; i++)
		fprintf(out, "%02x", (unsigned char)bytes[i]);
	fputc('"', out);
}

static void put_file_kinds(FILE *out, __u32 flags)
{
	size_t i;

	for (i = 0; i < mmtrace_file_kinds_len; i++)
		put_bool(out, mmtrace_file_kinds[i].text,
			 flags & mmtrace_file_kinds[i].value);
}

static void put_file(FILE *out, const struct mmtrace_record *rec)
{
	const struct mmtrace_file *file = (const struct mmtrace_file *)(&rec->do_mmap + 1);

	if (!(rec->head.flags & MMTRACE_R_FILE)) {
		put_null(out, "path");
		return;
	}
	put_string(out, "path", file->path, file->path_len);
	put_unsigned(out, "dev_major", file->dev_major);
	put_unsigned(out, "dev_minor", file->dev_minor);
	put_unsigned(out, "inode", file->inode);
	put_unsigned(out, "generation", file->generation);
	put_integer(out, "ctime", file->ctime);
	put_flags(out, "open_flags", &mmtrace_open_flags, file->open_flags);
	put_file_kinds(out, rec->head.flags);
}

static void put_do_mmap(FILE *out, const struct mmtrace_record *rec)
{
	put_address(out, "addr", rec->do_mmap.addr);
	put_unsigned(out, "len", rec->do_mmap.len);
	put_flags(out, "prot", &mmtrace_prot_flags, rec->do_mmap.prot);
	put_flags(out, "flags", &mmtrace_map_flags, rec->do_mmap.flags);
	put_unsigned(out, "pgoff", rec->do_mmap.pgoff);
	if (rec->head.flags & MMTRACE_R_FD)
		put_integer(out, "fd", rec->do_mmap.fd);
	else
		put_null(out, "fd");
	put_file(out, rec);
}

static void put_mmap(FILE *out, const struct mmtrace_record *rec)
{
	bool mmap2 = rec->head.event == MMTRACE_EVENT_MMAP2;

	put_address(out, "addr", rec->mmap.addr);
	put_unsigned(out, "length", rec->mmap.length);
	put_flags(out, "prot", &mmtrace_prot_flags, rec->mmap.prot);
	put_flags(out, "flags", &mmtrace_map_flags, rec->mmap.flags);
	put_integer(out, "fd", rec->mmap.fd);
	put_unsigned(out, mmap2 ? "pgoffset" : "off", rec->mmap.off);
}

static void put_mremap(FILE *out, const struct mmtrace_record *rec)
{
	put_address(out, "old_address", rec->mremap.old_address);
	put_unsigned(out, "old_size", rec->mremap.old_size);
	put_unsigned(out, "new_size", rec->mremap.new_size);
	put_flags(out, "flags", &mmtrace_mremap_flags, rec->mremap.flags);
	put_address(out, "new_address", rec->mremap.new_address);
}

static void put_remap_file_pages(FILE *out, const struct mmtrace_record *rec)
{
	put_address(out, "addr", rec->remap_file_pages.addr);
	put_unsigned(out, "size", rec->remap_file_pages.size);
	put_flags(out, "prot", &mmtrace_prot_flags, rec->remap_file_pages.prot);
	put_unsigned(out, "pgoff", rec->remap_file_pages.pgoff);
	put_flags(out, "flags", &mmtrace_map_flags, rec->remap_file_pages.flags);
}

static void put_ret(FILE *out, __s64 ret)
{
	__u64 number = 0 - (__u64)ret;

	if (ret < 0 && ret >= -ERRNO_MAX) {
		key(out, "ret");
		fprintf(out, "\"%lld\"", (long long)ret);
		put_name(out, "errno", mmtrace_errno_name(number), number);
	} else {
		put_address(out, "ret", ret);
		put_null(out, "errno");
	}
}

static void put_call(FILE *out, const struct mmtrace_record *rec)
{
	const struct mmtrace_call *call = &rec->call;

	put_unsigned(out, "duration", call->duration);
	put_unsigned(out, "tgid", call->tgid);
	put_unsigned(out, "tid", call->tid);
	put_unsigned(out, "ptgid", call->ptgid);
	put_unsigned(out, "uid", call->uid);
	put_unsigned(out, "gid", call->gid);
	put_string(out, "comm", call->comm, strnlen(call->comm, sizeof(call->comm)));
	put_unsigned(out, "cgroup", call->cgroup);
	put_unsigned(out, "mnt_ns", call->mnt_ns);
	put_unsigned(out, "pid_ns", call->pid_ns);
	if (call->syscall < 0)
		put_null(out, "syscall");
	else
		put_integer(out, "syscall", call->syscall);
	put_bool(out, "compat", rec->head.flags & MMTRACE_R_COMPAT);
	put_address(out, "call_id", call->call_id);
	put_ret(out, call->ret);
	put_bool(out, "args_unread", rec->head.flags & MMTRACE_R_ARGS_UNREAD);
}

static void put_lost(FILE *out, const struct mmtrace_record *rec)
{
	const struct mmtrace_lost *lost = &rec->lost;

	if (lost->cause == MMTRACE_LOST_INTERRUPTED)
		put_null(out, "count");
	else
		put_unsigned(out, "count", lost->count);
	put_unsigned(out, "first", lost->first);
	put_unsigned(out, "last", lost->last);
	put_name(out, "cause", mmtrace_lost_name(lost->cause), lost->cause);
	if (lost->cause == MMTRACE_LOST_MISSED)
		put_name(out, "missed_event", mmtrace_event_name(lost->missed_event),
			 lost->missed_event);
	else
		put_null(out, "missed_event");
}

static void put_symbol(FILE *out, const struct mmt_symbol *symbol)
{
	if (!symbol->path)
		return;
	put_string(out, "module", symbol->path, strlen(symbol->path));
	put_address(out, "offset", symbol->offset);
	if (!symbol->name)
		return;
	put_string(out, "symbol", symbol->name, strlen(symbol->name));
	put_address(out, "distance", symbol->distance);
}

static void put_stack(FILE *out, const struct mmtrace_record *rec, struct mmt_symbols *symbols)
{
	const struct mmtrace_stack *stack = mmtrace_record_stack(rec);
	struct mmt_symbol symbol;
	__u32 i;

	if (!stack)
		return;
	key(out, "stack");
	for (i = 0; i < stack->depth; i++) {
		fprintf(out, "%c{\"ip\":\"0x%llx\"", i ? ',' : '[',
			(unsigned long long)stack->ip[i]);
		if (symbols) {
			symbol = mmt_symbols_find(symbols, rec, stack->ip[i]);
			put_symbol(out, &symbol);
		}
		fputc('}', out);
	}
	fputc(']', out);
	put_bool(out, "stack_cut", stack->flags & MMTRACE_STACK_CUT);
	put_bool(out, "stack_broken", stack->flags & MMTRACE_STACK_BROKEN);
	put_bool(out, "stack_link", stack->flags & MMTRACE_STACK_LINK);
}

/* What each event has of its own; no row for one that is no call. */
static void (*const put_args[MMTRACE_EVENT_COUNT])(FILE *, const struct mmtrace_record *) = {
	[MMTRACE_EVENT_DO_MMAP]			= put_do_mmap,
	[MMTRACE_EVENT_MREMAP]			= put_mremap,
	[MMTRACE_EVENT_REMAP_FILE_PAGES]	= put_remap_file_pages,
	[MMTRACE_EVENT_MMAP]			= put_mmap,
	[MMTRACE_EVENT_MMAP2]			= put_mmap,
};

void mmt_json_object(FILE *out, const struct mmtrace_record *rec, struct mmt_symbols *symbols)
{
	const struct mmtrace_head *head = &rec->head;
	bool valid = mmtrace_record_valid(rec, head->size);
	bool known = valid && head->event < MMTRACE_EVENT_COUNT;

	fprintf(out, "{\"event\":\"%s\"", known ? mmtrace_event_name(head->event)->text :
		valid ? "unknown" : "malformed");
	if (!known) {
		put_unsigned(out, "event_number", head->event);
		put_unsigned(out, "size", head->size);
	}
	put_unsigned(out, "seq", head->seq);
	put_unsigned(out, "cpu", head->cpu);
	put_unsigned(out, "time", head->time);
	if (known && head->event == MMTRACE_EVENT_LOST) {
		put_lost(out, rec);
	} else if (known) {
		put_call(out, rec);
		put_args[head->event](out, rec);
		put_stack(out, rec, symbols);
	}
	fputc('}', out);
}

void mmt_json(FILE *out, const struct mmtrace_record *rec, struct mmt_symbols *symbols)
{
	mmt_json_object(out, rec, symbols);
	fputc('\n', out);
}
