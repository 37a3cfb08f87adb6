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
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "follow.h"
#include "message.h"
#include "symbols.h"

#define BUFFER_SIZE	(256 * 1024)
#define OUTPUT_SIZE	(64 * 1024)

static int fail(struct follow *follow)
{
	complain("%s", follow->device.error);
	follow->failed = true;
	return -1;
}

static const char *output_name(const struct follow *follow)
{
	if (follow->output)
		return follow->output;
	return follow->command ? "standard error" : "standard output";
}

static int open_output(struct follow *follow)
{
	if (follow->output)
		follow->render.out = fopen(follow->output, "we");
	else
		follow->render.out = fdopen(dup(follow->command ? STDERR_FILENO :
						STDOUT_FILENO), "we");
	/* Whole lines at once, also on standard error. */
	if (follow->render.out && !setvbuf(follow->render.out, NULL, _IOFBF, OUTPUT_SIZE))
		return 0;
	complain("can't write to %s: %s", output_name(follow), strerror(errno));
	follow->failed = true;
	return -1;
}

static int open_symbols(struct follow *follow)
{
	if (!follow->with_symbols)
		return 0;
	follow->render.symbols = symbols_new();
	if (follow->render.symbols)
		return 0;
	complain("no memory");
	follow->failed = true;
	return -1;
}

static int configure(struct follow *follow)
{
	struct device *device = &follow->device;
	struct mmtrace_config config;
	struct mmtrace_info info;

	if (device_get_config(device, &config) || device_info(device, &info))
		return fail(follow);
	if (follow->ring_size &&
	    (follow->ring_size < info.ring_min || follow->ring_size > info.ring_max)) {
		complain("--ring-size: the module takes %llu to %llu bytes",
			 (unsigned long long)info.ring_min, (unsigned long long)info.ring_max);
		follow->failed = true;
		return -1;
	}
	config.format = MMTRACE_FORMAT_BINARY;
	config.mode = follow->overwrite ? MMTRACE_MODE_OVERWRITE : MMTRACE_MODE_DISCARD;
	if (follow->own)
		config.flags |= MMTRACE_CONFIG_OWN;
	if (follow->stack_depth || follow->with_symbols) {
		config.flags |= MMTRACE_CONFIG_STACK;
		config.stack_depth = follow->stack_depth;
	}
	if (follow->events)
		config.events = follow->events;
	if (follow->ring_size) {
		config.ring_size = follow->ring_size;
		if (config.watermark > config.ring_size / 2)
			config.watermark = config.ring_size / 2;
	}
	return device_set_config(device, &config) ? fail(follow) : 0;
}

/* A filter that asks for other events than the usual ones is to see them. */
static int choose_events(struct follow *follow, const struct program *program)
{
	struct mmtrace_config config;
	__u32 events;

	if (device_get_config(&follow->device, &config))
		return fail(follow);
	events = program_events(program, config.events);
	if (follow->events || !events || events == config.events)
		return 0;
	config.events = events;
	return device_set_config(&follow->device, &config) ? fail(follow) : 0;
}

static int set_filter(struct follow *follow)
{
	static struct program program;

	if (follow->child.pid && !follow->children &&
	    filter_limit(&follow->filter, follow->child.pid))
		goto told;
	if (filter_compile(&follow->filter, &program))
		goto told;
	if (choose_events(follow, &program))
		return -1;
	return device_set_filter(&follow->device, &program) ? fail(follow) : 0;
told:
	follow->failed = true;
	return -1;
}

/* Before the start, so that no other's call is recorded. */
static int set_followed(struct follow *follow)
{
	unsigned int i;

	if (follow->children && follow->child.pid &&
	    device_follow(&follow->device, follow->child.pid, MMTRACE_FOLLOW_CHILDREN))
		return fail(follow);
	for (i = 0; i < follow->pids_len; i++)
		if (device_follow(&follow->device, follow->pids[i], MMTRACE_FOLLOW_CHILDREN))
			return fail(follow);
	return 0;
}

/*
 * SIGINT from the terminal goes to the command, too: it decides. Without one, or
 * when it has ended and its children go on, it is for us.
 */
static int take_signals(struct follow *follow)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	sigaction(SIGINT, NULL, &follow->signals.interrupt);
	sigaction(SIGQUIT, NULL, &follow->signals.quit);
	sigaction(SIGPIPE, &ignore, &follow->signals.pipe);
	if (follow->command)
		sigaction(SIGQUIT, &ignore, NULL);
	if (follow->command && !follow->children)
		sigaction(SIGINT, &ignore, NULL);
	else
		sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, &follow->signals.mask);
	follow->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (follow->signal_fd >= 0)
		return 0;
	complain("can't take signals: %s", strerror(errno));
	follow->failed = true;
	return -1;
}

static void reap(struct follow *follow, int flags)
{
	if (!follow->child.pid || follow->ended)
		return;
	while (waitpid(follow->child.pid, &follow->status, flags) != follow->child.pid)
		if (flags & WNOHANG || errno != EINTR)
			return;
	follow->ended = true;
}

