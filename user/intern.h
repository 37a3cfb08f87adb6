/* SPDX-License-Identifier: GPL-2.0 */
/* Strings of any bytes, each kept once, known by a number. */
#ifndef MMTRACE_INTERN_H
#define MMTRACE_INTERN_H

#include <stddef.h>
#include <linux/types.h>

/* Numbers of strings that are there from the beginning. */
#define INTERN_EMPTY	0
#define INTERN_OTHERS	1	/* stands for all for which there was no room */

struct intern;

struct intern *intern_new(void);
void intern_free(struct intern *intern);
__u32 intern(struct intern *intern, const char *bytes, size_t len);
const char *intern_bytes(const struct intern *intern, __u32 number, size_t *len);

#endif /* MMTRACE_INTERN_H */
