/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RING_SHIM_LINUX_BITOPS_H
#define RING_SHIM_LINUX_BITOPS_H

#include <linux/types.h>

static inline u32 ror32(u32 word, unsigned int shift)
{
	return (word >> (shift & 31)) | (word << (-shift & 31));
}

#endif
