/* SPDX-License-Identifier: GPL-2.0 */
/* Records made by hand. */
#ifndef MMTRACE_SAMPLE_H
#define MMTRACE_SAMPLE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/mmtrace.h>

/* A record and the room that a file part takes. */
union sample {
	struct mmtrace_record	rec;
	__u64			words[MMTRACE_RECORD_MAX / 8];
	char			bytes[MMTRACE_RECORD_MAX];
};

static inline void sample_call(union sample *sample, __u32 event, size_t size)
{
	memset(sample, 0, sizeof(*sample));
	sample->rec.head = (struct mmtrace_head){
		.size = offsetof(struct mmtrace_record, do_mmap) + size,
		.event = event, .seq = 17, .time = 12345678901ull,
	};
	sample->rec.call = (struct mmtrace_call){
		.duration = 2345, .call_id = 0x1000000000017ull, .ret = 0x7f12a4c00000ll,
		.cgroup = 1, .tgid = 812, .tid = 813, .ptgid = 1, .uid = 1000, .gid = 100,
		.mnt_ns = 4026531841u, .pid_ns = 4026531836u, .syscall = 9,
		.comm = "python3",
	};
}

static inline void sample_do_mmap(union sample *sample)
{
	sample_call(sample, MMTRACE_EVENT_DO_MMAP, sizeof(struct mmtrace_do_mmap));
	sample->rec.do_mmap = (struct mmtrace_do_mmap){
		.len = 8192, .prot = 3, .flags = 0x22, .fd = -1,
	};
}

static inline struct mmtrace_file *sample_file_of(union sample *sample)
{
	return (struct mmtrace_file *)(&sample->rec.do_mmap + 1);
}

static inline void sample_file(union sample *sample, const char *path, size_t len)
{
	struct mmtrace_file *file = sample_file_of(sample);

	sample_do_mmap(sample);
	sample->rec.head.flags = MMTRACE_R_FILE | MMTRACE_R_FD;
	sample->rec.do_mmap.fd = 3;
	*file = (struct mmtrace_file){
		.inode = 1234, .ctime = 1700000000000000000ll, .dev_major = 8, .dev_minor = 1,
		.open_flags = 0100000, .path_len = len,
	};
	memcpy(file->path, path, len);
	sample->rec.head.size += sizeof(*file) + (len + 8) / 8 * 8;
}

/* Makes it the end of a record that has been made. */
static inline struct mmtrace_stack *sample_stack(union sample *sample, __u32 depth, __u32 flags)
{
	struct mmtrace_stack *stack = (void *)(sample->bytes + sample->rec.head.size);
	__u32 i;

	sample->rec.head.flags |= MMTRACE_R_STACK;
	sample->rec.head.size += sizeof(*stack) + depth * sizeof(stack->ip[0]);
	stack->depth = depth;
	stack->flags = flags;
	for (i = 0; i < depth; i++)
		stack->ip[i] = 0x7f12a4d11a2aull + i * 0x1000;
	return stack;
}

#endif /* MMTRACE_SAMPLE_H */
