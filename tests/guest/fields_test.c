// SPDX-License-Identifier: GPL-2.0
/*
 * Every field of a record is what was asked, what was returned, and what the
 * kernel says by other means.
 */
#include "mmtrace_test.h"
#include "fields.h"

#define GIB	(1024ull * 1024 * 1024)

FIXTURE(fields)
{
	struct trace	trace;
	struct answer	answer;
	int		file;
};

FIXTURE_SETUP(fields)
{
	ASSERT_EQ(0, prctl(PR_SET_NAME, "fields test"));
	self->file = open("sparse", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(0, ftruncate(self->file, 5 * GIB + PAGE));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(fields)
{
	close(self->trace.fd);
	close(self->file);
	unlink("sparse");
	expect_nothing_left(_metadata);
}

/* Asks, and expects a record of it: what find_call() finds is the last one. */
#define ask(event, ...) ({						\
	trace_read(_metadata, &self->trace);				\
	self->answer.before = now_ns();					\
	self->answer.ret = raw_syscall(__VA_ARGS__);			\
	self->answer.after = now_ns();					\
	ASSERT_LT(0, trace_read(_metadata, &self->trace));		\
	expect_caller(_metadata, &self->trace, &self->answer, event);	\
})

/* An mmap as asked for, and whether do_mmap came to know of it. */
struct mmap_case {
	unsigned long	addr;
	unsigned long	length;
	unsigned long	prot;
	unsigned long	flags;
	int		fd;
	unsigned long	off;
	int		err;
	bool		stops_early;
};

static void expect_mmap(struct __test_metadata *_metadata, struct trace *trace,
			struct answer *answer, const struct mmap_case *asked)
{
	const struct mmtrace_record *outer, *inner;

	trace_read(_metadata, trace);
	answer->before = now_ns();
	answer->ret = raw_syscall(SYS_mmap, asked->addr, asked->length, asked->prot,
				  asked->flags, asked->fd, asked->off);
	answer->after = now_ns();
	EXPECT_TRUE(asked->err ? answer->ret == -asked->err : answer->ret > 0);
	trace_read(_metadata, trace);
	answer->nr = SYS_mmap;
	outer = expect_caller(_metadata, trace, answer, MMTRACE_EVENT_MMAP);
	EXPECT_EQ(0, outer->head.flags);
	EXPECT_EQ(asked->addr, outer->mmap.addr);
	EXPECT_EQ(asked->length, outer->mmap.length);
	EXPECT_EQ(asked->prot, outer->mmap.prot);
	EXPECT_EQ(asked->flags, outer->mmap.flags);
	EXPECT_EQ(asked->fd, outer->mmap.fd);
	EXPECT_EQ(asked->off, outer->mmap.off);

