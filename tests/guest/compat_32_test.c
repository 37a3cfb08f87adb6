// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of 32-bit programs: other system calls, other numbers, arguments of
 * 32 bits, some of them in memory, and offsets in units of 4096 bytes.
 */
#define _FILE_OFFSET_BITS 64

#include "mmtrace_test.h"
#include "fields.h"

#define GIB		(1024ull * 1024 * 1024)
#define UNIT		4096
#define IPC_SHMAT	21
/* i386 has system calls of its own; Arm never had them. */
#ifdef SYS_ipc
#define SYS_old_mmap	90
#define ATTACH		SYS_ipc
#else
#define ATTACH		SYS_shmat
#endif

FIXTURE(compat)
{
	struct trace	trace;
	struct answer	answer;
	int		file;
};

FIXTURE_SETUP(compat)
{
	self->file = open("sparse", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(0, ftruncate(self->file, 20 * GIB));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(compat)
{
	close(self->trace.fd);
	close(self->file);
	unlink("sparse");
	expect_nothing_left(_metadata);
}

/* Asks; an address is returned as the kernel has it, not as a negative number. */
#define ask(event, number, ...) ({						\
	long result_;							\
									\
	trace_read(_metadata, &self->trace);				\
	self->answer.nr = number;					\
	self->answer.before = now_ns();					\
	result_ = raw_syscall(self->answer.nr, __VA_ARGS__);		\
	self->answer.after = now_ns();					\
	self->answer.ret = result_ < 0 && result_ >= -4095 ? result_ :	\
			   (__s64)(__u32)result_;			\
	trace_read(_metadata, &self->trace);				\
	expect_compat(_metadata, &self->trace, &self->answer, event);	\
})

static const struct mmtrace_record *
expect_compat(struct __test_metadata *_metadata, struct trace *trace, struct answer *answer,
	      __u32 event)
{
	const struct mmtrace_record *record = expect_caller(_metadata, trace, answer, event);

	EXPECT_TRUE(record->head.flags & MMTRACE_R_COMPAT);
	EXPECT_GT(1ll << 32, record->call.ret);
	return record;
}

static __s64 error_of(const struct answer *answer)
{
	return answer->ret < 0 ? answer->ret : 0;
}

struct mmap_case {
	__u32	addr;
	__u32	length;
	__u32	prot;
	__u32	flags;
	__s32	fd;
	__u32	off;
	int	err;
	bool	stops_early;
};

static void expect_args(struct __test_metadata *_metadata, const struct mmtrace_record *record,
			const struct mmap_case *asked)
{
	EXPECT_EQ(asked->addr, record->mmap.addr);
	EXPECT_EQ(asked->length, record->mmap.length);
	EXPECT_EQ(asked->prot, record->mmap.prot);
	EXPECT_EQ(asked->flags, record->mmap.flags);
	EXPECT_EQ(asked->off, record->mmap.off);
	EXPECT_EQ(asked->fd, record->mmap.fd);
}

