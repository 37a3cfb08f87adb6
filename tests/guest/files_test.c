// SPDX-License-Identifier: GPL-2.0
/* Every kind of file that can be mapped is told apart, and is identified. */
#include <linux/dma-buf.h>
#include <linux/udmabuf.h>
#include <sched.h>
#include <sys/mount.h>

#include "mmtrace_test.h"
#include "file.h"

#define HUGE_PAGE	(2ul << 20)
#define HUGE_PAGES	"/proc/sys/vm/nr_hugepages"

FIXTURE(files)
{
	struct trace	trace;
	char		base[2048];
	char		path[4096];
};

FIXTURE_SETUP(files)
{
	ASSERT_NE(NULL, getcwd(self->base, sizeof(self->base)));
	snprintf(self->path, sizeof(self->path), "%s/file", self->base);
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(files)
{
	unlink("file");
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static int make_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 || ftruncate(fd, PAGE) ? -1 : fd;
}

TEST_F(files, open_flags)
{
	static const int flags[] = {
		O_RDWR, O_RDWR | O_APPEND, O_RDWR | O_NONBLOCK, O_RDWR | O_SYNC, O_RDWR | O_NOATIME,
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		fd = make_file("file", flags[i]);
		ASSERT_LE(0, fd);
		expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, self->path, 0);
		ASSERT_EQ(0, fcntl(fd, F_SETFL, O_APPEND));
		expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, self->path, 0);
		close(fd);
		fd = open("file", O_RDONLY | O_CLOEXEC);
		expect_file(_metadata, &self->trace, fd, PAGE, MAP_PRIVATE, self->path, 0);
		close(fd);
	}
}

/* Another file of the same name is another one; a change is a change. */
TEST_F(files, identity)
{
	const struct mmtrace_file *file;
	__u32 generation;
	__s64 ctime;
	int fd;

	fd = make_file("file", O_RDWR);
	file = file_of(expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, self->path, 0));
	generation = file->generation;
	ctime = file->ctime;
	EXPECT_LT(0, ctime);
	ASSERT_EQ(0, futimens(fd, NULL));
	ASSERT_EQ(0, fchmod(fd, 0640));
	file = file_of(expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, self->path, 0));
	EXPECT_LE(ctime, file->ctime);
	close(fd);
	ASSERT_EQ(0, unlink("file"));
	fd = make_file("file", O_RDWR);
	file = file_of(expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, self->path, 0));
	EXPECT_NE(generation, file->generation) TH_LOG("is this no ext4?");
	close(fd);
}

TEST_F(files, without_a_name)
{
	char path[4096];
	struct stat status;
	int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, PAGE));
	ASSERT_EQ(0, fstat(fd, &status));
	snprintf(path, sizeof(path), "%s/#%llu", self->base, (unsigned long long)status.st_ino);
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, path, MMTRACE_R_UNLINKED);
	close(fd);
}

#define MEMFD	(MMTRACE_R_MEMFD | MMTRACE_R_UNLINKED)

TEST_F(files, memfd)
{
	static const char *const names[] = { "name", "", "a b\n", "x (deleted)", "SYSV", "\xff" };
	char path[300];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fd = memfd_create(names[i], MFD_CLOEXEC);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, ftruncate(fd, PAGE));
		snprintf(path, sizeof(path), "/memfd:%s", names[i]);
		expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, path, MEMFD);
		close(fd);
	}
}

/* Nor has a buffer for devices a path; what is in its name, anybody who has it can change. */
TEST_F(files, dma_buffer)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC, .size = PAGE };
	int device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), memory, fd;

	if (device < 0)
		SKIP(return, "this kernel makes no such buffers");
	memory = memfd_create("buffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	ASSERT_LE(0, memory);
	ASSERT_EQ(0, ftruncate(memory, PAGE));
	ASSERT_EQ(0, fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK));
	create.memfd = memory;
	fd = ioctl(device, UDMABUF_CREATE, &create);
	ASSERT_LE(0, fd);
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, "/dmabuf:", 0);
	ASSERT_EQ(0, ioctl(fd, DMA_BUF_SET_NAME, "a b\n"));
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, "/dmabuf:a b\n", 0);
	close(fd);
	close(memory);
	close(device);
}

static bool has_huge_pages(void)
{
	int fd = open(HUGE_PAGES, O_RDWR | O_CLOEXEC);
	char text[16] = "";
	bool has;

	has = write(fd, "8", 1) == 1 && pread(fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) > 1;
	close(fd);
	return has;
}

