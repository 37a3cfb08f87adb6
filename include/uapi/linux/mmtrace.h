/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * mmtrace - every memory mapping of the machine, one record a call
 *
 * How to use /dev/mmtrace
 * =======================
 *
 * Each open() is a session: it has its own rings, filter, format, counters.
 * Opening needs CAP_PERFMON (or CAP_SYS_ADMIN) in the initial user namespace
 * (EPERM), and gives EBUSY where too many are open. A session starts with its
 * first poll() or read() of more than 0 bytes, or with MMTRACE_IOC_START, and
 * takes its memory then (ENOMEM, and of poll() POLLERR). From then on every call
 * that its filter lets through becomes a record in the ring of the CPU on which
 * the call completed.
 *
 * read() returns records in the order of their completion, over all CPUs, by the kernel's
 * clock: as lines of text (the default), or as the structures below after
 * MMTRACE_IOC_SET_CONFIG asked for MMTRACE_FORMAT_BINARY. In text any buffer
 * size works. In binary only whole records are returned, and a buffer too
 * small for the next one gets EINVAL and loses nothing; MMTRACE_RECORD_MAX
 * always suffices. After MMTRACE_IOC_STOP the rest can be read, then read()
 * returns 0; so it does when all are gone whom MMTRACE_IOC_FOLLOW asked for.
 *
 * Times never go back from one record to the next. That clock may, while somebody
 * slews it: a record that comes late by that has the time of the one before it, and
 * MMTRACE_R_LATE.
 *
 * Sequence numbers
 * ================
 *
 * Every record that is put in a session's ring, or would have been had there
 * been room, takes the next number of its session and CPU, beginning with 0.
 * A record stands for one number, a lost record of cause
 * MMTRACE_LOST_RING_FULL or MMTRACE_LOST_OVERWRITTEN for @count numbers
 * beginning with its own. A reader that adds them up for each CPU never finds
 * a hole.
 *
 * Structures and their growth
 * ===========================
 *
 * Every field is naturally aligned and there are no holes, so that 32-bit and
 * 64-bit programs see the same bytes. Each structure that an ioctl takes
 * begins with its size, as the caller knows it. An older kernel takes a longer
 * structure as long as what it does not know is zero (E2BIG if not); a newer
 * one takes a shorter one, fields left out being zero. Reserved fields are zero
 * in both directions. Records may grow too: step by @size, and look for a part
 * only where a flag says that it is there.
 *
 * Errors, the same for every ioctl
 * ================================
 *
 * ENOTTY      no such ioctl
 * EFAULT      the argument, or what it points to, can't be read or written
 * EINVAL      @size below the first published one, a value out of its range, a
 *             flag that does not exist, a reserved field that is not zero
 * E2BIG       @size goes past what this kernel knows, and what is there is not
 *             zero, or past a page; or a filter has too many predicates, or bytes
 *             of strings or patterns
 * EPERM       the caller lacks the capability that the request needs
 * EBUSY       not while the session runs
 * ESRCH       no such process or thread
 * EOPNOTSUPP  this kernel can't trace the event, MMTRACE_IOC_EVENT says why; or
 *             has not what following needs
 * ENOMEM      no memory, or above the limit that the module's parameters set
 * ENOENT      there is no such session
 * EINTR       a signal came while waiting
 *
 * A refused request has changed nothing.
 */
#ifndef _UAPI_LINUX_MMTRACE_H
#define _UAPI_LINUX_MMTRACE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Goes up only where an older program could no longer work. */
#define MMTRACE_ABI_VERSION	1

/* No record is longer than this, in bytes. */
#define MMTRACE_RECORD_MAX	8192

/**
 * enum mmtrace_event - what a record tells
 * @MMTRACE_EVENT_LOST: a gap in the stream; always on
 * @MMTRACE_EVENT_DO_MMAP: the kernel mapped something, whoever asked
 * @MMTRACE_EVENT_MREMAP: mremap(2)
 * @MMTRACE_EVENT_REMAP_FILE_PAGES: remap_file_pages(2)
 * @MMTRACE_EVENT_MMAP: mmap(2) with an offset in bytes
 * @MMTRACE_EVENT_MMAP2: mmap2(2) of 32-bit programs, offset in 4096-byte units
 * @MMTRACE_EVENT_COUNT: not an event
 */
enum mmtrace_event {
	MMTRACE_EVENT_LOST		= 0,
	MMTRACE_EVENT_DO_MMAP		= 1,
	MMTRACE_EVENT_MREMAP		= 2,
	MMTRACE_EVENT_REMAP_FILE_PAGES	= 3,
	MMTRACE_EVENT_MMAP		= 4,
	MMTRACE_EVENT_MMAP2		= 5,
	MMTRACE_EVENT_COUNT
};

/* A set of events has bit n set for event n. */
#define MMTRACE_EVENT_BIT(event)	(1u << (event))
#define MMTRACE_EVENTS_ALL	(MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP) | \
				 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP) | \
				 MMTRACE_EVENT_BIT(MMTRACE_EVENT_REMAP_FILE_PAGES) | \
				 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP) | \
				 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP2))
