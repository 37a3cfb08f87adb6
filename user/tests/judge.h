/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls as a filter sees them, and a small evaluator that follows the contract in
 * the UAPI header and knows nothing of the compiler.
 */
#ifndef MMTRACE_JUDGE_H
#define MMTRACE_JUDGE_H

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

#include "libmmtrace.h"
#include "program.h"
#include "term.h"

/*
 * @first, @last: of MMTRACE_FIELD_ADDR: bytes; @above: of MMTRACE_FIELD_CGROUP:
 * what the cgroup is below
 */
struct call {
	__u64		number[MMTRACE_FIELD_COUNT];
	bool		has[MMTRACE_FIELD_COUNT];
	__u64		first;
	__u64		last;
	__u64		above;
	const char	*comm;
	const char	*path;
};

static __u64 judge_seed = 42;

static inline __u64 any(__u64 limit)
{
	judge_seed = judge_seed * 6364136223846793005ull + 1442695040888963407ull;
	return (judge_seed >> 33) % limit;
}

static inline bool string_holds(const struct mmt_program *program, const struct mmtrace_pred *pred,
				const char *string)
{
	char pattern[MMTRACE_STRINGS_MAX + 1];

	memcpy(pattern, program->strings + pred->value, pred->mask);
	pattern[pred->mask] = 0;
	if (pred->op == MMTRACE_OP_GLOB)
		return !fnmatch(pattern, string, 0);
	return !strcmp(pattern, string);
}

static inline bool is_below(__u16 field, __u64 a, __u64 b)
{
	if (field == MMTRACE_FIELD_FD || field == MMTRACE_FIELD_RET ||
	    field == MMTRACE_FIELD_SYSCALL)
		return (__s64)a < (__s64)b;
	return a < b;
}

static inline bool number_holds(const struct mmtrace_pred *pred, const struct call *call)
{
	__u64 whole = call->number[pred->field], number = whole & pred->mask;

	switch (pred->op) {
	case MMTRACE_OP_EQ:
		return number == pred->value;
	case MMTRACE_OP_LT:
		return is_below(pred->field, number, pred->value);
	case MMTRACE_OP_GT:
		return is_below(pred->field, pred->value, number);
	case MMTRACE_OP_ANY:
		return number;
	case MMTRACE_OP_RANGE:
		return !is_below(pred->field, whole, pred->value) &&
		       !is_below(pred->field, pred->mask, whole);
	case MMTRACE_OP_UNDER:
		return whole == pred->value || call->above == pred->value;
	case MMTRACE_OP_OVERLAP:
		return call->first <= pred->mask && call->last >= pred->value;
	}
	return false;
}

static inline bool holds(const struct mmt_program *program, const struct mmtrace_pred *pred,
			 const struct call *call)
{
	if (!call->has[pred->field])
		return false;
	if (pred->field == MMTRACE_FIELD_COMM)
		return string_holds(program, pred, call->comm);
	if (pred->field == MMTRACE_FIELD_PATH)
		return string_holds(program, pred, call->path);
	return number_holds(pred, call);
}

static inline bool accepts(const struct mmt_program *program, const struct call *call)
{
	unsigned int at = program->preds_len ? 0 : MMTRACE_ACCEPT;

	while (at < program->preds_len) {
		const struct mmtrace_pred *pred = &program->preds[at];

		at = holds(program, pred, call) ? pred->on_true : pred->on_false;
	}
	return at == MMTRACE_ACCEPT;
}

static inline bool is_good_pred(const struct mmt_program *program, const struct mmtrace_pred *pred)
{
	if (pred->field >= MMTRACE_FIELD_COUNT || pred->op >= MMTRACE_OP_COUNT)
		return false;
	if (term_is_string(pred->field))
		return pred->value + pred->mask <= program->strings_len &&
		       (pred->op == MMTRACE_OP_EQ || pred->op == MMTRACE_OP_GLOB);
	if (pred->field == MMTRACE_FIELD_ADDR && pred->op != MMTRACE_OP_OVERLAP)
		return false;
	switch (pred->op) {
	case MMTRACE_OP_GLOB:
		return false;
	case MMTRACE_OP_ANY:
		return !pred->value;
	case MMTRACE_OP_UNDER:
		return pred->field == MMTRACE_FIELD_CGROUP && !pred->mask;
	case MMTRACE_OP_OVERLAP:
		return pred->field == MMTRACE_FIELD_ADDR && pred->value <= pred->mask;
	case MMTRACE_OP_RANGE:
		return !is_below(pred->field, pred->mask, pred->value);
	default:
		return true;
	}
}

