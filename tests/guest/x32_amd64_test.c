// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls of x32, which a 64-bit program can make by their numbers: they are
 * those of 64 bits, with the same registers, none of them 32 bits wide, though the
 * kernel itself counts their callers as compat.
 */
#include "mmtrace_test.h"
#include "fields.h"

#define X32		0x40000000
#define FAR		0x500000000000ul	/* more than 32 bits can name */

FIXTURE(x32)
{
	struct trace	trace;
	struct answer	answer;
};

FIXTURE_SETUP(x32)
{
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(x32)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

/* Or the kernel was built without it, or has it switched off. */
static bool has_x32(void)
{
	return raw_syscall(X32 | SYS_getpid) != -ENOSYS;
}

/* Its one record of @event, which is not that of a 32-bit call. */
static const struct mmtrace_record *
ask_x32(struct __test_metadata *_metadata, struct trace *trace, struct answer *answer,
	__u32 event, int nr, const unsigned long args[6])
{
	const struct mmtrace_record *record;

	trace_read(_metadata, trace);
	answer->nr = X32 | nr;
	answer->before = now_ns();
	answer->ret = raw_syscall(answer->nr, args[0], args[1], args[2], args[3], args[4],
				  args[5]);
	answer->after = now_ns();
	trace_read(_metadata, trace);
	record = expect_caller(_metadata, trace, answer, event);
	EXPECT_FALSE(record->head.flags & MMTRACE_R_COMPAT);
	return record;
}

/* The offset is in bytes, as in mmap(), and not in pages, as 32-bit programs say it. */
TEST_F(x32, mmap)
{
	const unsigned long args[] = {
		FAR, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 7 * PAGE,
	};
	const struct mmtrace_record *record;
	__u64 call_id;

	if (!has_x32())
		SKIP(return, "this kernel has no x32");
	record = ask_x32(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_MMAP, SYS_mmap,
			 args);
	EXPECT_EQ(FAR, (unsigned long)self->answer.ret);
	EXPECT_EQ(FAR, record->mmap.addr);
	EXPECT_EQ(PAGE, record->mmap.length);
	EXPECT_EQ(PROT_READ, record->mmap.prot);
	EXPECT_EQ(MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, record->mmap.flags);
	EXPECT_EQ(-1, record->mmap.fd);
	EXPECT_EQ(7 * PAGE, record->mmap.off);
	call_id = record->call.call_id;
	record = expect_caller(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(MMTRACE_R_FD, record->head.flags);
	EXPECT_EQ(-1, record->do_mmap.fd);
	EXPECT_EQ(7, record->do_mmap.pgoff);
	EXPECT_EQ(call_id, record->call.call_id);
	EXPECT_EQ(0, trace_count(&self->trace, MMTRACE_EVENT_MMAP2, gettid()));
	munmap((void *)FAR, PAGE);
}

TEST_F(x32, mremap)
{
	const unsigned long args[6] = { FAR, PAGE, 3 * PAGE, MREMAP_MAYMOVE, 0x123456789abc };
	const struct mmtrace_record *record;

	if (!has_x32())
		SKIP(return, "this kernel has no x32");
	ASSERT_EQ((void *)FAR, mmap((void *)FAR, PAGE, PROT_READ,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	record = ask_x32(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_MREMAP, SYS_mremap,
			 args);
	EXPECT_LT(0, self->answer.ret);
	EXPECT_EQ(FAR, record->mremap.old_address);
	EXPECT_EQ(PAGE, record->mremap.old_size);
	EXPECT_EQ(3 * PAGE, record->mremap.new_size);
	EXPECT_EQ(MREMAP_MAYMOVE, record->mremap.flags);
	EXPECT_EQ(args[4], record->mremap.new_address);
	munmap((void *)self->answer.ret, 3 * PAGE);
}

TEST_F(x32, remap_file_pages)
{
	const unsigned long args[6] = { FAR, PAGE, 0, 5, 0 };
	const struct mmtrace_record *record;

	if (!has_x32())
		SKIP(return, "this kernel has no x32");
	ASSERT_EQ((void *)FAR, mmap((void *)FAR, PAGE, PROT_READ,
				    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	record = ask_x32(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_REMAP_FILE_PAGES,
			 SYS_remap_file_pages, args);
	EXPECT_EQ(0, self->answer.ret);
	EXPECT_EQ(FAR, record->remap_file_pages.addr);
	EXPECT_EQ(PAGE, record->remap_file_pages.size);
	EXPECT_EQ(0, record->remap_file_pages.prot);
	EXPECT_EQ(5, record->remap_file_pages.pgoff);
	EXPECT_EQ(0, record->remap_file_pages.flags);
	munmap((void *)FAR, PAGE);
}

TEST_HARNESS_MAIN
