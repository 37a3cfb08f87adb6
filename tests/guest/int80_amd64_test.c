// SPDX-License-Identifier: GPL-2.0
/*
 * int $0x80 makes a 32-bit system call in a 64-bit program: what counts is the
 * call, not the program, and of each register the lower half.
 */
#include "mmtrace_test.h"
#include "fields.h"

#define NR_MREMAP	163
#define NR_MMAP2	192
#define GARBAGE		0xdeadbeef00000000ul

FIXTURE(int80)
{
	struct trace	trace;
	struct answer	answer;
};

FIXTURE_SETUP(int80)
{
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(int80)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static long int80(long nr, const unsigned long args[6])
{
	unsigned long base = (unsigned long)args;

	/*
	 * The kernel zeroes r8 to r11. The sixth argument is in rbp, which can't
	 * be named here; below the stack's end may be data of the compiler.
	 */
	asm volatile("lea -128(%%rsp), %%rsp\n\t"
		     "push %%rbp\n\t"
		     "mov 40(%%rbx), %%rbp\n\t"
		     "mov (%%rbx), %%rbx\n\t"
		     "int $0x80\n\t"
		     "pop %%rbp\n\t"
		     "lea 128(%%rsp), %%rsp"
		     : "+a" (nr), "+b" (base)
		     : "c" (args[1]), "d" (args[2]), "S" (args[3]), "D" (args[4])
		     : "memory", "cc", "r8", "r9", "r10", "r11");
	return nr;
}

static const struct mmtrace_record *
ask_int80(struct __test_metadata *_metadata, struct trace *trace, struct answer *answer,
	  __u32 event, int nr, const unsigned long args[6])
{
	const struct mmtrace_record *record;

	trace_read(_metadata, trace);
	answer->nr = nr;
	answer->before = now_ns();
	answer->ret = int80(nr, args);
	answer->after = now_ns();
	trace_read(_metadata, trace);
	record = expect_caller(_metadata, trace, answer, event);
	EXPECT_EQ(MMTRACE_R_COMPAT, record->head.flags & ~MMTRACE_R_FD);
	return record;
}

TEST_F(int80, mmap2)
{
	const unsigned long args[] = {
		GARBAGE, GARBAGE | PAGE, GARBAGE | PROT_READ,
		GARBAGE | MAP_PRIVATE | MAP_ANONYMOUS, GARBAGE | 0xffffffff, GARBAGE | 0x80000007,
	};
	const struct mmtrace_record *record;
	__u64 call_id;

	record = ask_int80(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_MMAP2, NR_MMAP2,
			   args);
	EXPECT_LT(0, self->answer.ret);
	EXPECT_GT(1l << 32, self->answer.ret);
	EXPECT_EQ(0, record->mmap.addr);
	EXPECT_EQ(PAGE, record->mmap.length);
	EXPECT_EQ(PROT_READ, record->mmap.prot);
	EXPECT_EQ(MAP_PRIVATE | MAP_ANONYMOUS, record->mmap.flags);
	EXPECT_EQ(-1, record->mmap.fd);
	EXPECT_EQ(0x80000007, record->mmap.off);
	call_id = record->call.call_id;
	record = expect_caller(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_DO_MMAP);
	EXPECT_EQ(MMTRACE_R_COMPAT | MMTRACE_R_FD, record->head.flags);
	EXPECT_EQ(-1, record->do_mmap.fd);
	EXPECT_EQ(0x80000007, record->do_mmap.pgoff);
	EXPECT_EQ(call_id, record->call.call_id);
	EXPECT_EQ(0, trace_count(&self->trace, MMTRACE_EVENT_MMAP, gettid()));
}

/* The mapping is within the lower 4 GiB, else no such call could name it. */
TEST_F(int80, mremap)
{
	const struct mmtrace_record *record;
	unsigned long at, args[6];

	at = (unsigned long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
				 -1, 0);
	args[0] = GARBAGE | at;
	args[1] = GARBAGE | PAGE;
	args[2] = GARBAGE | 3 * PAGE;
	args[3] = GARBAGE | MREMAP_MAYMOVE;
	args[4] = GARBAGE | 0x1234;
	args[5] = 0;
	record = ask_int80(_metadata, &self->trace, &self->answer, MMTRACE_EVENT_MREMAP, NR_MREMAP,
			   args);
	EXPECT_LT(0, self->answer.ret);
	EXPECT_EQ(at, record->mremap.old_address);
	EXPECT_EQ(PAGE, record->mremap.old_size);
	EXPECT_EQ(3 * PAGE, record->mremap.new_size);
	EXPECT_EQ(MREMAP_MAYMOVE, record->mremap.flags);
	EXPECT_EQ(0x1234, record->mremap.new_address);
}

TEST_HARNESS_MAIN