static void take_signal(struct follow *follow)
{
	struct signalfd_siginfo info;

	while (read(follow->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(follow, WNOHANG);
		else if (!follow->child.pid || follow->ended)
			follow->stop = true;
		else if (info.ssi_signo != SIGINT)
			kill(follow->child.pid, info.ssi_signo);
	}
}

/* As far as the command goes nothing changes when nobody reads the records. */
static void output_failed(struct follow *follow, int number)
{
	follow->closed = true;
	if (number == EPIPE)
		return;
	follow->failed = true;
	complain("writing to %s: %s", output_name(follow),
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

/* What device_read() gave; less than 0 also if the output can't be written. */
static ssize_t take_records(struct follow *follow)
{
	static __u64 buf[BUFFER_SIZE / sizeof(__u64)];
	ssize_t got = device_read(&follow->device, buf, sizeof(buf));

	if (got == -1)
		return fail(follow);
	if (got <= 0)
		return got;
	return check_output(follow, render_records(&follow->render, buf, got)) ? -1 : got;
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

/* Until the command has ended, or all are gone who are followed, or somebody stops us. */
static void follow_records(struct follow *follow)
{
	struct pollfd fds[] = {
		{ .fd = follow->device.fd, .events = POLLIN },
		{ .fd = follow->signal_fd, .events = POLLIN },
		{ .fd = fileno(follow->render.out) },
	};

	while (!is_over(follow)) {
		if (poll(fds, 3, -1) < 0) {
			if (errno == EINTR)
				continue;
			complain("waiting: %s", strerror(errno));
			follow->failed = true;
			return;
		}
		if (fds[1].revents)
			take_signal(follow);
		if (is_pipe_closed(fds[2].revents))
			follow->closed = true;
		else if (fds[0].revents && take_records(follow) == 0)
			follow->stop = true;
		if (follow->closed || follow->failed) {
			/* Of no use any more, but the command goes on. */
			device_stop(&follow->device);
			fds[0].fd = -1;
			fds[2].fd = -1;
		}
	}
}

/* A stopped session gives what is left, then its end. */
static void drain(struct follow *follow)
{
	struct pollfd fd = { .fd = follow->device.fd, .events = POLLIN };
	ssize_t got;

	if (device_stop(&follow->device)) {
		fail(follow);
		return;
	}
	while (!follow->closed && !follow->failed) {
		got = take_records(follow);
		if (got == 0)
			return;
		if (got == DEVICE_EMPTY)
			poll(&fd, 1, 100);
	}
}

static void tell_losses(const struct mmtrace_stats *stats)
{
	if (stats->lost || stats->overwritten)
		complain("%llu records lost (ring full: %llu, overwritten: %llu); try --ring-size",
			 (unsigned long long)(stats->lost + stats->overwritten),
			 (unsigned long long)stats->lost,
			 (unsigned long long)stats->overwritten);
	if (stats->unfollowed)
		complain("%llu threads not followed for want of memory, nor what they made",
			 (unsigned long long)stats->unfollowed);
	if (stats->missed)
		complain("%llu calls missed: the kernel's probe layer did not report them",
			 (unsigned long long)stats->missed);
}

/* What became of all calls. */
static void finish(struct follow *follow)
{
	struct ledger ledger;

	if (ledger_ask(&follow->device, &ledger)) {
		fail(follow);
		return;
	}
	if (!check_output(follow, render_end(&follow->render, &ledger)))
		tell_losses(&ledger.events[MMTRACE_EVENT_LOST]);
}

static int not_executed(struct follow *follow, int number)
{
	complain("%s: %s", follow->command[0],
		 number == ENOENT ? "command not found" : strerror(number));
	reap(follow, 0);
	return number == ENOENT ? EXIT_NOT_FOUND : EXIT_CANT_EXEC;
}

static int start(struct follow *follow)
{
	if (facts_ask(&follow->device, &follow->render.facts))
		return fail(follow);
	if (check_output(follow, render_begin(&follow->render)))
		return -1;
	return device_start(&follow->device) ? fail(follow) : 0;
}

static int follow_session(struct follow *follow)
{
	int number;

	if (take_signals(follow) || configure(follow))
		return EXIT_FAILED;
	if (follow->command &&
	    child_prepare(&follow->child, follow->command, &follow->signals))
		return EXIT_FAILED;
	if (set_filter(follow) || set_followed(follow))
		return EXIT_FAILED;
	if (start(follow))
		return EXIT_FAILED;
	number = follow->command ? child_go(&follow->child) : 0;
	if (number)
		return not_executed(follow, number);
	follow_records(follow);
	drain(follow);
	if (!follow->closed && !follow->failed)
		finish(follow);
	reap(follow, 0);
	if (follow->failed)
		return EXIT_FAILED;
	return follow->child.pid ? child_exit_code(follow->status) : EXIT_OK;
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

	if (device_open(&follow->device)) {
		fail(follow);
		return EXIT_FAILED;
	}
	code = open_output(follow) || open_symbols(follow) ? EXIT_FAILED : follow_session(follow);
	device_close(&follow->device);
	symbols_free(follow->render.symbols);
	render_free(&follow->render);
	if (follow->render.out && fclose(follow->render.out) && !follow->closed &&
	    !follow->failed) {
		complain("writing to %s: %s", output_name(follow), strerror(errno));
		code = EXIT_FAILED;
	}
	return code;
}