#define MMTRACE_EVENTS_DEFAULT	(MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP) | \
				 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP) | \
				 MMTRACE_EVENT_BIT(MMTRACE_EVENT_REMAP_FILE_PAGES))

/* What @flags of struct mmtrace_head may say. */
#define MMTRACE_R_COMPAT	(1u << 0) /* by a 32-bit system call */
#define MMTRACE_R_NO_USER_REGS	(1u << 1) /* by the kernel, or for io_uring: no syscall */
#define MMTRACE_R_ARGS_UNREAD	(1u << 2) /* arguments in user memory, which could not be read */
#define MMTRACE_R_FD		(1u << 3) /* do_mmap: @fd is that of mmap or mmap2 */
#define MMTRACE_R_FILE		(1u << 4) /* struct mmtrace_file follows the arguments */
#define MMTRACE_R_PATH_CUT	(1u << 5) /* the path is the end of it, see struct mmtrace_file */
#define MMTRACE_R_UNLINKED	(1u << 6) /* the file has no name any more, the path was its last */
#define MMTRACE_R_MEMFD		(1u << 7) /* made by memfd_create(2) */
#define MMTRACE_R_SHM		(1u << 8) /* System V shared memory */
#define MMTRACE_R_TMPFS		(1u << 9) /* on tmpfs, POSIX shared memory included */
#define MMTRACE_R_HUGETLB	(1u << 10) /* on hugetlbfs */
#define MMTRACE_R_DEVICE	(1u << 11) /* a character or block device */
#define MMTRACE_R_STACK		(1u << 12) /* struct mmtrace_stack is the end of the record */
#define MMTRACE_R_LATE		(1u << 13) /* the clock went back: @time is the previous record's */

/**
 * struct mmtrace_head - the beginning of every record
 * @size: bytes of the whole record, a multiple of 8
 * @event: enum mmtrace_event
 * @flags: MMTRACE_R_*
 * @cpu: on which the call completed; for a lost record, whose ring it was
 * @seq: sequence number in the session and CPU, see above
 * @time: when the call completed, ns of CLOCK_MONOTONIC
 */
struct mmtrace_head {
	__u32	size;
	__u32	event;
	__u32	flags;
	__u32	cpu;
	__u64	seq;
	__u64	time;
};

/**
 * struct mmtrace_call - who called, and what came of it
 * @duration: ns from the entry of the function that is hooked to its return
 * @call_id: a do_mmap has that of the mmap, mmap2 or remap_file_pages call
 *	that caused it, where that event is traced too; else unique until the
 *	module is unloaded
 * @ret: as the kernel returned it: an address, or a negative errno
 * @cgroup: id of the cgroup (v2), as in the inode number of its directory
 * @tid: thread, as seen from the initial pid namespace, like @tgid and @ptgid
 * @tgid: process
 * @ptgid: process of the parent
 * @uid: real user id, as seen from the initial user namespace
 * @gid: real group id, likewise
 * @mnt_ns: inode number of the mount namespace (/proc/PID/ns/mnt)
 * @pid_ns: inode number of the pid namespace (/proc/PID/ns/pid)
 * @syscall: number of the system call the thread is in, of the 32-bit table
 *	with MMTRACE_R_COMPAT; -1 for none; execveat shows as execve, which the
 *	kernel makes of it
 * @comm: name of the thread, filled up with NULs, one at least
 */
struct mmtrace_call {
	__u64	duration;
	__u64	call_id;
	__s64	ret;
	__u64	cgroup;
	__u32	tid;
	__u32	tgid;
	__u32	ptgid;
	__u32	uid;
	__u32	gid;
	__u32	mnt_ns;
	__u32	pid_ns;
	__s32	syscall;
	char	comm[16];
};

/**
 * struct mmtrace_do_mmap - arguments of do_mmap
 * @addr: asked for; what came of it is @ret
 * @len: bytes, as do_mmap got them: mmap(2) has not rounded them yet
 * @prot: PROT_*
 * @flags: MAP_*
 * @pgoff: offset in the file, in pages
 * @fd: of the mmap or mmap2 call that caused this, with MMTRACE_R_FD; else -1
 * @reserved: zero
 */
struct mmtrace_do_mmap {
	__u64	addr;
	__u64	len;
	__u64	prot;
	__u64	flags;
	__u64	pgoff;
	__s32	fd;
	__u32	reserved;
};

/**
 * struct mmtrace_mmap - arguments of mmap and mmap2
 * @addr: asked for
 * @length: bytes
 * @prot: PROT_*
 * @flags: MAP_*
 * @off: mmap: offset in bytes; mmap2: in units of 4096 bytes
 * @fd: file descriptor
 * @reserved: zero
 */
struct mmtrace_mmap {
	__u64	addr;
	__u64	length;
	__u64	prot;
	__u64	flags;
	__u64	off;
	__s32	fd;
	__u32	reserved;
};

/**
 * struct mmtrace_mremap - arguments of mremap
 * @old_address: of the mapping
 * @old_size: bytes
 * @new_size: bytes
 * @flags: MREMAP_*
 * @new_address: of meaning to the kernel with MREMAP_FIXED or
 *	MREMAP_DONTUNMAP, otherwise what the register happened to hold
 */
struct mmtrace_mremap {
	__u64	old_address;
	__u64	old_size;
	__u64	new_size;
	__u64	flags;
	__u64	new_address;
};

