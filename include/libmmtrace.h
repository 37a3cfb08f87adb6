/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libmmtrace - read /dev/mmtrace, and what its records say
 *
 * What there is
 * =============
 *
 * struct mmt_device is a session of the device, struct mmt_program a filter,
 * struct mmt_recording a session in a file, struct mmt_symbols what is at the
 * addresses of stacks. Records themselves are those of <linux/mmtrace.h>, and
 * mmt_next() steps through a buffer of them.
 *
 * How to use it
 * =============
 *
 * Nothing is printed, no signal is touched, and nothing exits. What fails says why
 * in words: mmt_device_error(), mmt_recording_error(), struct mmt_fault. errno is
 * that of the system call that failed, where it was one.
 *
 * There is no global state: different threads may use different handles at the same
 * time. One handle is for one thread at a time. What looks up names of users asks
 * getpwnam(3) and its kin, and is as safe as these: mmt_program_parse(),
 * mmt_device_open().
 *
 * Handles are opaque. Structures that callers make begin with their size, as those
 * of <linux/mmtrace.h> do, or never grow; it is said which.
 */
#ifndef LIBMMTRACE_H
#define LIBMMTRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
#include <linux/mmtrace.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is declared here is exported, and nothing else. */
#pragma GCC visibility push(default)

/* The device, and the variable of the environment that names another one. */
#define MMT_DEVICE	"/dev/mmtrace"
#define MMT_DEVICE_ENV	"MMTRACE_DEVICE"

/* What mmt_device_read() returns when there is nothing to read now. */
#define MMT_EMPTY	(-2)

/* What those return that ask for a session, or its part on a CPU, when there is none. */
#define MMT_NONE	1

/* No line of mmt_text() is longer, in bytes, its NUL included. */
#define MMT_TEXT_MAX	20846

/* No batch of mmt_recording_next() is longer, in bytes. */
#define MMT_BATCH_MAX	(1024 * 1024)

struct mmt_device;
struct mmt_program;
struct mmt_recording;
struct mmt_symbols;

/**
 * struct mmt_fault - what is wrong with an expression; never grows
 * @at: offset of the word that it is about, in the text of the expression
 * @text: in words, without a newline
 */
struct mmt_fault {
	unsigned int	at;
	char		text[256];
};

/**
 * struct mmt_facts - where and when records are taken; may grow at its end
 * @size: sizeof(struct mmt_facts), set by who makes it
 * @cpus: number of CPUs that there may ever be
 * @page_size: bytes
 * @events: set of events that are recorded
 * @start: when the session started, ns of CLOCK_MONOTONIC
 * @wall: what is to be added to a time of CLOCK_MONOTONIC for the one of
 *	CLOCK_REALTIME, ns, as it was at the start
 * @host: name of the machine
 * @release: of its kernel
 * @machine: its architecture, as uname(2) has it
 * @version: of the module
 * @filter: as an expression; NULL if there is none
 * @command: that was run, its words for a shell; NULL if there is none
 */
struct mmt_facts {
	__u32		size;
	__u32		cpus;
	__u32		page_size;
	__u32		events;
	__u64		start;
	__s64		wall;
	char		host[65];
	char		release[65];
	char		machine[65];
	char		version[32];
	const char	*filter;
	const char	*command;
};

/**
 * struct mmt_symbol - what is at an address; never grows
 * @path: of the file that is mapped there; NULL if it is not known
 * @offset: in the file, bytes
 * @name: of the function; NULL if it is not known
 * @distance: from its beginning, bytes
 */
struct mmt_symbol {
	const char	*path;
	__u64		offset;
	const char	*name;
	__u64		distance;
};

/**
 * enum mmt_recording_result - what mmt_recording_next() found
 * @MMT_RECORDING_FAULT: something is wrong, mmt_recording_error() says what; there may
 *	be more behind it
 * @MMT_RECORDING_END: there is no more
 * @MMT_RECORDING_BATCH: records
 */
enum mmt_recording_result {
	MMT_RECORDING_FAULT	= -1,
	MMT_RECORDING_END	= 0,
	MMT_RECORDING_BATCH	= 1,
};

/* Sessions of the device. */

