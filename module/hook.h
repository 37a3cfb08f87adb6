/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of the kernel that are hooked, one set of them an event. */
#ifndef MMTRACE_HOOK_H
#define MMTRACE_HOOK_H

#include <linux/kprobes.h>
#include <linux/mmtrace.h>
#include <linux/percpu.h>

#include "call.h"

int hook_init(unsigned int instances);
void hook_exit(void);
bool hook_owns(const struct kretprobe *probe);
u32 hook_events(void);
int hook_arm(u32 event);
void hook_disarm(u32 event);
int hook_set_silence(bool is_silent, bool is_held, u64 since);
void hook_count_miss(u32 event);
u64 hook_missed(u32 event);
void hook_passed(u32 event);
void hook_refuse(u32 event, const char *reason);
void hook_info(struct mmtrace_event_info *info);

/* For hook_keep(). */
extern kprobe_pre_handler_t hook_kretprobe_entry;

#ifndef HAVE_PENDING_KRETPROBES
DECLARE_PER_CPU(struct kretprobe_instance *, hook_found);
#endif

/**
 * hook_keep() - have the kernel find an instance for a call, and hook its return
 * @probe: that was hit
 * @regs: at the entry of its function
 *
 * @ri: set to the instance, which is the call's until it returns
 *
 * Context: that in which the probe was hit.
 *
 * Return: false if there is none.
 */
#ifdef HAVE_PENDING_KRETPROBES
static inline bool hook_keep(struct kprobe *probe, struct pt_regs *regs,
			     struct kretprobe_instance **ri)
{
	struct llist_node *before = pending_kretprobes, *now;

	hook_kretprobe_entry(probe, regs);
	now = pending_kretprobes;
	*ri = pending_kretprobe(now);
	return now != before;
}
#else
static inline bool hook_keep(struct kprobe *probe, struct pt_regs *regs,
			     struct kretprobe_instance **ri)
{
	this_cpu_write(hook_found, NULL);
	hook_kretprobe_entry(probe, regs);
	*ri = this_cpu_read(hook_found);
	return *ri;
}
#endif

#endif /* MMTRACE_HOOK_H */
