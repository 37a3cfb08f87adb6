// SPDX-License-Identifier: GPL-2.0
/*
 * A record is parts, one behind the other. Lines, as a recording has them:
 *
 *   part NAME SIZE
 *   field NAME OFFSET SIZE KIND
 *   array NAME OFFSET COUNT SIZE KIND
 *   event NUMBER NAME PART...
 *
 * Offsets are those in the part. An array is the end of its part, and COUNT the
 * field that says how many there are; one of text has a NUL behind it, and NULs up
 * to a multiple of 8. PART:FLAG is there only with that flag of the head.
 */
#include <assert.h>
#include <stddef.h>
#include <linux/mmtrace.h>

#include "layout.h"
#include "names.h"

/**
 * struct layout_field - a field of a part
 * @name: of it
 * @offset: in the part, bytes
 * @size: bytes; of an array, of one of it
 * @kind: unsigned, signed or text
 * @count: of an array: the field that says how many; NULL for none
 */
struct layout_field {
	const char	*name;
	size_t		offset;
	size_t		size;
	const char	*kind;
	const char	*count;
};

#define FIELD(type, member, size, kind) \
	{ #member, offsetof(struct mmtrace_##type, member), size, kind, NULL }
#define U32(type, member)	FIELD(type, member, 4, "unsigned")
#define U64(type, member)	FIELD(type, member, 8, "unsigned")
#define S32(type, member)	FIELD(type, member, 4, "signed")
#define S64(type, member)	FIELD(type, member, 8, "signed")
#define ARRAY(type, member, count, size, kind) \
	{ #member, offsetof(struct mmtrace_##type, member), size, kind, #count }
#define END			{ NULL, 0, 0, NULL, NULL }

static const struct layout_field head[] = {
	U32(head, size), U32(head, event), U32(head, flags), U32(head, cpu),
	U64(head, seq), U64(head, time), END
};

static const struct layout_field call[] = {
	U64(call, duration), U64(call, call_id), S64(call, ret),
	U64(call, cgroup), U32(call, tid), U32(call, tgid), U32(call, ptgid),
	U32(call, uid), U32(call, gid), U32(call, mnt_ns), U32(call, pid_ns),
	S32(call, syscall), FIELD(call, comm, 16, "text"), END
};

static const struct layout_field do_mmap[] = {
	U64(do_mmap, addr), U64(do_mmap, len), U64(do_mmap, prot),
	U64(do_mmap, flags), U64(do_mmap, pgoff), S32(do_mmap, fd), END
};

static const struct layout_field mmap_fields[] = {
	U64(mmap, addr), U64(mmap, length), U64(mmap, prot), U64(mmap, flags),
	U64(mmap, off), S32(mmap, fd), END
};

static const struct layout_field mremap_fields[] = {
	U64(mremap, old_address), U64(mremap, old_size), U64(mremap, new_size),
	U64(mremap, flags), U64(mremap, new_address), END
};

static const struct layout_field remap_fields[] = {
	U64(remap_file_pages, addr), U64(remap_file_pages, size),
	U64(remap_file_pages, prot), U64(remap_file_pages, pgoff),
	U64(remap_file_pages, flags), END
};

static const struct layout_field lost[] = {
	U64(lost, count), U64(lost, first), U64(lost, last),
	U32(lost, cause), U32(lost, missed_event), END
};

static const struct layout_field file[] = {
	U64(file, inode), S64(file, ctime), U32(file, dev_major),
	U32(file, dev_minor), U32(file, generation), U32(file, open_flags),
	U32(file, path_len), ARRAY(file, path, path_len, 1, "text"), END
};

static const struct layout_field stack[] = {
	U32(stack, depth), U32(stack, flags), ARRAY(stack, ip, depth, 8, "unsigned"), END
};

static const struct layout_part {
	const char			*name;
	size_t				size;
	const struct layout_field	*fields;
} parts[] = {
	{ "head", sizeof(struct mmtrace_head), head },
	{ "call", sizeof(struct mmtrace_call), call },
	{ "do_mmap", sizeof(struct mmtrace_do_mmap), do_mmap },
	{ "mmap", sizeof(struct mmtrace_mmap), mmap_fields },
	{ "mremap", sizeof(struct mmtrace_mremap), mremap_fields },
	{ "remap_file_pages", sizeof(struct mmtrace_remap_file_pages), remap_fields },
	{ "lost", sizeof(struct mmtrace_lost), lost },
	{ "file", sizeof(struct mmtrace_file), file },
	{ "stack", sizeof(struct mmtrace_stack), stack },
};

/* What an event is made of; flags are those of the record's head. */
static const char *const events[MMTRACE_EVENT_COUNT] = {
	[MMTRACE_EVENT_LOST]			= "head lost",
	[MMTRACE_EVENT_DO_MMAP]			= "head call do_mmap file:0x10 stack:0x1000",
	[MMTRACE_EVENT_MREMAP]			= "head call mremap stack:0x1000",
	[MMTRACE_EVENT_REMAP_FILE_PAGES]	= "head call remap_file_pages stack:0x1000",
	[MMTRACE_EVENT_MMAP]			= "head call mmap stack:0x1000",
	[MMTRACE_EVENT_MMAP2]			= "head call mmap stack:0x1000",
};

static_assert(MMTRACE_R_FILE == 0x10 && MMTRACE_R_STACK == 0x1000, "as events[] has them");

static void print_part(const struct layout_part *part, FILE *out)
{
	const struct layout_field *field;

	fprintf(out, "part %s %zu\n", part->name, part->size);
	for (field = part->fields; field->name; field++)
		fprintf(out, "%s %s %zu %s%s%zu %s\n", field->count ? "array" : "field",
			field->name, field->offset, field->count ?: "", field->count ? " " : "",
			field->size, field->kind);
}

/**
 * layout_print() - the layout of all records that we know
 * @out: where to
 */
void layout_print(FILE *out)
{
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		print_part(&parts[i], out);
	for (i = 0; i < MMTRACE_EVENT_COUNT; i++)
		fprintf(out, "event %zu %s %s\n", i, mmtrace_event_name(i)->text, events[i]);
}
