// SPDX-License-Identifier: GPL-2.0
#include <pwd.h>
#include <string.h>
#include <sys/mman.h>

#include "key.h"
#include "libmmtrace.h"
#include "line.h"
#include "message.h"
#include "text.h"

#define ANON_LABEL	"(anonymous)"
#define UNTOLD_LABEL	"(not told)"

static const char *const names[KEY_COUNT] = {
	[KEY_EVENT]	= "event",
	[KEY_PROCESS]	= "process",
	[KEY_THREAD]	= "thread",
	[KEY_FILE]	= "file",
	[KEY_ORIGIN]	= "origin",
	[KEY_CGROUP]	= "cgroup",
	[KEY_USER]	= "user",
};

/**
 * key_parse() - the value of --by
 * @value: as typed
 * @by: filled in
 *
 * Return: 0; -1 if there is no such way, and the user has been told.
 */
int key_parse(const char *value, enum key_by *by)
{
	int i;

	for (i = 0; i < KEY_COUNT; i++) {
		if (strcmp(names[i], value))
			continue;
		*by = i;
		return 0;
	}
	complain("--by: there is no '%s', but " KEY_HELP, value);
	return -1;
}

/**
 * key_name() - what it is called
 * @by: a way to tell calls apart
 *
 * Return: its name.
 */
const char *key_name(enum key_by by)
{
	return names[by];
}

static void name_of_thread(const struct mmtrace_record *rec, struct key *key)
{
	key->name = rec->call.comm;
	key->name_len = strnlen(rec->call.comm, sizeof(rec->call.comm));
}

/* Without a file: mmap and mmap2 tell a descriptor, mremap and others nothing at all. */
static void part_without_file(const struct mmtrace_record *rec, struct key *key)
{
	bool anon = rec->head.event == MMTRACE_EVENT_DO_MMAP;

	if (rec->head.event == MMTRACE_EVENT_MMAP || rec->head.event == MMTRACE_EVENT_MMAP2)
		anon = rec->mmap.flags & MAP_ANONYMOUS;
	key->part = anon ? KEY_ANON : KEY_UNTOLD;
}

static void file_of(const struct mmtrace_record *rec, struct key *key)
{
	const struct mmtrace_file *file = (const struct mmtrace_file *)(&rec->do_mmap + 1);

	if (rec->head.event != MMTRACE_EVENT_DO_MMAP || !(rec->head.flags & MMTRACE_R_FILE)) {
		part_without_file(rec, key);
		return;
	}
	key->id = file->inode;
	key->part = (__u64)(file->dev_major & 0x7fffffff) << 32 | file->dev_minor;
	key->name = file->path;
	key->name_len = file->path_len;
}

/**
 * key_of() - the key of a call
 * @by: what it is made of
 * @rec: a valid record of a call
 * @key: filled in; @name is within the record
 */
void key_of(enum key_by by, const struct mmtrace_record *rec, struct key *key)
{
	*key = (struct key){ .name = "" };
	switch (by) {
	case KEY_EVENT:
		key->id = rec->head.event;
		break;
	case KEY_PROCESS:
		key->id = rec->call.tgid;
		name_of_thread(rec, key);
		break;
	case KEY_THREAD:
		key->id = rec->call.tid;
		key->part = rec->call.tgid;
		name_of_thread(rec, key);
		break;
	case KEY_FILE:
		file_of(rec, key);
		break;
	case KEY_ORIGIN:
		key->id = (__s64)rec->call.syscall;
		key->part = rec->head.flags & MMTRACE_R_COMPAT ? 1 : 0;
		break;
	case KEY_CGROUP:
		key->id = rec->call.cgroup;
		break;
	default:
		key->id = rec->call.uid;
		break;
	}
}

static __u64 mix(__u64 hash)
{
	hash ^= hash >> 32;
	hash *= 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 29;
}

/**
 * key_hash() - a number that is the same for equal keys
 * @key: a key
 *
 * Return: the number, all bits of it good.
 */
__u64 key_hash(const struct key *key)
{
	__u64 hash = mix(mix(key->id) + key->part);
	size_t i;

	for (i = 0; i < key->name_len; i++)
		hash = (hash ^ (unsigned char)key->name[i]) * 0x100000001b3ull;
	return mix(hash);
}

/**
 * key_compare() - an order of keys
 * @a: a key
 * @b: another one, of the same kind
 *
 * Return: less than 0, 0, or more, as strcmp().
 */
int key_compare(const struct key *a, const struct key *b)
{
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	return memcmp(a->name, b->name, a->name_len);
}

static void put_text(struct line *line, const char *text)
{
	line_escaped(line, text, strlen(text));
}

static void put_origin(struct line *line, const struct key *key)
{
	const char *name = mmt_syscall_name((int)key->id, key->part);

	if (name)
		put_text(line, name);
	else if ((int)key->id == -1)
		line_literal(line, "(none)");
	else
		line_decimal(line, key->id);
	if (key->part)
		line_literal(line, " (32-bit)");
}

