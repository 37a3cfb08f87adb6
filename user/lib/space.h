/* SPDX-License-Identifier: GPL-2.0 */
/* An address space, as far as it is code of files. */
#ifndef MMTRACE_SPACE_H
#define MMTRACE_SPACE_H

#include <stddef.h>
#include <stdio.h>
#include <linux/types.h>

/**
 * struct mapping - code of a file that is mapped
 * @start: address
 * @end: behind the last
 * @offset: in the file, bytes
 * @inode: of the file
 * @dev_major: likewise
 * @dev_minor: likewise
 * @path: likewise; a name in brackets for what is not of a file
 */
struct mapping {
	__u64	start;
	__u64	end;
	__u64	offset;
	__u64	inode;
	__u32	dev_major;
	__u32	dev_minor;
	char	*path;
};

/**
 * struct space - an address space; all zero is an empty one
 * @mappings: which do not overlap, in no order
 * @len: how many
 * @room: for how many there is room
 */
struct space {
	struct mapping	*mappings;
	size_t		len;
	size_t		room;
};

void space_map(struct space *space, const struct mapping *mapping);
void space_unmap(struct space *space, __u64 start, __u64 end);
void space_read(struct space *space, FILE *maps);
char *space_text(const struct space *space);
const struct mapping *space_find(const struct space *space, __u64 address);
void space_clear(struct space *space);

#endif /* MMTRACE_SPACE_H */
