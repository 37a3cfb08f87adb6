/* SPDX-License-Identifier: GPL-2.0 */
/* A checksum: CRC-32C (Castagnoli), as iSCSI and ext4 have it. */
#ifndef MMTRACE_CRC32C_H
#define MMTRACE_CRC32C_H

#include <stddef.h>
#include <linux/types.h>

__u32 crc32c(const void *bytes, size_t len);

#endif /* MMTRACE_CRC32C_H */
