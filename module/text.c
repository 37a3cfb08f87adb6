// SPDX-License-Identifier: GPL-2.0
/*
 * A record as a line of text. Compiled into the module, where it makes what
 * `cat /dev/mmtrace` shows, and into mmtrace-ctl, so that both say the same.
 *
 * A line is columns with white space between, none within:
 *
 *   TIME CPU COMM TGID/TID EVENT RET KEY=VALUE...
 *
 * The first six are padded for the eye. TIME is in seconds of CLOCK_MONOTONIC.
 * RET is an address or 0x0, or an error with a minus before its name; of a lost
 * record it is how many calls. Addresses and offsets are hexadecimal, lengths
 * and all other numbers decimal. A byte of COMM or of a path that would not
 * show, or would disturb the line, is a backslash and three octal digits. A
 * stack is addresses with commas between; dots at its end say that it goes on, a
 * question mark that nobody knows how.
 */
#include "line.h"
#include "text.h"

#define ERRNO_MAX	4095

static void put_file_kinds(struct line *line, __u32 flags)
{
	char separator = '=';
	size_t i;

	for (i = 0; i < mmtrace_file_kinds_len; i++) {
		if (!(flags & mmtrace_file_kinds[i].value))
			continue;
		if (separator == '=')
			line_literal(line, " file");
		line_char(line, separator);
		line_name(line, &mmtrace_file_kinds[i]);
		separator = ',';
	}
}

static void put_file(struct line *line, const struct mmtrace_file *file)
{
	__u64 ns = file->ctime < 0 ? 0 - (__u64)file->ctime : (__u64)file->ctime;

	line_literal(line, " path=");
	line_escaped(line, file->path, file->path_len);
	line_literal(line, " dev=");
	line_decimal(line, file->dev_major);
	line_char(line, ':');
	line_decimal(line, file->dev_minor);
	line_literal(line, " inode=");
	line_decimal(line, file->inode);
	line_literal(line, " gen=");
	line_decimal(line, file->generation);
	line_literal(line, " ctime=");
	if (file->ctime < 0)
		line_char(line, '-');
	line_time(line, ns);
	line_literal(line, " oflags=");
	line_flags(line, &mmtrace_open_flags, file->open_flags);
}

static void put_do_mmap(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_do_mmap *args = &rec->do_mmap;

	line_literal(line, " addr=");
	line_hex(line, args->addr);
	line_literal(line, " len=");
	line_decimal(line, args->len);
	line_literal(line, " prot=");
	line_flags(line, &mmtrace_prot_flags, args->prot);
	line_literal(line, " flags=");
	line_flags(line, &mmtrace_map_flags, args->flags);
	line_literal(line, " pgoff=");
	line_hex(line, args->pgoff);
	if (rec->head.flags & MMTRACE_R_FD) {
		line_literal(line, " fd=");
		line_signed(line, args->fd);
	}
	if (rec->head.flags & MMTRACE_R_FILE)
		put_file(line, (const struct mmtrace_file *)(args + 1));
}

static void put_mmap(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_mmap *args = &rec->mmap;

	line_literal(line, " addr=");
	line_hex(line, args->addr);
	line_literal(line, " length=");
	line_decimal(line, args->length);
	line_literal(line, " prot=");
	line_flags(line, &mmtrace_prot_flags, args->prot);
	line_literal(line, " flags=");
	line_flags(line, &mmtrace_map_flags, args->flags);
	line_literal(line, " fd=");
	line_signed(line, args->fd);
	if (rec->head.event == MMTRACE_EVENT_MMAP)
		line_literal(line, " off=");
	else
		line_literal(line, " pgoffset=");
	line_hex(line, args->off);
}

static void put_mremap(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_mremap *args = &rec->mremap;

	line_literal(line, " old_address=");
	line_hex(line, args->old_address);
	line_literal(line, " old_size=");
	line_decimal(line, args->old_size);
	line_literal(line, " new_size=");
	line_decimal(line, args->new_size);
	line_literal(line, " flags=");
	line_flags(line, &mmtrace_mremap_flags, args->flags);
	line_literal(line, " new_address=");
	line_hex(line, args->new_address);
}

