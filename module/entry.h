/* SPDX-License-Identifier: GPL-2.0 */
/* Handlers of the hooked functions: an event, an entry. */
#ifndef MMTRACE_ENTRY_H
#define MMTRACE_ENTRY_H

struct kretprobe_instance;
struct pt_regs;

int entry_do_mmap(struct kretprobe_instance *ri, struct pt_regs *regs);
int entry_mremap(struct kretprobe_instance *ri, struct pt_regs *regs);
int entry_remap_file_pages(struct kretprobe_instance *ri, struct pt_regs *regs);
int entry_mmap(struct kretprobe_instance *ri, struct pt_regs *regs);
int entry_mmap2(struct kretprobe_instance *ri, struct pt_regs *regs);
int entry_return(struct kretprobe_instance *ri, struct pt_regs *regs);

#endif /* MMTRACE_ENTRY_H */
