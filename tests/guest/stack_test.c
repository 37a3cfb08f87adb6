// SPDX-License-Identifier: GPL-2.0
/*
 * The stack of a call is the one that it has, to the address; and whatever a
 * program has put where frames should be, nothing is made up, nothing of the
 * kernel is told, and no page is brought in to be looked at.
 */
#include "frames.h"

#define WORD		sizeof(unsigned long)
#define DEEP		1000
#define NOINLINE	__attribute__((noinline))

/* Return addresses that no code has; each is told apart. */
#define RETURN(n)	(0x11000ul + (n) * 0x10)

FIXTURE(stack)
{
	struct trace	trace;
	unsigned long	*page;	/* two, the second of which is not there */
	struct from	from;
};

static void open_stacks(struct __test_metadata *_metadata, struct trace *trace, __u32 depth)
{
	trace_open(_metadata, trace, &(struct mmtrace_config) {
			.flags		= MMTRACE_CONFIG_STACK,
			.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP),
			.stack_depth	= depth,
		   });
	trace_start(_metadata, trace);
}

FIXTURE_SETUP(stack)
{
	self->page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	memset(self->page, 0, PAGE);
	open_stacks(_metadata, &self->trace, MMTRACE_STACK_MAX);
}

/* The probe layer of an old kernel takes a fault of ours for a call missed. */
FIXTURE_TEARDOWN(stack)
{
	struct mmtrace_event_info info;

	EXPECT_EQ(0, get_event(self->trace.fd, MMTRACE_EVENT_MREMAP, &info));
	EXPECT_EQ(0, info.missed);
	EXPECT_EQ(0, self->trace.lost);
	close(self->trace.fd);
	munmap(self->page, 2 * PAGE);
	expect_nothing_left(_metadata);
}

/* The stack of the one mremap since the last read. */
static const struct mmtrace_stack *read_stack(struct __test_metadata *_metadata,
					      struct trace *trace)
{
	const struct mmtrace_record *record;

	trace_read(_metadata, trace);
	record = trace_find(trace, MMTRACE_EVENT_MREMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(NOT_MAPPED, record->mremap.old_address);
	EXPECT_EQ(-EINVAL, record->call.ret);
	ASSERT_NE(NULL, stack_of(record));
	return stack_of(record);
}

/* The return addresses of the functions below, innermost first. */
static void *returns[DEEP];

static NOINLINE void descend(struct from *from, unsigned int more)
{
	returns[more] = __builtin_return_address(0);
	if (more) {
		descend(from, more - 1);
	} else {
		from->frame = (unsigned long)__builtin_frame_address(0);
		from->sp = from->frame;
		mremap_from(from);
	}
}

static NOINLINE void third(struct from *from)
{
	returns[1] = __builtin_return_address(0);
	descend(from, 0);
}

static NOINLINE void second(struct from *from)
{
	returns[2] = __builtin_return_address(0);
	third(from);
}

static NOINLINE void first(struct from *from)
{
	returns[3] = __builtin_return_address(0);
	second(from);
}

static void expect_returns(struct __test_metadata *_metadata, const struct mmtrace_stack *stack,
			   const struct from *from, unsigned int len)
{
	unsigned int i;

	ASSERT_LE(len, stack->depth);
	EXPECT_EQ(from->ip, stack->ip[0]);
	for (i = 1; i < len; i++)
		EXPECT_EQ((unsigned long)returns[i - 1], stack->ip[i]) TH_LOG("in frame %u", i);
}

TEST_F(stack, of_functions)
{
	first(&self->from);
	expect_returns(_metadata, read_stack(_metadata, &self->trace), &self->from, 5);
	first(&self->from);
	expect_returns(_metadata, read_stack(_metadata, &self->trace), &self->from, 5);
}

/* A session gets what it asked for, whatever the others did. */
TEST_F(stack, depth)
{
	static const __u32 depths[][2] = {
		{ 1, 1 }, { 2, 2 }, { 3, 3 }, { 64, 64 }, { 0, 64 }, { 127, 127 },
	};
	static struct trace traces[ARRAY_SIZE(depths) + 1];
	struct trace *without = &traces[ARRAY_SIZE(depths)];
	const struct mmtrace_record *record;
	const struct mmtrace_stack *stack;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(depths); i++)
		open_stacks(_metadata, &traces[i], depths[i][0]);
	trace_open(_metadata, without, &(struct mmtrace_config) {
			.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP),
			.stack_depth	= 3,
		   });
	trace_start(_metadata, without);
	descend(&self->from, DEEP - 1);
	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		stack = read_stack(_metadata, &traces[i]);
		EXPECT_EQ(depths[i][1], stack->depth);
		EXPECT_EQ(MMTRACE_STACK_CUT, stack->flags);
		expect_returns(_metadata, stack, &self->from, depths[i][1]);
		close(traces[i].fd);
	}
	trace_read(_metadata, without);
	record = trace_find(without, MMTRACE_EVENT_MREMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(0, record->head.flags & MMTRACE_R_STACK);
	close(without->fd);
	expect_returns(_metadata, read_stack(_metadata, &self->trace), &self->from,
		       MMTRACE_STACK_MAX);
}

