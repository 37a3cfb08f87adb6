// SPDX-License-Identifier: GPL-2.0
/*
 * faults_insmod MODULE FIRST    loads it again and again, while the FIRST thing that can
 *				 fail does, the next one, and so on
 *
 * Either insmod is told so and nothing is left, or the module works and goes when it is
 * asked to; else it says what was not so, and its status is 1.
 *
 * A kernel that has no memory to take away a probe that is where ftrace is counts it as
 * gone, keeps it, and from then on calls none. It warns, of itself, and that is the end
 * of it: the last line is "lost N", or "end N" where N things there are not.
 */
#include "fault.h"
#include "own_module.h"
#include "probes.h"

#define LOADED		"/sys/module/mmtrace"
#define LOG		"/dev/kmsg"
#define LOSS		"__disarm_kprobe_ftrace"
#define PROGRESS	50

/* Of the hooks' instances the self-test needs one: the fewer the quicker. */
static long load(void *module)
{
	return module_insert(*(int *)module, "instances=4");
}

/* All events can be traced. */
static bool is_whole(void)
{
	struct mmtrace_info info = { .size = sizeof(info) };
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	bool ret = fd >= 0 && !mmtrace_ioctl(fd, MMTRACE_IOC_INFO, &info) &&
		   info.events == MMTRACE_EVENTS_ALL;

	close(fd);
	return ret;
}

/* True if the kernel has said since it was last asked that it has lost count. */
static bool has_lost_count(int log)
{
	bool found = false;
	char line[8192];
	ssize_t got;

	while ((got = read(log, line, sizeof(line) - 1)) > 0 || (got < 0 && errno == EPIPE)) {
		line[got > 0 ? got : 0] = '\0';
		found |= !!strstr(line, LOSS);
	}
	return found;
}

static bool tell(unsigned int nth, const char *what, long err)
{
	printf("%u: %s: %s\n", nth, what, err ? strerror(-err) : "not as promised");
	return false;
}

/* @ret: what insmod was told */
static bool holds(unsigned int nth, long ret, unsigned int probes)
{
	long err;

	if (ret && ret != -ENOMEM && ret != -EFAULT)
		return tell(nth, "insmod", ret);
	if (!ret && !is_whole())
		return tell(nth, "an event, or the device, is missing", 0);
	err = ret ? 0 : module_unload(O_NONBLOCK);
	if (err)
		return tell(nth, "rmmod", err);
	if (!access(LOADED, F_OK) || !access(DEVICE, F_OK) || count_probes() != probes)
		return tell(nth, "something is left", 0);
	return true;
}

static int sweep(int module, int log, unsigned int nth)
{
	unsigned int probes = count_probes(), refused = 0;
	bool failed, held = true, lost = false;
	long ret;

	lseek(log, 0, SEEK_END);
	while (true) {
		dprintf(log, "mmtrace-test: begin %u\n", nth);
		failed = fault_call(nth, load, &module, &ret);
		held = holds(nth, ret, probes) && held;
		refused += !!ret;
		lost = has_lost_count(log);
		if (lost || !failed)
			break;
		if (++nth % PROGRESS == 0)
			printf("# thing %u\n", nth);
	}
	printf("# %u loads were refused\n", refused);
	printf("%s %u\n", lost ? "lost" : "end", nth);
	return !held;
}

int main(int argc, char **argv)
{
	int module, log = open(LOG, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	setlinebuf(stdout);
	if (argc != 3 || atoi(argv[2]) < 1) {
		fprintf(stderr, "usage: faults_insmod MODULE FIRST\n");
		return 2;
	}
	module = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (module < 0 || log < 0 || !fault_init()) {
		fprintf(stderr, "no module, no log, or a kernel that injects no faults\n");
		return 2;
	}
	return sweep(module, log, atoi(argv[2]));
}
