/* SPDX-License-Identifier: GPL-2.0 */
/* Filters as the user writes them: expressions. */
#ifndef MMTRACE_EXPR_H
#define MMTRACE_EXPR_H

#include "libmmtrace.h"
#include "tree.h"

struct mmt_fault;

/* For the help of verbs that take filters. */
#define EXPR_NOTES							\
	"EXPR: tests with && || ! and parentheses, for example\n"		\
	"  event == do_mmap && prot & exec && (anon || path ~ \"/tmp/*\") && len >= 64K\n" \
	"FIELD == VALUE, also != < <= > >=; VALUE|VALUE: one of them; LEAST-MOST: a range:\n" \
	"  event pid tid uid gid cgroup cgroup_id mntns pidns len addr pgoff fd dev inode\n" \
	"  ret errno latency syscall; 4K, 10us, root, ENOMEM, 8:1 are values\n"	\
	"FIELD & MASK: prot, flags, kind; also == MASK: these and no others\n"	\
	"FIELD ~ PATTERN, also !~ == !=: comm, path\n"				\
	"anon file memfd shm unlinked tmpfs hugetlb device failed ok compat\n"	\
	"Quote the expression for the shell; @FILE reads it from a file."

int expr_parse(const char *text, struct tree *tree, struct mmt_fault *fault);

#endif /* MMTRACE_EXPR_H */
