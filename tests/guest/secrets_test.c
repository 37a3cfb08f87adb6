// SPDX-License-Identifier: GPL-2.0
/*
 * No address of the kernel comes out of the module, and no byte that nobody wrote: not
 * in records, text, nor the structures of the ioctls, and what a call does not return
 * it does not write.
 *
 * secrets_test.sh runs this with a module whose memory is full of STALE.
 */
#include <ctype.h>
#include <sys/shm.h>

#include "mmtrace_test.h"

#define STALE		0xfe	/* of the variant "stale"; here in all that is to be written */
#define STALE_RUN	4	/* bytes; as many that are meant to be so do not come */
#define ROOM		(64 * 1024)

static bool is_stale(const void *at, size_t len)
{
	const __u8 *bytes = at;
	size_t i;

	for (i = 0; i < len && bytes[i] == STALE; i++)
		;
	return i == len;
}

/* All that was written was meant to be. */
static void expect_written(struct __test_metadata *_metadata, const void *at, size_t len,
			   const char *what)
{
	size_t i;

	for (i = 0; i + STALE_RUN <= len; i++)
		ASSERT_FALSE(is_stale(at + i, STALE_RUN))
			TH_LOG("%s: nobody wrote byte %zu of %zu", what, i, len);
}

/* With 48 and with 57 bits of addresses. */
static void expect_no_address(struct __test_metadata *_metadata, const void *at, size_t len,
			      const char *what)
{
	const __u64 *words = at;
	size_t i;

	for (i = 0; i < len / sizeof(*words); i++)
		ASSERT_GT(0xff00000000000000, words[i])
			TH_LOG("%s: %#llx at %zu", what, words[i], i * sizeof(*words));
}

/* All that is aligned; and what may well be -1 or an errno is not. */
static void expect_no_address_in_record(struct __test_metadata *_metadata,
					const struct mmtrace_record *record)
{
	static __u64 copy[MMTRACE_RECORD_MAX / 8];
	struct mmtrace_record *known = (void *)copy;

	ASSERT_GE(sizeof(copy), record->head.size);
	memcpy(copy, record, record->head.size);
	if (record->head.event != MMTRACE_EVENT_LOST) {
		if (known->call.ret < 0 && known->call.ret >= -4095)
			known->call.ret = 0;
		if (known->call.syscall == -1)
			known->call.syscall = 0;
	}
	expect_no_address(_metadata, copy, record->head.size, "record");
}

/* What is behind the NUL of a name is zero. */
static void expect_text(struct __test_metadata *_metadata, const char *text, size_t room)
{
	size_t i = strnlen(text, room);

	ASSERT_GT(room, i);
	for (; i < room; i++)
		EXPECT_EQ(0, text[i]) TH_LOG("byte %zu behind '%s'", i, text);
}

FIXTURE(secrets)
{
	struct trace	trace;
	int		shm;
};

FIXTURE_VARIANT(secrets)
{
	__u32	format;
	__u32	mode;
	__u32	flags;
};

FIXTURE_VARIANT_ADD(secrets, binary)
{
	MMTRACE_FORMAT_BINARY, MMTRACE_MODE_DISCARD, 0,
};

FIXTURE_VARIANT_ADD(secrets, binary_overwrite)
{
	MMTRACE_FORMAT_BINARY, MMTRACE_MODE_OVERWRITE, 0,
};

FIXTURE_VARIANT_ADD(secrets, binary_stack)
{
	MMTRACE_FORMAT_BINARY, MMTRACE_MODE_DISCARD, MMTRACE_CONFIG_STACK,
};

FIXTURE_VARIANT_ADD(secrets, binary_stack_overwrite)
{
	MMTRACE_FORMAT_BINARY, MMTRACE_MODE_OVERWRITE, MMTRACE_CONFIG_STACK,
};

FIXTURE_VARIANT_ADD(secrets, text)
{
	MMTRACE_FORMAT_TEXT, MMTRACE_MODE_DISCARD, 0,
};

FIXTURE_VARIANT_ADD(secrets, text_stack_overwrite)
{
	MMTRACE_FORMAT_TEXT, MMTRACE_MODE_OVERWRITE, MMTRACE_CONFIG_STACK,
};

