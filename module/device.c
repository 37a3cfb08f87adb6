// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/mmtrace: each open file is a session. Pointers of user space and the
 * numbers of ioctls are known here and nowhere else; the contract is in
 * include/uapi/linux/mmtrace.h.
 *
 * Locking: everything a file is asked to do happens under its session's lock,
 * but for sleeping until there are records. A reader whose buffer takes long to
 * come holds it meanwhile; whoever waits for it can be interrupted.
 */
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "device.h"
#include "dispatch.h"
#include "filter.h"
#include "hook.h"
#include "reader.h"
#include "session.h"
#include "wake.h"

static struct session *session_of(const struct file *file)
{
	return file->private_data;
}

/* In the initial user namespace: what is seen here is of the whole machine. */
static int device_open(struct inode *inode, struct file *file)
{
	struct session *session;

	if (!perfmon_capable())
		return -EPERM;
	session = session_open();
	if (IS_ERR(session))
		return PTR_ERR(session);
	file->private_data = session;
	return stream_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	session_close(session_of(file));
	return 0;
}

static bool is_at_end(const struct session *session)
{
	return session->state == SESSION_STOPPED;
}

/* The request comes before the look, see wake.c. Sleeps without the lock. */
static int wait_for_data(struct session *session)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	bool found = false;
	int err = 0;

	add_wait_queue(&session->wait, &wait);
	for (;;) {
		err = mutex_lock_interruptible(&session->lock);
		if (err)
			break;
		wake_request(session);
		found = reader_has_data(session) || is_at_end(session);
		mutex_unlock(&session->lock);
		if (found || signal_pending(current))
			break;
		wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	}
	remove_wait_queue(&session->wait, &wait);
	return found ? 0 : -ERESTARTSYS;
}

static bool must_not_sleep(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
}

/*
 * Who is told of edges alone, as by EPOLLET, is not told again of what was there
 * at the last poll: so whoever has read all asks to be woken by what comes next.
 */
static ssize_t read_available(struct session *session, struct iov_iter *to)
{
	ssize_t ret, more;

	ret = reader_read(session, to);
	if (ret < 0 || !iov_iter_count(to))
		return ret;
	/* Who begins to wait after this look makes a request of its own. */
	if (!waitqueue_active(&session->wait))
		return ret;
	wake_request(session);
	more = reader_read(session, to);
	return more < 0 ? ret ?: more : ret + more;
}

/* 0 is the end; -EAGAIN if there is nothing yet. */
static ssize_t start_and_read(struct session *session, struct iov_iter *to)
{
	ssize_t ret;

	if (mutex_lock_interruptible(&session->lock))
		return -ERESTARTSYS;
	ret = session->state == SESSION_NEW ? session_start(session) : 0;
	if (!ret) {
		ret = read_available(session, to);
		if (!ret && !is_at_end(session))
			ret = -EAGAIN;
	}
	mutex_unlock(&session->lock);
	return ret;
}

static ssize_t device_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct session *session = session_of(iocb->ki_filp);
	ssize_t ret;

	if (!iov_iter_count(to))
		return 0;
	for (;;) {
		ret = start_and_read(session, to);
		if (ret != -EAGAIN || must_not_sleep(iocb))
			return ret;
		ret = wait_for_data(session);
		if (ret)
			return ret;
	}
}

static __poll_t look(struct session *session)
{
	if (reader_has_data(session))
		return EPOLLIN | EPOLLRDNORM;
	return is_at_end(session) ? EPOLLIN | EPOLLRDNORM | EPOLLHUP : 0;
}

static __poll_t device_poll(struct file *file, struct poll_table_struct *table)
{
	struct session *session = session_of(file);
	__poll_t mask;

	poll_wait(file, &session->wait, table);
	/* Nothing else will do: what is not told here is not told again. */
	if (mutex_lock_killable(&session->lock))
		return EPOLLERR;
	if (session->state == SESSION_NEW && session_start(session)) {
		mask = EPOLLERR;
	} else {
		mask = look(session);
		if (!mask) {
			wake_request(session);
			mask = look(session);
		}
	}
	mutex_unlock(&session->lock);
	return mask;
}

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
		.sessions	= session_count(),
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

static long ioctl_stats(struct session *session, void __user *arg)
{
	struct mmtrace_stats stats;
	u32 size;
	int err;

	err = copy_in(&stats, sizeof(stats), sizeof(stats), arg, &size);
	if (err)
		return err;
	if (stats.event >= MMTRACE_EVENT_COUNT)
		return -EINVAL;
	stats = (struct mmtrace_stats) { .size = size, .event = stats.event };
	err = session_stats(session, &stats);
	return err ?: copy_out(arg, &stats, sizeof(stats), size);
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
static struct filter *fetch_filter(const void __user *arg)
{
	struct filter_parts parts = {};
	struct mmtrace_filter uapi;
	struct filter *filter;
	u32 size;
	int err;

	err = copy_in(&uapi, sizeof(uapi), sizeof(uapi), arg, &size);
	if (err)
		return ERR_PTR(err);
	if (uapi.flags)
		return ERR_PTR(-EINVAL);
	if (uapi.preds_len > MMTRACE_PREDS_MAX || uapi.strings_len > MMTRACE_STRINGS_MAX)
		return ERR_PTR(-E2BIG);
	err = fetch_part(&parts.preds, uapi.preds, uapi.preds_len * sizeof(*parts.preds));
	if (!err)
		err = fetch_part(&parts.strings, uapi.strings, uapi.strings_len);
	filter = err ? ERR_PTR(err) :
		 filter_compile(parts.preds, uapi.preds_len, parts.strings, uapi.strings_len);
	free_parts(&parts);
	return filter;
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
};

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct session *session = session_of(file);
	unsigned int i;
	long ret;

	for (i = 0; i < ARRAY_SIZE(ioctls); i++)
		if (ioctls[i].cmd == cmd)
			break;
	if (i == ARRAY_SIZE(ioctls))
		return -ENOTTY;
	if (mutex_lock_interruptible(&session->lock))
		return -EINTR;
	ret = ioctls[i].handle(session, (void __user *)arg);
	mutex_unlock(&session->lock);
	return ret;
}

static const struct file_operations device_operations = {
	.owner		= THIS_MODULE,
	.open		= device_open,
	.release	= device_release,
	.read_iter	= device_read_iter,
	.poll		= device_poll,
	.unlocked_ioctl	= device_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "mmtrace",
	.fops	= &device_operations,
};

/**
 * device_init() - let users in
 * @mode: permissions of the node
 *
 * Return: 0, or what misc_register() said.
 */
int device_init(umode_t mode)
{
	device.mode = mode;
	return misc_register(&device);
}

/**
 * device_exit() - let nobody in any more; no file is open by now
 */
void device_exit(void)
{
	misc_deregister(&device);
}
