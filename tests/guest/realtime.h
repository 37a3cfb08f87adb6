/* SPDX-License-Identifier: GPL-2.0 */
/* What may be otherwise on a kernel with PREEMPT_RT, where nothing may sleep. */
#ifndef MMTRACE_TEST_REALTIME_H
#define MMTRACE_TEST_REALTIME_H

#include <stdbool.h>
#include <string.h>
#include <sys/utsname.h>

static inline bool is_realtime(void)
{
	struct utsname name;

	return !uname(&name) && strstr(name.version, "PREEMPT_RT");
}

#endif /* MMTRACE_TEST_REALTIME_H */
