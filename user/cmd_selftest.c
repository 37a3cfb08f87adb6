// SPDX-License-Identifier: GPL-2.0
/*
 * mmtrace-ctl selftest: makes known calls, and compares every field of their
 * records with what was asked for, what was returned, and what the kernel says
 * elsewhere about the thread and the file.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "known.h"
#include "libmmtrace.h"
#include "message.h"
#include "session.h"
#include "text.h"
#include "verbs.h"

#define BUFFER_SIZE	(256 * 1024)

/**
 * struct selftest - what is tested and how it went
 * @self: the thread
 * @file: the file that is mapped
 * @calls: that were made
 * @calls_len: how many
 * @available: set of the events that can be traced here
 * @compat: 32-bit calls are made
 * @compat_missing: why not
 * @call_ids: of the record of each call, 0 if there is none
 * @event: being compared
 * @fields: of it that were compared
 * @records: of it
 * @bad: of its fields that were not as expected, or records too many or few
 * @failed: events that have such
 * @buf: what was read
 * @len: bytes of it
 */
struct selftest {
	struct known_self	self;
	struct known_file	file;
	struct known_call	calls[KNOWN_CALLS];
	size_t			calls_len;
	__u32			available;
	bool			compat;
	const char		*compat_missing;
	__u64			call_ids[KNOWN_CALLS];
	__u32			event;
	unsigned int		fields;
	unsigned int		records;
	unsigned int		bad;
	unsigned int		failed;
	__u64			buf[BUFFER_SIZE / sizeof(__u64)];
	size_t			len;
};

static void differ(struct selftest *test, const char *field)
{
	test->bad++;
	printf("%s: %s differs: ", mmt_event_name(test->event), field);
}

static void check(struct selftest *test, const char *field, __u64 got, __u64 expected)
{
	test->fields++;
	if (got == expected)
		return;
	differ(test, field);
	printf("expected 0x%llx, got 0x%llx\n", (unsigned long long)expected,
	       (unsigned long long)got);
}

static void check_range(struct selftest *test, const char *field, __u64 got, __u64 least,
			__u64 most)
{
	test->fields++;
	if (got >= least && got <= most)
		return;
	differ(test, field);
	printf("expected %llu to %llu, got %llu\n", (unsigned long long)least,
	       (unsigned long long)most, (unsigned long long)got);
}

static void check_string(struct selftest *test, const char *field, const char *got,
			 const char *expected)
{
	test->fields++;
	if (!strcmp(got, expected))
		return;
	differ(test, field);
	printf("expected '%s', got '%s'\n", expected, got);
}

static void check_call(struct selftest *test, const struct mmtrace_record *rec, size_t i)
{
	const struct known_call *known = &test->calls[i];
	const struct known_self *self = &test->self;
	const struct mmtrace_call *call = &rec->call;
	char comm[sizeof(call->comm) + 1] = "";

	memcpy(comm, call->comm, sizeof(call->comm));
	check(test, "cpu", rec->head.cpu, self->cpu);
	check_range(test, "time", rec->head.time, known->before, known->after);
	check_range(test, "duration", call->duration, 1, known->after - known->before);
	check(test, "ret", call->ret, known->ret);
	check(test, "tgid", call->tgid, self->tgid);
	check(test, "tid", call->tid, self->tid);
	check(test, "ptgid", call->ptgid, self->ptgid);
	if (self->initial_user_ns) {
		check(test, "uid", call->uid, self->uid);
		check(test, "gid", call->gid, self->gid);
	}
	check_string(test, "comm", comm, self->comm);
	if (self->cgroup)
		check(test, "cgroup", call->cgroup, self->cgroup);
	check(test, "mnt_ns", call->mnt_ns, self->mnt_ns);
	check(test, "pid_ns", call->pid_ns, self->pid_ns);
	check(test, "syscall", call->syscall, known->syscall);
	check(test, "compat", !!(rec->head.flags & MMTRACE_R_COMPAT), known->compat);
	check(test, "flags of the record", rec->head.flags &
	      (MMTRACE_R_NO_USER_REGS | MMTRACE_R_ARGS_UNREAD | MMTRACE_R_PATH_CUT), 0);
	test->call_ids[i] = call->call_id;
	if (known->parent >= 0 && test->call_ids[known->parent])
		check(test, "call_id", call->call_id, test->call_ids[known->parent]);
	else
		check_range(test, "call_id", call->call_id, 1, ~0ull);
}

