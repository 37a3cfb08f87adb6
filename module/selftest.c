// SPDX-License-Identifier: GPL-2.0
/*
 * Self-test at load: a mapping whose every argument is known, made by the kernel
 * itself, must come out of a session as it went in. A do_mmap() whose arguments
 * are elsewhere than mmtrace believes is found here and not in a user's trace.
 *
 * The arguments differ from each other, and none is 0 or a value that a register
 * would hold by chance. mmtrace-ctl selftest does the same for all events.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>

#include "filter.h"
#include "hook.h"
#include "reader.h"
#include "selftest.h"
#include "session.h"

#define NAME	"mmtrace-selftest"
#define ADDR	0x5a5a0000ul
#define LEN	(2 * PAGE_SIZE + 0x333)
#define PROT	PROT_READ
#define FLAGS	(MAP_SHARED | MAP_NORESERVE)
#define PGOFF	0x5bul

/* Ours alone, and of those do_mmap alone. */
static struct session *begin(void)
{
	struct mmtrace_pred mine = {
		.field		= MMTRACE_FIELD_TID,
		.op		= MMTRACE_OP_EQ,
		.on_true	= MMTRACE_ACCEPT,
		.on_false	= MMTRACE_REJECT,
		.value		= current->pid,
		.mask		= U64_MAX,
	};
	struct session *session = session_open();
	struct mmtrace_config config;
	struct filter *filter;
	int err;

	if (IS_ERR(session))
		return session;
	config = session->config;
	config.flags = MMTRACE_CONFIG_OWN;
	config.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP);
	config.ring_size = SESSION_RING_MIN;
	config.watermark = SESSION_RING_MIN;
	filter = filter_compile(&mine, 1, NULL, 0);
	mutex_lock(&session->lock);
	err = PTR_ERR_OR_ZERO(filter);
	if (!err) {
		session_set_filter(session, filter);
		err = session_configure(session, &config);
	}
	err = err ?: session_start(session);
	mutex_unlock(&session->lock);
	if (!err)
		return session;
	session_close(session);
	return ERR_PTR(err);
}

/* What the hook has to have seen; ret is what vm_mmap() returned. */
static int compare(const struct mmtrace_record *record, u64 ret, char *reason, size_t room)
{
	const struct {
		const char	*name;
		u64		seen;
		u64		expected;
	} rows[] = {
		{ "addr",  record->do_mmap.addr,  ADDR },
		{ "len",   record->do_mmap.len,   LEN },
		{ "prot",  record->do_mmap.prot,  PROT },
		{ "flags", record->do_mmap.flags, FLAGS },
		{ "pgoff", record->do_mmap.pgoff, PGOFF },
		{ "ret",   record->call.ret,      ret },
	};
	const struct mmtrace_file *file = (const void *)(record + 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].seen == rows[i].expected)
			continue;
		/* Not what it is: it may be an address of the kernel. */
		snprintf(reason, room, "self-test: %s is not %#llx, as it was asked for",
			 rows[i].name, rows[i].expected);
		return -EPROTO;
	}
	if (!(record->head.flags & MMTRACE_R_FILE) || strcmp(file->path, "/" NAME)) {
		snprintf(reason, room, "self-test: the file is not the one that was mapped");
		return -EPROTO;
	}
	return 0;
}

/*
 * Only a contradiction is held against the hook. Something before do_mmap() may
 * have refused the mapping, or the probe layer may have missed it: then nothing
 * is known.
 */
static int check(struct session *session, u64 ret, char *reason, size_t room)
{
	const struct mmtrace_record *record;
	int err = -EAGAIN;

	mutex_lock(&session->lock);
	session_stop(session);
	record = reader_peek(session);
	if (record && record->head.event == MMTRACE_EVENT_DO_MMAP) {
		err = compare(record, ret, reason, room);
	} else if (record && record->lost.cause == MMTRACE_LOST_INTERRUPTED) {
		snprintf(reason, room, ": probes are off, by %s or %s", "kernel.ftrace_enabled",
			 "kprobes/enabled in debugfs");
	} else if (!record && !IS_ERR_VALUE((unsigned long)ret)) {
		snprintf(reason, room, "self-test: the hook saw nothing");
		err = -EPROTO;
	}
	mutex_unlock(&session->lock);
	return err;
}

static int map_and_check(struct file *file, char *reason, size_t room)
{
	struct session *session = begin();
	unsigned long ret;
	int err;

	if (IS_ERR(session))
		return PTR_ERR(session);
	ret = vm_mmap(file, ADDR, LEN, PROT, FLAGS, PGOFF << PAGE_SHIFT);
	err = check(session, ret, reason, room);
	if (!IS_ERR_VALUE(ret))
		vm_munmap(ret, LEN);
	session_close(session);
	return err;
}

/**
 * selftest() - test the hook on do_mmap, and refuse it if it fails
 *
 * Context: that of insmod, before the device exists.
 *
 * Return: 0; -ENODEV if nothing is left to be traced; -ENOMEM or the like if there
 * was no session to test with.
 */
int selftest(void)
{
	char reason[96] = "";
	struct file *file;
	int err;

	if (!(hook_events() & MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP)) || !current->mm)
		return 0;
	file = shmem_file_setup(NAME, (PGOFF + 4) << PAGE_SHIFT, SHMEM_FLAGS_NONE);
	/* Without memory for an inode, shmem says ENOSPC. */
	if (IS_ERR(file))
		return PTR_ERR(file) == -ENOSPC ? -ENOMEM : PTR_ERR(file);
	err = map_and_check(file, reason, sizeof(reason));
	fput(file);
	switch (err) {
	case 0:
		hook_passed(MMTRACE_EVENT_DO_MMAP);
		return 0;
	case -EPROTO:
		hook_refuse(MMTRACE_EVENT_DO_MMAP, reason);
		return hook_events() ? 0 : -ENODEV;
	case -EAGAIN:
		pr_notice("do_mmap: could not be tested%s\n", reason);
		return 0;
	default:
		return err;
	}
}
