/* SPDX-License-Identifier: GPL-2.0 */
/* Names of functions, from the file that is mapped; with libdw only. */
#ifndef MMTRACE_IMAGE_H
#define MMTRACE_IMAGE_H

#include <stddef.h>

#include "space.h"

#ifdef HAVE_LIBDW
const char *image_symbol(const struct mapping *mapping, __u32 tgid, __u64 offset,
			 __u64 *distance);
void images_free(void);
#else
static inline const char *image_symbol(const struct mapping *mapping, __u32 tgid, __u64 offset,
				       __u64 *distance)
{
	(void)mapping;
	(void)tgid;
	(void)offset;
	(void)distance;
	return NULL;
}

static inline void images_free(void)
{
}
#endif

#endif /* MMTRACE_IMAGE_H */
