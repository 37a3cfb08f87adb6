/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels, and nothing else does: the one file that asks
 * for a kernel's version. Injected before every source (see Kbuild), so that
 * the rest reads as if there were one kernel, the newest.
 */
#ifndef MMTRACE_COMPAT_H
#define MMTRACE_COMPAT_H

/* Here, as the headers below would take their own. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/kprobes.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/mnt_namespace.h>
#include <linux/mount.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#if !defined(CONFIG_X86_64) && !defined(CONFIG_ARM64)
#error "mmtrace knows x86-64 and arm64"
#endif
#ifndef CONFIG_KRETPROBES
#error "mmtrace needs a kernel with CONFIG_KRETPROBES"
#endif
#ifndef CONFIG_TRACEPOINTS
#error "mmtrace needs a kernel with CONFIG_TRACEPOINTS"
#endif

/*
 * The flags of a mapping: a number, or since 7.2 for some functions, and since
 * 7.3 for do_mmap(), a structure. It goes where the number went, as long as it is
 * one word. Kbuild looks into the header for its name.
 */
#ifdef HAVE_VMA_FLAGS_T
static_assert(sizeof(vma_flags_t) == sizeof(unsigned long));
#else
#define vma_flags_t vm_flags_t
#endif

/*
 * Where do_mmap() takes its page offset. Asked of the prototype and not of the
 * version, as distributions backport either form.
 */
#define DO_MMAP_IS(...)							\
	__builtin_types_compatible_p(typeof(do_mmap), unsigned long(__VA_ARGS__))
#define DO_MMAP_HAS(name)						\
	DO_MMAP_IS(struct file *, unsigned long, unsigned long,		\
		   unsigned long, unsigned long, name##_t,	\
		   unsigned long, unsigned long *, struct list_head *)
#define DO_MMAP_HAS_FLAGS	(DO_MMAP_HAS(vm_flags) || DO_MMAP_HAS(vma_flags))
#define DO_MMAP_HAS_NO_FLAGS						\
	DO_MMAP_IS(struct file *, unsigned long, unsigned long,		\
		   unsigned long, unsigned long, unsigned long,		\
		   unsigned long *, struct list_head *)
#define DO_MMAP_ARG_PGOFF	(DO_MMAP_HAS_FLAGS ? 6 : 5)
static_assert(DO_MMAP_HAS_FLAGS || DO_MMAP_HAS_NO_FLAGS,
	      "do_mmap() has a prototype that mmtrace does not know");

/* shmem_file_setup() takes the one or the other. */
#define SHMEM_FLAGS_NONE						\
	__builtin_choose_expr(						\
		__builtin_types_compatible_p(typeof(shmem_file_setup),	\
			struct file *(const char *, loff_t, unsigned long)), \
		0ul, (vma_flags_t){ 0 })

/*
 * What a tracepoint's probe is told of a task that exits: since 6.16 also whether
 * it was the last of its process. Kbuild looks into the header.
 */
#ifdef HAVE_EXIT_GROUP_DEAD
#define EXIT_PROBE_ARGUMENTS(task) void *data, struct task_struct *(task), bool group_dead
#else
#define EXIT_PROBE_ARGUMENTS(task) void *data, struct task_struct *(task)
#endif

/*
 * Grace periods of RCU: since 6.1 it can be asked whether one has passed, of either
 * kind, of which callbacks of 7.3 wait for either. Before, one always has. Kbuild looks
 * into the header.
 */
#ifdef HAVE_RCU_GP_SEQ
#define rcu_gp_oldstate rcu_gp_seq
#elif !defined(HAVE_RCU_GP_OLDSTATE)
struct rcu_gp_oldstate {
};

static inline void get_state_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
}

static inline bool poll_state_synchronize_rcu_full(struct rcu_gp_oldstate *state)
{
	return true;
}
#endif

/* New in 6.6, backported to some: Kbuild looks into the header. */
#ifndef HAVE_INODE_GET_CTIME
static inline struct timespec64 inode_get_ctime(const struct inode *inode)
{
	return inode->i_ctime;
}
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define HAVE_PENDING_KRETPROBES