/* The call comes from @frame, the stack pointer is below it all. */
static const struct mmtrace_stack *call_from(struct __test_metadata *_metadata,
					     struct trace *trace, struct from *from,
					     unsigned long frame)
{
	from->frame = frame;
	mremap_from(from);
	return read_stack(_metadata, trace);
}

/* @len frames of what is at RETURN(), then what @flags say. */
static void expect_walk(struct __test_metadata *_metadata, const struct mmtrace_stack *stack,
			const struct from *from, __u32 len, __u32 flags)
{
	__u32 i;

	EXPECT_EQ(1 + len, stack->depth);
	EXPECT_EQ(flags, stack->flags);
	EXPECT_EQ(from->ip, stack->ip[0]);
	for (i = 0; i < len && i + 1 < stack->depth; i++)
		EXPECT_EQ(RETURN(i), stack->ip[i + 1]);
}

/* Puts a frame at @at. */
static unsigned long frame_at(unsigned long *at, unsigned long next, unsigned long ip)
{
	at[0] = next;
	at[1] = ip;
	return (unsigned long)at;
}

TEST_F(stack, ends)
{
	unsigned long *page = self->page;

	self->from.sp = (unsigned long)page;
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, 0),
		    &self->from, 0, 0);
	frame_at(page, (unsigned long)(page + 2), RETURN(0));
	frame_at(page + 2, (unsigned long)(page + 9), RETURN(1));
	frame_at(page + 9, 0, RETURN(2));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 3, 0);
	frame_at(page + 9, (unsigned long)(page + 20), 0);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 2, 0);
	/* The stack pointer may be anything as well: what is below it is no frame. */
	self->from.sp = (unsigned long)(page + 1);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 0, MMTRACE_STACK_BROKEN);
}

/* As many frames as are told, and the last of them is the end: nothing is cut. */
TEST_F(stack, just_fits)
{
	unsigned long *page = self->page;
	unsigned int i;

	self->from.sp = (unsigned long)page;
	for (i = 0; i < MMTRACE_STACK_MAX - 1; i++)
		frame_at(page + 2 * i, (unsigned long)(page + 2 * i + 2), RETURN(i));
	page[2 * i - 2] = 0;
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, MMTRACE_STACK_MAX - 1, 0);
	frame_at(page + 2 * i, 0, RETURN(i));
	page[2 * i - 2] = (unsigned long)(page + 2 * i);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, MMTRACE_STACK_MAX - 1, MMTRACE_STACK_CUT);
}

static const unsigned long nowhere[] = {
	1, 7, 0x1000, 0x123456, ~0ul, ~0ul - WORD + 1, ~0ul - 2 * WORD + 1, ~0ul - PAGE + 1,
	1ul << (8 * WORD - 1), (1ul << (8 * WORD - 1)) - 2 * WORD,
#if __SIZEOF_LONG__ == 8
	/* The kernel's, the ends of what user space may have, and where there is nothing. */
	0xffffffff81000000, 0xffff888000000000, 0xffff800080000000, 0xffffffffff600000,
	0x7ffffffffff8, 0x7ffffffffff0, 0x7fffffffeff8, 0x7fffffffeff0, 0x7fffffffefe8,
	0x800000000000, 0x7fffffffffff8, 0xfffffffffff0, 0xfffffffffff8, 0x1000000000000,
	0xfffffffffffff0, 0xfffffffffff000, 0x00ffffffffffe000, 0x8000000000000008,
#endif
};