/**
 * struct mmtrace_remap_file_pages - arguments of remap_file_pages
 * @addr: of the mapping
 * @size: bytes
 * @prot: must be 0 for the call to succeed
 * @pgoff: offset in the file, in pages
 * @flags: MAP_NONBLOCK or 0; the kernel ignores the rest
 */
struct mmtrace_remap_file_pages {
	__u64	addr;
	__u64	size;
	__u64	prot;
	__u64	pgoff;
	__u64	flags;
};

/**
 * struct mmtrace_file - the file of a do_mmap
 * @inode: inode number
 * @ctime: time of the inode's last change, ns since 1970
 * @dev_major: device of the filesystem that @path is on
 * @dev_minor: likewise
 * @generation: inode generation, 0 where the filesystem has none
 * @open_flags: O_* that the file is open with now; of a file that is being
 *	executed also the kernel's own FMODE_EXEC, 0x20
 * @path_len: bytes of @path without the NUL
 * @reserved: zero
 * @path: as the process sees it from its root, without " (deleted)": that is
 *	MMTRACE_R_UNLINKED; NUL-terminated and padded with NULs to 8 bytes.
 *	MMTRACE_R_PATH_CUT says that it is only the end: the last name, without a
 *	slash before it, of a path longer than PATH_MAX. On a kernel with PREEMPT_RT
 *	also of one that could not be found, or, with a slash, what is known of one:
 *	it begins at the root of a mount; empty if the file is just being renamed
 */
struct mmtrace_file {
	__u64	inode;
	__s64	ctime;
	__u32	dev_major;
	__u32	dev_minor;
	__u32	generation;
	__u32	open_flags;
	__u32	path_len;
	__u32	reserved;
	char	path[];
};

/* Most frames of a stack, and how many if a session does not say. */
#define MMTRACE_STACK_MAX	127
#define MMTRACE_STACK_DEFAULT	64

/* What @flags of struct mmtrace_stack may say. */
#define MMTRACE_STACK_CUT	(1u << 0) /* there are more frames than were asked for */
#define MMTRACE_STACK_BROKEN	(1u << 1) /* the next frame is not where it should be */
#define MMTRACE_STACK_LINK	(1u << 2) /* @ip[1] is the link register, see there */

/**
 * struct mmtrace_stack - the user stack of a call, by frame pointers
 * @depth: number of @ip, 1 at least
 * @flags: MMTRACE_STACK_*; neither MMTRACE_STACK_CUT nor MMTRACE_STACK_BROKEN if
 *	the stack was followed to its end, which is a frame pointer or a return
 *	address of 0
 * @ip: addresses in user space, innermost first. The first is where the thread
 *	goes on after the system call, the others are return addresses
 *
 * It follows the arguments, or the file part where there is one. It is the stack
 * at the return of the call, read as it is, and what another thread writes there
 * meanwhile is not noticed. Frames must be readable without a page fault, aligned
 * to a word, and each above the one before; MMTRACE_STACK_BROKEN says that the
 * next was not so. That is the rule for code that was compiled without frame
 * pointers, and such code may also lead to addresses that are none of code. A
 * function without a frame, as is most of libc, hides the one that called it.
 *
 * On arm64 the link register is the caller of a function without a frame, with
 * MMTRACE_STACK_LINK; of a function with a frame it may be what is left of an
 * earlier call. Where it is the same as the first return address it is left out.
 * Signatures of pointers are removed.
 *
 * The registers of 32-bit programs tell less. The mmap2 of i386 has its offset in
 * the frame pointer, and 32-bit Arm has no rule for frames: there are @ip[0], of
 * Arm also the link register, and MMTRACE_STACK_BROKEN.
 *
 * Calls without this part, though the session asked for it: of threads of the
 * kernel and of io_uring, and what execve() maps for the new program, which has
 * not called anything yet.
 */
struct mmtrace_stack {
	__u32	depth;
	__u32	flags;
	__u64	ip[];
};

/**
 * enum mmtrace_lost_cause - why there is a gap
 * @MMTRACE_LOST_RING_FULL: the reader was too slow; newest records dropped
 * @MMTRACE_LOST_OVERWRITTEN: oldest records dropped, in overwrite mode
 * @MMTRACE_LOST_MISSED: too many calls were under way for the kernel's probe layer
 *	to tell mmtrace of the return of another one. Takes no sequence number. What a
 *	filter rejects at its entry is not missed; what it would have rejected at its
 *	return may be
 * @MMTRACE_LOST_INTERRUPTED: the kernel's probes were switched off, by
 *	kernel.ftrace_enabled or kprobes/enabled in debugfs. Takes no sequence number.
 *	Nobody knows how many calls there were, or whether there were any. One comes
 *	when that is noticed, within a second, and one when it is over, or the session
 *	stops, for the rest
 */
enum mmtrace_lost_cause {
	MMTRACE_LOST_RING_FULL		= 1,
	MMTRACE_LOST_OVERWRITTEN	= 2,
	MMTRACE_LOST_MISSED		= 3,
	MMTRACE_LOST_INTERRUPTED	= 4,
};

