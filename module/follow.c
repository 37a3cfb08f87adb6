// SPDX-License-Identifier: GPL-2.0
/*
 * Following: which tasks a session takes calls of, when it does not take those
 * of all.
 *
 * A table has the tasks that are followed, by the address of their task_struct:
 * a task keeps that through execve(), also where a thread takes the id of its
 * leader, while an id may be another's by the time that it is looked at. A task
 * comes into the table where it is made, before it has run, and leaves it where
 * it exits, before its task_struct can be another's. Two tracepoints of the kernel
 * tell of both; nobody listens to them while no session follows.
 *
 * The hooks look into the table under RCU. Whoever changes it holds follow_lock:
 * one, as each fork and each exit takes a lock of the whole machine anyway. Under
 * it,
 *
 *   fork:  is linked among the threads, then takes from its maker what is in the
 *          table;
 *   exit:  is marked PF_EXITING, then removes what is in the table;
 *   add:   looks at the mark, puts into the table, and looks at the threads again
 *          until there is no new one.
 *
 * So whichever of two comes first, no thread is left out and none stays behind.
 *
 * Where a task is made nothing can be allocated, as on PREEMPT_RT not even
 * GFP_ATOMIC may be where preemption is off. Entries come from a reserve, which a
 * worker keeps full.
 */
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mmtrace.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>

#include <trace/events/sched.h>

#include "follow.h"
#include "session.h"
#include "wake.h"

#define TABLE_BITS	12
#define RESERVE_PER_CPU	512	/* entries; tasks that may be made before the worker runs */
#define DROP_AT_ONCE	64	/* entries; how long the lock is held */

/**
 * struct followed - a task that a session follows
 * @node: in the table
 * @link: among the tasks of the session, or in the reserve
 * @task: only to be compared
 * @session: that follows
 * @children: it follows what the task makes, too
 * @rcu: until no hook looks at it any more
 */
struct followed {
	struct hlist_node		node;
	struct list_head		link;
	const struct task_struct	*task;
	struct session			*session;
	bool				children;
	struct rcu_head			rcu;
};

static DEFINE_HASHTABLE(table, TABLE_BITS);
static LIST_HEAD(reserve);
/* Written with the lock alone; whoever fills the reserve looks at it without. */
static unsigned int reserve_count;
static DEFINE_RAW_SPINLOCK(follow_lock);

static void refill(struct work_struct *work);
static DECLARE_WORK(refill_work, refill);

static struct followed *find(const struct session *session, const struct task_struct *task)
{
	struct followed *entry;

	hash_for_each_possible_rcu(table, entry, node, (unsigned long)task,
				   rcu_read_lock_any_held() || lockdep_is_held(&follow_lock))
		if (entry->task == task && entry->session == session)
			return entry;
	return NULL;
}

/**
 * follow_has_current() - is it one that the session follows?
 * @session: that follows
 *
 * Only current itself could have changed the answer, but for an ioctl.
 *
 * Context: preemption off, any.
 *
 * Return: whether it is.
 */
bool follow_has_current(const struct session *session)
{
	return find(session, current);
}

static unsigned int reserve_size(void)
{
	return min(RESERVE_PER_CPU * num_possible_cpus(), 65536u);
}

static void give_back(struct followed *entry)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&follow_lock, flags);
	list_add(&entry->link, &reserve);
	WRITE_ONCE(reserve_count, reserve_count + 1);
	raw_spin_unlock_irqrestore(&follow_lock, flags);
}

static void give_back_rcu(struct rcu_head *rcu)
{
	give_back(container_of(rcu, struct followed, rcu));
}

static int fill_reserve(void)
{
	struct followed *entry;

	while (READ_ONCE(reserve_count) < reserve_size()) {
		entry = kmalloc(sizeof(*entry), GFP_KERNEL);
		if (!entry)
			return -ENOMEM;
		give_back(entry);
	}
	return 0;
}

static void refill(struct work_struct *work)
{
	fill_reserve();
}

/* Nobody follows any more. */
static void free_reserve(void)
{
	struct followed *entry, *next;

	cancel_work_sync(&refill_work);
	rcu_barrier();
	list_for_each_entry_safe(entry, next, &reserve, link)
		kfree(entry);
	INIT_LIST_HEAD(&reserve);
	reserve_count = 0;
}

