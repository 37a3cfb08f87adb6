// SPDX-License-Identifier: GPL-2.0
/*
 * A session from its start to its last record.
 *
 * One thread waits in poll() for records, for signals, and for the reader of
 * the output to go away. After the end the session is stopped and read to its
 * end, so that what happened before is complete.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "follow.h"
#include "libmmtrace.h"
#include "message.h"
#include "notify.h"
#include "output.h"
#include "session.h"

#define BUFFER_SIZE	(1024 * 1024)

static int fail(struct follow *follow)
{
	complain("%s", mmt_device_error(follow->device));
	follow->failed = true;
	return -1;
}

static struct output output_of(const struct follow *follow)
{
	return (struct output){
		.path = follow->output,
		.fd = follow->command ? STDERR_FILENO : STDOUT_FILENO,
		.is_binary = follow->render.format->is_binary,
		.is_directory = follow->render.format->is_directory,
		.keeps_old = follow->keeps_old,
	};
}

/* When nothing else can fail any more: what was in the file may be needed. */
static int open_output(struct follow *follow)
{
	struct output output = output_of(follow);

	follow->render.path = follow->output;
	follow->render.out = output_open(&output);
	follow->failed |= !follow->render.out;
	return follow->render.out ? 0 : -1;
}

/* Without a command, or when it has ended and its children go on, SIGINT is for us. */
static int take_signals(struct follow *follow)
{
	follow->signal_fd = signals_take(&follow->signals, follow->command,
					 !follow->command || follow->children);
	if (follow->signal_fd >= 0)
		return 0;
	complain("can't take signals: %s", strerror(errno));
	follow->failed = true;
	return -1;
}

static void reap(struct follow *follow, int flags)
{
	const struct child *child = &follow->child;
	siginfo_t info = { 0 };

	if (!child->pid || follow->ended)
		return;
	while (waitid(P_PID, child->pid, &info, WEXITED | WNOWAIT | flags))
		if (errno != EINTR)
			return;
	if (!info.si_pid)
		return;
	signals_pass_to(0);
	waitpid(child->pid, &follow->status, 0);
	follow->ended = true;
}

static void take_signal(struct follow *follow)
{
	if (signals_came()) {
		follow->interrupted = true;
		follow->stop = true;
	}
	reap(follow, WNOHANG);
}

/* As far as the command goes nothing changes when nobody reads the records. */
static void output_failed(struct follow *follow, int number)
{
	struct output output = output_of(follow);

	follow->closed = true;
	if (number == EPIPE)
		return;
	follow->failed = true;
	complain("writing to %s: %s", output_name(&output),
		 number == EBADMSG ? "the module gave something that is no record" :
		 strerror(number));
}

/* What render_*() gave. */
static int check_output(struct follow *follow, int failed)
{
	if (failed)
		output_failed(follow, -failed);
	return failed ? -1 : 0;
}

/* What mmt_device_read() gave; less than 0 also if the output can't be written. */
static ssize_t take_records(struct follow *follow)
{
	static __u64 buf[BUFFER_SIZE / sizeof(__u64)];
	ssize_t got = mmt_device_read(follow->device, buf, sizeof(buf));

	if (got == -1)
		return fail(follow);
	if (got <= 0)
		return got;
	return check_output(follow, render_records(&follow->render, buf, got)) ? -1 : got;
}

/*
 * poll() would tell at once of a record that came while the last ones were written, so
 * that a busy machine's would be taken one by one. Of edges, which are the watermark and
 * the timeout, it is epoll that tells.
 */
static int open_edges(struct follow *follow)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	if (!follow->lazy)
		return 0;
	follow->edge_fd = epoll_create1(EPOLL_CLOEXEC);
	if (follow->edge_fd >= 0 &&
	    !epoll_ctl(follow->edge_fd, EPOLL_CTL_ADD, mmt_device_fd(follow->device), &event))
		return 0;
	complain("can't wait for records: %s", strerror(errno));
	follow->failed = true;
	return -1;
}

