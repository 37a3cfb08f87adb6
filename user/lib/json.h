/* SPDX-License-Identifier: GPL-2.0 */
/* A record as a line of JSON. */
#ifndef MMTRACE_JSON_H
#define MMTRACE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/mmtrace.h>

struct symbols;

bool json_string(FILE *out, const char *bytes, size_t len);
void json_object(FILE *out, const struct mmtrace_record *rec, struct symbols *symbols);
void json_record(FILE *out, const struct mmtrace_record *rec, struct symbols *symbols);

#endif /* MMTRACE_JSON_H */
