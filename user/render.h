/* SPDX-License-Identifier: GPL-2.0 */
/* Where records go: text or JSON, one renderer a format. */
#ifndef MMTRACE_RENDER_H
#define MMTRACE_RENDER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <linux/mmtrace.h>

struct symbols;

/**
 * struct render - where records go
 * @out: the file
 * @json: lines of JSON instead of text
 * @symbols: what is at the addresses of stacks; NULL to tell the addresses alone
 */
struct render {
	FILE		*out;
	bool		json;
	struct symbols	*symbols;
};

int render_records(struct render *render, const void *buf, size_t len);

#endif /* MMTRACE_RENDER_H */