FIXTURE_SETUP(secrets)
{
	struct mmtrace_config config;

	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.mode		= variant->mode,
			.flags		= variant->flags,
			.ring_size	= 65536,
		   });
	ASSERT_EQ(0, get_config(self->trace.fd, &config));
	config.format = variant->format;
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_SET_CONFIG, &config));
	self->shm = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
	ASSERT_LE(0, self->shm);
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(secrets)
{
	shmctl(self->shm, IPC_RMID, NULL);
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static void map_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	unlink(name);
	mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
}

/* Names of all lengths, so that there is padding of every length. */
static void map_files(void)
{
	char name[64] = "a";
	int i;

	for (i = 0; i < 17; i++) {
		map_file(name);
		strcat(name, "b");
	}
}

/* What works, what fails, and what the kernel maps by itself. */
static void map_all_kinds(int shm)
{
	char *at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long context = 0;

	syscall(SYS_remap_file_pages, at, PAGE, 0, 1, 0);
	syscall(SYS_remap_file_pages, NULL, PAGE, 1, 0, 0);
	syscall(SYS_mremap, at, PAGE, PAGE, 0, 0);
	syscall(SYS_mremap, NULL, PAGE, 0, 0x40, 0);
	syscall(SYS_mmap, 0, 0, 0, 0, 0, 0);
	shmdt(shmat(shm, NULL, 0));
	syscall(SYS_io_setup, 1, &context);
	syscall(SYS_io_destroy, context);
	munmap(at, 4 * PAGE);
	map_files();
}

static void run_program(void)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

/* Of a session in binary. Returns bytes, 0 if there was nothing. */
static size_t search_records(struct __test_metadata *_metadata, struct trace *trace)
{
	const struct mmtrace_record *record = NULL;
	ssize_t got;

	memset(trace->buf, STALE, sizeof(trace->buf));
	got = read(trace->fd, trace->buf, ROOM);
	trace->len = got > 0 ? got : 0;
	ASSERT_TRUE(is_stale(trace->buf + trace->len, sizeof(trace->buf) - trace->len));
	expect_written(_metadata, trace->buf, trace->len, "records");
	while ((record = trace_next(trace, record))) {
		record_check(_metadata, trace, record);
		expect_no_address_in_record(_metadata, record);
	}
	return trace->len;
}

/* 16 digits, as addresses of the kernel are and none of a program is. */
static bool is_kernel_text(const char *text)
{
	int i;

	for (i = 0; i < 16; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return !strncasecmp(text, "ff", 2);
}

static size_t search_text(struct __test_metadata *_metadata, struct trace *trace)
{
	const char *text = (const char *)trace->buf;
	ssize_t got;
	size_t i;

	memset(trace->buf, STALE, sizeof(trace->buf));
	got = read(trace->fd, trace->buf, ROOM);
	trace->len = got > 0 ? got : 0;
	ASSERT_TRUE(is_stale(trace->buf + trace->len, sizeof(trace->buf) - trace->len));
	trace->buf[trace->len] = '\0';
	for (i = 0; i < trace->len; i++) {
		ASSERT_TRUE(text[i] == '\n' || isprint((unsigned char)text[i]))
			TH_LOG("byte %#x in '%.80s'", (__u8)text[i], text + i);
		ASSERT_FALSE(is_kernel_text(text + i)) TH_LOG("'%.80s'", text + i);
	}
	EXPECT_EQ(NULL, strstr(text, "fefefefe"));
	return trace->len;
}

/* scenario 29, 45 */
TEST_F(secrets, read)
{
	int round, shm = self->shm;
	size_t total = 0, got;

	/* A ring full, and once more behind what was read. */
	for (round = 0; round < 10; round++) {
		map_all_kinds(shm);
		run_program();
		if (round % 5 == 4) {
			while ((got = variant->format == MMTRACE_FORMAT_TEXT ?
				search_text(_metadata, &self->trace) :
				search_records(_metadata, &self->trace)))
				total += got;
		}
	}
	EXPECT_LT(ROOM, total);
}

FIXTURE(ioctls)
{
	int	fd;
	__u8	buf[2 * PAGE];
};

FIXTURE_SETUP(ioctls)
{
	static const struct mmtrace_pred pred = {
		MMTRACE_FIELD_PATH, MMTRACE_OP_GLOB, MMTRACE_ACCEPT, MMTRACE_REJECT, 0, 5
	};
	struct mmtrace_trigger trigger = {
		.size		= sizeof(trigger),
		.preds_len	= 1,
		.strings_len	= 5,
		.preds		= (unsigned long)&pred,
		.strings	= (unsigned long)"*/abc",
	};
	struct mmtrace_config config;

	self->fd = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_config(self->fd, &config));
	config.mode = MMTRACE_MODE_OVERWRITE;
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, set_filter(self->fd, MMTRACE_IOC_SET_FILTER, &pred, 1, "*/abc"));
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_SET_TRIGGER, &trigger));
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, MMTRACE_IOC_START, NULL));
	memset(self->buf, STALE, sizeof(self->buf));
}