/**
 * struct mmtrace_lost - what is lost
 * @count: of calls; 0 for MMTRACE_LOST_INTERRUPTED
 * @first: when the first of them completed, ns of CLOCK_MONOTONIC; for
 *	MMTRACE_LOST_MISSED, the last time at which nothing more was missing; for
 *	MMTRACE_LOST_INTERRUPTED, not after the first that was not seen
 * @last: when the last of them completed; it is the @time of the record
 * @cause: enum mmtrace_lost_cause
 * @missed_event: with MMTRACE_LOST_MISSED: enum mmtrace_event; else 0
 */
struct mmtrace_lost {
	__u64	count;
	__u64	first;
	__u64	last;
	__u32	cause;
	__u32	missed_event;
};

/**
 * struct mmtrace_record - a whole record
 * @head: of every record
 * @lost: of MMTRACE_EVENT_LOST
 * @call: of all other events
 * @do_mmap: of MMTRACE_EVENT_DO_MMAP; with MMTRACE_R_FILE a struct
 *	mmtrace_file follows
 * @mmap: of MMTRACE_EVENT_MMAP and MMTRACE_EVENT_MMAP2
 * @mremap: of MMTRACE_EVENT_MREMAP
 * @remap_file_pages: of MMTRACE_EVENT_REMAP_FILE_PAGES
 *
 * With MMTRACE_R_STACK a struct mmtrace_stack is the last part: behind the
 * arguments of the event, which need not be all of this structure, or behind the
 * file.
 */
struct mmtrace_record {
	struct mmtrace_head head;
	union {
		struct mmtrace_lost lost;
		struct {
			struct mmtrace_call call;
			union {
				struct mmtrace_do_mmap do_mmap;
				struct mmtrace_mmap mmap;
				struct mmtrace_mremap mremap;
				struct mmtrace_remap_file_pages remap_file_pages;
			};
		};
	};
};

/* Claimed by nobody in Documentation/userspace-api/ioctl/ioctl-number.rst. */
#define MMTRACE_IOC_TYPE	0xf7

/**
 * struct mmtrace_info - ioctl(MMTRACE_IOC_INFO): what this module is
 * @size: sizeof(struct mmtrace_info)
 * @abi_version: out: MMTRACE_ABI_VERSION of the module
 * @events: out: set of the events that this kernel can trace
 * @cpus: out: number of CPUs that there may ever be; each has a ring
 * @sessions: out: open sessions, this one included
 * @max_sessions: out: how many there may be
 * @ring_min: out: smallest ring, bytes a CPU
 * @ring_max: out: largest ring, bytes a CPU
 * @version: out: of the module, with a NUL at its end
 */
struct mmtrace_info {
	__u32	size;
	__u32	abi_version;
	__u32	events;
	__u32	cpus;
	__u32	sessions;
	__u32	max_sessions;
	__u64	ring_min;
	__u64	ring_max;
	char	version[32];
};
#define MMTRACE_IOC_INFO	_IO(MMTRACE_IOC_TYPE, 0x00)

/* What @flags of struct mmtrace_event_info may say. */
#define MMTRACE_EVENT_AVAILABLE	(1u << 0) /* can be traced here */
#define MMTRACE_EVENT_ARMED	(1u << 1) /* a session wants it, and the kernel took the probe */
#define MMTRACE_EVENT_TESTED	(1u << 2) /* the self-test at load has seen it tell the truth */
#define MMTRACE_EVENT_INTERRUPTED (1u << 3) /* a session runs, but the kernel's probes are off */

/**
 * struct mmtrace_event_info - ioctl(MMTRACE_IOC_EVENT): how an event is traced
 * @size: sizeof(struct mmtrace_event_info)
 * @event: in: enum mmtrace_event, not MMTRACE_EVENT_LOST
 * @flags: out: MMTRACE_EVENT_AVAILABLE ...
 * @sessions: out: how many running sessions want it
 * @missed: out: calls since load that a session wanted, and that the probe layer
 *	had no room for
 * @symbols: out: kernel functions hooked, separated by a comma
 * @reason: out: why it is not available, or what part of it is not; empty
 *	when all is well
 */
struct mmtrace_event_info {
	__u32	size;
	__u32	event;
	__u32	flags;
	__u32	sessions;
	__u64	missed;
	char	symbols[128];
	char	reason[128];
};
#define MMTRACE_IOC_EVENT	_IO(MMTRACE_IOC_TYPE, 0x01)

/* @format of struct mmtrace_config */
#define MMTRACE_FORMAT_TEXT	0
#define MMTRACE_FORMAT_BINARY	1

/* @mode of struct mmtrace_config */
#define MMTRACE_MODE_DISCARD	0 /* a full ring drops the newest */
#define MMTRACE_MODE_OVERWRITE	1 /* a full ring drops the oldest */

/* @flags of struct mmtrace_config */
#define MMTRACE_CONFIG_OWN	(1u << 0) /* record the opener's own thread group too */
#define MMTRACE_CONFIG_STACK	(1u << 1) /* with the user stack, struct mmtrace_stack */