TEST_F(stack, leads_nowhere)
{
	unsigned long *page = self->page;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		self->from.sp = 0;
		expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, nowhere[i]),
			    &self->from, 0, MMTRACE_STACK_BROKEN);
		self->from.sp = (unsigned long)page;
		frame_at(page, nowhere[i], RETURN(0));
		expect_walk(_metadata,
			    call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
			    &self->from, 1, MMTRACE_STACK_BROKEN);
		if (!_metadata->passed)
			TH_LOG("with %lx", nowhere[i]);
	}
}

TEST_F(stack, loops)
{
	unsigned long *page = self->page, at = (unsigned long)page;

	self->from.sp = at;
	frame_at(page, at, RETURN(0));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 1,
		    MMTRACE_STACK_BROKEN);
	frame_at(page, (unsigned long)(page + 8), RETURN(0));
	frame_at(page + 8, at, RETURN(1));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 2,
		    MMTRACE_STACK_BROKEN);
	frame_at(page, at + 8 * WORD + 1, RETURN(0));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 1,
		    MMTRACE_STACK_BROKEN);
}

#if __SIZEOF_LONG__ == 8
TEST_F(stack, return_to_the_kernel)
{
	static const unsigned long kernel[] = {
		0xffffffff81000000, 0xffff800080000000, 0xffffffffff600000, ~0ul, 1ul << 63,
		1ul << 56,
	};
	unsigned long at = (unsigned long)self->page;
	size_t i;

	self->from.sp = at;
	for (i = 0; i < ARRAY_SIZE(kernel); i++) {
		frame_at(self->page, 0, kernel[i]);
		expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at),
			    &self->from, 0, MMTRACE_STACK_BROKEN);
	}
}
#endif

static bool is_there(const void *page)
{
	unsigned char there;

	return !mincore((void *)page, PAGE, &there) && there & 1;
}

/* A page that is not there stays so, and one that may not be read is not. */
TEST_F(stack, not_present)
{
	unsigned long *page = self->page, *second = page + PAGE / WORD;

	self->from.sp = (unsigned long)page;
	frame_at(second, 0, RETURN(1));
	ASSERT_EQ(0, madvise(second, PAGE, MADV_DONTNEED));
	ASSERT_FALSE(is_there(second));
	frame_at(page, (unsigned long)second, RETURN(0));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 1, MMTRACE_STACK_BROKEN);
	/* One word of the frame is there. */
	frame_at(page, (unsigned long)(second - 1), RETURN(0));
	second[-1] = (unsigned long)(second + 4);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 1, MMTRACE_STACK_BROKEN);
	EXPECT_FALSE(is_there(second));
	frame_at(page, (unsigned long)second, RETURN(0));
	frame_at(second, 0, RETURN(1));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 2, 0);
	ASSERT_EQ(0, mprotect(second, PAGE, PROT_NONE));
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, (unsigned long)page),
		    &self->from, 1, MMTRACE_STACK_BROKEN);
}

#ifdef __aarch64__
TEST_F(stack, link_register)
{
	const struct mmtrace_stack *stack;
	unsigned long at = frame_at(self->page, 0, RETURN(1));

	self->from.sp = at;
	self->from.link = RETURN(0);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 2,
		    MMTRACE_STACK_LINK);
	/* It is what the frame has. */
	self->page[1] = RETURN(0);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 1,
		    0);
	/* With a signature, as far as every size of address leaves room for one. */
	self->from.link = RETURN(0) | 0x0050000000000000;
	self->page[1] = RETURN(1) | 0x0030000000000000;
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 2,
		    MMTRACE_STACK_LINK);
	self->from.link = 0xffff800080000000;
	self->page[1] = RETURN(0);
	expect_walk(_metadata, call_from(_metadata, &self->trace, &self->from, at), &self->from, 1,
		    0);
	/* The C library's own function has no frame. */
	raw_syscall(SYS_mremap, NOT_MAPPED, PAGE, PAGE, NO_SUCH_FLAG, 0);
	stack = read_stack(_metadata, &self->trace);
	EXPECT_EQ(MMTRACE_STACK_LINK, stack->flags & MMTRACE_STACK_LINK);
}
#endif

