// SPDX-License-Identifier: GPL-2.0
/*
 * Each field that a filter can ask for beyond those of filter_test.c, on real
 * calls: what is true of them and what is not, as the kernel says it elsewhere.
 *
 * Every question is asked four times: by itself and reversed, so that it is
 * judged as soon as it can be; and both behind a predicate that only the return
 * decides.
 */
#define _FILE_OFFSET_BITS 64

#include <linux/magic.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "fields.h"
#include "mmtrace_test.h"

#define YES	MMTRACE_ACCEPT
#define NO	MMTRACE_REJECT
#define AREA	(16 * PAGE)

/* A 32-bit program asks for other calls, with an offset in units of 4096. */
#ifdef __LP64__
#define MAP_EVENT	MMTRACE_EVENT_MMAP
#define MAP_CALL	SYS_mmap
#define MAP_UNIT	1
#else
#define MAP_EVENT	MMTRACE_EVENT_MMAP2
#define MAP_CALL	SYS_mmap2
#define MAP_UNIT	4096
#endif

/* i386 has shmat() behind a system call of its own. */
#ifdef SYS_ipc
#define ATTACH		SYS_ipc
#else
#define ATTACH		SYS_shmat
#endif

/* What is to be called, with what is needed for it. */
struct deed {
	void		(*make)(struct deed *deed);
	__u32		event;
	int		fd;
	int		flags;
	unsigned long	addr;
	size_t		len;
	size_t		pages_off;
	long		ret;
};

FIXTURE(filter_fields)
{
	struct trace	trace;
	int		file;
	unsigned long	area;
	struct stat	status;
};

FIXTURE_SETUP(filter_fields)
{
	void *area;

	self->file = open("plain", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(0, ftruncate(self->file, 8 * PAGE));
	ASSERT_EQ(0, fstat(self->file, &self->status));
	/* Room that nobody else maps, far from where the next mapping would go. */
	area = mmap(NULL, 64 * AREA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, area);
	self->area = ((unsigned long)area + AREA) & ~(AREA - 1);
	ASSERT_EQ(0, munmap(area, 64 * AREA));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {});
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(filter_fields)
{
	close(self->trace.fd);
	close(self->file);
	unlink("plain");
	expect_nothing_left(_metadata);
}

static void unmap(long at, size_t len)
{
	if (at > 0 || at < -4095)
		munmap((void *)at, len);
}

static void make_map(struct deed *deed)
{
	deed->ret = raw_syscall(MAP_CALL, deed->addr, deed->len, PROT_READ, deed->flags, deed->fd,
				deed->pages_off * PAGE / MAP_UNIT);
	unmap(deed->ret, deed->len);
}

static struct deed map_deed(__u32 event, int fd, int flags)
{
	return (struct deed) {
		.make = make_map, .event = event, .fd = fd, .flags = flags, .len = PAGE,
	};
}

static struct deed anon_deed(__u32 event)
{
	return map_deed(event, -1, MAP_PRIVATE | MAP_ANONYMOUS);
}

static void make_attach(struct deed *deed)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);
	void *at = shmat(id, NULL, SHM_RDONLY);

	shmctl(id, IPC_RMID, NULL);
	deed->ret = (long)at;
	shmdt(at);
}

static const struct deed attach_deed = {
	.make = make_attach, .event = MMTRACE_EVENT_DO_MMAP,
};

/* From the area that @addr is in, where one page is mapped, to @addr. */
static void make_remap(struct deed *deed)
{
	char *area = mmap((void *)(deed->addr & ~(AREA - 1)), PAGE, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	deed->ret = raw_syscall(SYS_mremap, area + deed->pages_off * PAGE, deed->len, 2 * PAGE,
				deed->flags, deed->addr);
	unmap(deed->ret, 2 * PAGE);
	munmap(area, PAGE);
}

static void make_remap_pages(struct deed *deed)
{
	void *at = mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, deed->fd, 0);

	deed->addr = (unsigned long)at;
	deed->ret = raw_syscall(SYS_remap_file_pages, at, PAGE, 0, deed->pages_off, 0);
	munmap(at, 4 * PAGE);
}

/* Is the deed recorded, in its event? */
static bool is_recorded(struct __test_metadata *_metadata, struct trace *trace,
			const struct mmtrace_pred *preds, __u32 len, struct deed *deed)
{
	ASSERT_EQ(0, set_filter(trace->fd, MMTRACE_IOC_SET_FILTER, preds, len, NULL));
	trace_read(_metadata, trace);
	deed->make(deed);
	trace_read(_metadata, trace);
	return trace_find(trace, deed->event, gettid(), 0);
}

