/* SPDX-License-Identifier: GPL-2.0 */
/* Handlers of the hooked functions. */
#ifndef MMTRACE_ENTRY_H
#define MMTRACE_ENTRY_H

struct call;
struct kprobe;
struct kretprobe_instance;
struct pt_regs;

/* An event, an entry. */
int entry_do_mmap(struct kprobe *probe, struct pt_regs *regs);
int entry_mremap(struct kprobe *probe, struct pt_regs *regs);
int entry_remap_file_pages(struct kprobe *probe, struct pt_regs *regs);
int entry_mmap(struct kprobe *probe, struct pt_regs *regs);
int entry_mmap2(struct kprobe *probe, struct pt_regs *regs);

void entry_origin(struct call *call);
int entry_return(struct kretprobe_instance *ri, struct pt_regs *regs);

#endif /* MMTRACE_ENTRY_H */
