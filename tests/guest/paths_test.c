// SPDX-License-Identifier: GPL-2.0
/*
 * The path of a file is what it is, to the byte: every name that there can be,
 * every length, whether the file is still there or not.
 */
#include "mmtrace_test.h"
#include "file.h"

#define NAME_BYTES	255
#define PATH_BYTES	4095	/* the longest path that a system call takes */
#define DEPTH_MAX	64

FIXTURE(paths)
{
	struct trace	trace;
	int		text;
	char		base[4096];
};

FIXTURE_SETUP(paths)
{
	struct mmtrace_config config;

	ASSERT_NE(NULL, getcwd(self->base, sizeof(self->base)));
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	trace_start(_metadata, &self->trace);
	self->text = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_EQ(0, get_config(self->text, &config));
	config.flags = MMTRACE_CONFIG_OWN;
	config.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP);
	ASSERT_EQ(0, mmtrace_ioctl(self->text, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, mmtrace_ioctl(self->text, MMTRACE_IOC_START, NULL));
}

FIXTURE_TEARDOWN(paths)
{
	close(self->trace.fd);
	close(self->text);
	expect_nothing_left(_metadata);
}

/* A record is a line, whatever is in its path: no byte ends it or hides it. */
static void expect_clean_text(struct __test_metadata *_metadata, int fd, size_t lines)
{
	static unsigned char text[1 << 20];
	ssize_t len = read(fd, text, sizeof(text)), i;

	ASSERT_LT(0, len);
	for (i = 0; i < len; i++) {
		lines -= text[i] == '\n';
		EXPECT_TRUE(text[i] == '\n' || (text[i] >= ' ' && text[i] != 0x7f));
	}
	EXPECT_EQ(0, lines);
}

static int create(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 || ftruncate(fd, PAGE) ? -1 : fd;
}

/* Maps the file @name of the current directory, whose path is @path, twice. */
static void expect_path(struct __test_metadata *_metadata, struct trace *trace,
			const char *name, const char *path, __u32 flags)
{
	int fd = create(name);

	ASSERT_LE(0, fd);
	expect_file(_metadata, trace, fd, PAGE, MAP_PRIVATE, path, flags);
	EXPECT_EQ(0, unlink(name));
	expect_file(_metadata, trace, fd, PAGE, MAP_SHARED, path, flags | MMTRACE_R_UNLINKED);
	close(fd);
}

TEST_F(paths, names)
{
	static const char *const names[] = {
		"plain", "with space", " ", "new\nline", "\n", "tab\there", "back\\slash",
		"quote\"", "'", "\xff\xfe\x80", "\xc3", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7",
		"\xed\xa0\x80", "\x1b[31mred", "\x7f\x01\x1f", "\xc2\x9b[31m", "a=b c=d",
		"\\012", "\\x41", "ends (deleted)", " (deleted)", "(deleted)",
		"twice (deleted) (deleted)", "memfd:fake", "SYSV00000000", "%s%n",
		"cut\r\nto=1 do_mmap", "...",
	};
	char path[4096 + NAME_BYTES];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", self->base, names[i]);
		expect_path(_metadata, &self->trace, names[i], path, 0);
		if (!_metadata->passed)
			TH_LOG("in row %zu", i);
	}
	expect_clean_text(_metadata, self->text, 2 * ARRAY_SIZE(names));
}

TEST_F(paths, long_names)
{
	char name[NAME_BYTES + 1] = "", path[8192];
	size_t i;

	/* Each length of the padding behind it, and the longest name. */
	for (i = 1; i <= NAME_BYTES; i += i < 20 ? 1 : 47) {
		memset(name, 'n', i);
		snprintf(path, sizeof(path), "%s/%s", self->base, name);
		expect_path(_metadata, &self->trace, name, path, 0);
	}
	EXPECT_EQ('n', name[NAME_BYTES - 1]);
}

/* Directories within each other, and the name of a file in the innermost. */
struct deep {
	int	depth;
	int	lens[DEPTH_MAX];
	char	path[8192];
	char	name[NAME_BYTES + 1];
};

static const char *directory(int len)
{
	static char name[NAME_BYTES + 1];

	memset(name, 'd', len);
	name[len] = '\0';
	return name;
}

/* Goes down until the file's path has @len bytes. */
static bool go_down(struct deep *deep, const char *base, int len)
{
	char *end = stpcpy(deep->path, base);
	int rest, step;

	deep->depth = 0;
	while ((rest = len - (end - deep->path) - 1) > NAME_BYTES) {
		step = rest > 2 * NAME_BYTES ? NAME_BYTES - 1 : rest / 2;
		deep->lens[deep->depth++] = step;
		if (mkdir(directory(step), 0700) || chdir(directory(step)))
			return false;
		end += sprintf(end, "/%s", directory(step));
	}
	memset(deep->name, 'f', rest);
	deep->name[rest] = '\0';
	sprintf(end, "/%s", deep->name);
	return true;
}

static bool go_up(struct deep *deep)
{
	while (deep->depth--)
		if (chdir("..") || rmdir(directory(deep->lens[deep->depth])))
			return false;
	return true;
}

TEST_F(paths, long_paths)
{
	static const int lens[] = { 1000, PATH_BYTES - 10, PATH_BYTES - 1, PATH_BYTES };
	static struct deep deep;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		ASSERT_TRUE(go_down(&deep, self->base, lens[i]));
		ASSERT_EQ(lens[i], strlen(deep.path));
		expect_path(_metadata, &self->trace, deep.name, deep.path, 0);
		ASSERT_TRUE(go_up(&deep));
	}
	expect_clean_text(_metadata, self->text, 2 * ARRAY_SIZE(lens));
}

/* What is longer than a path may be is cut to its last name, and says so. */
TEST_F(paths, too_long_paths)
{
	static const int lens[] = { PATH_BYTES + 1, PATH_BYTES + 10, PATH_BYTES + 20, 7000 };
	static struct deep deep;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		ASSERT_TRUE(go_down(&deep, self->base, lens[i]));
		ASSERT_EQ(lens[i], strlen(deep.path));
		expect_path(_metadata, &self->trace, deep.name, deep.name, MMTRACE_R_PATH_CUT);
		ASSERT_TRUE(go_up(&deep));
	}
	expect_clean_text(_metadata, self->text, 2 * ARRAY_SIZE(lens));
}

TEST_F(paths, renamed)
{
	char path[4096 + 16];
	int fd = create("before");

	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "%s/before", self->base);
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, path, 0);
	ASSERT_EQ(0, mkdir("inner", 0700));
	ASSERT_EQ(0, rename("before", "inner/after"));
	snprintf(path, sizeof(path), "%s/inner/after", self->base);
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, path, 0);
	/* One of two names is gone: it is the one that was opened that counts. */
	ASSERT_EQ(0, link("inner/after", "other"));
	ASSERT_EQ(0, unlink("inner/after"));
	expect_file(_metadata, &self->trace, fd, PAGE, MAP_SHARED, path, MMTRACE_R_UNLINKED);
	EXPECT_EQ(0, unlink("other"));
	EXPECT_EQ(0, rmdir("inner"));
	close(fd);
}

TEST_HARNESS_MAIN
