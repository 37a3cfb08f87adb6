// SPDX-License-Identifier: GPL-2.0
/*
 * mmtrace: every memory mapping of the machine, one record a call.
 *
 * This file is the order in which the parts come up, and its reverse. A record
 * goes entry.c, dispatch.c (filter.c, record.c), ring.c, reader.c (text.c),
 * device.c; hook.c arms and disarms, pulse.c knows whether that is of use;
 * session.c holds together what one open file is about, ioctl.c what can be asked
 * of it.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>

#include "device.h"
#include "dispatch.h"
#include "hook.h"
#include "pulse.h"
#include "selftest.h"
#include "session.h"

static ushort mode = 0600;
module_param(mode, ushort, 0444);
MODULE_PARM_DESC(mode, "permissions of /dev/mmtrace (0600); who opens it needs CAP_PERFMON all the same");

static ulong ring_size;
module_param(ring_size, ulong, 0444);
MODULE_PARM_DESC(ring_size, "bytes of a ring, a power of two from 64K to 256M; one a CPU and session (by the number of CPUs: 64M in all, 64K to 1M each)");

static uint max_sessions = 64;
module_param(max_sessions, uint, 0444);
MODULE_PARM_DESC(max_sessions, "how many may have /dev/mmtrace open at once (64)");

static ulong max_memory;
module_param(max_memory, ulong, 0444);
MODULE_PARM_DESC(max_memory, "bytes that the rings of all sessions may take together (a quarter of the machine's memory)");

static uint instances;
module_param(instances, uint, 0444);
MODULE_PARM_DESC(instances, "calls of one function that can be under way at once, the rest being missed (64 a CPU, 1024 to 16384)");

/* All sessions of a small machine together want a share of its memory. */
static u64 default_ring_size(void)
{
	u64 share = min_t(u64, SZ_64M, max_memory / 8) / num_possible_cpus();

	return clamp_t(u64, share ? rounddown_pow_of_two(share) : 0, SESSION_RING_MIN, SZ_1M);
}

static int check_parameters(void)
{
	if (!max_memory)
		max_memory = (ulong)totalram_pages() << (PAGE_SHIFT - 2);
	if (!ring_size)
		ring_size = default_ring_size();
	if (!instances)
		instances = clamp(64 * num_possible_cpus(), 1024u, 16384u);

	if (mode & ~0777) {
		pr_err("mode=%#ho: only permission bits, 0 to 0777\n", mode);
		return -EINVAL;
	}
	if (!is_power_of_2(ring_size) || ring_size < SESSION_RING_MIN ||
	    ring_size > SESSION_RING_MAX) {
		pr_err("ring_size=%lu: a power of two from 65536 to 268435456\n", ring_size);
		return -EINVAL;
	}
	if (!max_sessions || max_sessions > 65536) {
		pr_err("max_sessions=%u: from 1 to 65536\n", max_sessions);
		return -EINVAL;
	}
	if (max_memory / num_possible_cpus() < ring_size + MMTRACE_RECORD_MAX) {
		pr_err("max_memory=%lu: no session has room, %lu for each of %u CPUs\n",
		       max_memory, ring_size + MMTRACE_RECORD_MAX, num_possible_cpus());
		return -EINVAL;
	}
	if (instances > 1048576) {
		pr_err("instances=%u: from 1 to 1048576\n", instances);
		return -EINVAL;
	}
	session_limits = (struct session_limits) {
		.sessions	= max_sessions,
		.ring_size	= ring_size,
		.memory		= max_memory,
	};
	return 0;
}

static int __init mmtrace_init(void)
{
	int err;

	err = check_parameters();
	if (err)
		return err;
	err = dispatch_init();
	if (err)
		return err;
	err = hook_init(instances);
	if (err)
		goto err_dispatch;
	err = pulse_init();
	if (err)
		goto err_hook;
	err = selftest();
	if (err)
		goto err_pulse;
	err = device_init(mode);
	if (err)
		goto err_pulse;
	return 0;

err_pulse:
	pulse_exit();
err_hook:
	hook_exit();
err_dispatch:
	dispatch_exit();
	return err;
}

static void __exit mmtrace_exit(void)
{
	device_exit();
	pulse_exit();
	hook_exit();
	dispatch_exit();
}

module_init(mmtrace_init);
module_exit(mmtrace_exit);

MODULE_DESCRIPTION("Traces every memory mapping: do_mmap, mremap, remap_file_pages, mmap, mmap2");
MODULE_AUTHOR("The mmtrace authors");
MODULE_VERSION(MMTRACE_VERSION);
MODULE_LICENSE("GPL");
