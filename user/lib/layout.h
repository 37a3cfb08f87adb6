/* SPDX-License-Identifier: GPL-2.0 */
/* Where in a record which field is, for programs that have not our header. */
#ifndef MMTRACE_LAYOUT_H
#define MMTRACE_LAYOUT_H

#include <stdio.h>

void layout_print(FILE *out);

#endif /* MMTRACE_LAYOUT_H */