static void put_remap_file_pages(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_remap_file_pages *args = &rec->remap_file_pages;

	line_literal(line, " addr=");
	line_hex(line, args->addr);
	line_literal(line, " size=");
	line_decimal(line, args->size);
	line_literal(line, " prot=");
	line_flags(line, &mmtrace_prot_flags, args->prot);
	line_literal(line, " pgoff=");
	line_hex(line, args->pgoff);
	line_literal(line, " flags=");
	line_flags(line, &mmtrace_map_flags, args->flags);
}

/**
 * struct text_event - what is to be known of an event
 * @size: of a record without the parts that a flag announces, bytes
 * @put_args: writes its own fields; NULL for one that is no call
 */
struct text_event {
	__u32	size;
	void	(*put_args)(struct line *line, const struct mmtrace_record *rec);
};

#define CALL_SIZE	(sizeof(struct mmtrace_head) + sizeof(struct mmtrace_call))

static const struct text_event events[MMTRACE_EVENT_COUNT] = {
	[MMTRACE_EVENT_LOST] = {
		sizeof(struct mmtrace_head) + sizeof(struct mmtrace_lost), NULL
	},
	[MMTRACE_EVENT_DO_MMAP] = {
		CALL_SIZE + sizeof(struct mmtrace_do_mmap), put_do_mmap
	},
	[MMTRACE_EVENT_MREMAP] = {
		CALL_SIZE + sizeof(struct mmtrace_mremap), put_mremap
	},
	[MMTRACE_EVENT_REMAP_FILE_PAGES] = {
		CALL_SIZE + sizeof(struct mmtrace_remap_file_pages), put_remap_file_pages
	},
	[MMTRACE_EVENT_MMAP] = { CALL_SIZE + sizeof(struct mmtrace_mmap), put_mmap },
	[MMTRACE_EVENT_MMAP2] = { CALL_SIZE + sizeof(struct mmtrace_mmap), put_mmap },
};

static bool file_valid(const struct mmtrace_file *file, size_t len)
{
	if (len < sizeof(*file) + 1)
		return false;
	return file->path_len <= MMTRACE_TEXT_PATH_MAX &&
	       file->path_len < len - sizeof(*file) &&
	       !file->path[file->path_len];
}

/* Of a valid record, or one that is found to be so up to there. */
static size_t stack_offset(const struct mmtrace_record *rec)
{
	const struct mmtrace_file *file = (const struct mmtrace_file *)(&rec->do_mmap + 1);
	size_t offset = events[rec->head.event].size;

	if (rec->head.event == MMTRACE_EVENT_DO_MMAP && rec->head.flags & MMTRACE_R_FILE)
		offset += sizeof(*file) + (file->path_len + 8) / 8 * 8;
	return offset;
}

static bool stack_valid(const struct mmtrace_record *rec)
{
	const struct mmtrace_stack *stack;
	size_t offset = stack_offset(rec), room;

	if (offset + sizeof(*stack) > rec->head.size)
		return false;
	stack = (const struct mmtrace_stack *)((const char *)rec + offset);
	room = (rec->head.size - offset - sizeof(*stack)) / sizeof(stack->ip[0]);
	return stack->depth && stack->depth <= MMTRACE_STACK_MAX && stack->depth <= room;
}

/**
 * mmtrace_record_valid() - can a record be looked at
 * @buf: where it begins, aligned to 8 bytes
 * @len: bytes that there are
 *
 * What a program can rely on afterwards: all that the event and the flags
 * announce lies within @size of the head, and that within @len. An event that
 * is not known here is valid, but only its head can be looked at.
 *
 * Return: true if so.
 */
