/* SPDX-License-Identifier: GPL-2.0 */
/* How long calls took, as bars of text. */
#ifndef MMTRACE_BARS_H
#define MMTRACE_BARS_H

#include <stdio.h>

#include "delay.h"

void bars_print(const struct delay *latency, FILE *out);

#endif /* MMTRACE_BARS_H */
