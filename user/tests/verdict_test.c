// SPDX-License-Identifier: GPL-2.0
/*
 * Filters over records: random calls become records, and what is said to these must be
 * what judge.h, which knows nothing of records, says to the calls.
 */
#include <stdlib.h>

#include "filter.h"
#include "judge.h"
#include "libmmtrace.h"
#include "sample.h"
#include "tap.h"

#define ROUNDS	3000
#define PAGE	4096

static const char *const expressions[] = {
	"event == mmap || event == mremap",
	"pid == 2 && !(tid == 3)",
	"uid == 500 || gid == 100",
	"comm == cat || comm ~ 'c*' && comm != catalogue",
	"prot & exec && prot & write",
	"prot == read+write || prot == none",
	"flags & shared || flags & private",
	"len == 4K-2M && len != 8192",
	"len > 2M || len < 4096",
	"anon", "file", "!anon && !file",
	"path ~ '/lib/*' && path !~ '*,*'",
	"path == '/a\\\\b'",
	"failed", "ok && event == do_mmap",
	"cgroup_id == 2 || mntns == 1 && pidns != 2",
	"addr == 0x3000-0x5fff", "addr < 0x2000", "addr > 0x9000 && failed",
	"pgoff == 3 || pgoff > 6", "fd == -1", "fd >= 1", "fd < 0 || fd == 3",
	"dev == 8:1", "dev != 8:1 && inode > 2",
	"unlinked || memfd", "kind & shm|tmpfs || device", "kind == 0",
	"ret < 0", "ret > 0x4000", "errno == ENOENT|EACCES", "errno != 0 && errno < 10",
	"latency >= 2us && latency < 4us", "syscall == 9 || syscall == -1",
	"syscall > 5 && !compat", "compat",
};

static void put_args(union sample *sample, struct call *call)
{
	const __u64 *number = call->number;
	bool failed = number[MMTRACE_FIELD_FAILED];
	__u64 len = number[MMTRACE_FIELD_LEN];

	switch (number[MMTRACE_FIELD_EVENT]) {
	case MMTRACE_EVENT_DO_MMAP:
		sample->rec.do_mmap = (struct mmtrace_do_mmap){
			call->first, len, number[MMTRACE_FIELD_PROT],
			number[MMTRACE_FIELD_FLAGS], number[MMTRACE_FIELD_PGOFF],
			number[MMTRACE_FIELD_FD], 0
		};
		break;
	case MMTRACE_EVENT_MREMAP:
		sample->rec.mremap = (struct mmtrace_mremap){
			0, 0, len, number[MMTRACE_FIELD_FLAGS], call->first,
		};
		if (failed && !(number[MMTRACE_FIELD_FLAGS] & 2))
			call->first = ~0ull;
		break;
	case MMTRACE_EVENT_REMAP_FILE_PAGES:
		sample->rec.remap_file_pages = (struct mmtrace_remap_file_pages){
			call->first, len, number[MMTRACE_FIELD_PROT],
			number[MMTRACE_FIELD_PGOFF], number[MMTRACE_FIELD_FLAGS],
		};
		break;
	default:
		sample->rec.mmap = (struct mmtrace_mmap){
			call->first, len, number[MMTRACE_FIELD_PROT],
			number[MMTRACE_FIELD_FLAGS], number[MMTRACE_FIELD_PGOFF] * PAGE,
			number[MMTRACE_FIELD_FD], 0
		};
		if (number[MMTRACE_FIELD_EVENT] == MMTRACE_EVENT_MMAP2)
			sample->rec.mmap.off /= PAGE;
		call->number[MMTRACE_FIELD_ANON] = !!(number[MMTRACE_FIELD_FLAGS] & 0x20);
	}
	call->last = call->first == ~0ull ? 0 : call->first + (len + PAGE - 1) / PAGE * PAGE - 1;
}

static void put_file(union sample *sample, const struct call *call)
{
	struct mmtrace_file *file = sample_file_of(sample);

	sample->rec.head.flags |= MMTRACE_R_FILE | call->number[MMTRACE_FIELD_KIND];
	file->inode = call->number[MMTRACE_FIELD_INODE];
	file->dev_major = call->number[MMTRACE_FIELD_DEV] >> 32;
	file->dev_minor = call->number[MMTRACE_FIELD_DEV];
	file->path_len = strlen(call->path);
	strcpy(file->path, call->path);
}

/* The record of a call, and the call made to be one that a record can tell. */
static void record_of(struct call *call, union sample *sample)
{
	const __u64 *number = call->number;

	sample_call(sample, number[MMTRACE_FIELD_EVENT], sizeof(struct mmtrace_do_mmap));
	sample->rec.call = (struct mmtrace_call){
		.duration = number[MMTRACE_FIELD_DURATION], .ret = number[MMTRACE_FIELD_RET],
		.cgroup = number[MMTRACE_FIELD_CGROUP], .tid = number[MMTRACE_FIELD_TID],
		.tgid = number[MMTRACE_FIELD_TGID], .uid = number[MMTRACE_FIELD_UID],
		.gid = number[MMTRACE_FIELD_GID], .mnt_ns = number[MMTRACE_FIELD_MNT_NS],
		.pid_ns = number[MMTRACE_FIELD_PID_NS], .syscall = number[MMTRACE_FIELD_SYSCALL],
	};
	strcpy(sample->rec.call.comm, call->comm);
	if (number[MMTRACE_FIELD_COMPAT])
		sample->rec.head.flags |= MMTRACE_R_COMPAT;
	put_args(sample, call);
	if (number[MMTRACE_FIELD_EVENT] != MMTRACE_EVENT_DO_MMAP) {
		call->has[MMTRACE_FIELD_FD] = call->has[MMTRACE_FIELD_ANON];
		return;
	}
	if (call->has[MMTRACE_FIELD_FD])
		sample->rec.head.flags |= MMTRACE_R_FD;
	if (call->has[MMTRACE_FIELD_PATH])
		put_file(sample, call);
}

static void test(const char *expression)
{
	static struct filter filter;
	static struct mmt_program program;
	static union sample sample;
	unsigned int i, wanted = 0;
	bool same = true;

	memset(&filter, 0, sizeof(filter));
	if (filter_expression(&filter, expression) || filter_compile(&filter, &program)) {
		ok(false, "%s", expression);
		return;
	}
	for (i = 0; i < ROUNDS && same; i++) {
		struct call call = random_call();
		bool expected;

		record_of(&call, &sample);
		expected = accepts(&program, &call);
		wanted += expected;
		same = mmt_program_accepts(&program, &sample.rec, PAGE) == expected;
	}
	if (!ok(same && wanted && wanted < ROUNDS, "%s", expression))
		printf("# %u of %u, event %u\n", wanted, i, sample.rec.head.event);
}

int main(void)
{
	static struct filter filter;
	static struct mmt_program program;
	static union sample sample;
	size_t i;

	for (i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
		test(expressions[i]);
	sample.rec.head.size = sizeof(sample.rec.head) + sizeof(sample.rec.lost);
	filter_expression(&filter, "pid == 1");
	filter_compile(&filter, &program);
	ok(mmt_program_accepts(&program, &sample.rec, PAGE), "what is lost passes every filter");
	ok(mmt_program_can_judge(&program), "a record tells of a process");
	memset(&filter, 0, sizeof(filter));
	filter_expression(&filter, "cgroup == 1");
	filter_compile(&filter, &program);
	ok(!mmt_program_can_judge(&program), "and not of what is below a cgroup");
	return tap_done();
}