static void ask(struct __test_metadata *_metadata, struct trace *trace, int line,
		struct deed deed, struct mmtrace_pred pred, bool expected)
{
	struct mmtrace_pred preds[2] = {
		{ MMTRACE_FIELD_FAILED, MMTRACE_OP_EQ, 1, 1, 0, ~0ull },
	};
	int negate;

	for (negate = 0; negate < 2; negate++) {
		pred.on_true = negate ? NO : YES;
		pred.on_false = negate ? YES : NO;
		preds[1] = pred;
		EXPECT_EQ(expected ^ negate, is_recorded(_metadata, trace, &pred, 1, &deed))
			TH_LOG("asked in line %d, %d, %ld returned", line, negate, deed.ret);
		EXPECT_EQ(expected ^ negate, is_recorded(_metadata, trace, preds, 2, &deed))
			TH_LOG("asked in line %d, %d, at return", line, negate);
	}
}

#define IS(deed, field, op, value, mask)	\
	ask(_metadata, &self->trace, __LINE__, deed, (struct mmtrace_pred) {		\
		MMTRACE_FIELD_##field, MMTRACE_OP_##op, 0, 0, value, mask }, true)
#define IS_NOT(deed, field, op, value, mask)	\
	ask(_metadata, &self->trace, __LINE__, deed, (struct mmtrace_pred) {		\
		MMTRACE_FIELD_##field, MMTRACE_OP_##op, 0, 0, value, mask }, false)
#define ALL	(~0ull)

TEST_F(filter_fields, group)
{
	struct deed deed = anon_deed(MMTRACE_EVENT_DO_MMAP);

	ASSERT_EQ(0, setresgid(4711, 0, 0));
	IS(deed, GID, EQ, 4711, ALL);
	IS_NOT(deed, GID, EQ, 0, ALL);
	IS(deed, GID, RANGE, 4711, 5000);
	IS_NOT(deed, GID, RANGE, 4712, ALL);
	ASSERT_EQ(0, setresgid(0, 0, 0));
}

TEST_F(filter_fields, namespaces)
{
	struct deed deed = anon_deed(MMTRACE_EVENT_DO_MMAP);
	__u32 mount = namespace_of("/proc/self/ns/mnt"), pid = namespace_of("/proc/self/ns/pid");

	IS(deed, MNT_NS, EQ, mount, ALL);
	IS(deed, PID_NS, EQ, pid, ALL);
	IS_NOT(deed, PID_NS, EQ, pid + 1, ALL);
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	IS_NOT(deed, MNT_NS, EQ, mount, ALL);
	IS(deed, MNT_NS, EQ, namespace_of("/proc/self/ns/mnt"), ALL);
}

static void enter(struct __test_metadata *_metadata, const char *cgroup)
{
	char path[2048];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd) TH_LOG("%s: %s", path, strerror(errno));
	ASSERT_EQ(1, write(fd, "0", 1)) TH_LOG("%s: %s", path, strerror(errno));
	close(fd);
}

#define ROOT	"/sys/fs/cgroup"
#define DEPTH	(MMTRACE_CGROUPS_MAX + 1)

static __u64 cgroup_at(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_ino;
}

TEST_F(filter_fields, cgroup)
{
	struct deed deed = anon_deed(MMTRACE_EVENT_DO_MMAP);
	__u64 ids[DEPTH + 1], other;
	char path[2048] = ROOT;
	int i;

	/* Each below the one before; the root is the first. */
	ids[0] = cgroup_at(ROOT);
	for (i = 1; i <= DEPTH; i++) {
		strcat(path, "/filter");
		ASSERT_TRUE(!mkdir(path, 0700) || errno == EEXIST) TH_LOG("%s", path);
		ids[i] = cgroup_at(path);
	}
	ASSERT_TRUE(!mkdir(ROOT "/other", 0700) || errno == EEXIST);
	other = cgroup_at(ROOT "/other");
	enter(_metadata, ROOT "/filter/filter");
	IS(deed, CGROUP, EQ, ids[2], ALL);
	IS_NOT(deed, CGROUP, EQ, ids[1], ALL);
	for (i = 0; i <= 2; i++)
		IS(deed, CGROUP, UNDER, ids[i], 0);
	IS_NOT(deed, CGROUP, UNDER, ids[3], 0);
	IS_NOT(deed, CGROUP, UNDER, other, 0);
	/* As many are looked at as there may be, and no more. */
	enter(_metadata, path);
	IS(deed, CGROUP, UNDER, ids[DEPTH - MMTRACE_CGROUPS_MAX + 1], 0);
	IS_NOT(deed, CGROUP, UNDER, ids[DEPTH - MMTRACE_CGROUPS_MAX], 0);
	enter(_metadata, ROOT);
	IS(deed, CGROUP, UNDER, ids[0], 0);
	IS_NOT(deed, CGROUP, UNDER, ids[1], 0);
	for (; i && strlen(path) > strlen(ROOT); *strrchr(path, '/') = '\0')
		rmdir(path);
	rmdir(ROOT "/other");
}

/* The bytes of a mapping where it came to be, in whole pages. */
TEST_F(filter_fields, address_of_mapping)
{
	__u32 events[] = { MMTRACE_EVENT_DO_MMAP, MAP_EVENT };
	unsigned long at = self->area + PAGE;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		struct deed deed = anon_deed(events[i]);

		deed.addr = at;
		deed.len = PAGE + 1;
		deed.flags |= MAP_FIXED_NOREPLACE;
		IS(deed, ADDR, OVERLAP, at, at);
		IS(deed, ADDR, OVERLAP, 0, at);
		IS(deed, ADDR, OVERLAP, at + 2 * PAGE - 1, ALL);
		IS(deed, ADDR, OVERLAP, at + 5, at + 6);
		IS(deed, ADDR, OVERLAP, 0, ALL);
		IS_NOT(deed, ADDR, OVERLAP, 0, at - 1);
		IS_NOT(deed, ADDR, OVERLAP, at + 2 * PAGE, ALL);
		/* Of a failed one, what was asked for. */
		deed.fd = 1000;
		deed.flags = MAP_PRIVATE | MAP_FIXED;
		deed.event = MAP_EVENT;
		IS(deed, ADDR, OVERLAP, at + PAGE, at + PAGE);
		IS_NOT(deed, ADDR, OVERLAP, at + 2 * PAGE, at + 2 * PAGE);
		deed.len = 0;
		IS_NOT(deed, ADDR, OVERLAP, 0, ALL);
	}
}

/* A hint that is not taken is not what came of the call. */
TEST_F(filter_fields, address_of_hint)
{
	struct deed deed = anon_deed(MMTRACE_EVENT_DO_MMAP);
	void *there = mmap((void *)self->area, PAGE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	deed.addr = (unsigned long)there;
	IS_NOT(deed, ADDR, OVERLAP, deed.addr, deed.addr);
	munmap(there, PAGE);
}

TEST_F(filter_fields, address_of_mremap)
{
	unsigned long from = self->area;
	struct deed deed = {
		.make = make_remap, .event = MMTRACE_EVENT_MREMAP, .len = PAGE,
		.flags = MREMAP_MAYMOVE | MREMAP_FIXED, .addr = from + 8 * PAGE,
	};

	IS(deed, ADDR, OVERLAP, from, from);
	IS(deed, ADDR, OVERLAP, from + 9 * PAGE, from + 9 * PAGE);
	IS_NOT(deed, ADDR, OVERLAP, from + PAGE, from + 8 * PAGE - 1);
	IS_NOT(deed, ADDR, OVERLAP, from + 10 * PAGE, ALL);
	IS_NOT(deed, ADDR, OVERLAP, 0, from - 1);
	/* It fails where nothing is mapped: the old bytes, and those asked for. */
	deed.pages_off = 1;
	IS(deed, ADDR, OVERLAP, from + PAGE, from + PAGE);
	IS(deed, ADDR, OVERLAP, from + 9 * PAGE, from + 9 * PAGE);
	deed.flags = MREMAP_MAYMOVE;
	IS_NOT(deed, ADDR, OVERLAP, from + 9 * PAGE, from + 9 * PAGE);
}

TEST_F(filter_fields, address_of_remap_file_pages)
{
	struct deed deed = {
		.make = make_remap_pages, .event = MMTRACE_EVENT_REMAP_FILE_PAGES,
		.fd = self->file, .pages_off = 2,
	};

	deed.make(&deed);
	ASSERT_EQ(0, deed.ret);
	IS(deed, ADDR, OVERLAP, deed.addr, deed.addr);
	IS_NOT(deed, ADDR, OVERLAP, deed.addr + PAGE, ALL);
	/* The call returned 0, which is no address. */
	IS_NOT(deed, ADDR, OVERLAP, 0, deed.addr - 1);
	IS(deed, PGOFF, EQ, 2, ALL);
	IS_NOT(deed, FD, RANGE, 1ull << 63, ALL >> 1);
	IS(deed, SYSCALL, EQ, SYS_remap_file_pages, ALL);
}

TEST_F(filter_fields, offset)
{
	struct deed deed = map_deed(MMTRACE_EVENT_DO_MMAP, self->file, MAP_PRIVATE);
	struct deed remap = {
		.make = make_remap, .event = MMTRACE_EVENT_MREMAP, .len = PAGE,
		.flags = MREMAP_MAYMOVE, .addr = self->area,
	};

	deed.pages_off = 5;
	IS(deed, PGOFF, EQ, 5, ALL);
	IS_NOT(deed, PGOFF, EQ, 5 * PAGE, ALL);
	deed.event = MAP_EVENT;
	IS(deed, PGOFF, EQ, 5, ALL);
	IS(deed, PGOFF, RANGE, 4, 5);
	IS_NOT(deed, PGOFF, GT, 5, ALL);
	IS_NOT(remap, PGOFF, RANGE, 0, ALL);
}

TEST_F(filter_fields, descriptor)
{
	__u32 events[] = { MMTRACE_EVENT_DO_MMAP, MAP_EVENT };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		struct deed deed = map_deed(events[i], self->file, MAP_PRIVATE);

		IS(deed, FD, EQ, self->file, ALL);
		IS_NOT(deed, FD, EQ, self->file + 1, ALL);
		IS(deed, FD, GT, -1ll, ALL);
		IS_NOT(deed, FD, LT, 0, ALL);
		IS(deed, FD, RANGE, -5ll, self->file);
		deed = anon_deed(events[i]);
		IS(deed, FD, EQ, -1ll, ALL);
		IS(deed, FD, LT, 0, ALL);
		IS(deed, FD, RANGE, -1ll, -1ll);
		IS_NOT(deed, FD, GT, -1ll, ALL);
		IS_NOT(deed, FD, RANGE, 0, 5);
	}
	/* There was none: any is not it. */
	IS_NOT(attach_deed, FD, RANGE, 1ull << 63, ALL >> 1);
}

TEST_F(filter_fields, file)
{
	struct deed deed = map_deed(MMTRACE_EVENT_DO_MMAP, self->file, MAP_PRIVATE);
	__u64 dev = (__u64)major(self->status.st_dev) << 32 | minor(self->status.st_dev);
	struct deed anon = anon_deed(MMTRACE_EVENT_DO_MMAP);

	IS(deed, INODE, EQ, self->status.st_ino, ALL);
	IS_NOT(deed, INODE, EQ, self->status.st_ino + 1, ALL);
	IS(deed, DEV, EQ, dev, ALL);
	IS(deed, DEV, EQ, dev & ~0ull << 32, ~0ull << 32);
	IS_NOT(deed, DEV, EQ, dev + 1, ALL);
	IS_NOT(anon, INODE, RANGE, 0, ALL);
	IS_NOT(anon, DEV, RANGE, 0, ALL);
	IS_NOT(anon, KIND, RANGE, 0, ALL);
	deed.event = MAP_EVENT;
	IS_NOT(deed, INODE, RANGE, 0, ALL);
}

#define KINDS	(MMTRACE_R_UNLINKED | MMTRACE_R_MEMFD | MMTRACE_R_SHM | MMTRACE_R_TMPFS | \
		 MMTRACE_R_HUGETLB | MMTRACE_R_DEVICE)

/* All kinds, each by itself, that this one is and is not. */
static void ask_kinds(struct __test_metadata *_metadata, struct trace *trace, int line,
		      struct deed deed, __u32 kinds)
{
	struct mmtrace_pred pred = { .field = MMTRACE_FIELD_KIND, .op = MMTRACE_OP_ANY };

	for (pred.mask = MMTRACE_R_UNLINKED; pred.mask <= MMTRACE_R_DEVICE; pred.mask <<= 1)
		ask(_metadata, trace, line, deed, pred, kinds & pred.mask);
	pred.op = MMTRACE_OP_EQ;
	pred.mask = ~0ull;
	pred.value = kinds;
	ask(_metadata, trace, line, deed, pred, true);
	pred.op = MMTRACE_OP_RANGE;
	pred.value = kinds;
	pred.mask = kinds;
	ask(_metadata, trace, line, deed, pred, true);
}

TEST_F(filter_fields, kinds)
{
	int memory = memfd_create("x", MFD_CLOEXEC), null = open("/dev/zero", O_RDWR | O_CLOEXEC);
	const __u32 tmpfs = KINDS & (MMTRACE_R_TMPFS | MMTRACE_R_UNLINKED);
	struct deed deed = map_deed(MMTRACE_EVENT_DO_MMAP, self->file, MAP_PRIVATE);
	struct statfs filesystem;
	__u32 own;

	ASSERT_EQ(0, fstatfs(self->file, &filesystem));
	own = filesystem.f_type == TMPFS_MAGIC ? MMTRACE_R_TMPFS : 0;
	ASSERT_EQ(0, ftruncate(memory, PAGE));
	ask_kinds(_metadata, &self->trace, __LINE__, deed, own);
	unlink("plain");
	ask_kinds(_metadata, &self->trace, __LINE__, deed, own | MMTRACE_R_UNLINKED);
	deed.fd = memory;
	ask_kinds(_metadata, &self->trace, __LINE__, deed, tmpfs | MMTRACE_R_MEMFD);
	deed.fd = null;
	/* /dev is on a tmpfs. */
	ask_kinds(_metadata, &self->trace, __LINE__, deed, MMTRACE_R_DEVICE | MMTRACE_R_TMPFS);
	ask_kinds(_metadata, &self->trace, __LINE__, attach_deed, tmpfs | MMTRACE_R_SHM);
	close(memory);
	close(null);
}

TEST_F(filter_fields, result)
{
	struct deed deed = anon_deed(MMTRACE_EVENT_DO_MMAP);

	deed.addr = self->area;
	deed.flags |= MAP_FIXED_NOREPLACE;
	IS(deed, RET, EQ, self->area, ALL);
	IS(deed, RET, GT, 0, ALL);
	IS_NOT(deed, RET, LT, 0, ALL);
	IS(deed, ERRNO, EQ, 0, ALL);
	IS(deed, DURATION, GT, 0, ALL);
	IS(deed, DURATION, RANGE, 1, 1ull << 40);
	IS_NOT(deed, DURATION, LT, 1, ALL);
	IS_NOT(deed, DURATION, GT, 1ull << 40, ALL);
	deed = map_deed(MAP_EVENT, 1000, MAP_PRIVATE);
	IS(deed, RET, EQ, -(long long)EBADF, ALL);
	IS(deed, RET, LT, 0, ALL);
	IS(deed, RET, RANGE, -4095ll, -1ll);
	IS_NOT(deed, RET, GT, -1ll, ALL);
	IS(deed, ERRNO, EQ, EBADF, ALL);
	IS_NOT(deed, ERRNO, EQ, EINVAL, ALL);
	IS_NOT(deed, ERRNO, EQ, 0, ALL);
	IS(deed, ERRNO, RANGE, 1, 4095);
}

TEST_F(filter_fields, system_call)
{
	__u32 events[] = { MMTRACE_EVENT_DO_MMAP, MAP_EVENT };
	const bool compat = sizeof(long) == 4;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		struct deed deed = anon_deed(events[i]);

		IS(deed, SYSCALL, EQ, MAP_CALL, ALL);
		IS_NOT(deed, SYSCALL, EQ, MAP_CALL + 1, ALL);
		IS(deed, SYSCALL, GT, -1ll, ALL);
		IS_NOT(deed, SYSCALL, LT, 0, ALL);
		IS(deed, COMPAT, EQ, compat, ALL);
		IS_NOT(deed, COMPAT, EQ, !compat, ALL);
	}
	IS(attach_deed, COMPAT, EQ, compat, ALL);
	IS(attach_deed, SYSCALL, EQ, ATTACH, ALL);
}

/* The lowest and the highest numbers: nothing is below or above them. */
TEST_F(filter_fields, ends_of_ranges)
{
	struct deed deed = anon_deed(MMTRACE_EVENT_DO_MMAP);
	const __u64 lowest = 1ull << 63, highest = lowest - 1;

	IS_NOT(deed, FD, LT, lowest, ALL);
	IS_NOT(deed, FD, GT, highest, ALL);
	IS(deed, FD, GT, lowest, ALL);
	IS(deed, FD, LT, highest, ALL);
	IS(deed, FD, RANGE, lowest, highest);
	IS_NOT(deed, LEN, LT, 0, ALL);
	IS_NOT(deed, LEN, GT, ALL, ALL);
	IS(deed, LEN, RANGE, 0, ALL);
	IS(deed, LEN, RANGE, PAGE, PAGE);
	IS_NOT(deed, LEN, RANGE, 0, PAGE - 1);
	IS_NOT(deed, LEN, RANGE, PAGE + 1, ALL);
}

TEST_HARNESS_MAIN