/* There is no edge when a session that ended before has been read to its end. */
static bool is_at_end(const struct follow *follow)
{
	struct pollfd fd = { .fd = mmt_device_fd(follow->device), .events = POLLIN };

	return poll(&fd, 1, 0) > 0 && fd.revents & POLLHUP;
}

/* All that is there now, and no more than that. Returns whether there is an end. */
static bool take_batches(struct follow *follow)
{
	struct epoll_event event;
	ssize_t got;

	if (!follow->lazy)
		return take_records(follow) == 0;
	epoll_wait(follow->edge_fd, &event, 1, 0);
	do {
		got = take_records(follow);
	} while (got > BUFFER_SIZE - MMTRACE_RECORD_MAX);
	return got == 0 || (got > 0 && is_at_end(follow));
}

static int open_tick(struct follow *follow)
{
	struct timespec period = {
		.tv_sec = follow->tick_ms / 1000,
		.tv_nsec = follow->tick_ms % 1000 * 1000000l,
	};
	struct itimerspec times = { .it_interval = period, .it_value = period };

	if (!follow->tick)
		return 0;
	follow->tick_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (follow->tick_fd >= 0 && !timerfd_settime(follow->tick_fd, 0, &times, NULL))
		return 0;
	complain("can't make a timer: %s", strerror(errno));
	follow->failed = true;
	return -1;
}

static void take_tick(struct follow *follow)
{
	__u64 times;

	if (read(follow->tick_fd, &times, sizeof(times)) == sizeof(times))
		check_output(follow, follow->tick(follow) ?: render_flush(&follow->render));
}

static void take_wake(struct follow *follow)
{
	check_output(follow, follow->wake(follow) ?: render_flush(&follow->render));
}

static bool is_pipe_closed(short revents)
{
	return revents & (POLLERR | POLLNVAL);
}

static bool is_over(const struct follow *follow)
{
	if (follow->stop)
		return true;
	if (follow->closed || follow->failed)
		return !follow->child.pid || follow->ended;
	return follow->ended && !follow->children;
}

static void wait_and_take(struct follow *follow, struct pollfd fds[5])
{
	if (poll(fds, 5, -1) < 0) {
		if (errno == EINTR)
			return;
		complain("waiting: %s", strerror(errno));
		follow->failed = true;
		follow->stop = true;
		return;
	}
	if (fds[1].revents)
		take_signal(follow);
	if (is_pipe_closed(fds[2].revents))
		follow->closed = true;
	else if ((fds[0].revents || fds[3].revents || fds[4].revents) && take_batches(follow))
		follow->stop = true;
	if (fds[3].revents && !follow->closed)
		take_tick(follow);
	if (fds[4].revents && !follow->closed)
		take_wake(follow);
}

/* Until the command has ended, or all are gone who are followed, or somebody stops us. */
static void follow_records(struct follow *follow)
{
	struct pollfd fds[] = {
		{ .fd = follow->lazy ? follow->edge_fd : mmt_device_fd(follow->device),
		  .events = POLLIN },
		{ .fd = follow->signal_fd, .events = POLLIN },
		{ .fd = fileno(follow->render.out) },
		{ .fd = follow->tick_fd, .events = POLLIN },
		{ .fd = follow->wake ? follow->wake_fd : -1, .events = POLLIN },
	};

	while (!is_over(follow)) {
		wait_and_take(follow, fds);
		if (follow->closed || follow->failed) {
			/* Of no use any more, but the command goes on. */
			mmt_device_stop(follow->device);
			fds[0].fd = -1;
			fds[2].fd = -1;
			fds[3].fd = -1;
			fds[4].fd = -1;
		}
	}
	if (follow->wake)
		follow->wake(follow);
}

