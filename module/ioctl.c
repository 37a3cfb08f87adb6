// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of /dev/mmtrace. Their numbers, and the pointers that they take from
 * user space, are known here and nowhere else. All run under the session's lock.
 */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "device.h"
#include "dispatch.h"
#include "filter.h"
#include "hook.h"
#include "ioctl.h"
#include "ledger.h"
#include "pulse.h"
#include "registry.h"
#include "session.h"
#include "trigger.h"

/*
 * Structures grow at their end: the caller says how much of one it knows. @least
 * is what the first version had.
 */
static int copy_in(void *to, size_t known, size_t least, const void __user *from, u32 *size)
{
	int err;

	if (get_user(*size, (const u32 __user *)from))
		return -EFAULT;
	if (*size < least)
		return -EINVAL;
	if (*size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(to, known, from, *size);
	if (!err)
		*(u32 *)to = *size;
	return err;
}

static int copy_out(void __user *to, const void *from, size_t known, u32 size)
{
	if (copy_to_user(to, from, min_t(size_t, known, size)))
		return -EFAULT;
	if (size > known && clear_user(to + known, size - known))
		return -EFAULT;
	return 0;
}

static long ioctl_info(struct session *session, void __user *arg)
{
	struct mmtrace_info info;
	u32 size;
	int err;

	err = copy_in(&info, sizeof(info), sizeof(info), arg, &size);
	if (err)
		return err;
	info = (struct mmtrace_info) {
		.size		= size,
		.abi_version	= MMTRACE_ABI_VERSION,
		.events		= hook_events(),
		.cpus		= num_possible_cpus(),
		.sessions	= registry_count(),
		.max_sessions	= session_limits.sessions,
		.ring_min	= SESSION_RING_MIN,
		.ring_max	= SESSION_RING_MAX,
		.version	= MMTRACE_VERSION,
	};
	return copy_out(arg, &info, sizeof(info), size);
}

static long ioctl_event(struct session *session, void __user *arg)
{
	struct mmtrace_event_info info;
	u32 size;
	int err;

	err = copy_in(&info, sizeof(info), sizeof(info), arg, &size);
	if (err)
		return err;
	if (info.event == MMTRACE_EVENT_LOST || info.event >= MMTRACE_EVENT_COUNT)
		return -EINVAL;
	info = (struct mmtrace_event_info) { .size = size, .event = info.event };
	hook_info(&info);
	if (pulse_has_stopped())
		info.flags |= MMTRACE_EVENT_INTERRUPTED;
	return copy_out(arg, &info, sizeof(info), size);
}

static long ioctl_get_config(struct session *session, void __user *arg)
{
	struct mmtrace_config config;
	u32 size;
	int err;

	err = copy_in(&config, sizeof(config), sizeof(config), arg, &size);
	if (err)
		return err;
	config = session->config;
	config.size = size;
	return copy_out(arg, &config, sizeof(config), size);
}

static long ioctl_set_config(struct session *session, void __user *arg)
{
	struct mmtrace_config config;
	u32 size;
	int err;

	err = copy_in(&config, sizeof(config), sizeof(config), arg, &size);
	return err ?: session_configure(session, &config);
}

static long ioctl_start(struct session *session, void __user *arg)
{
	return session_start(session);
}

static long ioctl_stop(struct session *session, void __user *arg)
{
	session_stop(session);
	return 0;
}

/* Of this session, or another. */
static struct session *find_session(struct session *session, u64 id)
{
	struct session *found;

	if (!id)
		return session_get(session);
	found = registry_find(id);
	if (!found || found->id == id)
		return found;
	session_put(found);
	return NULL;
}

static long ioctl_stats(struct session *session, void __user *arg)
{
	struct mmtrace_stats stats;
	struct session *found;
	u32 size;
	int err;

	err = copy_in(&stats, sizeof(stats), offsetof(struct mmtrace_stats, session), arg, &size);
	if (err)
		return err;
	if (stats.event >= MMTRACE_EVENT_COUNT || stats.cpu > nr_cpu_ids || stats.reserved)
		return -EINVAL;
	found = find_session(session, stats.session);
	if (!found)
		return -ENOENT;
	stats = (struct mmtrace_stats) {
		.size		= size,
		.event		= stats.event,
		.session	= stats.session,
		.cpu		= stats.cpu,
	};
	err = ledger_stats(found, &stats);
	session_put(found);
	return err ?: copy_out(arg, &stats, sizeof(stats), size);
}

static long ioctl_follow(struct session *session, void __user *arg)
{
	struct mmtrace_follow follow;
	struct pid *pid;
	u32 size;
	int err;

	err = copy_in(&follow, sizeof(follow), sizeof(follow), arg, &size);
	if (err)
		return err;
	if (follow.flags & ~(MMTRACE_FOLLOW_CHILDREN | MMTRACE_FOLLOW_THREAD) || follow.pid <= 0)
		return -EINVAL;
	/* What can't be told later must not be done. */
	err = copy_out(arg, &follow, sizeof(follow), size);
	if (err)
		return err;
	pid = find_get_pid(follow.pid);
	if (!pid)
		return -ESRCH;
	err = session_follow(session, pid, follow.flags, &follow.tasks);
	put_pid(pid);
	return err ?: copy_out(arg, &follow, sizeof(follow), size);
}

static long ioctl_session(struct session *session, void __user *arg)
{
	struct mmtrace_session info;
	struct session *found;
	u32 size;
	int err;

	err = copy_in(&info, sizeof(info), sizeof(info), arg, &size);
	if (err)
		return err;
	if (info.reserved)
		return -EINVAL;
	found = registry_find(info.id);
	if (!found)
		return -ENOENT;
	info = (struct mmtrace_session) {
		.size	= size,
		.flags	= found == session ? MMTRACE_SESSION_SELF : 0,
	};
	err = session_describe(found, &info);
	session_put(found);
	return err ?: copy_out(arg, &info, sizeof(info), size);
}

/* A filter on its way to or from user space. */
struct filter_parts {
	struct mmtrace_pred	*preds;
	char			*strings;
	u32			preds_len;
	u32			strings_len;
};

static void free_parts(struct filter_parts *parts)
{
	kvfree(parts->preds);
	kvfree(parts->strings);
}

static int fetch_part(void *part, u64 address, size_t size)
{
	void *copy;

	if (!size)
		return 0;
	copy = vmemdup_user(u64_to_user_ptr(address), size);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	*(void **)part = copy;
	return 0;
}

/* NULL is a filter that accepts all. */
static struct filter *fetch_parts(const struct mmtrace_filter *uapi)
{
	struct filter_parts parts = {};
	struct filter *filter;
	int err;

	if (uapi->flags)
		return ERR_PTR(-EINVAL);
	if (uapi->preds_len > MMTRACE_PREDS_MAX || uapi->strings_len > MMTRACE_STRINGS_MAX)
		return ERR_PTR(-E2BIG);
	err = fetch_part(&parts.preds, uapi->preds, uapi->preds_len * sizeof(*parts.preds));
	if (!err)
		err = fetch_part(&parts.strings, uapi->strings, uapi->strings_len);
	filter = err ? ERR_PTR(err) :
		 filter_compile(parts.preds, uapi->preds_len, parts.strings, uapi->strings_len);
	free_parts(&parts);
	return filter;
}

static struct filter *fetch_filter(const void __user *arg)
{
	struct mmtrace_filter uapi;
	u32 size;
	int err;

	err = copy_in(&uapi, sizeof(uapi), sizeof(uapi), arg, &size);
	return err ? ERR_PTR(err) : fetch_parts(&uapi);
}

static long ioctl_set_filter(struct session *session, void __user *arg)
{
	struct filter *filter = fetch_filter(arg);

	if (IS_ERR(filter))
		return PTR_ERR(filter);
	session_set_filter(session, filter);
	return 0;
}

/* The file may have been handed to somebody who could not have opened it. */
static long ioctl_set_device_filter(struct session *session, void __user *arg)
{
	struct filter *filter;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	filter = fetch_filter(arg);
	if (IS_ERR(filter))
		return PTR_ERR(filter);
	dispatch_set_device_filter(filter);
	return 0;
}

static int take_apart(const struct filter *filter, void *data)
{
	struct filter_parts *parts = data;

	if (!filter)
		return 0;
	parts->preds_len = filter->preds_len;
	parts->strings_len = filter->strings_len;
	parts->preds = kvcalloc(filter->preds_len, sizeof(*parts->preds), GFP_KERNEL_ACCOUNT);
	parts->strings = kvzalloc(filter->strings_len + 1, GFP_KERNEL_ACCOUNT);
	if (!parts->preds || !parts->strings)
		return -ENOMEM;
	filter_dump(filter, parts->preds, parts->strings);
	return 0;
}

static int store_parts(const struct filter_parts *parts, const struct mmtrace_filter *uapi)
{
	if (parts->preds_len &&
	    copy_to_user(u64_to_user_ptr(uapi->preds), parts->preds,
			 parts->preds_len * sizeof(*parts->preds)))
		return -EFAULT;
	if (parts->strings_len &&
	    copy_to_user(u64_to_user_ptr(uapi->strings), parts->strings, parts->strings_len))
		return -EFAULT;
	return 0;
}

static int store_filter(const struct filter_parts *parts, void __user *arg)
{
	struct mmtrace_filter uapi;
	bool fits;
	u32 size;
	int err;

	err = copy_in(&uapi, sizeof(uapi), sizeof(uapi), arg, &size);
	if (err)
		return err;
	if (uapi.flags)
		return -EINVAL;
	fits = parts->preds_len <= uapi.preds_len && parts->strings_len <= uapi.strings_len;
	uapi.preds_len = parts->preds_len;
	uapi.strings_len = parts->strings_len;
	if (fits)
		err = store_parts(parts, &uapi);
	return err ?: copy_out(arg, &uapi, sizeof(uapi), size) ?: fits ? 0 : -ENOSPC;
}

static long ioctl_get_filter(struct session *session, void __user *arg)
{
	struct filter_parts parts = {};
	int err;

	err = take_apart(rcu_dereference_protected(session->filter,
						   lockdep_is_held(&session->lock)), &parts);
	err = err ?: store_filter(&parts, arg);
	free_parts(&parts);
	return err;
}

static long ioctl_get_device_filter(struct session *session, void __user *arg)
{
	struct filter_parts parts = {};
	int err;

	err = dispatch_read_device_filter(take_apart, &parts);
	err = err ?: store_filter(&parts, arg);
	free_parts(&parts);
	return err;
}

/* Both structures begin alike. */
static_assert(offsetofend(struct mmtrace_trigger, strings) == sizeof(struct mmtrace_filter));

static long ioctl_set_trigger(struct session *session, void __user *arg)
{
	struct trigger *trigger = NULL;
	struct mmtrace_trigger uapi;
	struct filter *filter;
	u32 size;
	int err;

	err = copy_in(&uapi, sizeof(uapi), sizeof(uapi), arg, &size);
	if (err)
		return err;
	filter = fetch_parts((const struct mmtrace_filter *)&uapi);
	if (IS_ERR(filter))
		return PTR_ERR(filter);
	if (filter) {
		trigger = trigger_create(filter, uapi.before, uapi.after);
		if (!trigger)
			return -ENOMEM;
	}
	return session_set_trigger(session, trigger);
}

static void describe_trigger(const struct trigger *trigger, struct mmtrace_trigger *uapi)
{
	static const u32 states[] = {
		[TRIGGER_ARMED]		= MMTRACE_TRIGGER_ARMED,
		[TRIGGER_FIRING]	= MMTRACE_TRIGGER_ARMED,
		[TRIGGER_FIRED]		= MMTRACE_TRIGGER_FIRED,
		[TRIGGER_FROZEN]	= MMTRACE_TRIGGER_FROZEN,
	};
	int state = atomic_read_acquire(&trigger->state);

	uapi->before = trigger->before;
	uapi->after = trigger->after;
	uapi->state = states[state];
	if (state < TRIGGER_FIRED)
		return;
	uapi->cpu = trigger->cpu;
	uapi->seq = trigger->seq;
	uapi->time = trigger->time;
	uapi->left = atomic64_read(&trigger->left);
}

static int store_trigger(const struct trigger *trigger, const struct filter_parts *parts,
			 void __user *arg)
{
	struct mmtrace_trigger uapi, out;
	bool fits;
	u32 size;
	int err;

	err = copy_in(&uapi, sizeof(uapi), sizeof(uapi), arg, &size);
	if (err)
		return err;
	if (uapi.flags)
		return -EINVAL;
	fits = parts->preds_len <= uapi.preds_len && parts->strings_len <= uapi.strings_len;
	out = (struct mmtrace_trigger) {
		.size		= size,
		.preds_len	= parts->preds_len,
		.strings_len	= parts->strings_len,
		.preds		= uapi.preds,
		.strings	= uapi.strings,
	};
	if (trigger)
		describe_trigger(trigger, &out);
	if (fits)
		err = store_parts(parts, (const struct mmtrace_filter *)&out);
	return err ?: copy_out(arg, &out, sizeof(out), size) ?: fits ? 0 : -ENOSPC;
}

static long ioctl_get_trigger(struct session *session, void __user *arg)
{
	const struct trigger *trigger = session_trigger(session);
	struct filter_parts parts = {};
	int err;

	err = take_apart(trigger ? trigger->filter : NULL, &parts);
	err = err ?: store_trigger(trigger, &parts, arg);
	free_parts(&parts);
	return err;
}

/* A new ioctl is a row here, and its documentation in the UAPI header. */
static const struct {
	unsigned int	cmd;
	long		(*handle)(struct session *session, void __user *arg);
} ioctls[] = {
	{ MMTRACE_IOC_INFO,			ioctl_info },
	{ MMTRACE_IOC_EVENT,			ioctl_event },
	{ MMTRACE_IOC_GET_CONFIG,		ioctl_get_config },
	{ MMTRACE_IOC_SET_CONFIG,		ioctl_set_config },
	{ MMTRACE_IOC_START,			ioctl_start },
	{ MMTRACE_IOC_STOP,			ioctl_stop },
	{ MMTRACE_IOC_STATS,			ioctl_stats },
	{ MMTRACE_IOC_GET_FILTER,		ioctl_get_filter },
	{ MMTRACE_IOC_SET_FILTER,		ioctl_set_filter },
	{ MMTRACE_IOC_GET_DEVICE_FILTER,	ioctl_get_device_filter },
	{ MMTRACE_IOC_SET_DEVICE_FILTER,	ioctl_set_device_filter },
	{ MMTRACE_IOC_FOLLOW,			ioctl_follow },
	{ MMTRACE_IOC_SET_TRIGGER,		ioctl_set_trigger },
	{ MMTRACE_IOC_GET_TRIGGER,		ioctl_get_trigger },
	{ MMTRACE_IOC_SESSION,			ioctl_session },
};

/**
 * ioctl_handle() - what can be asked of a session
 * @file: whose it is
 * @cmd: MMTRACE_IOC_*
 * @arg: address of its structure, if it has one
 *
 * Return: 0, or an errno as the UAPI header has it.
 */
long ioctl_handle(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct session *session = device_session(file);
	unsigned int i;
	long ret;

	for (i = 0; i < ARRAY_SIZE(ioctls); i++)
		if (ioctls[i].cmd == cmd)
			break;
	if (i == ARRAY_SIZE(ioctls))
		return -ENOTTY;
	if (mutex_lock_interruptible(&session->lock))
		return -ERESTARTSYS;
	ret = ioctls[i].handle(session, (void __user *)arg);
	session_unlock(session);
	return ret;
}