/**
 * struct mmtrace_config - ioctl(MMTRACE_IOC_GET_CONFIG, MMTRACE_IOC_SET_CONFIG)
 * @size: sizeof(struct mmtrace_config)
 * @flags: MMTRACE_CONFIG_*
 * @events: set of events to record; EOPNOTSUPP where one of them can't be
 * @format: MMTRACE_FORMAT_*; may not change while part of a line is unread
 *	(EBUSY)
 * @mode: MMTRACE_MODE_*
 * @timeout_ms: a sleeping reader is woken at most this long after the first
 *	record, 1 to 60000; a change holds at once
 * @ring_size: bytes a CPU, a power of two within struct mmtrace_info's limits
 * @watermark: a sleeping reader is woken as soon as a ring has this many
 *	bytes, or is full, 1 to @ring_size
 * @stack_depth: most frames of a stack, up to MMTRACE_STACK_MAX; 0 for
 *	MMTRACE_STACK_DEFAULT. Of no meaning without MMTRACE_CONFIG_STACK
 * @reserved: zero
 *
 * @mode, @ring_size, @watermark, @stack_depth and the flags can be set only
 * before the session starts (EBUSY); the rest at any time. To change one field,
 * get, change, set.
 */
struct mmtrace_config {
	__u32	size;
	__u32	flags;
	__u32	events;
	__u32	format;
	__u32	mode;
	__u32	timeout_ms;
	__u64	ring_size;
	__u64	watermark;
	__u32	stack_depth;
	__u32	reserved;
};
#define MMTRACE_IOC_GET_CONFIG	_IO(MMTRACE_IOC_TYPE, 0x02)
#define MMTRACE_IOC_SET_CONFIG	_IO(MMTRACE_IOC_TYPE, 0x03)

/* No argument. Starting a running session, or stopping one not running, is
 * no error. A stopped session does not start again (EINVAL).
 */
#define MMTRACE_IOC_START	_IO(MMTRACE_IOC_TYPE, 0x04)
#define MMTRACE_IOC_STOP	_IO(MMTRACE_IOC_TYPE, 0x05)

/**
 * struct mmtrace_stats - ioctl(MMTRACE_IOC_STATS): the account of a session
 * @size: sizeof(struct mmtrace_stats)
 * @event: in: enum mmtrace_event, or MMTRACE_EVENT_LOST for the sum of all
 * @hits: out: calls while the session ran; one that a filter rejects at its
 *	entry counts then, all others when they complete
 * @filtered: out: of these, rejected by a filter, or the opener's own, or of
 *	somebody whom the session does not follow
 * @delivered: out: of these, given to read()
 * @lost: out: of these, dropped because the ring was full
 * @overwritten: out: of these, overwritten before they were read
 * @pending: out: of these, still to be read
 * @missed: out: calls that its filter had not rejected at their entry, and that the
 *	probe layer had no room for; exact, and not among @hits
 * @session: in: id of the session, ENOENT if there is none; 0 for this one
 * @cpu: in: 1 + the CPU on which the calls completed, EINVAL above all that there
 *	may be; 0 for the sum of all
 * @reserved: zero
 * @followed: out: threads that the session follows now; whatever @event is
 * @unfollowed: out: threads that it should, but there was no memory; what they
 *	made is not followed either, and not counted
 * @interruptions: out: how often the kernel's probes were switched off while the
 *	session ran, whatever @event is; see MMTRACE_LOST_INTERRUPTED
 * @interrupted: out: ns in which calls may not have been seen for that reason
 *
 * While no call completes: hits = filtered + delivered + lost + overwritten +
 * pending, for each session, event and CPU.
 */
struct mmtrace_stats {
	__u32	size;
	__u32	event;
	__u64	hits;
	__u64	filtered;
	__u64	delivered;
	__u64	lost;
	__u64	overwritten;
	__u64	pending;
	__u64	missed;
	__u64	session;
	__u32	cpu;
	__u32	reserved;
	__u64	followed;
	__u64	unfollowed;
	__u64	interruptions;
	__u64	interrupted;
};
#define MMTRACE_IOC_STATS	_IO(MMTRACE_IOC_TYPE, 0x06)

