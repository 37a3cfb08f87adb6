// SPDX-License-Identifier: GPL-2.0
/*
 * Why the device can't be opened. The errno alone does not tell a module that is
 * not loaded from a node that is not made, nor a kernel that would refuse the
 * module, nor a user without rights from a policy; sysfs, securityfs and procfs do.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnosis.h"

static void name_of(char *name, const char *root, const char *path)
{
	snprintf(name, PATH_MAX, "%s%s", root, path);
}

static bool exists(const char *root, const char *path)
{
	char name[PATH_MAX];

	name_of(name, root, path);
	return !access(name, F_OK);
}

/* The first line; empty if there is none. */
static const char *first_line(char *line, size_t room, const char *root, const char *path)
{
	char name[PATH_MAX];
	FILE *file;

	line[0] = 0;
	name_of(name, root, path);
	file = fopen(name, "re");
	if (!file)
		return line;
	if (!fgets(line, room, file))
		line[0] = 0;
	fclose(file);
	line[strcspn(line, "\n")] = 0;
	return line;
}

#define SIG_ENFORCE	"/sys/module/module/parameters/sig_enforce"
#define LOCKDOWN	"/sys/kernel/security/lockdown"

/* What makes this kernel refuse a module without a signature; NULL if nothing does. */
static const char *refuser(const char *root)
{
	char line[64];

	if (*first_line(line, sizeof(line), root, SIG_ENFORCE) == 'Y')
		return "module.sig_enforce";
	first_line(line, sizeof(line), root, LOCKDOWN);
	if (strstr(line, "[integrity]"))
		return "lockdown=integrity";
	return strstr(line, "[confidentiality]") ? "lockdown=confidentiality" : NULL;
}

static void not_loaded(char *text, size_t room, const char *root)
{
	const char *why = refuser(root);

	if (why)
		snprintf(text, room,
			 "the module is not loaded; try: modprobe mmtrace; this kernel takes signed modules only (%s): see SECURITY in mmtrace(4)",
			 why);
	else
		snprintf(text, room,
			 "the module is not loaded; try: modprobe mmtrace (or insmod mmtrace.ko)");
}

/* udev makes the node; where there is none, as in a container, nobody does. */
static void no_node(char *text, size_t room, const char *root, const char *path)
{
	char line[32];
	unsigned int major, minor;

	first_line(line, sizeof(line), root, "/sys/class/misc/mmtrace/dev");
	if (sscanf(line, "%u:%u", &major, &minor) == 2)
		snprintf(text, room,
			 "the module is loaded, but this is not its node (no udev, or a container?); try: mknod -m 600 %s c %u %u",
			 path, major, minor);
	else
		snprintf(text, room,
			 "the module is loaded, but has no node here: is this a container?");
}

/* The effective ones, as a set of bits; none in any but the first user namespace. */
static unsigned long long capabilities(const char *root)
{
	unsigned long long set = 0;
	unsigned int first, parent, count;
	char line[PATH_MAX];
	FILE *file;

	first_line(line, sizeof(line), root, "/proc/self/uid_map");
	if (sscanf(line, "%u %u %u", &first, &parent, &count) != 3 || count != UINT_MAX)
		return 0;
	name_of(line, root, "/proc/self/status");
	file = fopen(line, "re");
	while (file && fgets(line, sizeof(line), file) && sscanf(line, "CapEff: %llx", &set) != 1)
		;
	if (file)
		fclose(file);
	return set;
}

#define HAS(set, capability)	((set) & 1ull << (capability))
#define POLICY								\
	"by a policy (AppArmor, SELinux, Landlock, a cgroup of devices; the kernel's log may tell)"

/* Who has all rights that the device itself asks for is kept out by something else. */
static bool not_permitted(char *text, size_t room, const char *root)
{
	unsigned long long set = capabilities(root);

	if (!HAS(set, CAP_PERFMON) && !HAS(set, CAP_SYS_ADMIN))
		return false;
	snprintf(text, room, "not permitted, although CAP_PERFMON is: " POLICY);
	return true;
}

/* A path that can't be looked at is forbidden further up. */
static void no_permission(char *text, size_t room, const char *root, const char *path)
{
	struct group *group;
	struct passwd *user;
	struct stat status;
	int used;

	if (HAS(capabilities(root), CAP_DAC_OVERRIDE)) {
		snprintf(text, room, "permission denied, also to root: " POLICY
			 ", or its mount is nodev");
		return;
	}
	used = snprintf(text, room, "permission denied: try as root, or with sudo");
	if (used < 0 || (size_t)used >= room || stat(path, &status))
		return;
	user = getpwuid(status.st_uid);
	group = getgrgid(status.st_gid);
	snprintf(text + used, room - used, " (mode %04o, user %s, group %s)",
		 status.st_mode & 07777, user ? user->pw_name : "?",
		 group ? group->gr_name : "?");
}

/**
 * diagnosis_open() - why the device can't be opened, and what to do
 * @text: set to it, in words
 * @room: bytes at @text
 * @root: goes before the names of what is looked at in /sys and /proc; empty but for tests
 * @path: of the device
 * @number: errno of open()
 *
 * Return: true; false if the system tells no more than @number does.
 */
bool diagnosis_open(char *text, size_t room, const char *root, const char *path, int number)
{
	switch (number) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		if (exists(root, "/sys/module/mmtrace"))
			no_node(text, room, root, path);
		else
			not_loaded(text, room, root);
		return true;
	case EACCES:
		no_permission(text, room, root, path);
		return true;
	case EPERM:
		return not_permitted(text, room, root);
	default:
		return false;
	}
}