/**
 * mmt_device_new() - make room for a session; nothing is opened
 * @path: of the device; NULL for that of MMT_DEVICE_ENV, or MMT_DEVICE
 *
 * Return: it, for mmt_device_free(); NULL if there is no memory.
 */
struct mmt_device *mmt_device_new(const char *path);

/**
 * mmt_device_open() - open a session, which gives records
 * @device: made by mmt_device_new(), not open
 *
 * Return: 0; -1 with an error in words, also for a device whose module speaks
 * another ABI.
 */
int mmt_device_open(struct mmt_device *device);

/**
 * mmt_device_adopt() - take a session that somebody else has opened
 * @device: made by mmt_device_new(), not open
 * @fd: of the session, without waiting; closed with it
 */
void mmt_device_adopt(struct mmt_device *device, int fd);

/**
 * mmt_device_free() - close a session, and forget it
 * @device: the session; one that is not open is fine, and so is NULL
 */
void mmt_device_free(struct mmt_device *device);

/**
 * mmt_device_fd() - what to wait for with poll()
 * @device: the session
 *
 * Return: its file descriptor, -1 if it is not open.
 */
int mmt_device_fd(const struct mmt_device *device);

/**
 * mmt_device_error() - why something has failed
 * @device: with which it has
 *
 * Return: the latest error in words, until the next one; empty if there was none.
 */
const char *mmt_device_error(const struct mmt_device *device);

/**
 * mmt_device_info() - ask what module this is
 * @device: the session
 * @info: filled in, all but its size
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_info(struct mmt_device *device, struct mmtrace_info *info);

/**
 * mmt_device_event() - ask how an event is traced
 * @device: the session
 * @event: enum mmtrace_event
 * @info: filled in, all but its size
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_event(struct mmt_device *device, __u32 event, struct mmtrace_event_info *info);

/**
 * mmt_device_get_config() - ask how the session is set up
 * @device: the session
 * @config: filled in, all but its size
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_get_config(struct mmt_device *device, struct mmtrace_config *config);

/**
 * mmt_device_set_config() - set up the session
 * @device: the session
 * @config: as mmt_device_get_config() gave it, and changed
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_set_config(struct mmt_device *device, struct mmtrace_config *config);

/**
 * mmt_device_follow() - take calls of a process, and of others only if asked for, too
 * @device: the session
 * @pid: the process
 * @flags: MMTRACE_FOLLOW_*
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_follow(struct mmt_device *device, pid_t pid, __u32 flags);

/**
 * mmt_device_start() - start recording
 * @device: the session
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_start(struct mmt_device *device);

/**
 * mmt_device_stop() - stop recording; the rest can be read
 * @device: the session
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_stop(struct mmt_device *device);

/**
 * mmt_device_stats() - ask for the session's account
 * @device: the session
 * @event: enum mmtrace_event, MMTRACE_EVENT_LOST for the sum of all
 * @stats: filled in, all but its size
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_stats(struct mmt_device *device, __u32 event, struct mmtrace_stats *stats);

/**
 * mmt_device_account() - ask for the account of any session
 * @device: a session
 * @session: id of the one to ask about
 * @event: enum mmtrace_event, MMTRACE_EVENT_LOST for the sum of all
 * @cpu: 1 + a CPU, 0 for the sum of all
 * @stats: filled in, all but its size
 *
 * Return: 0, MMT_NONE for no such session or CPU, or -1 with an error in words.
 */
int mmt_device_account(struct mmt_device *device, __u64 session, __u32 event, __u32 cpu,
		       struct mmtrace_stats *stats);

/**
 * mmt_device_session() - ask about any session
 * @device: a session
 * @id: of the one to ask about; if there is none, the one with the next id is told
 * @session: filled in, all but its size
 *
 * Return: 0, MMT_NONE if none follows, or -1 with an error in words.
 */
int mmt_device_session(struct mmt_device *device, __u64 id, struct mmtrace_session *session);