/* The do_mmap of the call that @outer is about. */
static void expect_inner(struct __test_metadata *_metadata, struct trace *trace,
			 struct answer *answer, const struct mmtrace_record *outer,
			 const struct mmap_case *asked, __u64 pgoff)
{
	const struct mmtrace_record *inner;

	ASSERT_EQ(!asked->stops_early, trace_count(trace, MMTRACE_EVENT_DO_MMAP, gettid()));
	if (asked->stops_early)
		return;
	inner = expect_compat(_metadata, trace, answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(MMTRACE_R_FD | MMTRACE_R_COMPAT |
		  (asked->flags & MAP_ANONYMOUS ? 0 : MMTRACE_R_FILE), inner->head.flags);
	EXPECT_EQ(outer->call.call_id, inner->call.call_id);
	EXPECT_EQ(asked->addr, inner->do_mmap.addr);
	EXPECT_EQ(asked->length, inner->do_mmap.len);
	EXPECT_EQ(asked->prot, inner->do_mmap.prot);
	EXPECT_EQ(asked->flags & ~flags_dropped(), inner->do_mmap.flags);
	EXPECT_EQ(pgoff, inner->do_mmap.pgoff);
	EXPECT_EQ(asked->fd, inner->do_mmap.fd);
}

TEST_F(compat, mmap2)
{
	const int anon = MAP_PRIVATE | MAP_ANONYMOUS;
	const struct mmap_case cases[] = {
		{ 0, UNIT, PROT_READ, anon, -1, 0, 0, false },
		{ 0, 2 * UNIT + 1, 0x80000003, anon, 7, 0xfedcba98, 0, false },
		{ 0, UNIT, PROT_READ, MAP_SHARED, self->file, 17 * GIB / UNIT, 0, false },
		{ 0, UNIT, PROT_READ, MAP_SHARED, self->file, ~0u, 0, false },
		{ 0, UNIT, PROT_READ, MAP_PRIVATE, -1, 3, EBADF, true },
		{ 0, 0, PROT_READ, anon, -1, 0, EINVAL, false },
		{ 0, 0xfffff000, PROT_READ, anon, -1, 0, ENOMEM, false },
		{ 0x5001, UNIT, PROT_READ, anon | MAP_FIXED, -1, 0, EINVAL, false },
	};
	const struct mmtrace_record *record;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		record = ask(MMTRACE_EVENT_MMAP2, SYS_mmap2, cases[i].addr, cases[i].length,
			     cases[i].prot, cases[i].flags, cases[i].fd, cases[i].off);
		EXPECT_EQ(-cases[i].err, error_of(&self->answer));
		EXPECT_EQ(MMTRACE_R_COMPAT, record->head.flags);
		expect_args(_metadata, record, &cases[i]);
		EXPECT_EQ(0, trace_count(&self->trace, MMTRACE_EVENT_MMAP, gettid()));
		expect_inner(_metadata, &self->trace, &self->answer, record, &cases[i],
			     cases[i].off);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
}

#ifdef SYS_old_mmap
/* The first mmap of i386: six arguments in memory, and an offset in bytes. */
TEST_F(compat, old_mmap)
{
	const int anon = MAP_PRIVATE | MAP_ANONYMOUS;
	const struct mmap_case cases[] = {
		{ 0, UNIT, PROT_READ, anon, -1, 0, 0, false },
		{ 0, UNIT, PROT_READ, MAP_SHARED, self->file, 3 * GIB, 0, false },
		{ 0, UNIT, PROT_READ, MAP_SHARED, self->file, 5, EINVAL, true },
		{ 0, UNIT, PROT_READ, MAP_PRIVATE, -1, 0, EBADF, true },
		{ 0, 0, PROT_READ, anon, -1, 0, EINVAL, false },
	};
	const struct mmtrace_record *record;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* The first six members are what the kernel wants in memory. */
		record = ask(MMTRACE_EVENT_MMAP, SYS_old_mmap, &cases[i]);
		EXPECT_EQ(-cases[i].err, error_of(&self->answer));
		EXPECT_EQ(MMTRACE_R_COMPAT, record->head.flags);
		expect_args(_metadata, record, &cases[i]);
		expect_inner(_metadata, &self->trace, &self->answer, record, &cases[i],
			     cases[i].off / UNIT);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
}

TEST_F(compat, old_mmap_unread)
{
	static const struct mmap_case none;
	void *const pointers[] = { NULL, (void *)0x1000, (void *)0xffffe000, (void *)~0ul };
	const struct mmtrace_record *record;
	struct mmtrace_event_info info;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		record = ask(MMTRACE_EVENT_MMAP, SYS_old_mmap, pointers[i]);
		EXPECT_EQ(-EFAULT, self->answer.ret);
		EXPECT_EQ(MMTRACE_R_COMPAT | MMTRACE_R_ARGS_UNREAD, record->head.flags);
		expect_args(_metadata, record, &none);
		EXPECT_EQ(0, trace_count(&self->trace, MMTRACE_EVENT_DO_MMAP, gettid()));
	}
	/* The probe layer of an old kernel takes a fault for a call that it missed. */
	ASSERT_EQ(0, get_event(self->trace.fd, MMTRACE_EVENT_MMAP, &info));
	EXPECT_EQ(0, info.missed);
}