static void check_file(struct selftest *test, const struct mmtrace_record *rec)
{
	const struct mmtrace_file *file = (const struct mmtrace_file *)(&rec->do_mmap + 1);
	const struct known_file *known = &test->file;
	__u32 kinds = MMTRACE_R_UNLINKED | MMTRACE_R_MEMFD | MMTRACE_R_SHM | MMTRACE_R_TMPFS |
		      MMTRACE_R_HUGETLB | MMTRACE_R_DEVICE;

	check_string(test, "path", file->path, known->path);
	check(test, "path_len", file->path_len, strlen(known->path));
	check(test, "inode", file->inode, known->inode);
	check(test, "ctime", file->ctime, known->ctime);
	check(test, "dev_major", file->dev_major, known->dev_major);
	check(test, "dev_minor", file->dev_minor, known->dev_minor);
	check(test, "open_flags", file->open_flags, known->open_flags);
	check(test, "kind of file", rec->head.flags & kinds, known->tmpfs ? MMTRACE_R_TMPFS : 0);
}

static void check_do_mmap(struct selftest *test, const struct mmtrace_record *rec,
			  const struct known_call *known)
{
	bool has_fd = rec->head.flags & MMTRACE_R_FD;
	bool has_file = rec->head.flags & MMTRACE_R_FILE;

	check(test, "addr", rec->do_mmap.addr, known->args[0]);
	check(test, "len", rec->do_mmap.len, known->args[1]);
	check(test, "prot", rec->do_mmap.prot, known->args[2]);
	check(test, "flags", rec->do_mmap.flags, known->args[3]);
	check(test, "pgoff", rec->do_mmap.pgoff, known->args[4]);
	check(test, "knows its fd", has_fd, known->has_fd);
	check(test, "fd", rec->do_mmap.fd, known->has_fd ? (__s64)known->args[5] : -1);
	check(test, "has a file", has_file, known->has_file);
	if (has_file && known->has_file)
		check_file(test, rec);
}

static void check_mmap(struct selftest *test, const struct mmtrace_record *rec,
		       const struct known_call *known)
{
	bool mmap2 = known->event == MMTRACE_EVENT_MMAP2;

	check(test, "addr", rec->mmap.addr, known->args[0]);
	check(test, "length", rec->mmap.length, known->args[1]);
	check(test, "prot", rec->mmap.prot, known->args[2]);
	check(test, "flags", rec->mmap.flags, known->args[3]);
	check(test, "fd", rec->mmap.fd, known->args[4]);
	check(test, mmap2 ? "pgoffset" : "off", rec->mmap.off, known->args[5]);
}

static void check_mremap(struct selftest *test, const struct mmtrace_record *rec,
			 const struct known_call *known)
{
	check(test, "old_address", rec->mremap.old_address, known->args[0]);
	check(test, "old_size", rec->mremap.old_size, known->args[1]);
	check(test, "new_size", rec->mremap.new_size, known->args[2]);
	check(test, "flags", rec->mremap.flags, known->args[3]);
	check(test, "new_address", rec->mremap.new_address, known->args[4]);
}

static void check_remap_file_pages(struct selftest *test, const struct mmtrace_record *rec,
				   const struct known_call *known)
{
	check(test, "addr", rec->remap_file_pages.addr, known->args[0]);
	check(test, "size", rec->remap_file_pages.size, known->args[1]);
	check(test, "prot", rec->remap_file_pages.prot, known->args[2]);
	check(test, "pgoff", rec->remap_file_pages.pgoff, known->args[3]);
	check(test, "flags", rec->remap_file_pages.flags, known->args[4]);
}