/* A stopped session gives what is left, then its end. */
static void drain(struct follow *follow)
{
	struct pollfd fd = { .fd = mmt_device_fd(follow->device), .events = POLLIN };
	ssize_t got;

	if (mmt_device_stop(follow->device)) {
		fail(follow);
		return;
	}
	while (!follow->closed && !follow->failed) {
		got = take_records(follow);
		if (got == 0)
			return;
		if (got == MMT_EMPTY)
			poll(&fd, 1, 100);
	}
}

/* What became of all calls. */
static void finish(struct follow *follow)
{
	if (follow->closed || follow->failed)
		return;
	if (ledger_ask(follow->device, &follow->ledger)) {
		fail(follow);
		return;
	}
	follow->complete = !check_output(follow, render_end(&follow->render, &follow->ledger));
}

/* After the last that can fail, which is closing the output. */
static void tell(const struct follow *follow)
{
	if (!follow->complete)
		return;
	clear_status();
	if (follow->tells || follow->interrupted)
		account_tell(&follow->ledger);
	account_tell_losses(&follow->ledger);
}

static int start(struct follow *follow)
{
	struct mmt_facts *facts = &follow->render.facts;

	facts->size = sizeof(*facts);
	if (mmt_device_facts(follow->device, facts))
		return fail(follow);
	facts->filter = follow->filter_words;
	follow->command_words = facts_command(follow->command);
	facts->command = follow->command_words;
	if (open_output(follow) ||
	    check_output(follow, render_begin(&follow->render)))
		return -1;
	if (mmt_device_start(follow->device))
		return fail(follow);
	if (open_edges(follow) || open_tick(follow))
		return -1;
	notify_ready();
	if (!follow->drop_to.name || !privileges_give_up(&follow->drop_to))
		return 0;
	follow->failed = true;
	return -1;
}

static int not_executed(struct follow *follow, int number)
{
	complain("%s: %s", follow->command[0],
		 number == ENOENT ? "command not found" : strerror(number));
	drain(follow);
	finish(follow);
	reap(follow, 0);
	return number == ENOENT ? EXIT_NOT_FOUND : EXIT_CANT_EXEC;
}

static int follow_session(struct follow *follow)
{
	int number;

	if (take_signals(follow))
		return EXIT_FAILED;
	if (follow->command &&
	    child_prepare(&follow->child, follow->command, &follow->signals))
		return EXIT_FAILED;
	if (follow_set_up(follow) || start(follow))
		return EXIT_FAILED;
	number = follow->command ? child_go(&follow->child) : 0;
	if (number)
		return not_executed(follow, number);
	follow_records(follow);
	drain(follow);
	finish(follow);
	reap(follow, 0);
	if (follow->failed)
		return EXIT_FAILED;
	return follow->child.pid ? child_exit_code(follow->status) : EXIT_OK;
}

static void close_descriptors(struct follow *follow)
{
	mmt_device_free(follow->device);
	if (follow->edge_fd >= 0)
		close(follow->edge_fd);
	if (follow->tick_fd >= 0)
		close(follow->tick_fd);
}

static int close_output(struct follow *follow)
{
	if (!follow->render.out || !fclose(follow->render.out) || follow->closed ||
	    follow->failed)
		return 0;
	follow->complete = false;
	output_failed(follow, errno);
	return -1;
}

/**
 * follow_run() - run a session from its start to its last record
 * @follow: what to follow; all that the caller does not set is zero
 *
 * Return: the exit code.
 */
int follow_run(struct follow *follow)
{
	int code;

	follow->edge_fd = -1;
	follow->tick_fd = -1;
	follow->device = session_open();
	if (!follow->device)
		return EXIT_FAILED;
	code = follow_session(follow);
	close_descriptors(follow);
	mmt_symbols_free(follow->render.symbols);
	render_free(&follow->render);
	if (close_output(follow))
		code = EXIT_FAILED;
	tell(follow);
	free(follow->filter_words);
	free(follow->command_words);
	return code;
}