	ASSERT_EQ(!asked->stops_early, trace_count(trace, MMTRACE_EVENT_DO_MMAP, gettid()));
	if (asked->stops_early)
		return;
	inner = expect_caller(_metadata, trace, answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(MMTRACE_R_FD | (asked->flags & MAP_ANONYMOUS ? 0 : MMTRACE_R_FILE),
		  inner->head.flags & ~(MMTRACE_R_DEVICE | MMTRACE_R_TMPFS));
	EXPECT_EQ(asked->addr, inner->do_mmap.addr);
	EXPECT_EQ(asked->length, inner->do_mmap.len);
	EXPECT_EQ(asked->prot, inner->do_mmap.prot);
	EXPECT_EQ(asked->flags & ~flags_dropped(), inner->do_mmap.flags);
	EXPECT_EQ(asked->off / PAGE, inner->do_mmap.pgoff);
	EXPECT_EQ(asked->fd, inner->do_mmap.fd);
	EXPECT_EQ(outer->call.call_id, inner->call.call_id);
	EXPECT_LE(inner->call.duration, outer->call.duration);
	EXPECT_LE(inner->head.time, outer->head.time);
}

TEST_F(fields, mmap_that_works)
{
	const int private = MAP_PRIVATE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
	const int rw = PROT_READ | PROT_WRITE;
	/* Where there is room for sure: it is ours, and given back. */
	void *room = mmap(NULL, 64 * PAGE, PROT_NONE, anon, -1, 0);
	unsigned long free = (unsigned long)room;
	const struct mmap_case cases[] = {
		{ 0, PAGE, rw, anon, -1, 0, 0, false },
		{ 0, 1, PROT_NONE, anon | MAP_NORESERVE, -7, 0, 0, false },
		{ 0, 3 * PAGE + 1, rw, MAP_SHARED | MAP_ANONYMOUS, 12345, 0, 0, false },
		{ free + 5, PAGE, PROT_READ, anon, -1, 0, 0, false },
		{ free + 2 * PAGE, PAGE, PROT_EXEC, anon | MAP_FIXED, -1, 0, 0, false },
		{ free + 4 * PAGE, PAGE, rw, anon | MAP_FIXED_NOREPLACE, -1, 0, 0, false },
		{ 0, PAGE, rw | PROT_GROWSDOWN | 0x7fff00000000, anon, -1, 0, 0, false },
		{ 0, PAGE, rw, anon | MAP_DENYWRITE | 0x4000000000000000, -1, 7 * PAGE, 0, false },
		{ 0, PAGE, rw, anon | MAP_POPULATE | MAP_LOCKED, -1, 0, 0, false },
		{ 0, PAGE, PROT_READ, private, self->file, 0, 0, false },
		{ 0, 4 * PAGE - 1, rw, MAP_SHARED, self->file, 3 * PAGE, 0, false },
		{ 0, PAGE, PROT_READ, MAP_SHARED_VALIDATE, self->file, 5 * GIB, 0, false },
		{ 0, PAGE, PROT_READ, private, self->file, 0x7ffffffffff000, 0, false },
	};
	size_t i;

	ASSERT_NE(MAP_FAILED, room);
	ASSERT_EQ(0, munmap(room, 64 * PAGE));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_mmap(_metadata, &self->trace, &self->answer, &cases[i]);
		EXPECT_TRUE(!(cases[i].flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) ||
			    (long)cases[i].addr == self->answer.ret);
		expect_mapped(_metadata, self->answer.ret, cases[i].length, cases[i].prot,
			      cases[i].flags, cases[i].off);
		munmap((void *)self->answer.ret, cases[i].length);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
}

TEST_F(fields, mmap_that_fails)
{
	const int private = MAP_PRIVATE, anon = MAP_PRIVATE | MAP_ANONYMOUS;
	const int synced = MAP_SHARED_VALIDATE | MAP_SYNC;
	const int read_only = open("sparse", O_RDONLY | O_CLOEXEC);
	const int directory = open(".", O_RDONLY | O_CLOEXEC);
	unsigned long here = (unsigned long)mmap(NULL, PAGE, PROT_READ, anon, -1, 0);
	const struct mmap_case cases[] = {
		{ 0, PAGE, PROT_READ, private, -1, 0, EBADF, true },
		{ 0, PAGE, PROT_READ, private, 1000000, 0, EBADF, true },
		{ 0, PAGE, PROT_READ, private, self->file, 5, EINVAL, true },
		{ 0, PAGE, PROT_READ, private | MAP_HUGETLB, self->file, 0, EINVAL, true },
		{ 0, 0, PROT_READ, anon, -1, 0, EINVAL, false },
		{ 0, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0, EINVAL, false },
		{ 0, PAGE, PROT_WRITE, MAP_SHARED, read_only, 0, EACCES, false },
		{ 0, PAGE, PROT_READ, private, directory, 0, ENODEV, false },
		{ 0, -PAGE, PROT_READ, anon, -1, 0, ENOMEM, false },
		{ 0, ~0ul, PROT_READ, anon, -1, 0, ENOMEM, false },
		{ 0, PAGE, PROT_READ, private, self->file, -PAGE, EOVERFLOW, false },
		{ 0, PAGE, PROT_READ, synced, self->file, 0, EOPNOTSUPP, false },
		{ here, PAGE, PROT_READ, anon | MAP_FIXED_NOREPLACE, -1, 0, EEXIST, false },
		{ here + 1, PAGE, PROT_READ, anon | MAP_FIXED, -1, 0, EINVAL, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_mmap(_metadata, &self->trace, &self->answer, &cases[i]);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
	close(read_only);
	close(directory);
}

#define ask_mremap(...) ({						\
	const unsigned long asked[] = { __VA_ARGS__ };			\
	const struct mmtrace_record *record;				\
									\
	self->answer.nr = SYS_mremap;					\
	record = ask(MMTRACE_EVENT_MREMAP, SYS_mremap, asked[0],	\
		     asked[1], asked[2], asked[3], asked[4]);		\
	EXPECT_EQ(asked[0], record->mremap.old_address);		\
	EXPECT_EQ(asked[1], record->mremap.old_size);			\
	EXPECT_EQ(asked[2], record->mremap.new_size);			\
	EXPECT_EQ(asked[3], record->mremap.flags);			\
	EXPECT_EQ(asked[4], record->mremap.new_address);		\
	EXPECT_EQ(0, record->head.flags);				\
	EXPECT_EQ(0, trace_count(&self->trace, MMTRACE_EVENT_DO_MMAP,	\
				 gettid()));				\
	self->answer.ret;						\
})

TEST_F(fields, mremap)
{
	char *room = mmap(NULL, 32 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long at = (unsigned long)room, moved = at + 16 * PAGE, odd = 0x1234567890abcdef;

	ASSERT_EQ(0, munmap(room + PAGE, 31 * PAGE));
	trace_read(_metadata, &self->trace);
	EXPECT_EQ(at, ask_mremap(at, PAGE, 3 * PAGE, 0, odd));
	EXPECT_EQ(at, ask_mremap(at, 3 * PAGE, 2 * PAGE, MREMAP_MAYMOVE, 0));
	EXPECT_EQ(moved, ask_mremap(at, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, moved));
	EXPECT_EQ(at, ask_mremap(moved, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, at));
	EXPECT_EQ(-EINVAL, ask_mremap(at, PAGE, 0, 0, 0));
	EXPECT_EQ(-EINVAL, ask_mremap(at + 1, PAGE, PAGE, 0, 0));
	EXPECT_EQ(-EINVAL, ask_mremap(at, PAGE, PAGE, 0x80000000ul, odd));
	EXPECT_EQ(-EINVAL, ask_mremap(at, PAGE, PAGE, MREMAP_FIXED, moved));
	EXPECT_EQ(-EFAULT, ask_mremap(PAGE, PAGE, 2 * PAGE, 0, 0));
	/* More than there is of addresses is one error or the other, by kernel. */
	EXPECT_GT(0, ask_mremap(at, 4 * PAGE, 1ul << 60, MREMAP_MAYMOVE, 0));
	EXPECT_EQ(-ENOMEM, ask_mremap(at, 4 * PAGE, 17 * PAGE, 0, 0));
}

#define ask_remap(...) ({						\
	const unsigned long asked[] = { __VA_ARGS__ };			\
	const struct mmtrace_record *record;				\
									\
	self->answer.nr = SYS_remap_file_pages;				\
	record = ask(MMTRACE_EVENT_REMAP_FILE_PAGES,			\
		     SYS_remap_file_pages, asked[0], asked[1],		\
		     asked[2], asked[3], asked[4]);			\
	EXPECT_EQ(asked[0], record->remap_file_pages.addr);		\
	EXPECT_EQ(asked[1], record->remap_file_pages.size);		\
	EXPECT_EQ(asked[2], record->remap_file_pages.prot);		\
	EXPECT_EQ(asked[3], record->remap_file_pages.pgoff);		\
	EXPECT_EQ(asked[4], record->remap_file_pages.flags);		\
	EXPECT_EQ(0, record->head.flags);				\
	record;								\
})

