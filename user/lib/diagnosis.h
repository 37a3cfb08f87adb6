/* SPDX-License-Identifier: GPL-2.0 */
/* Why the device can't be opened, as far as the system tells. */
#ifndef MMTRACE_DIAGNOSIS_H
#define MMTRACE_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

bool diagnosis_open(char *text, size_t room, const char *root, const char *path, int number);

#endif /* MMTRACE_DIAGNOSIS_H */
