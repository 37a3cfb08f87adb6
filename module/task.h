/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of the thread that calls, and takes more than a load to find. */
#ifndef MMTRACE_TASK_H
#define MMTRACE_TASK_H

#include <linux/cgroup.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

/* Preemption is off, and so it stays as long as it is looked at. */
static inline struct cgroup *task_own_cgroup(const struct task_struct *task)
{
	return rcu_dereference_sched(task->cgroups)->dfl_cgrp;
}

/* Of current: of a task that has exited there is none. */
static inline u32 task_pid_ns_id(const struct task_struct *task)
{
	const struct pid *pid = task->thread_pid;

	return pid->numbers[pid->level].ns->ns.inum;
}

#endif /* MMTRACE_TASK_H */
