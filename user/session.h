/* SPDX-License-Identifier: GPL-2.0 */
/* Sessions of the device that the user has chosen. */
#ifndef MMTRACE_SESSION_H
#define MMTRACE_SESSION_H

#include "libmmtrace.h"

void session_choose_device(const char *path);
struct mmt_device *session_open(void);
struct mmt_device *session_adopt(int fd);

#endif /* MMTRACE_SESSION_H */
