// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/mmtrace: each open file is a session. What can be asked of it besides
 * records is in ioctl.c; the contract of both is in include/uapi/linux/mmtrace.h.
 *
 * Locking: everything a file is asked to do happens under its session's lock,
 * but for sleeping until there are records. A reader whose buffer takes long to
 * come holds it meanwhile; whoever waits for it can be interrupted, and poll() and
 * who reads without blocking do not wait for it.
 */
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "device.h"
#include "ioctl.h"
#include "reader.h"
#include "session.h"
#include "wake.h"

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
	session_close(device_session(file));
	return 0;
}

/* No more records come: to be asked before it is looked for those that came. */
static bool is_at_end(const struct session *session)
{
	return session->state == SESSION_STOPPED || session_is_frozen(session);
}

/* The request comes before the look, see wake.c. Sleeps without the lock. */
static int wait_for_data(struct session *session)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	bool found = false;

	add_wait_queue(&session->wait, &wait);
	for (;;) {
		if (mutex_lock_interruptible(&session->lock))
			break;
		wake_request(session);
		session_stop_if_over(session);
		found = reader_has_data(session) || is_at_end(session);
		session_unlock(session);
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

	ret = reader_read(session, to, false);
	if (ret < 0 || !iov_iter_count(to))
		return ret;
	/* Who begins to wait after this look makes a request of its own. */
	if (!waitqueue_active(&session->wait))
		return ret;
	wake_request(session);
	more = reader_read(session, to, ret);
	return more < 0 ? ret ?: more : ret + more;
}

static int lock_for_read(struct session *session, bool may_sleep)
{
	if (may_sleep)
		return mutex_lock_interruptible(&session->lock) ? -ERESTARTSYS : 0;
	return session_trylock(session) ? 0 : -EAGAIN;
}

/* 0 is the end; -EAGAIN if there is nothing yet, or somebody else is at it. */
static ssize_t start_and_read(struct session *session, struct iov_iter *to, bool may_sleep)
{
	bool at_end;
	ssize_t ret;

	ret = lock_for_read(session, may_sleep);
	if (ret)
		return ret;
	ret = session->state == SESSION_NEW ? session_start(session) : 0;
	if (!ret) {
		session_stop_if_over(session);
		at_end = is_at_end(session);
		ret = read_available(session, to);
		if (!ret && !at_end)
			ret = -EAGAIN;
	}
	session_unlock(session);
	return ret;
}

static ssize_t device_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct session *session = device_session(iocb->ki_filp);
	bool may_sleep = !must_not_sleep(iocb);
	ssize_t ret;

	if (!iov_iter_count(to))
		return 0;
	for (;;) {
		ret = start_and_read(session, to, may_sleep);
		if (ret != -EAGAIN || !may_sleep)
			return ret;
		ret = wait_for_data(session);
		if (ret)
			return ret;
	}
}

static __poll_t look(struct session *session)
{
	bool at_end;

	session_stop_if_over(session);
	at_end = is_at_end(session);
	if (reader_has_data(session))
		return EPOLLIN | EPOLLRDNORM;
	return at_end ? EPOLLIN | EPOLLRDNORM | EPOLLHUP : 0;
}

static __poll_t device_poll(struct file *file, struct poll_table_struct *table)
{
	struct session *session = device_session(file);
	__poll_t mask;

	poll_wait(file, &session->wait, table);
	if (!session_trylock(session))
		return 0;
	if (session->state == SESSION_NEW && session_start(session)) {
		mask = EPOLLERR;
	} else {
		mask = look(session);
		if (!mask) {
			wake_request(session);
			mask = look(session);
		}
	}
	session_unlock(session);
	return mask;
}

static const struct file_operations device_operations = {
	.owner		= THIS_MODULE,
	.open		= device_open,
	.release	= device_release,
	.read_iter	= device_read_iter,
	.poll		= device_poll,
	.unlocked_ioctl	= ioctl_handle,
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
