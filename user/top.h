/* SPDX-License-Identifier: GPL-2.0 */
/* Who maps most just now, again and again. */
#ifndef MMTRACE_TOP_H
#define MMTRACE_TOP_H

#include "follow.h"
#include "screen.h"
#include "tally_text.h"

/**
 * struct top - what is shown, and how
 * @follow: the session; all that the caller does not set is zero
 * @tally: calls of now; older ones count for half with each refresh
 * @view: how they are shown; @limit holds where it is no screen
 * @interval: from one refresh to the next, ns
 * @count: refreshes to go, 0 for no end
 * @total: of all calls
 * @seconds: that @tally stands for at @last
 * @last: time of the last refresh, ns of CLOCK_MONOTONIC
 * @paused: nothing is counted, nor does it get old
 * @help: the keys are shown
 * @is_plain: no screen, but tables one below the other
 * @screen: the screen
 * @timer: file descriptor, for the next refresh
 * @signals: likewise, of signals that are about the terminal
 */
struct top {
	struct follow	follow;
	struct tally	tally;
	struct tally_view view;
	__u64		interval;
	__u64		count;
	struct measure	total;
	double		seconds;
	__u64		last;
	bool		paused;
	bool		help;
	bool		is_plain;
	struct screen	screen;
	int		timer;
	int		signals;
};

int top_run(struct top *top);
void top_settle(struct top *top);
int top_frame(struct top *top, unsigned int width, FILE *out);
bool top_key(struct top *top, char key);
void top_by(struct top *top, enum key_by by);

#endif /* MMTRACE_TOP_H */
