// SPDX-License-Identifier: GPL-2.0
/*
 * Eight bytes at a time, with a table for each: every byte of a recording goes
 * through here, and one table would take as long as all the rest of writing it.
 */
#include "crc32c.h"

#define POLYNOMIAL	0x82f63b78u	/* lowest bit first */

static __u32 tables[8][256];

/* At the beginning, as threads share them. */
static void __attribute__((constructor)) make_tables(void)
{
	__u32 value;
	int i, bit;

	for (i = 0; i < 256; i++) {
		value = i;
		for (bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? POLYNOMIAL : 0);
		tables[0][i] = value;
	}
	/* Each has what one more byte of zeros makes of the one before. */
	for (bit = 1; bit < 8; bit++)
		for (i = 0; i < 256; i++)
			tables[bit][i] = tables[bit - 1][i] >> 8 ^
					 tables[0][tables[bit - 1][i] & 255];
}

static __u32 eight_bytes(__u32 sum, const __u8 *at)
{
	return tables[7][at[0] ^ (sum & 255)] ^ tables[6][at[1] ^ (sum >> 8 & 255)] ^
	       tables[5][at[2] ^ (sum >> 16 & 255)] ^ tables[4][at[3] ^ sum >> 24] ^
	       tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]];
}

/**
 * crc32c() - the checksum of some bytes
 * @bytes: the bytes
 * @len: how many
 *
 * Return: it.
 */
__u32 crc32c(const void *bytes, size_t len)
{
	const __u8 *at = bytes;
	__u32 sum = ~0u;

	for (; len >= 8; len -= 8, at += 8)
		sum = eight_bytes(sum, at);
	for (; len; len--, at++)
		sum = sum >> 8 ^ tables[0][(sum ^ *at) & 255];
	return ~sum;
}
