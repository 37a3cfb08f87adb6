// SPDX-License-Identifier: GPL-2.0
/*
 * Signals while a session is followed.
 *
 * They have handlers and are not blocked: whoever waits in write() for the reader of a
 * full pipe still gets the second one, which ends the process.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "message.h"
#include "signals.h"

static int wake_fd = -1;
static volatile sig_atomic_t came;
static volatile sig_atomic_t command;

static void wake(void)
{
	const uint64_t one = 1;

	/* It fails only if it is full, and then can be read. */
	if (write(wake_fd, &one, sizeof(one)) < 0)
		return;
}

/* When it returns, the signal is blocked no more, and ends us. */
static void end_by(int number)
{
	signal(number, SIG_DFL);
	raise(number);
}

/* SIGINT from the terminal goes to the command, too: it decides. */
static void take(int number)
{
	const int before = errno;

	if (command && number != SIGINT)
		kill(command, number);
	else if (!command && came)
		end_by(number);
	else if (!command)
		came = 1;
	wake();
	errno = before;
}

static void take_child(int number)
{
	const int before = errno;

	(void)number;
	wake();
	errno = before;
}

/* With SA_RESTART, so that stdio knows of no EINTR; poll() returns with it all the same. */
static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
	sigset_t mask;

	sigaction(number, &action, NULL);
	sigemptyset(&mask);
	sigaddset(&mask, number);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
}

/**
 * signals_take() - begin to take signals
 * @before: filled in, for signals_restore()
 * @has_command: a command is to be run, which the terminal's signals are for
 * @interrupt_is_ours: SIGINT is not only the command's
 *
 * SIGHUP stays ignored if nohup has it so. Of SIGINT that says nothing: shells have it
 * ignored in each job of a script that is in the background.
 *
 * Return: a descriptor that can be read when a signal came or a child ended; -1 if there
 * is none, with errno.
 */
int signals_take(struct signals *before, bool has_command, bool interrupt_is_ours)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction hangup;

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wake_fd < 0)
		return -1;
	sigprocmask(SIG_SETMASK, NULL, &before->mask);
	sigaction(SIGINT, NULL, &before->interrupt);
	sigaction(SIGQUIT, NULL, &before->quit);
	sigaction(SIGPIPE, &ignore, &before->pipe);
	if (has_command)
		sigaction(SIGQUIT, &ignore, NULL);
	if (interrupt_is_ours)
		handle(SIGINT, take);
	else
		sigaction(SIGINT, &ignore, NULL);
	handle(SIGTERM, take);
	sigaction(SIGHUP, NULL, &hangup);
	if (hangup.sa_handler != SIG_IGN)
		handle(SIGHUP, take);
	handle(SIGCHLD, take_child);
	return wake_fd;
}

/**
 * signals_restore() - what was before, for a command that is executed then
 * @before: of signals_take()
 */
void signals_restore(const struct signals *before)
{
	sigaction(SIGINT, &before->interrupt, NULL);
	sigaction(SIGQUIT, &before->quit, NULL);
	sigaction(SIGPIPE, &before->pipe, NULL);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/**
 * signals_pass_to() - whose signals they are
 * @pid: of the command; 0 once it has ended, before it is waited for: another process may
 *	have its number then
 */
void signals_pass_to(pid_t pid)
{
	command = pid;
}

/**
 * signals_came() - look at what signals_take() has woken for
 *
 * Return: whether there was one for us; the next one ends us, whatever we wait for.
 */
bool signals_came(void)
{
	uint64_t times;

	/* Empty, if it was not the one that woke us. */
	if (read(wake_fd, &times, sizeof(times)) < 0 && errno != EAGAIN)
		complain("can't look for signals: %s", strerror(errno));
	return came;
}
