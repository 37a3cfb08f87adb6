// SPDX-License-Identifier: GPL-2.0
/*
 * Who maps most just now. One loop waits for all, that of the session; the timer,
 * the keys and the signals of the terminal are one file descriptor there.
 *
 * With each refresh all that was counted is halved, and so is the time that it stands
 * for: a rate is that of the last seconds, and does not jump.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "columns.h"
#include "message.h"
#include "top.h"

#define NS		1000000000ull
#define FIRST		(NS / 10)	/* a screen is not empty for long */
#define LEAST	0.001	/* seconds, of less no rate is told */
#define WEIGHT		256		/* so that a call can be halved a few times */

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NS + time.tv_nsec;
}

/**
 * top_settle() - what was counted stands for the time up to now
 * @top: what is shown
 */
void top_settle(struct top *top)
{
	__u64 time = now();

	/* The clock may have gone back. */
	if (!top->paused && time > top->last)
		top->seconds += (time - top->last) / (double)NS;
	top->last = time;
}

/* Rates are of the time up to now; for something like no time there are none. */
static void set_rate(struct top *top)
{
	top_settle(top);
	top->view.rate = 1 / ((top->seconds > LEAST ? top->seconds : LEAST) * WEIGHT);
}

static int draw_plain(struct top *top)
{
	FILE *out = top->follow.render.out;
	int failed;

	set_rate(top);
	failed = top_frame(top, columns_of_terminal(out), out);
	fputc('\n', out);
	return failed;
}

static int draw_screen(struct top *top)
{
	unsigned int width, height;
	char *text = NULL;
	size_t len = 0;
	int failed;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	if (!top->screen.is_on)
		screen_enter(&top->screen);
	set_rate(top);
	screen_size(&top->screen, &width, &height);
	top->view.limit = height;
	failed = top_frame(top, width, out);
	if (fclose(out))
		failed = -ENOMEM;
	if (!failed)
		screen_draw(&top->screen, text, height);
	free(text);
	return failed;
}

static int draw(struct top *top)
{
	return top->is_plain ? draw_plain(top) : draw_screen(top);
}

static void age(struct top *top)
{
	top_settle(top);
	top->seconds /= 2;
	tally_halve(&top->tally);
	measure_halve(&top->total);
}

/**
 * top_by() - begin to count by something else
 * @top: what is shown
 * @by: what it is
 */
void top_by(struct top *top, enum key_by by)
{
	tally_clear(&top->tally);
	tally_init(&top->tally, by);
	measure_free(&top->total);
	top->seconds = 0;
	top->last = now();
}

static int set_timer(struct top *top, __u64 first)
{
	const struct itimerspec timer = {
		.it_interval = { top->interval / NS, top->interval % NS },
		.it_value = { first / NS, first % NS },
	};

	return timerfd_settime(top->timer, 0, &timer, NULL);
}

static int refresh(struct top *top)
{
	__u64 times;
	int failed;

	if (read(top->timer, &times, sizeof(times)) != sizeof(times) || top->paused)
		return 0;
	failed = draw(top);
	age(top);
	if (top->count && !--top->count)
		top->follow.stop = true;
	return failed;
}

static int press_keys(struct top *top)
{
	__u64 interval = top->interval;
	int i, got;
	char keys[64];

	got = screen_keys(&top->screen, keys, sizeof(keys));
	if (got < 0)
		top->follow.stop = true;
	for (i = 0; i < got; i++)
		if (!top_key(top, keys[i]))
			top->follow.stop = true;
	if (interval != top->interval)
		set_timer(top, top->interval);
	return got > 0 ? draw(top) : 0;
}

static int take_signals(struct top *top)
{
	struct signalfd_siginfo info;

	while (read(top->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTSTP)
			screen_suspend(&top->screen);
		else if (info.ssi_signo == SIGCONT)
			screen_enter(&top->screen);
	}
	return draw(top);
}

static int wake(struct follow *follow)
{
	struct top *top = follow->render.state;
	struct epoll_event events[3];
	int i, failed = 0, got = epoll_wait(follow->wake_fd, events, 3, 0);

	/* Another signal may end us at once. */
	if (follow->stop) {
		screen_leave(&top->screen);
		return 0;
	}
	for (i = 0; i < got && !failed; i++) {
		if (events[i].data.fd == top->timer)
			failed = refresh(top);
		else if (events[i].data.fd == top->signals)
			failed = take_signals(top);
		else if (events[i].events & (EPOLLHUP | EPOLLERR))
			follow->stop = true;
		else if (top->screen.is_on)
			failed = press_keys(top);
	}
	return failed;
}

static int begin(struct render *render)
{
	struct top *top = render->state;

	top->screen.out = render->out;
	top->is_plain = !screen_can(render->out);
	top->view.bold = !top->is_plain;
	top->last = now();
	return set_timer(top, top->is_plain || top->interval < FIRST ? top->interval : FIRST);
}

static int add_batch(struct render *render, const void *buf, size_t len)
{
	struct top *top = render->state;
	const struct mmtrace_record *rec;
	int failed = 0;
	size_t at;

	if (top->paused)
		return 0;
	for (at = 0; !failed && at < len; at += rec->head.size) {
		rec = (const void *)((const char *)buf + at);
		if (rec->head.event == MMTRACE_EVENT_LOST || rec->head.event >= MMTRACE_EVENT_COUNT)
			continue;
		failed = tally_add(&top->tally, rec, render->facts.page_size, WEIGHT) ?:
			 measure_add(&top->total, rec, render->facts.page_size, WEIGHT);
	}
	return failed;
}

/* Before what is told at the end, which would be gone with the screen. */
static int end(struct render *render, const struct ledger *ledger)
{
	struct top *top = render->state;

	(void)ledger;
	screen_leave(&top->screen);
	return 0;
}

static void forget(struct render *render)
{
	struct top *top = render->state;

	screen_leave(&top->screen);
	tally_clear(&top->tally);
	measure_free(&top->total);
}

static const struct format format_top = {
	.name		= "top",
	.summary	= "who maps most, again and again",
	.begin		= begin,
	.batch		= add_batch,
	.end		= end,
	.free		= forget,
};

static int watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return fd < 0 ? -1 : epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static int open_all(struct top *top)
{
	sigset_t mask;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	sigemptyset(&mask);
	sigaddset(&mask, SIGWINCH);
	if (screen_can(stdout)) {
		sigaddset(&mask, SIGTSTP);
		sigaddset(&mask, SIGCONT);
	}
	sigprocmask(SIG_BLOCK, &mask, NULL);
	top->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	top->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	top->follow.wake_fd = epoll;
	if (epoll < 0 || watch(epoll, top->signals) || watch(epoll, top->timer))
		return -1;
	return screen_can(stdout) && isatty(STDIN_FILENO) ? watch(epoll, STDIN_FILENO) : 0;
}

/**
 * top_run() - show who maps most, until somebody has seen enough
 * @top: how; all that the caller does not set is zero
 *
 * Return: the exit code.
 */
int top_run(struct top *top)
{
	if (open_all(top)) {
		complain("can't wait for keys, signals and time: %s", strerror(errno));
		return EXIT_FAILED;
	}
	top->view.local = true;
	top->follow.render.format = &format_top;
	top->follow.render.state = top;
	top->follow.wake = wake;
	return follow_run(&top->follow);
}