/**
 * enum mmtrace_field - what a predicate looks at
 * @MMTRACE_FIELD_EVENT: enum mmtrace_event
 * @MMTRACE_FIELD_TGID: process
 * @MMTRACE_FIELD_TID: thread
 * @MMTRACE_FIELD_UID: real user id
 * @MMTRACE_FIELD_COMM: name of the thread; a string
 * @MMTRACE_FIELD_PROT: PROT_*; mremap has none
 * @MMTRACE_FIELD_FLAGS: MAP_*; MREMAP_* for mremap
 * @MMTRACE_FIELD_LEN: bytes; for mremap @new_size
 * @MMTRACE_FIELD_ANON: 1 for a mapping without a file, 0 for one with;
 *	mremap and remap_file_pages have none
 * @MMTRACE_FIELD_PATH: of the file; a string; only a do_mmap with a file has it
 * @MMTRACE_FIELD_FAILED: 1 if the call returned an errno, 0 if not
 * @MMTRACE_FIELD_GID: real group id
 * @MMTRACE_FIELD_CGROUP: id of the cgroup (v2)
 * @MMTRACE_FIELD_MNT_NS: inode number of the mount namespace
 * @MMTRACE_FIELD_PID_NS: inode number of the pid namespace
 * @MMTRACE_FIELD_ADDR: the bytes that the call is about; takes MMTRACE_OP_OVERLAP
 *	alone. Of one that succeeded, the mapping at @ret; of one that failed, and of
 *	remap_file_pages, @addr and the length. Of mremap, the old bytes and these: if
 *	it succeeded the new ones at @ret, if it failed those at @new_address where
 *	MREMAP_FIXED asks for them. All in whole pages
 * @MMTRACE_FIELD_PGOFF: offset in the file, in pages, of mmap and mmap2 too; mremap
 *	has none
 * @MMTRACE_FIELD_FD: file descriptor; signed; a do_mmap has it with MMTRACE_R_FD;
 *	mremap and remap_file_pages have none
 * @MMTRACE_FIELD_DEV: device of the file's filesystem, the major number in the upper
 *	32 bits, the minor in the lower; only a do_mmap with a file has it
 * @MMTRACE_FIELD_INODE: inode number of the file; likewise
 * @MMTRACE_FIELD_KIND: MMTRACE_R_* of the file: UNLINKED, MEMFD, SHM, TMPFS, HUGETLB,
 *	DEVICE, all other bits being 0; likewise
 * @MMTRACE_FIELD_RET: what the call returned; signed
 * @MMTRACE_FIELD_ERRNO: the error, as a positive number; 0 if the call did not fail
 * @MMTRACE_FIELD_DURATION: ns from entry to return
 * @MMTRACE_FIELD_SYSCALL: number of the system call that the thread is in, -1 for
 *	none, as struct mmtrace_call has it; signed
 * @MMTRACE_FIELD_COMPAT: 1 with MMTRACE_R_COMPAT, 0 without
 * @MMTRACE_FIELD_COUNT: not a field
 *
 * Known at the return of a call: path, failed, addr, ret, errno, duration, and kind
 * if the mask has MMTRACE_R_UNLINKED, MMTRACE_R_MEMFD or MMTRACE_R_SHM in it. All
 * others are known at its entry, and so is that a call without a file has no path
 * and no kind.
 */
enum mmtrace_field {
	MMTRACE_FIELD_EVENT	= 0,
	MMTRACE_FIELD_TGID	= 1,
	MMTRACE_FIELD_TID	= 2,
	MMTRACE_FIELD_UID	= 3,
	MMTRACE_FIELD_COMM	= 4,
	MMTRACE_FIELD_PROT	= 5,
	MMTRACE_FIELD_FLAGS	= 6,
	MMTRACE_FIELD_LEN	= 7,
	MMTRACE_FIELD_ANON	= 8,
	MMTRACE_FIELD_PATH	= 9,
	MMTRACE_FIELD_FAILED	= 10,
	MMTRACE_FIELD_GID	= 11,
	MMTRACE_FIELD_CGROUP	= 12,
	MMTRACE_FIELD_MNT_NS	= 13,
	MMTRACE_FIELD_PID_NS	= 14,
	MMTRACE_FIELD_ADDR	= 15,
	MMTRACE_FIELD_PGOFF	= 16,
	MMTRACE_FIELD_FD	= 17,
	MMTRACE_FIELD_DEV	= 18,
	MMTRACE_FIELD_INODE	= 19,
	MMTRACE_FIELD_KIND	= 20,
	MMTRACE_FIELD_RET	= 21,
	MMTRACE_FIELD_ERRNO	= 22,
	MMTRACE_FIELD_DURATION	= 23,
	MMTRACE_FIELD_SYSCALL	= 24,
	MMTRACE_FIELD_COMPAT	= 25,
	MMTRACE_FIELD_COUNT
};

/**
 * enum mmtrace_op - how a predicate compares
 * @MMTRACE_OP_EQ: (field & mask) == value
 * @MMTRACE_OP_LT: (field & mask) < value; of a signed field both are signed
 * @MMTRACE_OP_GT: (field & mask) > value, likewise
 * @MMTRACE_OP_ANY: (field & mask) != 0; value must be 0
 * @MMTRACE_OP_GLOB: the whole string matches a shell pattern: * any bytes,
 *	? one byte, [a-c] [!a-c] a class, \\ takes the next as it is; strings only
 * @MMTRACE_OP_UNDER: the cgroup is @value, or below it: of its ancestors the nearest
 *	MMTRACE_CGROUPS_MAX - 1 are looked at; MMTRACE_FIELD_CGROUP only; mask must be 0
 * @MMTRACE_OP_OVERLAP: one of the bytes from @value to @mask, both included, is among
 *	them; MMTRACE_FIELD_ADDR only; @value must not be above @mask
 * @MMTRACE_OP_RANGE: the field is not below @value and not above @mask; of a signed
 *	field both are signed; @value must not be above @mask
 * @MMTRACE_OP_COUNT: not an operator
 *
 * A predicate about a field that the event has not is false. The reverse of a
 * predicate is the same with @on_true and @on_false exchanged.
 */
enum mmtrace_op {
	MMTRACE_OP_EQ		= 0,
	MMTRACE_OP_LT		= 1,
	MMTRACE_OP_GT		= 2,
	MMTRACE_OP_ANY		= 3,
	MMTRACE_OP_GLOB		= 4,
	MMTRACE_OP_UNDER	= 5,
	MMTRACE_OP_OVERLAP	= 6,
	MMTRACE_OP_RANGE	= 7,
	MMTRACE_OP_COUNT
};