/* What the module asks of a program. */
static inline bool well_made(const struct mmt_program *program)
{
	unsigned int i, to, end;

	for (i = 0; i < program->preds_len; i++) {
		const struct mmtrace_pred *pred = &program->preds[i];

		for (end = 0; end < 2; end++) {
			to = end ? pred->on_true : pred->on_false;
			if (to < MMTRACE_ACCEPT && (to <= i || to >= program->preds_len))
				return false;
		}
		if (!is_good_pred(program, pred))
			return false;
	}
	return true;
}

static const char *const judge_comms[] = { "cat", "dog", "catalogue", "a b", "*", "!x", "" };
static const char *const judge_paths[] = { "/lib/libc.so.6", "/tmp/x", "/lib/x,y", "/a\\b" };

static inline struct call random_call(void)
{
	static const __u64 lens[] = {
		1, 4095, 4096, 4097, 8192, 65536, 2097152, 2097153, 1ull << 41,
	};
	static const __u64 prots[] = { 0, 1, 2, 3, 4, 5, 7, 0x1000001, 0x10 };
	static const __u64 flags[] = {
		0, 1, 2, 3, 4, 5, 7, 0x21, 0x22, 0x23, 0x32, 0x40022, 0x8, 0x31,
	};
	struct call call = { .comm = judge_comms[any(7)], .path = judge_paths[any(4)] };
	__u64 event = 1 + any(5);
	size_t i;

	for (i = 0; i < MMTRACE_FIELD_COUNT; i++)
		call.has[i] = true;
	call.number[MMTRACE_FIELD_EVENT] = event;
	call.number[MMTRACE_FIELD_TGID] = 1 + any(4);
	call.number[MMTRACE_FIELD_TID] = 1 + any(4);
	call.number[MMTRACE_FIELD_UID] = any(3) * 500;
	call.number[MMTRACE_FIELD_PROT] = prots[any(9)];
	call.number[MMTRACE_FIELD_FLAGS] = flags[any(14)];
	call.number[MMTRACE_FIELD_LEN] = lens[any(9)];
	call.number[MMTRACE_FIELD_ANON] = any(2);
	call.number[MMTRACE_FIELD_GID] = any(3) * 50;
	call.number[MMTRACE_FIELD_CGROUP] = 1 + any(3);
	call.above = any(2);
	call.number[MMTRACE_FIELD_MNT_NS] = any(3);
	call.number[MMTRACE_FIELD_PID_NS] = any(3);
	call.number[MMTRACE_FIELD_PGOFF] = any(8);
	call.number[MMTRACE_FIELD_FD] = any(5) - 1;
	call.number[MMTRACE_FIELD_DEV] = (8ull << 32) + any(2);
	call.number[MMTRACE_FIELD_INODE] = any(5);
	call.number[MMTRACE_FIELD_KIND] = any(2) ? 0 : MMTRACE_R_UNLINKED << any(6);
	call.number[MMTRACE_FIELD_DURATION] = any(5) * 1000;
	call.number[MMTRACE_FIELD_SYSCALL] = any(13) - 1;
	call.number[MMTRACE_FIELD_COMPAT] = any(2);
	call.number[MMTRACE_FIELD_FAILED] = any(2);
	call.number[MMTRACE_FIELD_ERRNO] = call.number[MMTRACE_FIELD_FAILED] * (1 + any(22));
	call.first = any(16) << 12;
	call.last = call.first + 4095;
	call.number[MMTRACE_FIELD_RET] = call.number[MMTRACE_FIELD_FAILED] ?
					 -call.number[MMTRACE_FIELD_ERRNO] : call.first;
	call.has[MMTRACE_FIELD_PROT] = event != MMTRACE_EVENT_MREMAP;
	call.has[MMTRACE_FIELD_ANON] = event != MMTRACE_EVENT_MREMAP &&
				       event != MMTRACE_EVENT_REMAP_FILE_PAGES;
	call.has[MMTRACE_FIELD_PATH] = event == MMTRACE_EVENT_DO_MMAP &&
				       !call.number[MMTRACE_FIELD_ANON];
	for (i = MMTRACE_FIELD_DEV; i <= MMTRACE_FIELD_KIND; i++)
		call.has[i] = call.has[MMTRACE_FIELD_PATH];
	call.has[MMTRACE_FIELD_PGOFF] = event != MMTRACE_EVENT_MREMAP;
	call.has[MMTRACE_FIELD_FD] = call.has[MMTRACE_FIELD_ANON] && any(8);
	return call;
}

#endif /* MMTRACE_JUDGE_H */
