/* SPDX-License-Identifier: GPL-2.0 */
/* What freezes a recorder, as the user writes it. */
#ifndef MMTRACE_USER_TRIGGER_H
#define MMTRACE_USER_TRIGGER_H

#include "program.h"

int trigger_parse(const char *text, struct program *program);

#endif /* MMTRACE_USER_TRIGGER_H */
