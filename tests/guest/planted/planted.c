// SPDX-License-Identifier: GPL-2.0
/*
 * A module with a bug of each kind that a debug kernel is to find: the parameter
 * says which. A detector that is silent here would find nothing in mmtrace either.
 */
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

static char *bug = "";
module_param(bug, charp, 0);

/* What the compiler does not know, it can't warn of. */
static int given = 7;
module_param(given, int, 0);
static int sink;

static int use_after_free(void)
{
	int *p = kmalloc(64, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	if (p)
		WRITE_ONCE(sink, READ_ONCE(*p));
	return 0;
}

static int out_of_bounds(void)
{
	char *p = kmalloc(13, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	if (p)
		p[6 + given] = 1;
	kfree(p);
	return 0;
}

static int vmalloc_out_of_bounds(void)
{
	char *p = vmalloc(100);

	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(sink, READ_ONCE(p[100 + given]));
	vfree(p);
	return 0;
}

static int leak(void)
{
	void *p = kmalloc(1000, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	return p ? 0 : -ENOMEM;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static int lock_inversion(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static int sleep_in_atomic(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
	return 0;
}

static int preemptible_cpu(void)
{
	WRITE_ONCE(sink, smp_processor_id());
	return 0;
}

static int __rcu *guarded;

static int rcu_misuse(void)
{
	int *p = rcu_dereference(guarded);

	return p ? *p : 0;
}

static void on_timer(struct timer_list *timer)
{
}

static int free_active_timer(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, on_timer, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
	return 0;
}

static int shift(void)
{
	WRITE_ONCE(sink, 1 << (25 + given));
	return 0;
}

static int array_bounds(void)
{
	static int array[7];

	WRITE_ONCE(sink, array[given]);
	return 0;
}

/* What two threads do, until the module goes. */
static struct task_struct *threads[2];
static int value;
static int flag;

static int start_threads(int (*one)(void *), int (*two)(void *))
{
	threads[0] = kthread_run(one, NULL, "planted/0");
	if (IS_ERR(threads[0]))
		return PTR_ERR(threads[0]);
	threads[1] = kthread_run(two, NULL, "planted/1");
	if (!IS_ERR(threads[1]))
		return 0;
	kthread_stop(threads[0]);
	return PTR_ERR(threads[1]);
}

static int count(void *unused)
{
	while (!kthread_should_stop()) {
		value++;
		barrier();
		cond_resched();
	}
	return 0;
}

static int two_counters(void)
{
	return start_threads(count, count);
}

/* They take turns, as they believe: @value is of whose turn it is. */
static int take_turns(long mine)
{
	while (!kthread_should_stop()) {
		if (READ_ONCE(flag) == mine) {
			value++;
			/* Should be a release. */
			WRITE_ONCE(flag, !mine);
		}
		cond_resched();
	}
	return 0;
}

static int turn_0(void *unused)
{
	return take_turns(0);
}

static int turn_1(void *unused)
{
	return take_turns(1);
}

static int missing_barrier(void)
{
	return start_threads(turn_0, turn_1);
}

/* What is to fail is told to fail here; that it does is told in the log. */
#ifdef CONFIG_FAULT_INJECTION
static void failed(const char *what, bool truth)
{
	pr_info("%s %s\n", what, truth ? "failed as told" : "did not fail");
	current->fail_nth = 0;
}

static int failed_slab(void)
{
	void *p;

	current->fail_nth = 1;
	p = kmalloc(64, GFP_KERNEL);
	failed("kmalloc", !p);
	kfree(p);
	return 0;
}

static int failed_page(void)
{
	struct page *page;

	current->fail_nth = 1;
	page = alloc_page(GFP_KERNEL);
	failed("alloc_page", !page);
	if (page)
		__free_page(page);
	return 0;
}

static int failed_usercopy(void)
{
	char byte;

	current->fail_nth = 1;
	failed("copy_from_user", copy_from_user(&byte, (void __user *)current->mm->arg_start, 1));
	return 0;
}
#else
static int failed_slab(void) { return -EOPNOTSUPP; }
static int failed_page(void) { return -EOPNOTSUPP; }
static int failed_usercopy(void) { return -EOPNOTSUPP; }
#endif

#define ROW(name)	{ #name, name }

static const struct {
	const char	*name;
	int		(*plant)(void);
} bugs[] = {
	ROW(use_after_free),
	ROW(out_of_bounds),
	ROW(vmalloc_out_of_bounds),
	ROW(leak),
	ROW(lock_inversion),
	ROW(sleep_in_atomic),
	ROW(preemptible_cpu),
	ROW(rcu_misuse),
	ROW(free_active_timer),
	ROW(shift),
	ROW(array_bounds),
	ROW(two_counters),
	ROW(missing_barrier),
	ROW(failed_slab),
	ROW(failed_page),
	ROW(failed_usercopy),
};

static int __init planted_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bug, bugs[i].name))
			return bugs[i].plant();
	return -EINVAL;
}

static void __exit planted_exit(void)
{
	if (!IS_ERR_OR_NULL(threads[0]))
		kthread_stop(threads[0]);
	if (!IS_ERR_OR_NULL(threads[1]))
		kthread_stop(threads[1]);
}

module_init(planted_init);
module_exit(planted_exit);

MODULE_DESCRIPTION("Bugs for the detectors of a debug kernel");
MODULE_LICENSE("GPL");
