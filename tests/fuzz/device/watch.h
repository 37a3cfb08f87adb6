/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's log: does it complain? */
#ifndef FUZZ_WATCH_H
#define FUZZ_WATCH_H

#include <stdbool.h>

void watch_init(const char *patterns);
void watch_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *watch_complaint(void);

#endif /* FUZZ_WATCH_H */
