/* SPDX-License-Identifier: GPL-2.0 */
/* All sessions of the machine but our own, and their accounts. */
#ifndef MMTRACE_SESSIONS_H
#define MMTRACE_SESSIONS_H

#include <linux/mmtrace.h>

#include "libmmtrace.h"


int sessions_text(struct mmt_device *device);
int sessions_json(struct mmt_device *device);

#endif /* MMTRACE_SESSIONS_H */