static void put_file(struct line *line, const struct key *key)
{
	if (key->part == KEY_ANON)
		line_literal(line, ANON_LABEL);
	else if (key->part == KEY_UNTOLD)
		line_literal(line, UNTOLD_LABEL);
	else
		line_escaped(line, key->name, key->name_len);
}

static void put_cgroup(struct line *line, const struct key *key, bool local)
{
	char path[4096];

	if (local && !mmt_cgroup_path(key->id, path, sizeof(path)))
		put_text(line, path);
	else
		line_decimal(line, key->id);
}

static void put_user(struct line *line, const struct key *key, bool local)
{
	const struct passwd *user = local ? getpwuid(key->id) : NULL;

	if (user)
		put_text(line, user->pw_name);
	else
		line_decimal(line, key->id);
}

/**
 * key_label() - a key as people read it
 * @by: what it is made of
 * @key: the key
 * @local: it is of this machine, now: cgroups and users have names
 * @buf: where to put it; no NUL is put behind it
 * @room: bytes at @buf; KEY_LABEL_MAX always suffices
 *
 * Return: bytes of it, all of which can be shown.
 */
size_t key_label(enum key_by by, const struct key *key, bool local, char *buf, size_t room)
{
	struct line line = { .at = buf, .end = buf + room };

	switch (by) {
	case KEY_EVENT:
		line_name_or(&line, mmtrace_event_name(key->id), key->id);
		break;
	case KEY_FILE:
		put_file(&line, key);
		break;
	case KEY_ORIGIN:
		put_origin(&line, key);
		break;
	case KEY_CGROUP:
		put_cgroup(&line, key, local);
		break;
	case KEY_USER:
		put_user(&line, key, local);
		break;
	default:
		line_escaped(&line, key->name, key->name_len);
		line_char(&line, '/');
		line_decimal(&line, key->id);
		break;
	}
	return line.at - buf;
}

static void json_number(FILE *out, const char *name, __u64 number)
{
	fprintf(out, "\"%s\":%llu", name, (unsigned long long)number);
}

static void json_name(FILE *out, const char *name, const struct key *key)
{
	size_t i;

	fprintf(out, "\"%s\":", name);
	if (mmt_json_string(out, key->name, key->name_len))
		return;
	fprintf(out, ",\"%s_hex\":\"", name);
	for (i = 0; i < key->name_len; i++)
		fprintf(out, "%02x", (unsigned char)key->name[i]);
	fputc('"', out);
}

static void json_file(FILE *out, const struct key *key)
{
	if (key->part == KEY_ANON || key->part == KEY_UNTOLD) {
		fprintf(out, "\"path\":null,\"anon\":%s", key->part == KEY_ANON ? "true" : "null");
		return;
	}
	json_name(out, "path", key);
	fprintf(out, ",\"anon\":false,\"dev_major\":%u,\"dev_minor\":%u,",
		(__u32)(key->part >> 32), (__u32)key->part);
	json_number(out, "inode", key->id);
}

static void json_origin(FILE *out, const struct key *key)
{
	const char *name = mmt_syscall_name((int)key->id, key->part);

	if ((int)key->id == -1)
		fputs("\"syscall\":null", out);
	else
		fprintf(out, "\"syscall\":%d", (int)key->id);
	fprintf(out, ",\"compat\":%s,\"name\":%s%s%s", key->part ? "true" : "false",
		name ? "\"" : "", name ? name : "null", name ? "\"" : "");
}

/* What the number is called here, or null. */
static void json_label(enum key_by by, const struct key *key, bool local, FILE *out)
{
	char label[KEY_LABEL_MAX];
	size_t len = key_label(by, key, local, label, sizeof(label));

	json_number(out, names[by], key->id);
	fputs(",\"name\":", out);
	if (len && (label[0] < '0' || label[0] > '9'))
		mmt_json_string(out, label, len);
	else
		fputs("null", out);
}

/**
 * key_json() - a key as members of a JSON object
 * @by: what it is made of
 * @key: the key
 * @local: as of key_label()
 * @out: where to
 */
void key_json(enum key_by by, const struct key *key, bool local, FILE *out)
{
	switch (by) {
	case KEY_EVENT:
		fprintf(out, "\"event\":\"%s\"", mmt_event_name(key->id));
		break;
	case KEY_THREAD:
		json_number(out, "tid", key->id);
		fputc(',', out);
		json_number(out, "tgid", key->part);
		fputc(',', out);
		json_name(out, "comm", key);
		break;
	case KEY_PROCESS:
		json_number(out, "tgid", key->id);
		fputc(',', out);
		json_name(out, "comm", key);
		break;
	case KEY_FILE:
		json_file(out, key);
		break;
	case KEY_ORIGIN:
		json_origin(out, key);
		break;
	default:
		json_label(by, key, local, out);
		break;
	}
}
