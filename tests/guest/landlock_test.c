// SPDX-License-Identifier: GPL-2.0
/*
 * Security modules decide over the device as over any other file: whoever has confined
 * itself with Landlock opens it where its rules allow that, and root does not help.
 */
#include <linux/landlock.h>
#include <sys/prctl.h>

#include "mmtrace_test.h"

/* Since the 5th version; headers may be older. */
#define ACCESS_IOCTL_DEV	(1ull << 15)

static int version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/* Nothing of @accesses any more but below @allowed; NULL for nowhere. */
static int confine(__u64 accesses, const char *allowed)
{
	struct landlock_ruleset_attr rules = { .handled_access_fs = accesses };
	struct landlock_path_beneath_attr rule = { .allowed_access = accesses };
	int fd = syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules.handled_access_fs), 0);

	if (fd < 0)
		return -errno;
	if (allowed) {
		rule.parent_fd = open(allowed, O_PATH | O_CLOEXEC);
		if (syscall(SYS_landlock_add_rule, fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
			return -errno;
		close(rule.parent_fd);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, fd, 0))
		return -errno;
	return close(fd);
}

/* Each test confines the process that it is. */
FIXTURE(landlock)
{
	int	version;
};

FIXTURE_SETUP(landlock)
{
	self->version = version();
}

FIXTURE_TEARDOWN(landlock)
{
}

/* scenario 49 */
TEST_F(landlock, keeps_out)
{
	int before = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char text[4096];

	if (self->version < 1)
		SKIP(return, "no Landlock");
	ASSERT_LE(0, before);
	ASSERT_EQ(0, confine(LANDLOCK_ACCESS_FS_READ_FILE, "/proc"));
	EXPECT_EQ(-1, open(DEVICE, O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(EACCES, errno);
	/* Who asks the device by another name is asked for the same. */
	ASSERT_EQ(0, symlink(DEVICE, "device"));
	EXPECT_EQ(-1, open("device", O_RDONLY | O_CLOEXEC));
	EXPECT_EQ(EACCES, errno);
	ASSERT_EQ(0, unlink("device"));
	/* What was open stays so. */
	EXPECT_EQ(-1, read(before, text, sizeof(text)));
	EXPECT_EQ(EAGAIN, errno);
	close(before);
}

TEST_F(landlock, lets_in)
{
	struct mmtrace_config config;
	int fd;

	if (self->version < 1)
		SKIP(return, "no Landlock");
	ASSERT_EQ(0, confine(LANDLOCK_ACCESS_FS_READ_FILE, DEVICE));
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, get_config(fd, &config));
	close(fd);
}

/* What can only be read can't be asked for anything. */
TEST_F(landlock, ioctl)
{
	struct mmtrace_config config;
	int fd;

	if (self->version < 5)
		SKIP(return, "no Landlock that knows of ioctls");
	ASSERT_EQ(0, confine(ACCESS_IOCTL_DEV, NULL));
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EACCES, get_config(fd, &config));
	EXPECT_EQ(-EACCES, mmtrace_ioctl(fd, MMTRACE_IOC_START, NULL));
	close(fd);
}

TEST_HARNESS_MAIN