TEST_F(fields, remap_file_pages)
{
	const struct mmtrace_record *outer, *inner;
	unsigned long at;

	at = (unsigned long)mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, self->file, 0);
	trace_read(_metadata, &self->trace);
	outer = ask_remap(at, PAGE, 0, 2 * GIB / PAGE, MAP_NONBLOCK);
	ASSERT_EQ(0, self->answer.ret);
	expect_mapped(_metadata, at, PAGE, PROT_READ, MAP_SHARED, 2 * GIB);

	self->answer.ret = at;
	inner = expect_caller(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(MMTRACE_R_FILE, inner->head.flags);
	EXPECT_EQ(outer->call.call_id, inner->call.call_id);
	EXPECT_EQ(at, inner->do_mmap.addr);
	EXPECT_EQ(PAGE, inner->do_mmap.len);
	EXPECT_EQ(PROT_READ, inner->do_mmap.prot);
	EXPECT_EQ(MAP_SHARED | MAP_FIXED | MAP_POPULATE | MAP_NONBLOCK, inner->do_mmap.flags);
	EXPECT_EQ(2 * GIB / PAGE, inner->do_mmap.pgoff);
	EXPECT_EQ(-1, inner->do_mmap.fd);

	ask_remap(at, PAGE, PROT_READ, 3, 0x12345678);
	EXPECT_EQ(-EINVAL, self->answer.ret);
	EXPECT_EQ(0, trace_count(&self->trace, MMTRACE_EVENT_DO_MMAP, 0));
	ask_remap(at, PAGE, 0, ~0ul, 0);
	EXPECT_EQ(-EINVAL, self->answer.ret);
	ask_remap(PAGE, PAGE, 0, 0, 0);
	EXPECT_EQ(-EINVAL, self->answer.ret);
}

