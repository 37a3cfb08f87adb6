/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers in few characters, for tables. */
#ifndef MMTRACE_UNITS_H
#define MMTRACE_UNITS_H

/* No number is longer, in characters, whatever its value is. */
#define UNITS_MAX	6

/* A number in characters, and its NUL; more than is needed, which the compiler can't know. */
struct units {
	char	text[32];
};

struct units units_count(double count);
struct units units_bytes(double bytes);
struct units units_time(double ns);

#endif /* MMTRACE_UNITS_H */
