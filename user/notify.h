/* SPDX-License-Identifier: GPL-2.0 */
/* Telling whoever has started us as a service. */
#ifndef MMTRACE_NOTIFY_H
#define MMTRACE_NOTIFY_H

void notify_ready(void);

#endif /* MMTRACE_NOTIFY_H */