/* Of the mapping that somebody other than mmap asked the kernel for. */
static const struct mmtrace_record *
expect_lone(struct __test_metadata *_metadata, struct trace *trace, struct answer *answer)
{
	const struct mmtrace_record *record;

	trace_read(_metadata, trace);
	record = expect_caller(_metadata, trace, answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(-1, record->do_mmap.fd);
	EXPECT_EQ(0, record->head.flags & MMTRACE_R_FD);
	EXPECT_EQ(0, trace_count(trace, MMTRACE_EVENT_MMAP, gettid()));
	return record;
}

TEST_F(fields, shmat)
{
	int id = shmget(IPC_PRIVATE, 3 * PAGE, IPC_CREAT | 0600);
	const struct mmtrace_record *record;

	ASSERT_LE(0, id);
	self->answer = (struct answer) { .before = now_ns(), .nr = SYS_shmat };
	self->answer.ret = raw_syscall(SYS_shmat, id, NULL, SHM_RDONLY);
	self->answer.after = now_ns();
	shmctl(id, IPC_RMID, NULL);
	record = expect_lone(_metadata, &self->trace, &self->answer);
	EXPECT_EQ(MMTRACE_R_FILE | MMTRACE_R_SHM | MMTRACE_R_TMPFS | MMTRACE_R_UNLINKED,
		  record->head.flags);
	EXPECT_EQ(3 * PAGE, record->do_mmap.len);
	EXPECT_EQ(PROT_READ, record->do_mmap.prot);
	EXPECT_EQ(MAP_SHARED, record->do_mmap.flags);
}

TEST_F(fields, io_setup)
{
	const struct mmtrace_record *record;
	aio_context_t context = 0;

	self->answer = (struct answer) { .before = now_ns(), .nr = SYS_io_setup };
	ASSERT_EQ(0, raw_syscall(SYS_io_setup, 8, &context));
	self->answer.after = now_ns();
	self->answer.ret = context;
	record = expect_lone(_metadata, &self->trace, &self->answer);
	EXPECT_EQ(PROT_READ | PROT_WRITE, record->do_mmap.prot);
	ASSERT_EQ(0, raw_syscall(SYS_io_destroy, context));
}

/* No two calls have one id; a call and what it caused have the same. */
TEST_F(fields, call_ids)
{
	const struct mmtrace_record *one = NULL, *other;
	int i, same;

	trace_read(_metadata, &self->trace);
	for (i = 0; i < 100; i++)
		munmap(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, self->file, 0), PAGE);
	trace_read(_metadata, &self->trace);
	EXPECT_EQ(100, trace_count(&self->trace, MMTRACE_EVENT_MMAP, gettid()));
	while ((one = trace_next(&self->trace, one))) {
		other = NULL;
		same = 0;
		while ((other = trace_next(&self->trace, other)))
			same += other->call.call_id == one->call.call_id;
		EXPECT_EQ(one->call.tid == (__u32)gettid() ? 2 : same, same);
	}
}

TEST_HARNESS_MAIN
