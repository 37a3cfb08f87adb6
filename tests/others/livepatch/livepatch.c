// SPDX-License-Identifier: GPL-2.0
/*
 * A live patch of do_mmap() that changes nothing: it counts the calls of tasks that are
 * called "caller", and goes on behind the place where the kernel calls its tracers.
 */
#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/livepatch.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

typedef unsigned long (*do_mmap_t)(struct file *file, unsigned long addr, unsigned long len,
				   unsigned long prot, unsigned long flags, unsigned long pgoff,
				   unsigned long *populate, struct list_head *uf);

static do_mmap_t rest_of_do_mmap __read_mostly;

static atomic_t calls;
module_param_named(calls, calls.counter, int, 0444);
MODULE_PARM_DESC(calls, "calls so far of tasks that are called \"caller\"");

static unsigned long counted_do_mmap(struct file *file, unsigned long addr, unsigned long len,
				     unsigned long prot, unsigned long flags, unsigned long pgoff,
				     unsigned long *populate, struct list_head *uf)
{
	if (!strcmp(current->comm, "caller"))
		atomic_inc(&calls);
	return rest_of_do_mmap(file, addr, len, prot, flags, pgoff, populate, uf);
}

static struct klp_func funcs[] = {
	{ .old_name = "do_mmap", .new_func = counted_do_mmap },
	{ }
};

static struct klp_object objects[] = {
	{ .funcs = funcs },	/* of the kernel itself */
	{ }
};

static struct klp_patch patch = {
	.mod	= THIS_MODULE,
	.objs	= objects,
};

/* A probe knows where that place is: it would be put there. */
static int find_rest(void)
{
	struct kprobe probe = {
		.symbol_name	= "do_mmap",
		.flags		= KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err)
		return err;
	rest_of_do_mmap = (do_mmap_t)(probe.addr + MCOUNT_INSN_SIZE);
	unregister_kprobe(&probe);
	return 0;
}

static int __init patch_init(void)
{
	return find_rest() ?: klp_enable_patch(&patch);
}

/* The kernel lets it go only when the patch is off. */
static void __exit patch_exit(void)
{
}

module_init(patch_init);
module_exit(patch_exit);
MODULE_DESCRIPTION("Live patch of do_mmap() that counts");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