/* 1 for a new one, 0 if it is there already, -ENOMEM. With the lock. */
static int put(struct session *session, const struct task_struct *task, bool children)
{
	struct follow *follow = &session->follow;
	struct followed *entry = find(session, task);

	if (entry) {
		entry->children |= children;
		return 0;
	}
	entry = list_first_entry_or_null(&reserve, struct followed, link);
	if (!entry)
		return -ENOMEM;
	WRITE_ONCE(reserve_count, reserve_count - 1);
	list_move(&entry->link, &follow->tasks);
	WRITE_ONCE(follow->count, follow->count + 1);
	entry->task = task;
	entry->session = session;
	entry->children = children;
	hash_add_rcu(table, &entry->node, (unsigned long)task);
	return 1;
}

/* With the lock, under which alone the session is known to be there. */
static void drop(struct followed *entry)
{
	struct follow *follow = &entry->session->follow;

	hash_del_rcu(&entry->node);
	list_del(&entry->link);
	WRITE_ONCE(follow->count, follow->count - 1);
	if (!follow->count)
		wake_at_end(entry->session);
	call_rcu(&entry->rcu, give_back_rcu);
}

static void inherit(const struct followed *entry, const struct task_struct *child)
{
	struct follow *follow = &entry->session->follow;

	if (entry->children && !follow->ended && put(entry->session, child, true) < 0)
		follow->unfollowed++;
}

/* The child has not run yet, and can't before this returns. */
static void on_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct followed *entry;
	unsigned long flags;
	bool low;

	raw_spin_lock_irqsave(&follow_lock, flags);
	hash_for_each_possible(table, entry, node, (unsigned long)parent)
		if (entry->task == parent)
			inherit(entry, child);
	low = reserve_count < reserve_size() / 2;
	raw_spin_unlock_irqrestore(&follow_lock, flags);
	if (low)
		schedule_work(&refill_work);
}

/* The task maps nothing any more, and its task_struct is not free yet. */
static void on_exit(EXIT_PROBE_ARGUMENTS(task))
{
	struct followed *entry;
	struct hlist_node *next;
	unsigned long flags;

	raw_spin_lock_irqsave(&follow_lock, flags);
	hash_for_each_possible_safe(table, entry, next, node, (unsigned long)task)
		if (entry->task == task)
			drop(entry);
	raw_spin_unlock_irqrestore(&follow_lock, flags);
}

/**
 * struct probe - what is called at a tracepoint
 * @name: of the tracepoint, which is not exported
 * @func: of the form that the tracepoint asks for
 * @tracepoint: NULL if the kernel has none
 */
struct probe {
	const char		*name;
	void			*func;
	struct tracepoint	*tracepoint;
};

static struct probe probes[] = {
	{ "sched_process_fork", on_fork },
	{ "sched_process_exit", on_exit },
};

/* Guards how many sessions need the probes. */
static DEFINE_MUTEX(probes_lock);
static unsigned int probes_users;

/* Never called: the compiler compares the forms. */
static void __maybe_unused check_probes(void)
{
	check_trace_callback_type_sched_process_fork(on_fork);
	check_trace_callback_type_sched_process_exit(on_exit);
}

static void find_tracepoint(struct tracepoint *tracepoint, void *data)
{
	struct probe *probe;

	for (probe = probes; probe < probes + ARRAY_SIZE(probes); probe++)
		if (!strcmp(tracepoint->name, probe->name))
			probe->tracepoint = tracepoint;
}

static void unregister_probes(unsigned int count)
{
	while (count--)
		tracepoint_probe_unregister(probes[count].tracepoint, probes[count].func, NULL);
	tracepoint_synchronize_unregister();
}

static int register_probes(void)
{
	unsigned int i;
	int err;

	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		err = probes[i].tracepoint ?
		      tracepoint_probe_register(probes[i].tracepoint, probes[i].func, NULL) :
		      -EOPNOTSUPP;
		if (err) {
			unregister_probes(i);
			return err;
		}
	}
	return 0;
}

static int get_probes(void)
{
	int err = 0;

	mutex_lock(&probes_lock);
	if (!probes_users)
		err = fill_reserve() ?: register_probes();
	if (!err)
		probes_users++;
	else if (!probes_users)
		free_reserve();
	mutex_unlock(&probes_lock);
	return err;
}

static void put_probes(void)
{
	mutex_lock(&probes_lock);
	if (!--probes_users) {
		unregister_probes(ARRAY_SIZE(probes));
		free_reserve();
	}
	mutex_unlock(&probes_lock);
}

/**
 * struct search - for the threads that a session is to follow
 * @session: that follows
 * @task: whose threads, or which itself
 * @flags: MMTRACE_FOLLOW_*
 * @found: some thread that does not exit
 * @last: there is no more memory: what does not find room is left out, and counted
 * @added: threads that were not followed before
 */