/* Where a predicate may lead instead of to another one. */
#define MMTRACE_ACCEPT		0xfffe
#define MMTRACE_REJECT		0xffff

#define MMTRACE_PREDS_MAX	64	/* predicates in a filter */
#define MMTRACE_STRINGS_MAX	8192	/* bytes of strings in a filter, each counted */
#define MMTRACE_GLOB_MAX	256	/* bytes of a pattern */
#define MMTRACE_GLOBS_MAX	1024	/* bytes of all patterns in a filter */
#define MMTRACE_CGROUPS_MAX	64	/* cgroups that MMTRACE_OP_UNDER looks at */

/**
 * struct mmtrace_pred - one predicate of a filter
 * @field: enum mmtrace_field
 * @op: enum mmtrace_op
 * @on_true: index of the predicate to go on with if this one holds, larger
 *	than this one's own; or MMTRACE_ACCEPT, MMTRACE_REJECT
 * @on_false: likewise, if it does not
 * @value: to compare with; of a string, its offset in the strings
 * @mask: bits of the field to look at; of a string, its length in bytes; or what
 *	the operator makes of it
 *
 * String fields take MMTRACE_OP_EQ (the same bytes) and MMTRACE_OP_GLOB.
 */
struct mmtrace_pred {
	__u16	field;
	__u16	op;
	__u16	on_true;
	__u16	on_false;
	__u64	value;
	__u64	mask;
};

/**
 * struct mmtrace_filter - ioctl(MMTRACE_IOC_GET_FILTER ...)
 * @size: sizeof(struct mmtrace_filter)
 * @flags: zero
 * @preds_len: set: number of predicates, 0 for a filter that accepts all;
 *	get: in: room at @preds, out: number of them
 * @strings_len: set: bytes at @strings; get: in: room, out: bytes of them
 * @preds: address of an array of struct mmtrace_pred; judging begins with the
 *	first
 * @strings: address of the bytes that predicates refer to
 *
 * A set replaces the whole filter at once: no call is judged by half of the old
 * one and half of the new one. When a get finds too little room it writes the
 * numbers that it needs, nothing else, and gives ENOSPC.
 *
 * What the device filter rejects reaches no session. To set it needs
 * CAP_SYS_ADMIN in the initial user namespace of whoever calls.
 */
struct mmtrace_filter {
	__u32	size;
	__u32	flags;
	__u32	preds_len;
	__u32	strings_len;
	__u64	preds;
	__u64	strings;
};
#define MMTRACE_IOC_GET_FILTER		_IO(MMTRACE_IOC_TYPE, 0x07)
#define MMTRACE_IOC_SET_FILTER		_IO(MMTRACE_IOC_TYPE, 0x08)
#define MMTRACE_IOC_GET_DEVICE_FILTER	_IO(MMTRACE_IOC_TYPE, 0x09)
#define MMTRACE_IOC_SET_DEVICE_FILTER	_IO(MMTRACE_IOC_TYPE, 0x0a)

/* @flags of struct mmtrace_follow */
#define MMTRACE_FOLLOW_CHILDREN	(1u << 0) /* and what they make: threads, processes, theirs */
#define MMTRACE_FOLLOW_THREAD	(1u << 1) /* @pid is a thread, and only that one is meant */

/**
 * struct mmtrace_follow - ioctl(MMTRACE_IOC_FOLLOW): take calls of these alone
 * @size: sizeof(struct mmtrace_follow)
 * @flags: MMTRACE_FOLLOW_*
 * @pid: process, all threads that it has, as seen from the caller's pid namespace
 * @tasks: out: threads that were found and not followed before
 *
 * From the first time on, the session takes the calls of threads that it follows,
 * and no others; each further time adds to them. Best before the start. What a
 * thread makes with MMTRACE_FOLLOW_CHILDREN is followed before its first
 * instruction, whatever becomes its parent and whatever it executes. Who exits is
 * followed no more, and nobody who gets the same id later. Threads that the kernel
 * makes for a process, as the workers of io_uring, are not followed; they map
 * nothing for it.
 *
 * When none is left the session stops by itself as soon as it is read or polled:
 * the rest can be read, then read() returns 0 and poll() tells POLLHUP.
 *
 * ESRCH: there is no such process or thread, or it is exiting. EINVAL also for a
 * session that was stopped.
 */
struct mmtrace_follow {
	__u32	size;
	__u32	flags;
	__s32	pid;
	__u32	tasks;
};
#define MMTRACE_IOC_FOLLOW	_IO(MMTRACE_IOC_TYPE, 0x0b)

/**
 * enum mmtrace_trigger_state - the life of a trigger
 * @MMTRACE_TRIGGER_NONE: the session has none
 * @MMTRACE_TRIGGER_ARMED: no call has fired it
 * @MMTRACE_TRIGGER_FIRED: one has; more records are to come
 * @MMTRACE_TRIGGER_FROZEN: they have come, the session takes nothing more
 */
