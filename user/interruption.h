/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's probes are switched off: what is said of it. */
#ifndef MMTRACE_INTERRUPTION_H
#define MMTRACE_INTERRUPTION_H

#define INTERRUPTION_END \
	"sysctl kernel.ftrace_enabled=1; echo 1 >/sys/kernel/debug/kprobes/enabled"

#define INTERRUPTION_WHY \
	"the kernel's probes were switched off; to switch them on: " INTERRUPTION_END

#endif /* MMTRACE_INTERRUPTION_H */