struct search {
	struct session		*session;
	struct task_struct	*task;
	u32			flags;
	bool			found;
	bool			last;
	u32			added;
};

/* With the lock. */
static int put_thread(struct search *search, const struct task_struct *thread)
{
	int ret;

	if (READ_ONCE(thread->flags) & PF_EXITING)
		return 0;
	search->found = true;
	ret = put(search->session, thread, search->flags & MMTRACE_FOLLOW_CHILDREN);
	if (ret > 0)
		search->added++;
	if (ret >= 0 || !search->last)
		return ret;
	search->session->follow.unfollowed++;
	return 0;
}

static int add_thread(struct search *search, const struct task_struct *thread)
{
	unsigned long flags;
	int ret;

	raw_spin_lock_irqsave(&follow_lock, flags);
	ret = put_thread(search, thread);
	raw_spin_unlock_irqrestore(&follow_lock, flags);
	return ret;
}

/* One look: how many are new; -ENOMEM as soon as the reserve is empty. */
static int add_threads(struct search *search)
{
	struct task_struct *thread;
	int ret = 0, new = 0;

	if (search->flags & MMTRACE_FOLLOW_THREAD)
		return add_thread(search, search->task);
	rcu_read_lock();
	for_each_thread(search->task, thread) {
		ret = add_thread(search, thread);
		if (ret < 0)
			break;
		new += ret;
	}
	rcu_read_unlock();
	return ret < 0 ? ret : new;
}

/*
 * What a thread made before it was found is found by the next look. Without
 * children one look suffices: it finds whoever was there at its beginning.
 */
static int search_threads(struct search *search)
{
	int new;

	if (fill_reserve())
		return -ENOMEM;
	for (;;) {
		new = add_threads(search);
		if (new == -ENOMEM)
			search->last = fill_reserve();
		else if (!new || search->last || !(search->flags & MMTRACE_FOLLOW_CHILDREN))
			break;
	}
	return search->found ? 0 : -ESRCH;
}

/**
 * follow_add() - follow one more process, or thread
 * @session: locked
 * @pid: of it
 * @flags: MMTRACE_FOLLOW_*
 * @added: threads that were not followed before
 *
 * Return: 0, -ESRCH if there is none or it is exiting, -EOPNOTSUPP, -ENOMEM.
 */
int follow_add(struct session *session, struct pid *pid, u32 flags, u32 *added)
{
	struct search search = { .session = session, .flags = flags };
	int err;

	search.task = get_pid_task(pid, flags & MMTRACE_FOLLOW_THREAD ? PIDTYPE_PID : PIDTYPE_TGID);
	if (!search.task)
		return -ESRCH;
	err = session->follow.begun ? 0 : get_probes();
	if (err)
		goto out;
	err = search_threads(&search);
	if (!err)
		session->follow.begun = true;
	else if (!session->follow.begun)
		put_probes();
	*added = search.added;
out:
	put_task_struct(search.task);
	return err;
}

static bool drop_some(struct follow *follow)
{
	unsigned int i;
	bool more;

	raw_spin_lock_irq(&follow_lock);
	follow->ended = true;
	for (i = 0; i < DROP_AT_ONCE && !list_empty(&follow->tasks); i++)
		drop(list_first_entry(&follow->tasks, struct followed, link));
	more = !list_empty(&follow->tasks);
	raw_spin_unlock_irq(&follow_lock);
	return more;
}

/**
 * follow_end() - follow nobody any more
 * @session: locked, or nobody else's; may never have followed anybody
 */
void follow_end(struct session *session)
{
	struct follow *follow = &session->follow;

	if (!follow->begun || follow->ended)
		return;
	while (drop_some(follow))
		cond_resched();
	put_probes();
}

/**
 * follow_is_over() - has everybody gone whom the session followed?
 * @session: locked
 *
 * Return: whether it is so; then nobody else will come by itself.
 */
bool follow_is_over(const struct session *session)
{
	return session->follow.begun && !READ_ONCE(session->follow.count);
}

/**
 * follow_stats() - how many are followed
 * @session: locked
 * @stats: @followed and @unfollowed are filled in
 */
void follow_stats(const struct session *session, struct mmtrace_stats *stats)
{
	raw_spin_lock_irq(&follow_lock);
	stats->followed = session->follow.count;
	stats->unfollowed = session->follow.unfollowed;
	raw_spin_unlock_irq(&follow_lock);
}

/**
 * follow_init() - nobody is followed yet
 * @follow: of a new session
 */
void follow_init(struct follow *follow)
{
	INIT_LIST_HEAD(&follow->tasks);
}
