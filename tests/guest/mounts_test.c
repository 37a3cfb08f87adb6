// SPDX-License-Identifier: GPL-2.0
/*
 * The path of a file is what the kernel says in /proc, however the file's mount
 * came to where it is, and whether it can be reached at all.
 */
#include <linux/perf_event.h>
#include <sched.h>
#include <sys/mount.h>

#include "file.h"
#include "mmtrace_test.h"
#include "own_mounts.h"
#include "realtime.h"

/**
 * struct place - where a test is at work
 * @trace: what is mapped meanwhile
 * @fds: /proc/self/fd, which stays what it is in another root
 * @base: the current directory when it began
 */
struct place {
	struct trace	trace;
	int		fds;
	char		base[2048];
};

FIXTURE(mounts)
{
	struct place place;
};

FIXTURE_SETUP(mounts)
{
	self->place.fds = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ASSERT_LE(0, self->place.fds);
	own_mounts(_metadata, self->place.base, sizeof(self->place.base));
	trace_open(_metadata, &self->place.trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	trace_start(_metadata, &self->place.trace);
}

FIXTURE_TEARDOWN(mounts)
{
	close(self->place.trace.fd);
	close(self->place.fds);
}

static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 || ftruncate(fd, PAGE) ? -1 : fd;
}

