// SPDX-License-Identifier: GPL-2.0
/* timeout: 240 */
/*
 * While others rename and move what is on the way to a file, the path in each
 * record is one that the file had at some moment, never a mixture of two.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>

#include "file.h"
#include "mmtrace_test.h"
#include "own_mounts.h"
#include "realtime.h"

#define CALLS		20000
#define ENOUGH_NS	30000000000ull	/* slow kernels make fewer calls */
#define AT_ONCE		50
#define LEVELS		3
#define APART		30
#define PATHS		(2 * LEVELS)
#define LONG		"a-name-that-no-dentry-has-room-for-as-it-is-longer-than-forty-bytes"

/**
 * struct place - where a test is at work
 * @trace: what is mapped meanwhile
 * @base: the current directory when it began
 */
struct place {
	struct trace	trace;
	char		base[2048];
};

FIXTURE(rename)
{
	struct place place;
};

FIXTURE_SETUP(rename)
{
	own_mounts(_metadata, self->place.base, sizeof(self->place.base));
	trace_open(_metadata, &self->place.trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	trace_start(_metadata, &self->place.trace);
}

FIXTURE_TEARDOWN(rename)
{
	close(self->place.trace.fd);
}

/* Somebody who moves a thing from one place to another and back, all the time. */
struct mover {
	const char	*from;
	const char	*to;
	int		(*move)(const char *from, const char *to);
	int		error;
};

static atomic_bool done;

static int move_mount_to(const char *from, const char *to)
{
	return mount(from, to, NULL, MS_MOVE, NULL);
}

static void *keep_moving(void *data)
{
	struct mover *mover = data;

	while (!atomic_load(&done) && !mover->error)
		if (mover->move(mover->from, mover->to) || mover->move(mover->to, mover->from))
			mover->error = errno;
	return NULL;
}

/* What was seen: how often each path, and how often the last name alone. */
struct seen {
	unsigned int	paths[PATHS];
	unsigned int	cut;
};

/* What is left of a path that could not be found is the end of one. */
static bool is_end(const char *path, const char *whole)
{
	size_t len = strlen(path), whole_len = strlen(whole);

	return len <= whole_len && !strcmp(whole + whole_len - len, path);
}

static void look(struct __test_metadata *_metadata, struct place *place,
		 const char *const paths[PATHS], struct seen *seen)
{
	const struct mmtrace_record *record = NULL;
	size_t i, base = strlen(place->base);
	bool cut;

	trace_read(_metadata, &place->trace);
	while ((record = trace_next(&place->trace, record))) {
		if (!file_of(record) || (pid_t)record->call.tid != gettid())
			continue;
		cut = record->head.flags & MMTRACE_R_PATH_CUT;
		for (i = 0; i < PATHS && paths[i]; i++)
			if (cut ? is_end(path_of(record), paths[i]) :
				  !strncmp(path_of(record), place->base, base) &&
				  !strcmp(path_of(record) + base, paths[i]))
				break;
		EXPECT_TRUE(i < PATHS && paths[i])
			TH_LOG("there never was a '%s'", path_of(record));
		if (cut)
			seen->cut++;
		else
			seen->paths[i % PATHS]++;
	}
}

/* Maps @fd while @mover is at work: its path is one of @paths. */
static void map_meanwhile(struct __test_metadata *_metadata, struct place *place, int fd,
			  void *(*mover)(void *data), void *data,
			  const char *const paths[PATHS])
{
	__u64 enough = now_ns() + ENOUGH_NS;
	size_t i, calls, several = 0;
	struct seen seen = {};
	pthread_t thread;

	ASSERT_LE(0, fd);
	atomic_store(&done, false);
	ASSERT_EQ(0, pthread_create(&thread, NULL, mover, data));
	for (calls = 0; calls < CALLS && now_ns() < enough && _metadata->passed; calls++) {
		munmap(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGE);
		if (calls % AT_ONCE)
			continue;
		look(_metadata, place, paths, &seen);
		sched_yield();
	}
	look(_metadata, place, paths, &seen);
	atomic_store(&done, true);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, place->trace.lost);
	for (i = 0; i < PATHS; i++)
		several += !!seen.paths[i];
	EXPECT_LT(1, several) TH_LOG("nothing was moved meanwhile");
	/* In the middle of a move nobody can say: rare, and never but on such a kernel. */
	EXPECT_GE(is_realtime() ? calls / 10 : 0, seen.cut);
	TH_LOG("%zu paths, %u of %zu cut", several, seen.cut, calls);
}

static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 || ftruncate(fd, PAGE) ? -1 : fd;
}

/* Name and place change as one: of each path, no name is in the other. */
TEST_F_TIMEOUT(rename, directory, 100)
{
	static const char *const paths[PATHS] = { "/p/x/file", "/q/" LONG "/file" };
	struct mover mover = { .from = "p/x", .to = "q/" LONG, .move = rename };

	ASSERT_EQ(0, mkdir("p", 0700) || mkdir("q", 0700) || mkdir("p/x", 0700));
	map_meanwhile(_metadata, &self->place, make_file("p/x/file"), keep_moving, &mover, paths);
	EXPECT_EQ(0, mover.error) TH_LOG("%s", strerror(mover.error));
}

