// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the call that a nested do_mmap() belongs to.
 *
 * Since 5.11 the kernel keeps a thread's calls with a kretprobe under way in a list
 * that begins in its task_struct. Before, that list is hidden, and mmtrace keeps
 * one of its own: a table of threads, in which a thread writes its own entry only.
 */
#include <linux/hash.h>
#include <linux/sched.h>

#include "hook.h"
#include "outer.h"

#ifdef HAVE_PENDING_KRETPROBES

/**
 * outer_search() - call id of the call that current is in
 * @node: where in the list of what is under way to begin
 *
 * Context: preemption off.
 *
 * Return: the id, or 0 if there is none.
 */
u64 outer_search(struct llist_node *node)
{
	for (; node; node = node->next) {
		struct kretprobe_instance *ri = pending_kretprobe(node);

		if (hook_owns(get_kretprobe(ri)))
			return ((const struct call *)ri->data)->out.call.call_id;
	}
	return 0;
}

#else

/*
 * As many threads as can be inside of such a call at once, and then some. Where
 * OUTER_REACH neighbours are taken, a do_mmap() gets an id of its own.
 */
#define OUTER_BITS	12
#define OUTER_REACH	16

/**
 * struct outer - a thread and the call that it is in
 * @task: NULL if this is free; taken with cmpxchg by the thread itself
 * @call_id: written and read by that thread alone
 */
struct outer {
	struct task_struct	*task;
	u64			call_id;
};

static struct outer outers[1 << OUTER_BITS];

/* outer_entry() - entry that belongs to @task, NULL for none */
static struct outer *outer_entry(const struct task_struct *task)
{
	unsigned int i, first = hash_ptr(current, OUTER_BITS);

	for (i = 0; i < OUTER_REACH; i++) {
		struct outer *outer = &outers[(first + i) % ARRAY_SIZE(outers)];

		if (READ_ONCE(outer->task) == task)
			return outer;
	}
	return NULL;
}

static struct outer *take_entry(void)
{
	struct outer *outer;

	do {
		outer = outer_entry(NULL);
	} while (outer && cmpxchg(&outer->task, NULL, current));
	return outer;
}

static bool can_nest(const struct call *call)
{
	return call_event(call) != MMTRACE_EVENT_DO_MMAP &&
	       call_event(call) != MMTRACE_EVENT_MREMAP;
}

/**
 * outer_begin() - current is in a call that others may nest in
 * @call: with its id
 *
 * Context: preemption off. A thread that died inside of a call, which takes an
 * oops, has left an entry; whoever gets its task_struct takes it over.
 */
void outer_begin(const struct call *call)
{
	struct outer *outer;

	if (!can_nest(call))
		return;
	outer = outer_entry(current) ?: take_entry();
	if (outer)
		outer->call_id = call->out.call.call_id;
}

/**
 * outer_end() - that call returns
 * @call: for which there was outer_begin(), or that is none to nest in
 *
 * Context: preemption off.
 */
void outer_end(const struct call *call)
{
	struct outer *outer;

	if (!can_nest(call))
		return;
	outer = outer_entry(current);
	if (!outer)
		return;
	/* Whoever takes it next writes @call_id after this thread has. */
	smp_store_release(&outer->task, NULL);
}

/**
 * outer_find_id() - call id of the call that another one is in
 * @call: of do_mmap(), kept
 *
 * Context: preemption off.
 *
 * Return: the id, or 0 if there is none.
 */
u64 outer_find_id(const struct call *call)
{
	const struct outer *outer = outer_entry(current);

	return outer ? outer->call_id : 0;
}

#endif /* HAVE_PENDING_KRETPROBES */