/* In this order, so that a call that causes a do_mmap is known before it. */
static const struct {
	__u32	event;
	void	(*check)(struct selftest *test, const struct mmtrace_record *rec,
			 const struct known_call *known);
} events[] = {
	{ MMTRACE_EVENT_MMAP, check_mmap },
	{ MMTRACE_EVENT_MMAP2, check_mmap },
	{ MMTRACE_EVENT_MREMAP, check_mremap },
	{ MMTRACE_EVENT_REMAP_FILE_PAGES, check_remap_file_pages },
	{ MMTRACE_EVENT_DO_MMAP, check_do_mmap },
};

/* The next record of the event, from @at on, which is set to what follows. */
static const struct mmtrace_record *next_record(const struct selftest *test, size_t *at)
{
	while (*at < test->len) {
		const struct mmtrace_record *rec =
			(const void *)((const char *)test->buf + *at);

		*at += rec->head.size;
		if (rec->head.event == test->event)
			return rec;
	}
	return NULL;
}

static void check_event(struct selftest *test, size_t row)
{
	const struct mmtrace_record *rec;
	size_t i, at = 0, extra = 0;

	for (i = 0; i < test->calls_len; i++) {
		if (test->calls[i].event != test->event)
			continue;
		rec = next_record(test, &at);
		if (!rec) {
			differ(test, "number of records");
			printf("only %u\n", test->records);
			return;
		}
		test->records++;
		check_call(test, rec, i);
		events[row].check(test, rec, &test->calls[i]);
	}
	while (next_record(test, &at))
		extra++;
	if (extra) {
		differ(test, "number of records");
		printf("%zu too many\n", extra);
	}
}

static void report(struct selftest *test, const char *reason)
{
	const char *name = mmt_event_name(test->event);

	if (test->bad)
		test->failed++;
	if (test->bad)
		printf("%s: FAILED (%u differences, %u fields of %u records compared)\n", name,
		       test->bad, test->fields, test->records);
	else if (test->records)
		printf("%s: ok (%u fields of %u records)\n", name, test->fields, test->records);
	else
		printf("%s: skipped: %s\n", name, reason);
}

static void check_events(struct selftest *test, struct mmt_device *device)
{
	struct mmtrace_event_info info = { .size = sizeof(info) };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		const char *reason = test->compat_missing;

		test->event = events[i].event;
		test->fields = 0;
		test->records = 0;
		test->bad = 0;
		*info.reason = 0;
		if (test->available & MMTRACE_EVENT_BIT(test->event))
			check_event(test, i);
		else if (!mmt_device_event(device, test->event, &info))
			reason = info.reason;
		report(test, reason ? reason : "no such call here");
	}
}

static void check_account(struct selftest *test, struct mmt_device *device)
{
	struct mmtrace_stats stats = { .size = sizeof(stats) };
	bool good;

	if (mmt_device_stats(device, MMTRACE_EVENT_LOST, &stats)) {
		printf("account: FAILED: %s\n", mmt_device_error(device));
		test->failed++;
		return;
	}
	good = stats.hits == stats.filtered + stats.delivered + stats.lost +
	       stats.overwritten + stats.pending && !stats.lost && !stats.overwritten &&
	       !stats.pending;
	printf("account: %s: %llu hits = %llu filtered + %llu delivered, %llu missed\n",
	       good ? "ok" : "FAILED", (unsigned long long)stats.hits,
	       (unsigned long long)stats.filtered, (unsigned long long)stats.delivered,
	       (unsigned long long)stats.missed);
	test->failed += !good;
}

