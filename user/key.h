/* SPDX-License-Identifier: GPL-2.0 */
/* By what calls are told apart when they are counted. */
#ifndef MMTRACE_KEY_H
#define MMTRACE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/mmtrace.h>

/**
 * enum key_by - what a key is made of
 * @KEY_EVENT: event
 * @KEY_PROCESS: process, and the name of the thread
 * @KEY_THREAD: thread, and its name
 * @KEY_FILE: device, inode and path
 * @KEY_ORIGIN: system call
 * @KEY_CGROUP: cgroup
 * @KEY_USER: real user id
 * @KEY_COUNT: not a way
 */
enum key_by {
	KEY_EVENT,
	KEY_PROCESS,
	KEY_THREAD,
	KEY_FILE,
	KEY_ORIGIN,
	KEY_CGROUP,
	KEY_USER,
	KEY_COUNT
};

#define KEY_HELP	"event, process, thread, file, origin, cgroup or user"

/* @part of a key of files that is no device: there is no file, or the event tells none. */
#define KEY_ANON	(1ull << 63)
#define KEY_UNTOLD	(KEY_ANON + 1)

/* No label is longer, in bytes. */
#define KEY_LABEL_MAX	(4 * 4096 + 64)

/**
 * struct key - what makes calls belong together
 * @id: number of the event, process, ...; of a file its inode
 * @part: what else there is: of a thread its process, of a file its device, of a
 *	system call whether it is one of 32 bits
 * @name: bytes that belong to it
 * @name_len: how many
 */
struct key {
	__u64		id;
	__u64		part;
	const char	*name;
	size_t		name_len;
};

int key_parse(const char *value, enum key_by *by);
const char *key_name(enum key_by by);
void key_of(enum key_by by, const struct mmtrace_record *rec, struct key *key);
__u64 key_hash(const struct key *key);
int key_compare(const struct key *a, const struct key *b);
size_t key_label(enum key_by by, const struct key *key, bool local, char *buf, size_t room);
void key_json(enum key_by by, const struct key *key, bool local, FILE *out);

#endif /* MMTRACE_KEY_H */