TEST_F_TIMEOUT(rename, mount, 100)
{
	static const char *const paths[PATHS] = { "/p/x/file", "/q/" LONG "/file" };
	struct mover mover = { .from = "p/x", .to = "q/" LONG, .move = move_mount_to };

	ASSERT_EQ(0, mkdir("p", 0700) || mkdir("q", 0700));
	ASSERT_EQ(0, mkdir("p/x", 0700) || mkdir("q/" LONG, 0700));
	ASSERT_EQ(0, mount("none", "p/x", "tmpfs", 0, NULL));
	map_meanwhile(_metadata, &self->place, make_file("p/x/file"), keep_moving, &mover, paths);
	EXPECT_EQ(0, mover.error) TH_LOG("%s", strerror(mover.error));
}

/*
 * Directories or mounts within each other, far apart, each of which has two names.
 * They change places one after the other, the innermost first, so that of the
 * eight paths two never exist: those where only the one in the middle differs.
 */
struct nest {
	int		(*move)(const char *from, const char *to);
	int		fds[LEVELS];
	int		error;
};

static const char *const names[2] = { "x", LONG };

static bool make_nest(struct nest *nest)
{
	int level, i;

	for (level = 0; level < LEVELS; level++) {
		nest->fds[level] = open(".", O_PATH | O_CLOEXEC);
		if (nest->fds[level] < 0 || mkdir(names[0], 0700))
			return false;
		if (nest->move == move_mount_to &&
		    (mkdir(names[1], 0700) || mount("none", names[0], "tmpfs", 0, NULL)))
			return false;
		if (chdir(names[0]))
			return false;
		for (i = 0; i < APART; i++)
			if (mkdir("d", 0700) || chdir("d"))
				return false;
	}
	return true;
}

static void *keep_moving_nest(void *data)
{
	char path[2][64 + sizeof(LONG)];
	struct nest *nest = data;
	int state[LEVELS] = {}, level, i;

	for (level = LEVELS - 1; !atomic_load(&done); level = (level ?: LEVELS) - 1) {
		for (i = 0; i < 2; i++)
			snprintf(path[i], sizeof(path[i]), "/proc/self/fd/%d/%s",
				 nest->fds[level], names[i]);
		if (nest->move(path[state[level]], path[!state[level]])) {
			nest->error = errno;
			break;
		}
		state[level] = !state[level];
	}
	return NULL;
}

/* The @n-th in the order in which they come. */
static void write_path(char *path, int n)
{
	int level, i, state;

	for (level = 0; level < LEVELS; level++) {
		state = (n + level) / LEVELS % 2;
		path += sprintf(path, "/%s", names[state]);
		for (i = 0; i < APART; i++)
			path = stpcpy(path, "/d");
	}
	strcpy(path, "/file");
}

static void map_in_nest(struct __test_metadata *_metadata, struct place *place,
			int (*move)(const char *from, const char *to))
{
	struct nest nest = { .move = move };
	char paths[2 * LEVELS][4096];
	const char *all[PATHS];
	int i;

	for (i = 0; i < PATHS; i++) {
		write_path(paths[i], i);
		all[i] = paths[i];
	}
	ASSERT_TRUE(make_nest(&nest)) TH_LOG("%s", strerror(errno));
	map_meanwhile(_metadata, place, make_file("file"), keep_moving_nest, &nest, all);
	EXPECT_EQ(0, nest.error) TH_LOG("%s", strerror(nest.error));
}

TEST_F_TIMEOUT(rename, directories_within_each_other, 100)
{
	map_in_nest(_metadata, &self->place, rename);
}

TEST_F_TIMEOUT(rename, mounts_within_each_other, 100)
{
	map_in_nest(_metadata, &self->place, move_mount_to);
}

static void *unlink_soon(void *path)
{
	sched_yield();
	return (void *)(long)unlink(path);
}

/* A file is there, and at some moment it is not any more; its path stays. */
TEST_F(rename, unlinked)
{
	const struct mmtrace_record *record;
	bool gone, seen_gone;
	pthread_t thread;
	char path[4096];
	void *failed;
	int round, fd;

	snprintf(path, sizeof(path), "%s/file", self->place.base);
	for (round = 0; round < 100 && _metadata->passed; round++) {
		fd = make_file(path);
		ASSERT_LE(0, fd);
		seen_gone = false;
		ASSERT_EQ(0, pthread_create(&thread, NULL, unlink_soon, path));
		while (!seen_gone && _metadata->passed) {
			gone = access(path, F_OK);
			trace_read(_metadata, &self->place.trace);
			munmap(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGE);
			trace_read(_metadata, &self->place.trace);
			record = trace_find(&self->place.trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
			ASSERT_NE(NULL, record);
			EXPECT_STREQ(path, path_of(record));
			EXPECT_EQ(0, record->head.flags & MMTRACE_R_PATH_CUT);
			seen_gone = record->head.flags & MMTRACE_R_UNLINKED;
			EXPECT_TRUE(seen_gone || !gone);
			EXPECT_TRUE(!seen_gone || access(path, F_OK));
		}
		ASSERT_EQ(0, pthread_join(thread, &failed));
		EXPECT_EQ(NULL, failed);
		close(fd);
	}
}

TEST_HARNESS_MAIN
