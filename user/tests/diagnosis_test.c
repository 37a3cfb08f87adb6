// SPDX-License-Identifier: GPL-2.0
/* What is said of a device that can't be opened, with a /sys and a /proc made for the purpose. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diagnosis.h"
#include "tap.h"

#define DEVICE		"/dev/mmtrace"
#define LOADED		"/sys/module/mmtrace/version"
#define NODE		"/sys/class/misc/mmtrace/dev"
#define ENFORCED	"/sys/module/module/parameters/sig_enforce"
#define LOCKDOWN	"/sys/kernel/security/lockdown"

#define NOT_LOADED	"the module is not loaded; try: modprobe mmtrace"
#define INSMOD		NOT_LOADED " (or insmod mmtrace.ko)"
#define SIGNED(why)							\
	NOT_LOADED "; this kernel takes signed modules only (" why "): "	\
	"see SECURITY in mmtrace(4)"
#define MKNOD								\
	"the module is loaded, but this is not its node (no udev, or a container?); " \
	"try: mknod -m 600 " DEVICE " c "

#define UID_MAP		"/proc/self/uid_map"
#define FIRST		"         0          0 4294967295\n"
#define STATUS		"/proc/self/status"
#define CAPABLE		"Name:\tx\nCapPrm:\t0000000000000000\nCapEff:\t000001ffffffffff\n"
#define POLICY								\
	"by a policy (AppArmor, SELinux, Landlock, a cgroup of devices; the kernel's log may tell)"
#define AS_ROOT		"permission denied: try as root, or with sudo"

#define FILES	3

/**
 * struct scene - a system, and what is to be said of it
 * @what: it is
 * @files: names and contents
 * @number: errno of open()
 * @text: what is said
 */
static const struct scene {
	const char *what;
	struct {
		const char *name;
		const char *text;
	} files[FILES];
	int number;
	const char *text;
} scenes[] = {
	{ "nothing is known", {}, ENOENT,
	  INSMOD },
	{ "a node without a driver", {}, ENXIO,
	  INSMOD },
	{ "the same, as some drivers have it", {}, ENODEV,
	  INSMOD },
	{ "unsigned modules are welcome",
	  { { ENFORCED, "N\n" }, { LOCKDOWN, "[none] integrity confidentiality\n" } }, ENOENT,
	  INSMOD },
	{ "signatures are enforced",
	  { { ENFORCED, "Y\n" }, { LOCKDOWN, "none [integrity] confidentiality\n" } }, ENOENT,
	  SIGNED("module.sig_enforce") },
	{ "lockdown=integrity",
	  { { ENFORCED, "N\n" }, { LOCKDOWN, "none [integrity] confidentiality\n" } }, ENOENT,
	  SIGNED("lockdown=integrity") },
	{ "lockdown=confidentiality, no sig_enforce",
	  { { LOCKDOWN, "none integrity [confidentiality]\n" } }, ENOENT,
	  SIGNED("lockdown=confidentiality") },
	{ "loaded, no node", { { LOADED, "1\n" }, { NODE, "10:125\n" } }, ENOENT,
	  MKNOD "10 125" },
	{ "loaded, a node of old", { { LOADED, "1\n" }, { NODE, "10:7\n" } }, ENXIO,
	  MKNOD "10 7" },
	{ "loaded, although only signed modules are",
	  { { LOADED, "1\n" }, { NODE, "10:125\n" }, { ENFORCED, "Y\n" } }, ENOENT,
	  MKNOD "10 125" },
	{ "root, and a policy", { { UID_MAP, FIRST }, { STATUS, CAPABLE } }, EACCES,
	  "permission denied, also to root: " POLICY ", or its mount is nodev" },
	{ "root of a user namespace",
	  { { UID_MAP, "         0          0       1000\n" }, { STATUS, CAPABLE } }, EACCES,
	  AS_ROOT },
	{ "no capability",
	  { { UID_MAP, FIRST }, { STATUS, "CapEff:\t0000000000000000\n" } }, EACCES,
	  AS_ROOT },
	{ "CAP_PERFMON, and a policy",
	  { { UID_MAP, FIRST }, { STATUS, "Name:\tx\nCapEff:\t0000004000000000\n" } }, EPERM,
	  "not permitted, although CAP_PERFMON is: " POLICY },
	{ "loaded, its number is hidden", { { LOADED, "1\n" } }, ENOENT,
	  "the module is loaded, but has no node here: is this a container?" },
};

static char root[32];

static void put_file(const char *name, const char *text)
{
	char path[PATH_MAX], *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", root, name);
	for (slash = path + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "we");
	if (!file || fputs(text, file) < 0 || fclose(file)) {
		printf("Bail out! can't write %s\n", path);
		exit(1);
	}
}

static void drop_files(void)
{
	char command[2 * sizeof(root) + 32];

	snprintf(command, sizeof(command), "rm -rf %s/sys %s/proc", root, root);
	if (system(command))
		exit(1);
}

static void test_scenes(void)
{
	char text[384];
	size_t i, j;
	bool said;

	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		const struct scene *scene = &scenes[i];

		for (j = 0; j < FILES && scene->files[j].name; j++)
			put_file(scene->files[j].name, scene->files[j].text);
		text[0] = 0;
		said = diagnosis_open(text, sizeof(text), root, DEVICE, scene->number);
		if (!ok(said && !strcmp(text, scene->text), "%s", scene->what))
			printf("# got %s\n", text);
		drop_files();
	}
}

static void test_permission(void)
{
	char path[sizeof(root) + 16], text[384];

	snprintf(path, sizeof(path), "%s/node", root);
	put_file("/node", "");
	if (chmod(path, 0640) || (!getuid() && chown(path, 0, 0)))
		exit(1);
	diagnosis_open(text, sizeof(text), root, path, EACCES);
	if (!ok(strstr(text, "permission denied: try as root") &&
		strstr(text, "(mode 0640, user ") &&
		(getuid() || strstr(text, "user root, group root")), "whose the node is"))
		printf("# got %s\n", text);
	unlink(path);
	diagnosis_open(text, sizeof(text), root, path, EACCES);
	if (!ok(!strcmp(text, AS_ROOT), "a node that can't be looked at"))
		printf("# got %s\n", text);
}

static void test_others(void)
{
	char text[8] = "before";

	ok(!diagnosis_open(text, sizeof(text), root, DEVICE, EBUSY) && !strcmp(text, "before"),
	   "nothing is said of what has nothing to do with the system");
	diagnosis_open(text, sizeof(text), root, DEVICE, ENOENT);
	ok(!strcmp(text, "the mod"), "little room is enough");
	ok(!diagnosis_open(text, sizeof(text), root, DEVICE, EPERM),
	   "nor of a capability that lacks");
	diagnosis_open(text, sizeof(text), root, root, EACCES);
	ok(!strcmp(text, "permiss"), "also for two parts");
}

int main(void)
{
	strcpy(root, "/tmp/mmtrace-diagnosis.XXXXXX");
	if (!mkdtemp(root))
		return 1;
	test_scenes();
	test_permission();
	test_others();
	rmdir(root);
	return tap_done();
}