/*
 * The functions that current has entered and not left, from the innermost on: a list
 * that is current's own, and that nobody else changes. An instance may belong to
 * another tracer: compare its get_kretprobe() before looking at its data.
 */
#ifdef CONFIG_KRETPROBE_ON_RETHOOK
#define pending_kretprobes	(current->rethooks.first)
#define kretprobe_node		node.llist
#else
#define pending_kretprobes	(current->kretprobe_instances.first)
#define kretprobe_node		llist
#endif

static inline struct kretprobe_instance *pending_kretprobe(struct llist_node *node)
{
	return container_of(node, struct kretprobe_instance, kretprobe_node);
}
#endif /* since 5.11 */

/**
 * peek_user() - read memory of user space as far as it is there
 * @to: where to
 * @from: any address
 * @size: bytes
 *
 * Before 5.14 the probe layer takes a page fault in a handler for a call that it
 * missed. There only pages are read that are known to be there.
 *
 * Context: any, of a thread with user space.
 *
 * Return: 0 or -EFAULT.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
static inline long peek_user(void *to, const void __user *from, size_t size)
{
	return copy_from_user_nofault(to, from, size);
}
#else
static inline long peek_user(void *to, const void __user *from, size_t size)
{
	unsigned long at = (unsigned long)from;
	struct page *page;
	size_t len;

	for (; size; size -= len, at += len, to += len) {
		len = min_t(size_t, size, PAGE_SIZE - offset_in_page(at));
		if (get_user_pages_fast_only(at, 1, 0, &page) != 1)
			return -EFAULT;
		memcpy(to, page_address(page) + offset_in_page(at), len);
		put_page(page);
	}
	return 0;
}
#endif

/**
 * copy_comm() - the name of a thread, and zeros behind it
 * @to: where to
 * @task: whose; another thread may be renaming it, but never writes over the last NUL
 *
 * Before 5.17 a task keeps behind a name what is left of the longer one it had.
 */
static __always_inline void copy_comm(char to[TASK_COMM_LEN], const struct task_struct *task)
{
	size_t len;

	memcpy(to, task->comm, TASK_COMM_LEN);
	if (LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)) {
		len = strnlen(to, TASK_COMM_LEN);
		memset(to + len, 0, TASK_COMM_LEN - len);
	}
}

/**
 * current_mnt_ns_id() - inode number of current's mount namespace
 *
 * struct mnt_namespace is private to fs/; its struct ns_common has been the
 * first member since 5.11, and second to a counter before.
 *
 * Return: the number, or 0 for a task that is past exit_task_namespaces().
 */
static inline u32 current_mnt_ns_id(void)
{
	const struct nsproxy *proxy = current->nsproxy;
	const char *ns;

	if (!proxy)
		return 0;
	ns = (const char *)proxy->mnt_ns;
	if (LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0))
		ns += sizeof(void *);
	return ((const struct ns_common *)ns)->inum;
}

/**
 * struct mount_link - the beginning of a struct mount
 * @mnt_hash: it is in the hash of mounts if it is mounted, and not being moved
 * @mnt_parent: what it is mounted on; itself if on nothing
 * @mnt_mountpoint: and where
 * @mnt: all of it that modules know
 *
 * struct mount is private to fs/, and no function tells where a mount is that
 * takes no lock. It has begun like this since 3.13, that of 7.0 still does; path.c
 * compares it with what follow_up() says before it is used.
 */
struct mount_link {
	struct hlist_node	mnt_hash;
	struct mount_link	*mnt_parent;
	struct dentry		*mnt_mountpoint;
	struct vfsmount		mnt;
};

static inline const struct mount_link *mount_link_of(const struct vfsmount *mnt)
{
	return container_of(mnt, struct mount_link, mnt);
}

/*
 * The count that guards the root directory of a task's paths: @seq is a sequence
 * count with a lock beside it, or since 6.18 a lock around it; either begins with
 * the count.
 */
static inline const seqcount_t *fs_count(const struct fs_struct *fs)
{
	return (const seqcount_t *)&fs->seq;
}
static_assert(!offsetof(seqlock_t, seqcount) && !offsetof(seqcount_spinlock_t, seqcount));

#endif /* MMTRACE_COMPAT_H */