/**
 * mmt_device_set_trigger() - say what freezes the session, and arm it
 * @device: the session
 * @program: accepts the call; without predicates there is none
 * @before: most records to keep before it
 * @after: and after it
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_set_trigger(struct mmt_device *device, const struct mmt_program *program,
			   __u64 before, __u64 after);

/**
 * mmt_device_get_trigger() - ask what freezes the session, and whether it did
 * @device: the session
 * @trigger: filled in, all but its size
 * @program: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_get_trigger(struct mmt_device *device, struct mmtrace_trigger *trigger,
			   struct mmt_program *program);

/**
 * mmt_device_set_filter() - set the session's filter
 * @device: the session
 * @program: the filter
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_set_filter(struct mmt_device *device, const struct mmt_program *program);

/**
 * mmt_device_set_device_filter() - set the filter that holds for all sessions
 * @device: a session
 * @program: the filter
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_set_device_filter(struct mmt_device *device, const struct mmt_program *program);

/**
 * mmt_device_get_device_filter() - ask for the filter that holds for all sessions
 * @device: a session
 * @program: filled in
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_get_device_filter(struct mmt_device *device, struct mmt_program *program);

/**
 * mmt_device_read() - read what is there, without waiting
 * @device: the session
 * @buf: where to
 * @len: room, at least MMTRACE_RECORD_MAX
 *
 * Return: bytes read; 0 at the end of a stopped session; MMT_EMPTY if there
 * is nothing now; -1 with an error in words.
 */
ssize_t mmt_device_read(struct mmt_device *device, void *buf, size_t len);

/**
 * mmt_device_facts() - what is to be told of a session that starts now
 * @device: the session
 * @facts: filled in, but for its size and for what only the caller knows: @filter, @command
 *
 * Return: 0, or -1 with an error in words.
 */
int mmt_device_facts(struct mmt_device *device, struct mmt_facts *facts);

/* Records, and what is in them. */

/**
 * mmt_next() - the next of some records
 * @records: as read() or mmt_recording_next() gave them, aligned to 8 bytes
 * @len: bytes of them
 * @at: where it begins, 0 for the first; set to where it ends
 *
 * Return: the record, which is valid: all of its parts are within its size, and its
 * path ends with a NUL. NULL at the end; also, and then @at is less than @len, where
 * there is no valid record.
 */
const struct mmtrace_record *mmt_next(const void *records, size_t len, size_t *at);

/**
 * mmt_file() - the file of a call
 * @rec: a valid record, of any event
 *
 * Return: what is known of the file, NULL if there is none.
 */
const struct mmtrace_file *mmt_file(const struct mmtrace_record *rec);

/**
 * mmt_stack() - the stack of a call
 * @rec: a valid record of an event below MMTRACE_EVENT_COUNT
 *
 * Return: the stack, NULL if there is none.
 */
const struct mmtrace_stack *mmt_stack(const struct mmtrace_record *rec);

/**
 * mmt_text() - a record as a line of text, as the device itself writes it
 * @buf: filled in, with a newline and a NUL at its end
 * @room: bytes at @buf; MMT_TEXT_MAX always suffices, what does not fit is left out
 * @rec: the record; the size in its head is trusted, the rest is not
 *
 * Return: bytes written, without the NUL.
 */
size_t mmt_text(char *buf, size_t room, const struct mmtrace_record *rec);

/**
 * mmt_json_string() - write a string of any bytes
 * @out: where to
 * @bytes: the bytes
 * @len: how many
 *
 * Return: true; false if some were no UTF-8 and U+FFFD went in their place.
 */
bool mmt_json_string(FILE *out, const char *bytes, size_t len);

/**
 * mmt_json_object() - write a record as an object of JSON
 * @out: where to
 * @rec: the record; the size in its head is trusted, the rest is not
 * @symbols: to ask about the addresses of its stack; may be NULL
 *
 * Errors in writing are left to ferror().
 */
void mmt_json_object(FILE *out, const struct mmtrace_record *rec, struct mmt_symbols *symbols);

/**
 * mmt_json() - write a record as a line of JSON
 * @out: as the others of mmt_json_object()
 * @rec: likewise
 * @symbols: likewise
 */
void mmt_json(FILE *out, const struct mmtrace_record *rec, struct mmt_symbols *symbols);