bool mmtrace_record_valid(const void *buf, size_t len)
{
	const struct mmtrace_record *rec = buf;
	const struct mmtrace_head *head = buf;
	const struct mmtrace_file *file;
	__u32 known;

	if (len < sizeof(*head) || head->size < sizeof(*head) || head->size > len ||
	    head->size > MMTRACE_RECORD_MAX || head->size % 8)
		return false;
	if (head->event >= MMTRACE_EVENT_COUNT)
		return true;
	known = events[head->event].size;
	if (head->size < known)
		return false;
	file = (const struct mmtrace_file *)(&rec->do_mmap + 1);
	if (head->event == MMTRACE_EVENT_DO_MMAP && head->flags & MMTRACE_R_FILE &&
	    !file_valid(file, head->size - known))
		return false;
	return head->event == MMTRACE_EVENT_LOST || !(head->flags & MMTRACE_R_STACK) ||
	       stack_valid(rec);
}

/**
 * mmtrace_record_stack() - the stack of a call
 * @rec: a valid record of an event that is known
 *
 * Return: the stack, NULL if the record has none.
 */
const struct mmtrace_stack *mmtrace_record_stack(const struct mmtrace_record *rec)
{
	if (rec->head.event == MMTRACE_EVENT_LOST || !(rec->head.flags & MMTRACE_R_STACK))
		return NULL;
	return (const struct mmtrace_stack *)((const char *)rec + stack_offset(rec));
}

static void put_head(struct line *line, const struct mmtrace_head *head)
{
	line_decimal_right(line, head->time / LINE_NSEC, 6);
	line_nsec(line, head->time % LINE_NSEC);
	line_char(line, ' ');
	line_decimal_right(line, head->cpu, 3);
	line_char(line, ' ');
}

/* What stands for the thread in a line that has none, and the event. */
static void put_no_call(struct line *line, const struct mmtrace_name *event)
{
	char *start;

	line_literal(line, "-               -/-             ");
	start = line->at;
	line_name(line, event);
	line_pad(line, start, 16);
	line_char(line, ' ');
}

static void put_seq(struct line *line, const struct mmtrace_head *head)
{
	line_literal(line, " seq=");
	line_decimal(line, head->seq);
}

static void put_lost(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_lost *lost = &rec->lost;
	char *start;

	put_no_call(line, mmtrace_event_name(rec->head.event));
	start = line->at;
	if (lost->cause == MMTRACE_LOST_INTERRUPTED)
		line_char(line, '?');
	else
		line_decimal(line, lost->count);
	line_pad(line, start, 14);
	line_literal(line, " cause=");
	line_name_or(line, mmtrace_lost_name(lost->cause), lost->cause);
	line_literal(line, " first=");
	line_time(line, lost->first);
	line_literal(line, " last=");
	line_time(line, lost->last);
	if (lost->cause == MMTRACE_LOST_MISSED) {
		line_literal(line, " event=");
		line_name_or(line, mmtrace_event_name(lost->missed_event),
			     lost->missed_event);
	} else if (lost->cause != MMTRACE_LOST_INTERRUPTED) {
		put_seq(line, &rec->head);
	}
}

/* Of a record that is damaged, or of a newer module, only the head is shown. */
static void put_unknown(struct line *line, const struct mmtrace_head *head, bool valid)
{
	static const struct mmtrace_name unknown = { .len = 7, .text = "unknown" };
	static const struct mmtrace_name malformed = { .len = 9, .text = "malformed" };

	put_no_call(line, valid ? &unknown : &malformed);
	line_literal(line, "-              event=");
	line_decimal(line, head->event);
	line_literal(line, " size=");
	line_decimal(line, head->size);
	put_seq(line, head);
}

static void put_thread(struct line *line, const struct mmtrace_call *call)
{
	char *start = line->at;
	size_t len = 0;

	while (len < sizeof(call->comm) && call->comm[len])
		len++;
	if (len)
		line_escaped(line, call->comm, len);
	else
		line_octal(line, 0);
	line_pad(line, start, 15);
	line_char(line, ' ');
	start = line->at;
	line_decimal(line, call->tgid);
	line_char(line, '/');
	line_decimal(line, call->tid);
	line_pad(line, start, 15);
	line_char(line, ' ');
}

