/* SPDX-License-Identifier: GPL-2.0 */
/* A session from its start to its last record. */
#ifndef MMTRACE_FOLLOW_H
#define MMTRACE_FOLLOW_H

#include <stdbool.h>

#include "child.h"
#include "filter.h"
#include "libmmtrace.h"
#include "privileges.h"
#include "render.h"

/**
 * struct follow - what to follow, and the state of it
 * @command: to run, ending with NULL; NULL for none
 * @output: file to write to, NULL for the default
 * @keeps_old: what is in the way of @output is kept, see struct output
 * @tells: the account at the end, not only when interrupted
 * @lazy: wake seldom, for large batches
 * @tick: called now and then, when all records of before are taken; NULL for never.
 *	Returns 0, or a negative errno if the output can't be written
 * @tick_ms: how often
 * @wake: the same whenever @wake_fd can be read, and when that is over; NULL for never.
 *	May set @stop
 * @wake_fd: a file descriptor
 * @overwrite: mode of the rings
 * @own: record our own calls
 * @drop_to: whom to become once all is open; nobody if its name is NULL
 * @stack_depth: most frames of a stack, 0 for no stacks
 * @with_symbols: stacks, and what is at their addresses
 * @children: of the command and @pids, and go on until all are gone
 * @pids: processes to take calls of, with @children
 * @pids_len: how many
 * @ring_size: bytes a CPU, 0 for the default
 * @events: set of events, 0 for the default
 * @filter: of the session
 * @render: where records go; @format set by the caller
 * @device: the session
 * @signals: what they did before
 * @signal_fd: can be read when one came
 * @edge_fd: of epoll, with @lazy; else -1
 * @tick_fd: of a timer; -1 for none
 * @child: the command
 * @status: of waitpid(), once it has ended
 * @ended: it has
 * @interrupted: a signal was for us
 * @stop: somebody wants us to stop
 * @closed: nobody reads the output any more
 * @filter_words: what the facts say of it
 * @command_words: likewise
 * @failed: the user has been told of an error that is to be our exit code
 * @ledger: the account, once it is complete
 * @complete: it is, and all of it is written
 */
struct follow {
	char			**command;
	const char		*output;
	bool			keeps_old;
	bool			tells;
	bool			lazy;
	int			(*tick)(struct follow *follow);
	unsigned int		tick_ms;
	int			(*wake)(struct follow *follow);
	int			wake_fd;
	bool			overwrite;
	bool			own;
	struct account		drop_to;
	__u32			stack_depth;
	bool			with_symbols;
	bool			children;
	pid_t			pids[MMTRACE_PREDS_MAX];
	unsigned int		pids_len;
	__u64			ring_size;
	__u32			events;
	struct filter		filter;
	struct render		render;

	struct mmt_device		*device;
	struct signals		signals;
	int			signal_fd;
	int			edge_fd;
	int			tick_fd;
	struct child		child;
	int			status;
	bool			ended;
	bool			interrupted;
	bool			stop;
	bool			closed;
	char			*filter_words;
	char			*command_words;
	bool			failed;
	struct ledger		ledger;
	bool			complete;
};

int follow_run(struct follow *follow);
int follow_set_up(struct follow *follow);

#endif /* MMTRACE_FOLLOW_H */
