// SPDX-License-Identifier: GPL-2.0
/*
 * A sequence in a process of its own. Threads take their steps as they come, and may
 * still be in one while others go on; who sleeps is woken by a signal when he is wanted.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "coverage.h"
#include "perform.h"
#include "run.h"

/**
 * struct worker - a thread and what it is to do
 * @thread: the thread
 * @id: for signals
 * @step: to be made; NULL if it is done
 */
struct worker {
	struct thread		thread;
	pthread_t		id;
	const struct step	*step;
};

static struct worker workers[THREADS];

static void on_signal(int number)
{
	(void)number;
}

static void *work(void *data)
{
	struct worker *worker = data;
	const struct step *step;

	worker->thread.tid = syscall(SYS_gettid);
	coverage_begin(worker->thread.number);
	for (;;) {
		step = __atomic_load_n(&worker->step, __ATOMIC_SEQ_CST);
		if (step)
			perform(&worker->thread, step);
		else
			usleep(1000);
		__atomic_store_n(&worker->step, NULL, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* Changes a word of somebody else's argument while the kernel looks at it. */
static void *race(void *unused)
{
	struct chance chance = { 1 };
	unsigned int i;
	bool any;

	for (;;) {
		any = false;
		for (i = 0; i < THREADS; i++) {
			__u32 *word = __atomic_load_n(&workers[i].thread.raced, __ATOMIC_SEQ_CST);

			if (!word)
				continue;
			any = true;
			__atomic_store_n(word, chance_next(&chance) % 100, __ATOMIC_RELAXED);
		}
		if (!any)
			usleep(500);
	}
	return unused;
}

/* Whoever sleeps in a read is woken. */
static void wait_for(struct worker *worker)
{
	while (__atomic_load_n(&worker->step, __ATOMIC_SEQ_CST)) {
		pthread_kill(worker->id, SIGUSR1);
		usleep(500);
	}
}

static void give(struct worker *worker, const struct step *step)
{
	wait_for(worker);
	__atomic_store_n(&worker->step, step, __ATOMIC_SEQ_CST);
}

static void start(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t alarm_only;
	pthread_t racer;
	unsigned int i;

	/* Without SA_RESTART: a read that sleeps ends. */
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
	for (i = 0; i < THREADS; i++) {
		workers[i].thread.number = i;
		arena_init(&workers[i].thread.arena);
		if (i && pthread_create(&workers[i].id, NULL, work, &workers[i]))
			abort();
	}
	if (pthread_create(&racer, NULL, race, NULL))
		abort();
	pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL);
	workers[0].thread.tid = getpid();
	coverage_begin(0);
}

/**
 * run_child() - all of a sequence, in the process that was made for it
 * @sequence: the sequence
 *
 * Return: exit status.
 */
int run_child(const struct sequence *sequence)
{
	struct itimerval timer = { { 0, 100000 }, { 0, 100000 } };
	unsigned int i;

	/* What the guest's tests take for a thread in which things are told to fail. */
	prctl(PR_SET_NAME, "faults_fuzz");
	perform_init();
	start();
	argument_pids[0] = getpid();
	setitimer(ITIMER_REAL, &timer, NULL);
	for (i = 0; i < sequence->len; i++) {
		const struct step *step = &sequence->step[i];

		if (step->thread)
			give(&workers[step->thread], step);
		else
			perform(&workers[0].thread, step);
	}
	for (i = 1; i < THREADS; i++)
		wait_for(&workers[i]);
	return 0;
}