#if __SIZEOF_LONG__ == 4
/* Its sixth argument is where other calls have the frame pointer. */
TEST(stack_of_mmap2)
{
	static struct trace trace;
	const struct mmtrace_record *record;

	trace_open(_metadata, &trace, &(struct mmtrace_config) { .flags = MMTRACE_CONFIG_STACK });
	trace_start(_metadata, &trace);
	mark_call();
	trace_read(_metadata, &trace);
	record = trace_find(&trace, MMTRACE_EVENT_MMAP2, gettid(), 0);
	ASSERT_NE(NULL, record);
	expect_walk(_metadata, stack_of(record), &(struct from) { .ip = stack_of(record)->ip[0] },
		    0, MMTRACE_STACK_BROKEN);
	record = trace_find(&trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(1, stack_of(record)->depth);
	close(trace.fd);
}
#endif

/* What execve() maps is of nobody who has a stack; what the new program maps is. */
TEST(stack_of_exec)
{
	char *const arguments[] = { "true", NULL };
	const struct mmtrace_record *record;
	unsigned int n, with = 0, without = 0;
	static struct trace trace;
	pid_t pid;

	trace_open(_metadata, &trace, &(struct mmtrace_config) {
			.flags	= MMTRACE_CONFIG_STACK,
			.events	= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	trace_start(_metadata, &trace);
	pid = fork();
	if (!pid) {
		execv("/usr/bin/true", arguments);
		_exit(1);
	}
	ASSERT_TRUE(child_is_well(pid));
	trace_read(_metadata, &trace);
	for (n = 0; (record = trace_find(&trace, MMTRACE_EVENT_DO_MMAP, pid, n)); n++) {
		EXPECT_EQ(!(record->head.flags & MMTRACE_R_FD), !stack_of(record));
		with += !!stack_of(record);
		without += !stack_of(record);
	}
	EXPECT_LE(2, without);
	EXPECT_LE(2, with);
	close(trace.fd);
}

/* Creates a file whose path has PATH_MAX - 1 bytes, in the current directory. */
static int create_longest(struct __test_metadata *_metadata)
{
	char path[4096], name[256];
	size_t len;

	memset(name, 'n', 255);
	while (getcwd(path, sizeof(path)) && (len = strlen(path)) < 4095 - 256) {
		name[4095 - 256 - len > 255 ? 255 : 128] = '\0';
		ASSERT_EQ(0, mkdir(name, 0700));
		ASSERT_EQ(0, chdir(name));
		memset(name, 'n', 255);
	}
	name[4095 - len - 1] = '\0';
	return open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static NOINLINE void map_deep(int fd, unsigned int more)
{
	if (more)
		map_deep(fd, more - 1);
	else
		munmap(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGE);
	__asm__ volatile("");
}

/* The longest path and the deepest stack: a record has room for both. */
TEST(stack_and_longest_path)
{
	int fd = create_longest(_metadata);
	const struct mmtrace_record *record;
	static struct trace trace;

	ASSERT_LE(0, fd);
	trace_open(_metadata, &trace, &(struct mmtrace_config) {
			.flags		= MMTRACE_CONFIG_STACK,
			.events		= MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
			.stack_depth	= MMTRACE_STACK_MAX,
		   });
	trace_start(_metadata, &trace);
	map_deep(fd, DEEP);
	trace_read(_metadata, &trace);
	record = trace_find(&trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(4095, file_of(record)->path_len);
	EXPECT_EQ(0, record->head.flags & MMTRACE_R_PATH_CUT);
#if __SIZEOF_LONG__ == 4
	EXPECT_EQ(1, stack_of(record)->depth);
#else
	EXPECT_EQ(MMTRACE_STACK_MAX, stack_of(record)->depth);
	EXPECT_EQ(MMTRACE_STACK_CUT, stack_of(record)->flags & MMTRACE_STACK_CUT);
#endif
	close(trace.fd);
	close(fd);
}

TEST_HARNESS_MAIN
