// SPDX-License-Identifier: GPL-2.0
/*
 * The command that trace runs. Its process is made first and waits, so that the
 * session can be limited to it and started before its first mapping.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "message.h"

/* In the child: no malloc, no stdio, so that nothing of ours is mapped. */
static void __attribute__((noreturn))
run(char **argv, int go, int report, const struct signals *signals)
{
	char byte;
	int number;

	if (read(go, &byte, 1) != 1)
		_exit(EXIT_FAILED);
	signals_restore(signals);
	execvp(argv[0], argv);
	number = errno;
	if (write(report, &number, sizeof(number)) < 0)
		_exit(EXIT_FAILED);
	_exit(number == ENOENT ? EXIT_NOT_FOUND : EXIT_CANT_EXEC);
}

/**
 * child_prepare() - make the process of a command, which waits
 * @child: filled in
 * @argv: the command and its arguments
 * @signals: what signals shall do in it
 *
 * Should we end before child_go(), it ends, too.
 *
 * Return: 0; -1 if that failed, and the user has been told.
 */
int child_prepare(struct child *child, char **argv, const struct signals *signals)
{
	int go[2], report[2];

	if (pipe2(go, O_CLOEXEC) || pipe2(report, O_CLOEXEC)) {
		complain("can't make a pipe: %s", strerror(errno));
		return -1;
	}
	child->pid = fork();
	if (!child->pid) {
		close(go[1]);
		close(report[0]);
		run(argv, go[0], report[1], signals);
	}
	close(go[0]);
	close(report[1]);
	child->go = go[1];
	child->report = report[0];
	if (child->pid > 0) {
		signals_pass_to(child->pid);
		return 0;
	}
	child->pid = 0;
	complain("can't make a process: %s", strerror(errno));
	return -1;
}

/**
 * child_go() - let the command begin
 * @child: of child_prepare()
 *
 * Return: 0 once it runs; the errno if it can't be executed.
 */
int child_go(struct child *child)
{
	int number = 0;
	ssize_t got = write(child->go, "", 1);

	close(child->go);
	while (got >= 0) {
		got = read(child->report, &number, sizeof(number));
		if (got >= 0 || errno != EINTR)
			break;
		got = 0;
	}
	close(child->report);
	return got == sizeof(number) ? number : 0;
}

/**
 * child_exit_code() - what to exit with after a command
 * @status: of waitpid()
 *
 * Return: its own exit code, or EXIT_SIGNAL plus the signal that ended it.
 */
int child_exit_code(int status)
{
	return WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