TEST_F(files, hugetlb)
{
	const struct mmtrace_record *record;
	void *at;
	int id, fd;

	if (!has_huge_pages())
		SKIP(return, "no huge pages to be had");
	fd = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, HUGE_PAGE));
	expect_file(_metadata, &self->trace, fd, HUGE_PAGE, MAP_SHARED, "/memfd:huge", MEMFD);
	close(fd);
	record = expect_file(_metadata, &self->trace, -1, HUGE_PAGE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, "/anon_hugepage",
			     MMTRACE_R_UNLINKED);
	EXPECT_TRUE(record->head.flags & MMTRACE_R_HUGETLB);
	EXPECT_EQ(0, record->head.flags & MMTRACE_R_TMPFS);

	id = shmget(IPC_PRIVATE, HUGE_PAGE, IPC_CREAT | SHM_HUGETLB | 0600);
	ASSERT_LE(0, id);
	trace_read(_metadata, &self->trace);
	at = shmat(id, NULL, 0);
	trace_read(_metadata, &self->trace);
	shmctl(id, IPC_RMID, NULL);
	record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(MMTRACE_R_FILE | MMTRACE_R_SHM | MMTRACE_R_HUGETLB | MMTRACE_R_UNLINKED,
		  record->head.flags);
	EXPECT_STREQ("/SYSV00000000", path_of(record));
	shmdt(at);
}

TEST_F(files, sysv_shared_memory)
{
	const struct mmtrace_record *record;
	int id = shmget(0x1234abcd, PAGE, IPC_CREAT | IPC_EXCL | 0600);
	void *at;

	ASSERT_LE(0, id);
	trace_read(_metadata, &self->trace);
	at = shmat(id, NULL, 0);
	trace_read(_metadata, &self->trace);
	record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	EXPECT_EQ(MMTRACE_R_FILE | MMTRACE_R_SHM | MMTRACE_R_TMPFS | MMTRACE_R_UNLINKED,
		  record->head.flags);
	EXPECT_STREQ("/SYSV1234abcd", path_of(record));
	EXPECT_EQ((__u64)id, file_of(record)->inode);
	expect_in_maps(_metadata, record);
	shmdt(at);
	shmctl(id, IPC_RMID, NULL);
}

TEST_F(files, posix_shared_memory)
{
	int fd = shm_open("/mmtrace-test", O_RDWR | O_CREAT | O_EXCL, 0600);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, PAGE));
	EXPECT_TRUE(expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED,
				"/dev/shm/mmtrace-test", 0)->head.flags & MMTRACE_R_TMPFS);
	ASSERT_EQ(0, shm_unlink("/mmtrace-test"));
	EXPECT_TRUE(expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED,
				"/dev/shm/mmtrace-test", MMTRACE_R_UNLINKED)->head.flags &
		    MMTRACE_R_TMPFS);
	close(fd);
}

TEST_F(files, device)
{
	const struct mmtrace_record *record;
	int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);

	record = expect_file(_metadata, &self->trace, fd, PAGE, MAP_PRIVATE, "/dev/zero", 0);
	EXPECT_TRUE(record->head.flags & MMTRACE_R_DEVICE);
	record = expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, "/dev/zero", 0);
	EXPECT_TRUE(record->head.flags & MMTRACE_R_DEVICE);
	close(fd);
}

TEST_F(files, anonymous)
{
	static const int maps[] = { MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS };
	const struct mmtrace_record *record;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		trace_read(_metadata, &self->trace);
		munmap(mmap(NULL, PAGE, PROT_READ, maps[i], -1, 0), PAGE);
		trace_read(_metadata, &self->trace);
		record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
		ASSERT_NE(NULL, record);
		EXPECT_EQ(MMTRACE_R_FD, record->head.flags);
		EXPECT_NULL(file_of(record));
		EXPECT_EQ(-1, record->do_mmap.fd);
	}
}

/* The same file is where it was opened: below a mount, or below a bind mount. */
TEST_F(files, mounts)
{
	char inner[4096], bound[4096];
	int fd;

	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mkdir("mnt", 0700));
	ASSERT_EQ(0, mkdir("bound", 0700));
	ASSERT_EQ(0, mount("none", "mnt", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mount("mnt", "bound", NULL, MS_BIND, NULL));
	snprintf(inner, sizeof(inner), "%s/mnt/file", self->base);
	snprintf(bound, sizeof(bound), "%s/bound/file", self->base);
	fd = make_file(inner, O_RDWR);
	ASSERT_LE(0, fd);
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, inner, 0);
	close(fd);
	fd = open(bound, O_RDWR | O_CLOEXEC);
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, bound, 0);
	close(fd);
	ASSERT_EQ(0, umount("bound"));
	ASSERT_EQ(0, umount("mnt"));
	ASSERT_EQ(0, rmdir("bound"));
	ASSERT_EQ(0, rmdir("mnt"));
}

/* The path is from the root of the process that maps. */
TEST_F(files, chroot)
{
	const struct mmtrace_record *record;
	struct stat status;
	pid_t pid;
	int fd;

	fd = make_file("file", O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fstat(fd, &status));
	pid = fork();
	if (!pid)
		_exit(chroot(".") ||
		      mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	ASSERT_TRUE(child_is_well(pid));
	trace_read(_metadata, &self->trace);
	record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, pid, 0);
	ASSERT_NE(NULL, record);
	ASSERT_NE(NULL, file_of(record));
	EXPECT_STREQ("/file", file_of(record)->path);
	EXPECT_EQ(status.st_ino, file_of(record)->inode);
	close(fd);
}

TEST_HARNESS_MAIN