/**
 * mmt_event_name() - the name of an event
 * @event: enum mmtrace_event
 *
 * Return: the name, NULL if there is no such event.
 */
const char *mmt_event_name(__u32 event);

/**
 * mmt_lost_name() - the name of a cause of loss
 * @cause: enum mmtrace_lost_cause
 *
 * Return: the name, NULL if there is no such cause.
 */
const char *mmt_lost_name(__u32 cause);

/**
 * mmt_errno_name() - the name of an error number
 * @number: the positive number, those of the kernel alone included
 *
 * Return: the name, NULL if it has none.
 */
const char *mmt_errno_name(__u64 number);

/**
 * mmt_syscall_name() - and back
 * @number: of a system call, not -1
 * @compat: by the table of 32-bit programs
 *
 * Return: its name, or NULL.
 */
const char *mmt_syscall_name(int number, bool compat);

/**
 * mmt_cgroup_path() - which cgroup has an id
 * @id: inode number of its directory
 * @path: set to its path, as /proc/PID/cgroup has it
 * @room: bytes at @path
 *
 * Return: 0; -1 if there is none, or it can't be looked up.
 */
int mmt_cgroup_path(__u64 id, char *path, size_t room);

/* Filters. */

/**
 * mmt_program_new() - a filter that lets everything pass
 *
 * Return: it, for mmt_program_free(); NULL if there is no memory.
 */
struct mmt_program *mmt_program_new(void);

/**
 * mmt_program_free() - forget a filter
 * @program: the filter; may be NULL
 */
void mmt_program_free(struct mmt_program *program);

/**
 * mmt_program_parse() - make a filter of an expression
 * @program: set to it
 * @text: the expression, as mmtrace-ctl(1) takes it
 * @fault: set if it makes no sense, or is too long
 *
 * Return: 0; -1, and @program is as before.
 */
int mmt_program_parse(struct mmt_program *program, const char *text, struct mmt_fault *fault);

/**
 * mmt_program_len() - how long a filter is
 * @program: the filter
 *
 * Return: number of its predicates, 0 if it lets everything pass.
 */
unsigned int mmt_program_len(const struct mmt_program *program);

/**
 * mmt_program_events() - which events to trace for a filter
 * @program: the filter
 * @usual: set of those to trace without it
 *
 * Return: of these, and of those that it names, the ones that it does not reject.
 */
__u32 mmt_program_events(const struct mmt_program *program, __u32 usual);

/**
 * mmt_program_list() - a program, a predicate a line, and its cost
 * @program: any program
 * @out: where to
 */
void mmt_program_list(const struct mmt_program *program, FILE *out);

/**
 * mmt_program_text() - a program as an expression
 * @program: any program, of at least one predicate
 * @out: where to; gets no newline
 *
 * Return: true; false, with nothing written, for a program that no expression
 * makes.
 */
bool mmt_program_text(const struct mmt_program *program, FILE *out);

/**
 * mmt_program_can_judge() - can this be asked of a record?
 * @program: the filter
 *
 * Return: false if it asks for what is below a cgroup, which no record tells.
 */
bool mmt_program_can_judge(const struct mmt_program *program);

/**
 * mmt_program_accepts() - judge a record
 * @program: the filter
 * @rec: a valid record
 * @page_size: of the machine that it is from, at least 4096
 *
 * Return: whether it is wanted, as one is that is no call, or not known here.
 */
bool mmt_program_accepts(const struct mmt_program *program, const struct mmtrace_record *rec,
			 __u32 page_size);

/* Recordings: mmtrace-record(5) tells their format. */

/**
 * mmt_recording_new() - make room for a recording; nothing is opened
 *
 * Return: it, for mmt_recording_free(); NULL if there is no memory.
 */
struct mmt_recording *mmt_recording_new(void);

/**
 * mmt_recording_open() - begin to read a recording, up to its first record
 * @recording: made by mmt_recording_new(), not open
 * @in: the file, or pipe; closed with it, in any case
 *
 * Return: 0; -1 with an error in words if it is none, or so short that nothing can be
 * told.
 */
int mmt_recording_open(struct mmt_recording *recording, FILE *in);