enum mmtrace_trigger_state {
	MMTRACE_TRIGGER_NONE	= 0,
	MMTRACE_TRIGGER_ARMED	= 1,
	MMTRACE_TRIGGER_FIRED	= 2,
	MMTRACE_TRIGGER_FROZEN	= 3,
};

/**
 * struct mmtrace_trigger - ioctl(MMTRACE_IOC_SET_TRIGGER, MMTRACE_IOC_GET_TRIGGER)
 * @size: sizeof(struct mmtrace_trigger)
 * @flags: this and all up to @strings as in struct mmtrace_filter; a trigger
 *	without predicates is none
 * @preds_len: number of predicates
 * @strings_len: bytes at @strings
 * @preds: address of an array of struct mmtrace_pred
 * @strings: address of the bytes that predicates refer to
 * @before: most records to be read before the one that fires it
 * @after: most records to be taken after it; fewer where a ring is full of them, so
 *	that the one that fired it is not overwritten
 * @state: get: enum mmtrace_trigger_state; set: like all that follows not looked at
 * @cpu: get: CPU of the record that fired it
 * @seq: get: its sequence number
 * @time: get: its time, ns of CLOCK_MONOTONIC
 * @left: get: of @after, how many are still to come
 *
 * Makes a flight recorder of a session that overwrites (EINVAL of any other, and of
 * one that was stopped): it holds the last records until a call comes that its
 * filter lets through and the trigger accepts, and @after more. Then it is
 * frozen: later calls are none of its hits. What was not read before is trimmed to
 * @before records, the one that fired it and @after more, in the order of read().
 * What is left out counts as overwritten, and lost records stand for it. Then
 * read() returns 0, and poll() has POLLHUP.
 *
 * To set it again arms it again, and a frozen session goes on.
 */
struct mmtrace_trigger {
	__u32	size;
	__u32	flags;
	__u32	preds_len;
	__u32	strings_len;
	__u64	preds;
	__u64	strings;
	__u64	before;
	__u64	after;
	__u32	state;
	__u32	cpu;
	__u64	seq;
	__u64	time;
	__u64	left;
};
#define MMTRACE_IOC_SET_TRIGGER	_IO(MMTRACE_IOC_TYPE, 0x0c)
#define MMTRACE_IOC_GET_TRIGGER	_IO(MMTRACE_IOC_TYPE, 0x0d)

/**
 * enum mmtrace_state - the life of a session
 * @MMTRACE_STATE_NEW: not started
 * @MMTRACE_STATE_RUNNING: records come
 * @MMTRACE_STATE_FROZEN: its trigger has fired, and no more come
 * @MMTRACE_STATE_STOPPED: no more come
 */
enum mmtrace_state {
	MMTRACE_STATE_NEW	= 0,
	MMTRACE_STATE_RUNNING	= 1,
	MMTRACE_STATE_FROZEN	= 2,
	MMTRACE_STATE_STOPPED	= 3,
};

/* What @flags of struct mmtrace_session may say. */
#define MMTRACE_SESSION_SELF	(1u << 0) /* it is the one that asks */
#define MMTRACE_SESSION_FILTER	(1u << 1) /* it has a filter */
#define MMTRACE_SESSION_TRIGGER	(1u << 2) /* it has a trigger */
#define MMTRACE_SESSION_INTERRUPTED (1u << 3) /* it runs, but the kernel's probes are off */

/**
 * struct mmtrace_session - ioctl(MMTRACE_IOC_SESSION): any session of the machine
 * @size: sizeof(struct mmtrace_session)
 * @flags: out: MMTRACE_SESSION_*
 * @id: in: where to begin; out: of the first session with this id or a higher
 *	one. ENOENT if there is none. Ids begin with 1, and none is given twice
 * @opened: out: when, ns of CLOCK_MONOTONIC
 * @memory: out: bytes that its rings take
 * @state: out: enum mmtrace_state
 * @pid: out: process that opened, as the caller's pid namespace has it; 0 if it
 *	is not to be seen there, or is no more
 * @comm: out: name of the thread that opened, filled up with NULs, one at least
 * @config_flags: out: @flags of struct mmtrace_config
 * @events: out: this and all that follow as in struct mmtrace_config
 * @format: out: MMTRACE_FORMAT_*
 * @mode: out: MMTRACE_MODE_*
 * @timeout_ms: out: ms
 * @reserved: zero
 * @ring_size: out: bytes a CPU
 * @watermark: out: bytes
 *
 * To see all: begin with 1, and go on with @id + 1. Neither this nor
 * MMTRACE_IOC_STATS waits for the readers of other sessions, but while it is found out
 * which records of a frozen one are to be given, once; whoever waits can be killed.
 */
struct mmtrace_session {
	__u32	size;
	__u32	flags;
	__u64	id;
	__u64	opened;
	__u64	memory;
	__u32	state;
	__u32	pid;
	char	comm[16];
	__u32	config_flags;
	__u32	events;
	__u32	format;
	__u32	mode;
	__u32	timeout_ms;
	__u32	reserved;
	__u64	ring_size;
	__u64	watermark;
};
#define MMTRACE_IOC_SESSION	_IO(MMTRACE_IOC_TYPE, 0x0e)

#endif /* _UAPI_LINUX_MMTRACE_H */