static const struct mmtrace_record *map(struct __test_metadata *_metadata, struct trace *trace,
					int fd)
{
	const struct mmtrace_record *record;

	trace_read(_metadata, trace);
	ASSERT_EQ(0, munmap(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGE));
	trace_read(_metadata, trace);
	record = trace_find(trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
	ASSERT_NE(NULL, record);
	ASSERT_NE(NULL, file_of(record));
	return record;
}

/* How much of a path a realtime kernel allows to be known. */
enum known {
	WHOLE,		/* all of it */
	UNSURE,		/* all of it, but not that it is all */
	LAST_NAME,	/* nothing else */
};

static void expect_as_in_proc(struct __test_metadata *_metadata, struct place *place, int fd,
			      const char *expected, enum known known)
{
	const struct mmtrace_record *record = map(_metadata, &place->trace, fd);
	char name[16], said[8192], seen[8192];
	ssize_t len;

	snprintf(name, sizeof(name), "%d", fd);
	len = readlinkat(place->fds, name, said, sizeof(said) - 1);
	ASSERT_LT(0, len) TH_LOG("%s", strerror(errno));
	said[len] = '\0';
	EXPECT_EQ(0, strncmp(expected, said, strlen(expected)))
		TH_LOG("/proc has '%s', not '%s': what is tested?", said, expected);
	snprintf(seen, sizeof(seen), "%s%s", path_of(record),
		 record->head.flags & MMTRACE_R_UNLINKED ? " (deleted)" : "");
	if (!is_realtime())
		known = WHOLE;
	EXPECT_STREQ(known == LAST_NAME ? strrchr(said, '/') + 1 : said, seen);
	EXPECT_EQ(known != WHOLE, !!(record->head.flags & MMTRACE_R_PATH_CUT));
}

static void expect_path(struct __test_metadata *_metadata, struct place *place, int fd,
			const char *format, enum known known)
{
	char expected[8192];

	ASSERT_LE(0, fd) TH_LOG("%s", strerror(errno));
	snprintf(expected, sizeof(expected), format, place->base);
	expect_as_in_proc(_metadata, place, fd, expected, known);
}

TEST_F(mounts, bind_of_a_file)
{
	int fd;

	close(make_file("file"));
	close(make_file("bound"));
	ASSERT_EQ(0, mount("file", "bound", NULL, MS_BIND, NULL));
	fd = open("bound", O_RDWR | O_CLOEXEC);
	expect_path(_metadata, &self->place, fd, "%s/bound", WHOLE);
	ASSERT_EQ(0, unlink("file"));
	expect_path(_metadata, &self->place, fd, "%s/bound", WHOLE);
}

TEST_F(mounts, bind_of_a_directory)
{
	int fd;

	ASSERT_EQ(0, mkdir("a", 0700) || mkdir("a/b", 0700) || mkdir("c", 0700));
	close(make_file("a/b/file"));
	ASSERT_EQ(0, mount("a/b", "c", NULL, MS_BIND, NULL));
	fd = open("c/file", O_RDWR | O_CLOEXEC);
	expect_path(_metadata, &self->place, fd, "%s/c/file", WHOLE);
	/* Out of the mount, and back into it. */
	ASSERT_EQ(0, mkdir("a/b/d", 0700));
	close(make_file("a/b/d/file"));
	fd = open("c/d/file", O_RDWR | O_CLOEXEC);
	expect_path(_metadata, &self->place, fd, "%s/c/d/file", WHOLE);
	ASSERT_EQ(0, rename("a/b/d", "a/d"));
	expect_path(_metadata, &self->place, fd, "/", WHOLE);
	ASSERT_EQ(0, rename("a/d", "a/b/e"));
	expect_path(_metadata, &self->place, fd, "%s/c/e/file", WHOLE);
}

TEST_F(mounts, moved)
{
	int fd;

	ASSERT_EQ(0, mkdir("a", 0700) || mkdir("b", 0700) || mkdir("b/c", 0700));
	ASSERT_EQ(0, mount("none", "a", "tmpfs", 0, NULL));
	fd = make_file("a/file");
	expect_path(_metadata, &self->place, fd, "%s/a/file", WHOLE);
	ASSERT_EQ(0, mount("a", "b/c", NULL, MS_MOVE, NULL));
	expect_path(_metadata, &self->place, fd, "%s/b/c/file", WHOLE);
	ASSERT_EQ(0, rename("b", "d"));
	expect_path(_metadata, &self->place, fd, "%s/d/c/file", WHOLE);
}

/* Nobody can say where it is: what is left is the path in what was taken away. */
TEST_F(mounts, taken_away)
{
	int fd, inner;

	ASSERT_EQ(0, mkdir("a", 0700));
	ASSERT_EQ(0, mount("none", "a", "tmpfs", 0, NULL));
	ASSERT_EQ(0, mkdir("a/b", 0700) || mkdir("a/c", 0700));
	ASSERT_EQ(0, mount("none", "a/b", "tmpfs", 0, NULL));
	fd = make_file("a/c/file");
	inner = make_file("a/b/file");
	ASSERT_EQ(0, umount2("a", MNT_DETACH));
	expect_path(_metadata, &self->place, fd, "/c/file", UNSURE);
	expect_path(_metadata, &self->place, inner, "/", UNSURE);
	ASSERT_EQ(0, unlinkat(AT_FDCWD, "a", AT_REMOVEDIR));
	expect_path(_metadata, &self->place, fd, "/c/file", UNSURE);
}

TEST_F(mounts, never_attached)
{
	int tree, fd;

	ASSERT_EQ(0, mkdir("a", 0700));
	close(make_file("a/file"));
	tree = syscall(SYS_open_tree, AT_FDCWD, "a", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	ASSERT_LE(0, tree);
	fd = openat(tree, "file", O_RDWR | O_CLOEXEC);
	expect_path(_metadata, &self->place, fd, "/file", UNSURE);
}

TEST_F(mounts, outside_of_the_root)
{
	int fd, inside, other_mount;

	ASSERT_EQ(0, mkdir("a", 0700) || mkdir("a/b", 0700) || mkdir("c", 0700));
	ASSERT_EQ(0, mount("none", "c", "tmpfs", 0, NULL));
	fd = make_file("file");
	inside = make_file("a/b/file");
	other_mount = make_file("c/file");
	ASSERT_EQ(0, chroot("a"));
	expect_path(_metadata, &self->place, inside, "/b/file", WHOLE);
	expect_path(_metadata, &self->place, fd, "%s/file", UNSURE);
	expect_path(_metadata, &self->place, other_mount, "%s/c/file", UNSURE);
}

TEST_F(mounts, of_another_namespace)
{
	int fd = make_file("file");

	/* It lives as long as somebody looks at it. */
	ASSERT_LE(0, open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, umount2(self->place.base, MNT_DETACH));
	expect_path(_metadata, &self->place, fd, "%s/file", UNSURE);
}

TEST_F(mounts, root_of_a_mount)
{
	int fd;

	close(make_file("file"));
	ASSERT_EQ(0, mkdir("a", 0700));
	close(make_file("a/root"));
	ASSERT_EQ(0, mount("file", "a/root", NULL, MS_BIND, NULL));
	fd = open("a/root", O_RDWR | O_CLOEXEC);
	ASSERT_EQ(0, umount2("a/root", MNT_DETACH));
	expect_path(_metadata, &self->place, fd, "/", UNSURE);
}

/* More than is walked: then d_path() is asked, which no realtime kernel allows. */
TEST_F(mounts, too_far_to_walk)
{
	char expected[8192], *end = stpcpy(expected, self->place.base);
	int i, fd;

	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, mkdir("d", 0700) || chdir("d"));
		end = stpcpy(end, "/d");
	}
	fd = make_file("file");
	strcpy(end, "/file");
	expect_as_in_proc(_metadata, &self->place, fd, expected, LAST_NAME);

	end = stpcpy(expected, self->place.base);
	ASSERT_EQ(0, chdir(self->place.base));
	for (i = 0; i < 40; i++) {
		ASSERT_EQ(0, mkdir("m", 0700));
		ASSERT_EQ(0, mount("none", "m", "tmpfs", 0, NULL));
		ASSERT_EQ(0, chdir("m"));
		end = stpcpy(end, "/m");
	}
	fd = make_file("file");
	strcpy(end, "/file");
	expect_as_in_proc(_metadata, &self->place, fd, expected, LAST_NAME);
}

/* Files that never had a path have what their maker calls them. */
TEST_F(mounts, no_mount_at_all)
{
	struct perf_event_attr attr = {
		.type	= PERF_TYPE_SOFTWARE,
		.size	= sizeof(attr),
		.config	= PERF_COUNT_SW_DUMMY,
	};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	const struct mmtrace_record *record = map(_metadata, &self->place.trace, fd);

	EXPECT_STREQ(is_realtime() ? "[perf_event]" : "anon_inode:[perf_event]", path_of(record));
	EXPECT_EQ(is_realtime(), !!(record->head.flags & MMTRACE_R_PATH_CUT));
	EXPECT_EQ(0, record->head.flags & MMTRACE_R_UNLINKED);
}

TEST_HARNESS_MAIN