static void put_ret(struct line *line, __s64 ret)
{
	char *start = line->at;

	if (ret < 0 && ret >= -ERRNO_MAX) {
		line_char(line, '-');
		line_name_or(line, mmtrace_errno_name(0 - (__u64)ret), 0 - (__u64)ret);
	} else {
		line_hex(line, ret);
	}
	line_pad(line, start, 14);
}

static void put_origin(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_call *call = &rec->call;

	line_literal(line, " dur=");
	line_decimal(line, call->duration);
	if (call->syscall < 0) {
		line_literal(line, " syscall=-");
	} else {
		line_literal(line, " syscall=");
		line_decimal(line, call->syscall);
	}
	line_literal(line, " compat=");
	line_char(line, rec->head.flags & MMTRACE_R_COMPAT ? '1' : '0');
	line_literal(line, " call=");
	line_hex(line, call->call_id);
	line_literal(line, " ppid=");
	line_decimal(line, call->ptgid);
	line_literal(line, " uid=");
	line_decimal(line, call->uid);
	line_literal(line, " gid=");
	line_decimal(line, call->gid);
	line_literal(line, " cgroup=");
	line_decimal(line, call->cgroup);
	line_literal(line, " mntns=");
	line_decimal(line, call->mnt_ns);
	line_literal(line, " pidns=");
	line_decimal(line, call->pid_ns);
}

static void put_stack(struct line *line, const struct mmtrace_stack *stack)
{
	__u32 i;

	line_literal(line, " stack=");
	for (i = 0; i < stack->depth; i++) {
		if (i)
			line_char(line, ',');
		line_hex(line, stack->ip[i]);
	}
	if (stack->flags & MMTRACE_STACK_CUT)
		line_literal(line, ",...");
	if (stack->flags & MMTRACE_STACK_BROKEN)
		line_literal(line, ",?");
}

static void put_call(struct line *line, const struct mmtrace_record *rec)
{
	const struct mmtrace_stack *stack = mmtrace_record_stack(rec);
	char *start;

	put_thread(line, &rec->call);
	start = line->at;
	line_name(line, mmtrace_event_name(rec->head.event));
	line_pad(line, start, 16);
	line_char(line, ' ');
	put_ret(line, rec->call.ret);
	events[rec->head.event].put_args(line, rec);
	put_file_kinds(line, rec->head.flags);
	if (rec->head.flags & MMTRACE_R_ARGS_UNREAD)
		line_literal(line, " args=unread");
	put_origin(line, rec);
	put_seq(line, &rec->head);
	if (stack)
		put_stack(line, stack);
}

/**
 * mmtrace_text() - a record as a line of text
 * @buf: where to put it; no NUL is put behind it
 * @room: bytes at @buf; MMTRACE_TEXT_MAX always suffices
 * @rec: the record; the size in its head is trusted, the rest is not
 *
 * Where @room does not suffice the line is cut, but ends with a newline.
 *
 * Return: bytes put at @buf, the newline included; 0 only if @room is 0.
 */
size_t mmtrace_text(char *buf, size_t room, const struct mmtrace_record *rec)
{
	struct line line = { .at = buf };
	bool valid;

	if (!room)
		return 0;
	line.end = buf + room - 1;
	valid = mmtrace_record_valid(rec, rec->head.size);
	put_head(&line, &rec->head);
	if (!valid || rec->head.event >= MMTRACE_EVENT_COUNT)
		put_unknown(&line, &rec->head, valid);
	else if (rec->head.event == MMTRACE_EVENT_LOST)
		put_lost(&line, rec);
	else
		put_call(&line, rec);
	*line.at++ = '\n';
	return line.at - buf;
}

/**
 * mmtrace_text_flags() - the names of flags
 * @buf: where to put them; no NUL is put behind them
 * @room: bytes at @buf; MMTRACE_TEXT_FLAGS_MAX always suffices
 * @set: of which kind the flags are
 * @value: the flags
 *
 * Return: bytes put at @buf.
 */
size_t mmtrace_text_flags(char *buf, size_t room, const struct mmtrace_flags *set,
			  __u64 value)
{
	struct line line = { .at = buf, .end = buf + room };

	line_flags(&line, set, value);
	return line.at - buf;
}
