// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "libmmtrace.h"

#define NS	1000000000ll

static __s64 now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * NS + time.tv_nsec;
}

/* Read between two looks at the other clock, which should be near each other. */
static void ask_clocks(struct mmt_facts *facts)
{
	__s64 before, wall, after, best = 0;
	int i;

	for (i = 0; i < 5; i++) {
		before = now(CLOCK_MONOTONIC);
		wall = now(CLOCK_REALTIME);
		after = now(CLOCK_MONOTONIC);
		if (i && after - before >= best)
			continue;
		best = after - before;
		facts->start = before;
		facts->wall = wall - (before + best / 2);
	}
}

int mmt_device_facts(struct mmt_device *device, struct mmt_facts *facts)
{
	struct mmtrace_config config = { .size = sizeof(config) };
	struct mmtrace_info info = { .size = sizeof(info) };
	struct mmt_facts all = { .size = facts->size };
	struct utsname name;

	if (mmt_device_info(device, &info) || mmt_device_get_config(device, &config))
		return -1;
	uname(&name);
	memcpy(all.host, name.nodename, sizeof(all.host));
	memcpy(all.release, name.release, sizeof(all.release));
	memcpy(all.machine, name.machine, sizeof(all.machine));
	memcpy(all.version, info.version, sizeof(all.version));
	all.cpus = info.cpus;
	all.page_size = sysconf(_SC_PAGESIZE);
	all.events = config.events;
	ask_clocks(&all);
	memcpy(facts, &all, facts->size < sizeof(all) ? facts->size : sizeof(all));
	return 0;
}