/**
 * mmt_recording_symbols() - who is to know what a recording tells of mappings
 * @recording: not open yet
 * @symbols: not live, and not freed before @recording; the records are to be told to it by
 *	the caller. NULL for nobody
 */
void mmt_recording_symbols(struct mmt_recording *recording, struct mmt_symbols *symbols);

/**
 * mmt_recording_next() - the next records
 * @recording: to read from
 * @records: out: valid records, aligned to 8 bytes, until the next call
 * @len: out: bytes of them, more than 0
 *
 * Return: MMT_RECORDING_BATCH; MMT_RECORDING_FAULT with an error in words, after which it
 * goes on; MMT_RECORDING_END.
 */
enum mmt_recording_result mmt_recording_next(struct mmt_recording *recording,
					     const void **records, size_t *len);

/**
 * mmt_recording_facts() - where and when a recording was made
 * @recording: that is open
 *
 * Return: the facts, for as long as the recording is not freed.
 */
const struct mmt_facts *mmt_recording_facts(const struct mmt_recording *recording);

/**
 * mmt_recording_stats() - the account at the end of a recording
 * @recording: read up to there
 * @event: enum mmtrace_event, MMTRACE_EVENT_LOST for the sum of all
 *
 * Return: it, for as long as the recording is not freed; NULL if it is not there, so
 * that something is missing, or there is no such event.
 */
const struct mmtrace_stats *mmt_recording_stats(const struct mmt_recording *recording, __u32 event);

/**
 * mmt_recording_error() - what is wrong with a recording
 * @recording: of which something said so
 *
 * Return: the latest error in words, until the next one.
 */
const char *mmt_recording_error(const struct mmt_recording *recording);

/**
 * mmt_recording_free() - forget a recording, and close its file
 * @recording: one that is not open is fine, and so is NULL
 */
void mmt_recording_free(struct mmt_recording *recording);

/**
 * mmt_write_begin() - begin to write a recording
 * @out: where to; what could not be written is found by ferror()
 * @facts: where and when it is made
 *
 * Return: 0, or -1 if there is no memory.
 */
int mmt_write_begin(FILE *out, const struct mmt_facts *facts);

/**
 * mmt_write_records() - write records
 * @out: as of mmt_write_begin()
 * @records: valid ones, aligned to 8 bytes
 * @len: bytes of them
 * @symbols: to be told of the records, so that what is mapped in a process whose stack is
 *	among them is written, too; NULL for addresses alone
 */
void mmt_write_records(FILE *out, const void *records, size_t len, struct mmt_symbols *symbols);

/**
 * mmt_write_end() - end a recording that has its account
 * @out: as of mmt_write_begin()
 * @stats: accounts by event, that of MMTRACE_EVENT_LOST the sum of all
 * @len: how many, MMTRACE_EVENT_COUNT
 * @size: bytes of one, sizeof(struct mmtrace_stats)
 *
 * Without it readers tell that the end is missing.
 */
void mmt_write_end(FILE *out, const struct mmtrace_stats *stats, __u32 len, size_t size);

/* What is at the addresses of stacks. */

/**
 * mmt_symbols_new() - nothing is known yet
 * @is_live: records are of now, and processes of /proc the same
 *
 * Return: to be given to the others, or NULL if there is no memory.
 */
struct mmt_symbols *mmt_symbols_new(bool is_live);

/**
 * mmt_symbols_free() - forget it all
 * @symbols: or NULL
 */
void mmt_symbols_free(struct mmt_symbols *symbols);

/**
 * mmt_symbols_learn() - take note of what a record tells of its process
 * @symbols: what is known
 * @rec: a valid record of an event that is known, in the order of time
 */
void mmt_symbols_learn(struct mmt_symbols *symbols, const struct mmtrace_record *rec);

/**
 * mmt_symbols_find() - what is at an address of a stack
 * @symbols: what is known
 * @rec: whose stack it is
 * @ip: an address of it, which is behind a call
 *
 * Return: what is known of it; its strings stay until something is asked of or told
 * to @symbols.
 */
struct mmt_symbol mmt_symbols_find(struct mmt_symbols *symbols, const struct mmtrace_record *rec,
				   __u64 ip);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* LIBMMTRACE_H */