#endif

TEST_F(compat, mremap)
{
	const struct mmtrace_record *record;
	unsigned long at;

	at = (unsigned long)mmap(NULL, UNIT, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	record = ask(MMTRACE_EVENT_MREMAP, SYS_mremap, at, UNIT, 5 * UNIT, MREMAP_MAYMOVE,
		     0xcafe1000);
	EXPECT_LT(0, self->answer.ret);
	EXPECT_EQ(MMTRACE_R_COMPAT, record->head.flags);
	EXPECT_EQ(at, record->mremap.old_address);
	EXPECT_EQ(UNIT, record->mremap.old_size);
	EXPECT_EQ(5 * UNIT, record->mremap.new_size);
	EXPECT_EQ(MREMAP_MAYMOVE, record->mremap.flags);
	EXPECT_EQ(0xcafe1000, record->mremap.new_address);
	ask(MMTRACE_EVENT_MREMAP, SYS_mremap, 0xffffffff, UNIT, UNIT, 0, 0);
	EXPECT_EQ(-EINVAL, self->answer.ret);
}

TEST_F(compat, remap_file_pages)
{
	const struct mmtrace_record *record, *inner;
	__u64 call_id;
	void *at;

	at = mmap(NULL, 4 * UNIT, PROT_READ, MAP_SHARED, self->file, 0);
	record = ask(MMTRACE_EVENT_REMAP_FILE_PAGES, SYS_remap_file_pages, at, UNIT, 0,
		     19 * GIB / UNIT, 0);
	EXPECT_EQ(0, self->answer.ret);
	EXPECT_EQ(MMTRACE_R_COMPAT, record->head.flags);
	EXPECT_EQ((unsigned long)at, record->remap_file_pages.addr);
	EXPECT_EQ(UNIT, record->remap_file_pages.size);
	EXPECT_EQ(0, record->remap_file_pages.prot);
	EXPECT_EQ(19 * GIB / UNIT, record->remap_file_pages.pgoff);
	EXPECT_EQ(0, record->remap_file_pages.flags);
	call_id = record->call.call_id;
	self->answer.ret = (__u32)(unsigned long)at;
	inner = expect_compat(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(MMTRACE_R_COMPAT | MMTRACE_R_FILE, inner->head.flags);
	EXPECT_EQ(-1, inner->do_mmap.fd);
	EXPECT_EQ(19 * GIB / UNIT, inner->do_mmap.pgoff);
	EXPECT_EQ(call_id, inner->call.call_id);
}

static long attach(int id, unsigned long *at)
{
#ifdef SYS_ipc
	return syscall(SYS_ipc, IPC_SHMAT, id, 0, at, NULL, 0);
#else
	*at = syscall(SYS_shmat, id, NULL, 0);
	return *at == -1ul ? -1 : 0;
#endif
}

/* On i386, one system call for all of System V IPC: the record has its number. */
TEST_F(compat, shmat)
{
	int id = shmget(IPC_PRIVATE, UNIT, IPC_CREAT | 0600);
	const struct mmtrace_record *record;
	unsigned long at;

	ASSERT_LE(0, id);
	trace_read(_metadata, &self->trace);
	ASSERT_EQ(0, attach(id, &at));
	trace_read(_metadata, &self->trace);
	shmctl(id, IPC_RMID, NULL);
	record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(ATTACH, record->call.syscall);
	EXPECT_EQ((__s64)at, record->call.ret);
	EXPECT_EQ(-1, record->do_mmap.fd);
	EXPECT_EQ(MMTRACE_R_COMPAT | MMTRACE_R_FILE | MMTRACE_R_SHM | MMTRACE_R_TMPFS |
		  MMTRACE_R_UNLINKED, record->head.flags);
}

TEST_HARNESS_MAIN
