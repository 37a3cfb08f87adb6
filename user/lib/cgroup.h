/* SPDX-License-Identifier: GPL-2.0 */
/* Cgroups of this machine by their ids. */
#ifndef MMTRACE_CGROUP_H
#define MMTRACE_CGROUP_H

#include <stddef.h>
#include <linux/types.h>

int cgroup_path(__u64 id, char *path, size_t room);

#endif /* MMTRACE_CGROUP_H */
