/* SPDX-License-Identifier: GPL-2.0 */
/* Notices at once that the kernel's probes are switched off, where that can be noticed. */
#ifndef MMTRACE_TRIPWIRE_H
#define MMTRACE_TRIPWIRE_H

#include <linux/types.h>

struct work_struct;

void tripwire_init(struct work_struct *work);
void tripwire_exit(void);
void tripwire_arm(void);
void tripwire_disarm(void);
u64 tripwire_take(void);

#endif /* MMTRACE_TRIPWIRE_H */
