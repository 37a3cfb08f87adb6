/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of the kernel that are hooked, one set of them an event. */
#ifndef MMTRACE_HOOK_H
#define MMTRACE_HOOK_H

#include <linux/mmtrace.h>

struct kretprobe;

int hook_init(unsigned int instances);
void hook_exit(void);
bool hook_owns(const struct kretprobe *probe);
u32 hook_events(void);
int hook_arm(u32 event);
void hook_disarm(u32 event);
u32 hook_missed(u32 event);
void hook_passed(u32 event);
void hook_refuse(u32 event, const char *reason);
void hook_info(struct mmtrace_event_info *info);

#endif /* MMTRACE_HOOK_H */