FIXTURE_TEARDOWN(ioctls)
{
	close(self->fd);
	expect_nothing_left(_metadata);
}

/* Asks with all that is out full of STALE; only @size bytes are written, and all of these. */
#define ask(cmd, type, ...) ({							\
	type *asked_ = (type *)self->buf;					\
										\
	memset(self->buf, STALE, sizeof(self->buf));				\
	asked_->size = sizeof(*asked_);						\
	{ __VA_ARGS__; }							\
	ASSERT_EQ(0, mmtrace_ioctl(self->fd, cmd, asked_));			\
	EXPECT_EQ(sizeof(*asked_), asked_->size);				\
	expect_written(_metadata, asked_, sizeof(*asked_), #cmd);		\
	expect_no_address(_metadata, asked_, sizeof(*asked_), #cmd);		\
	EXPECT_TRUE(is_stale(asked_ + 1, sizeof(self->buf) - sizeof(*asked_)))	\
		TH_LOG(#cmd " writes past its structure");			\
	asked_;									\
})

TEST_F(ioctls, structures)
{
	struct mmtrace_event_info *event;
	struct mmtrace_session *session;
	struct mmtrace_info *info;
	__u32 i;

	info = ask(MMTRACE_IOC_INFO, struct mmtrace_info);
	expect_text(_metadata, info->version, sizeof(info->version));
	for (i = 1; i < MMTRACE_EVENT_COUNT; i++) {
		event = ask(MMTRACE_IOC_EVENT, struct mmtrace_event_info, asked_->event = i);
		expect_text(_metadata, event->symbols, sizeof(event->symbols));
		expect_text(_metadata, event->reason, sizeof(event->reason));
	}
	EXPECT_EQ(0, ask(MMTRACE_IOC_GET_CONFIG, struct mmtrace_config)->reserved);
	for (i = 0; i < MMTRACE_EVENT_COUNT; i++)
		ask(MMTRACE_IOC_STATS, struct mmtrace_stats, asked_->event = i,
		    asked_->session = 0, asked_->cpu = 0, asked_->reserved = 0);
	session = ask(MMTRACE_IOC_SESSION, struct mmtrace_session, asked_->id = 1,
		      asked_->reserved = 0);
	EXPECT_EQ(0, session->reserved);
	expect_text(_metadata, session->comm, sizeof(session->comm));
	ask(MMTRACE_IOC_FOLLOW, struct mmtrace_follow, asked_->flags = 0, asked_->pid = getpid());
}

/* With more room than there is need for: it is left as it was. */
TEST_F(ioctls, filters)
{
	struct mmtrace_pred preds[2];
	char strings[16];

	memset(preds, STALE, sizeof(preds));
	memset(strings, STALE, sizeof(strings));
	ask(MMTRACE_IOC_GET_FILTER, struct mmtrace_filter, asked_->flags = 0,
	    asked_->preds_len = 2, asked_->preds = (unsigned long)preds,
	    asked_->strings_len = sizeof(strings), asked_->strings = (unsigned long)strings);
	expect_written(_metadata, preds, sizeof(preds[0]), "predicate");
	EXPECT_TRUE(is_stale(&preds[1], sizeof(preds[1])));
	EXPECT_EQ(0, memcmp("*/abc", strings, 5));
	EXPECT_TRUE(is_stale(strings + 5, sizeof(strings) - 5));

	memset(preds, STALE, sizeof(preds));
	memset(strings, STALE, sizeof(strings));
	ask(MMTRACE_IOC_GET_TRIGGER, struct mmtrace_trigger, asked_->flags = 0,
	    asked_->preds_len = 2, asked_->preds = (unsigned long)preds,
	    asked_->strings_len = sizeof(strings), asked_->strings = (unsigned long)strings);
	expect_written(_metadata, preds, sizeof(preds[0]), "predicate");
	EXPECT_TRUE(is_stale(&preds[1], sizeof(preds[1])));
	EXPECT_TRUE(is_stale(strings + 5, sizeof(strings) - 5));
}

TEST_HARNESS_MAIN