static int read_all(struct selftest *test, struct mmt_device *device)
{
	struct pollfd fd = { .fd = mmt_device_fd(device), .events = POLLIN };
	ssize_t got;

	for (;;) {
		got = mmt_device_read(device, (char *)test->buf + test->len,
				      sizeof(test->buf) - test->len);
		if (got == MMT_EMPTY)
			poll(&fd, 1, 100);
		else if (got > 0)
			test->len += got;
		if (!got || got == -1)
			return got;
	}
}

static int check_records(const struct selftest *test)
{
	size_t at = 0;

	while (mmt_next(test->buf, test->len, &at))
		;
	if (at == test->len)
		return 0;
	complain("what was read is no record");
	return -1;
}

static int set_up(struct selftest *test, struct mmt_device *device,
		  struct mmt_program *program)
{
	static struct filter filter;
	struct mmtrace_config config = { .size = sizeof(config) };
	struct mmtrace_info info = { .size = sizeof(info) };

	if (mmt_device_info(device, &info) || mmt_device_get_config(device, &config) ||
	    mmt_device_get_device_filter(device, program))
		return -1;
	if (mmt_program_len(program))
		complain("a device filter is set; if calls are missing: mmtrace-ctl filter clear");
	test->available = info.events;
	config.flags |= MMTRACE_CONFIG_OWN;
	config.events = info.events;
	if (mmt_device_set_config(device, &config) ||
	    filter_limit_thread(&filter, test->self.tid) || filter_compile(&filter, program))
		return -1;
	return mmt_device_set_filter(device, program);
}

static int configure(struct selftest *test, struct mmt_device *device)
{
	struct mmt_program *program = mmt_program_new();
	int failed = program ? set_up(test, device, program) : -1;

	if (failed)
		complain("%s", program ? mmt_device_error(device) : "no memory");
	mmt_program_free(program);
	return failed;
}

static int fail(const struct mmt_device *device)
{
	complain("%s", mmt_device_error(device));
	return -1;
}

/* Nothing but the calls may be between start and stop. */
static int record(struct selftest *test, struct mmt_device *device)
{
	if (configure(test, device))
		return -1;
	if (mmt_device_start(device))
		return fail(device);
	test->calls_len = known_calls_make(test->calls, &test->file, test->compat);
	if (mmt_device_stop(device) || read_all(test, device))
		return fail(device);
	return check_records(test);
}

static int run(struct selftest *test)
{
	struct mmt_device *device;
	int code = EXIT_FAILED;

	test->compat_missing = known_compat_missing();
	test->compat = !test->compat_missing;
	if (known_self_get(&test->self) || known_file_make(&test->file) ||
	    known_calls_prepare(&test->file, test->compat) || known_file_locate(&test->file))
		return EXIT_FAILED;
	device = session_open();
	if (!device)
		return EXIT_FAILED;
	if (!record(test, device)) {
		check_events(test, device);
		check_account(test, device);
		code = test->failed ? EXIT_FAILED : EXIT_OK;
	}
	mmt_device_free(device);
	return code;
}

static int no_option(void *context, int id, const char *value)
{
	(void)context;
	(void)id;
	(void)value;
	return 0;
}

static int selftest_run(const struct verb *verb, int argc, char **argv)
{
	int next = options_parse(verb, argc, argv, no_option, NULL);
	struct selftest *test;
	int code;

	if (next < 0)
		return options_exit(next);
	if (next < argc) {
		complain("selftest: what is '%s'? try: mmtrace-ctl selftest --help", argv[next]);
		return EXIT_USAGE;
	}
	test = calloc(1, sizeof(*test));
	if (!test) {
		complain("no memory");
		return EXIT_FAILED;
	}
	test->file.fd = -1;
	code = run(test);
	known_file_drop(&test->file);
	free(test);
	return code;
}

const struct verb selftest_verb = {
	.name		= "selftest",
	.arguments	= "[OPTIONS]",
	.summary	= "make known calls and compare every field of their records",
	.notes		=
		"A file in /tmp is mapped and removed again. An event that can't be traced\n"
		"or called here is skipped, with the reason. The device filter must let\n"
		"these calls pass.",
	.run		= selftest_run,
};
