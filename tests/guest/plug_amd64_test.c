// SPDX-License-Identifier: GPL-2.0
/*
 * A processor that was not there when a session began is plugged in, and records as the
 * others do.
 *
 * The machine does it where it can: see --smp of tests/vm/run. None is unplugged: QEMU,
 * which has one thread for all of them here, aborts.
 *
 * timeout: 240
 * cpus: 2+3
 */
#include <glob.h>

#include "hotplug.h"

static int monitor;		/* of the machine; or a negative errno */
static char answers[65536];	/* what it has said */

/* That leads to the monitor, open; or -ENOENT. */
static int open_port(void)
{
	char name[16], path[32];
	int fd = -ENOENT;
	unsigned int i;
	glob_t ports;

	if (glob("/sys/class/virtio-ports/*/name", 0, NULL, &ports))
		return -ENOENT;
	for (i = 0; i < ports.gl_pathc && fd < 0; i++) {
		FILE *file = fopen(ports.gl_pathv[i], "re");

		if (fscanf(file, "%15s", name) == 1 && !strcmp(name, "monitor") &&
		    sscanf(ports.gl_pathv[i], "/sys/class/virtio-ports/%15[^/]", name) == 1) {
			snprintf(path, sizeof(path), "/dev/%s", name);
			fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		}
		fclose(file);
	}
	globfree(&ports);
	return fd;
}

static void listen_to_monitor(void)
{
	size_t len = strlen(answers);

	if (read(monitor, answers + len, sizeof(answers) - 1 - len) <= 0)
		usleep(10000);
}

static bool is_there(unsigned int cpu)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u", cpu);
	return !access(path, F_OK);
}

/* There, and online. */
static bool plug(unsigned int cpu)
{
	__u64 end = now_ns() + patience() * 30000000000ull;

	dprintf(monitor, "{'execute': 'qmp_capabilities'}");
	dprintf(monitor, "{'execute': 'device_add', 'arguments': {%s, 'core-id': %u}}",
		"'driver': 'max-x86_64-cpu', 'socket-id': 0, 'thread-id': 0", cpu);
	while (!cpu_can_switch(cpu) && now_ns() < end)
		listen_to_monitor();
	return !cpu_switch(cpu, true);
}

/* ACPI takes those that come, if the kernel has foreseen more than there are. */
static bool can_plug(void)
{
	return !access("/sys/bus/cpu/drivers/processor", F_OK) &&
	       !is_there(sysconf(_SC_NPROCESSORS_CONF) - 1);
}

/* The first that is not there yet. */
FIXTURE(plug)
{
	bool		can;
	unsigned int	cpus;
	unsigned int	next;
};

FIXTURE_SETUP(plug)
{
	self->cpus = sysconf(_SC_NPROCESSORS_CONF);
	while (is_there(self->next))
		self->next++;
	self->can = can_plug();
	monitor = open_port();
}

FIXTURE_TEARDOWN(plug)
{
	close(monitor);
	expect_nothing_left(_metadata);
}

/* scenario 37: nothing is left to do for a session. */
TEST_F_TIMEOUT(plug, what_comes_is_recorded, 120)
{
	static struct trace trace;

	if (!self->can)
		SKIP(return, "no processor can be plugged in");
	ASSERT_LE(0, monitor);
	begin(_metadata, &trace, SMALL_RING);
	ASSERT_TRUE(plug(self->next)) TH_LOG("%s", answers);
	calls_on(_metadata, self->next, CALLS);
	trace_read(_metadata, &trace);
	EXPECT_EQ(CALLS, count_on(&trace, self->next));
	expect_account(_metadata, trace.fd, self->next, CALLS, 0, 0);
	close(trace.fd);
}

/* A call on each at once, beside what the load comes to do there. */
static bool plug_the_rest(unsigned int cpus)
{
	unsigned int cpu;

	for (cpu = 0; cpu < cpus; cpu++) {
		if (is_there(cpu))
			continue;
		if (!plug(cpu) || run_on(cpu))
			return false;
		mark_call();
		atomic_fetch_add(&made, 1);
		run_anywhere();
	}
	return true;
}

TEST_F_TIMEOUT(plug, under_load, 180)
{
	const struct trace *trace;
	unsigned int cpu;

	if (!self->can)
		SKIP(return, "no processor can be plugged in");
	ASSERT_LE(0, monitor);
	trace = expect_all_under_load(_metadata, self->cpus, plug_the_rest);
	for (cpu = self->next; cpu < self->cpus; cpu++)
		EXPECT_LT(0, trace->seq[cpu]);
}

TEST_HARNESS_MAIN
