// SPDX-License-Identifier: GPL-2.0
/*
 * device SECONDS CHANCE FILE... - calls to /dev/mmtrace that no program would make
 *
 * Runs the sequences of the files, then what becomes of them by chance, for so long.
 * What gets to a place of the module that nothing got to before is made as short as it
 * may be, and goes on from there. The kernel's log is looked at after each run; at the
 * first complaint the sequence is made short, too, printed, and that is the end.
 * Prints TAP; what begins with @ is for tests/fuzz/device.sh.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/mmtrace.h>

#include "corpus.h"
#include "coverage.h"
#include "perform.h"
#include "run.h"
#include "watch.h"

#define COMPLAINTS	"/opt/mmtrace/complaints"
#define RUN_SECONDS	60	/* until it counts as a hang */
#define NEW_MAX		512	/* places of a sequence that are looked at again */

static struct corpus corpus;
static unsigned long runs;
static int keeper;

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static int patience(void)
{
	const char *text = getenv("MMTRACE_PATIENCE");

	return text ? atoi(text) : 1;
}

/* Returns the wait status, -1 for a process that does not end. */
static int wait_for(pid_t pid)
{
	time_t end = now() + RUN_SECONDS * patience();
	int status;

	while (!waitpid(pid, &status, WNOHANG)) {
		if (now() > end)
			return -1;
		usleep(1000);
	}
	return status;
}

/* Only the keeper's is open, once all children are gone, and no device filter is left. */
static const char *check_left(void)
{
	struct mmtrace_filter none = { .size = sizeof(none) };
	struct mmtrace_info info = { .size = sizeof(info) };
	time_t end = now() + RUN_SECONDS * patience();

	if (ioctl(keeper, MMTRACE_IOC_SET_DEVICE_FILTER, &none))
		return "the device filter can't be taken away";
	while (!ioctl(keeper, MMTRACE_IOC_INFO, &info) && info.sessions != 1) {
		if (now() > end)
			return "a session is left over";
		usleep(1000);
	}
	return NULL;
}

/* Returns what was wrong, or NULL. */
static const char *run(const struct sequence *sequence)
{
	const char *complaint, *left;
	unsigned int i;
	char text[256];
	int status;
	pid_t pid;

	coverage_next_run();
	watch_note("run %lu", ++runs);
	for (i = 0; i < sequence->len; i++) {
		step_print(&sequence->step[i], text, sizeof(text));
		watch_note("%s", text);
	}
	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(run_child(sequence));
	status = wait_for(pid);
	complaint = watch_complaint();
	if (complaint)
		return complaint;
	if (status == -1)
		return "it hangs";
	left = check_left();
	if (left)
		return left;
	/* What it maps may kill it: that is no matter. */
	return WIFEXITED(status) && WEXITSTATUS(status) == 3 ? "an errno of no contract" : NULL;
}

static void report(struct sequence sequence, const char *reason)
{
	unsigned int at = sequence.len;
	struct sequence shorter;
	char first[1024];

	snprintf(first, sizeof(first), "%s", reason);
	printf("# run %lu: %s\n", runs, first);
	sequence_print(&sequence, "# ", stdout);
	while (at-- && strcmp(first, "it hangs")) {
		shorter = sequence;
		sequence_drop(&shorter, at);
		if (shorter.len && run(&shorter))
			sequence = shorter;
	}
	printf("# as short as it may be, for tests/fuzz/seeds/device:\n");
	sequence_print(&sequence, "@bug ", stdout);
	printf("not ok 1 - %s\n", first);
	exit(1);
}

static void run_and_report(const struct sequence *sequence)
{
	const char *reason = run(sequence);

	if (reason)
		report(*sequence, reason);
}

/* Without the steps that it does not need to get there. */
static void adopt(struct sequence sequence)
{
	static __u32 offsets[NEW_MAX];
	unsigned int len = coverage_new(offsets, NEW_MAX), at = sequence.len;
	struct sequence shorter;

	if (!len)
		return;
	while (at-- && sequence.len > 1) {
		shorter = sequence;
		sequence_drop(&shorter, at);
		run_and_report(&shorter);
		if (coverage_again(offsets, len))
			sequence = shorter;
	}
	coverage_adopt();
	corpus_add(&corpus, &sequence);
}

/* Somebody else's calls; and who is there to be followed. */
static pid_t start_workload(void)
{
	struct chance chance = { 7 };
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		map_some(chance_next(&chance));
		if (!chance_below(&chance, 8) && !fork())
			_exit(0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		usleep(3000);
	}
}

/* One session is always open; where it has started, hooks are there when others start. */
static void keep(bool started)
{
	close(keeper);
	keeper = open(DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (keeper < 0) {
		perror(DEVICE);
		exit(2);
	}
	if (started)
		ioctl(keeper, MMTRACE_IOC_START, NULL);
}

static void make_up(struct sequence *sequence, struct chance *chance)
{
	if (!corpus.len || !chance_below(chance, 5)) {
		sequence_random(sequence, chance);
		return;
	}
	*sequence = corpus.sequences[chance_below(chance, corpus.len)];
	sequence_mutate(sequence, &corpus.sequences[chance_below(chance, corpus.len)], chance);
}

static void fuzz(time_t end, struct chance *chance)
{
	struct sequence sequence;

	while (now() < end) {
		if (runs % 64 < 2)
			keep(chance_below(chance, 4));
		make_up(&sequence, chance);
		run_and_report(&sequence);
		adopt(sequence);
	}
}

static void replay(void)
{
	unsigned int i, len = corpus.len;

	for (i = 0; i < len; i++)
		run_and_report(&corpus.sequences[i]);
	coverage_adopt();
	printf("# %u seeds\n", len);
}

int main(int argc, char **argv)
{
	struct chance chance = { argc > 2 ? strtoull(argv[2], NULL, 0) : 1 };
	unsigned int seeds, i, places;
	bool guided;
	time_t end;

	printf("1..1\n");
	for (i = 3; i < (unsigned int)argc; i++)
		if (corpus_load(&corpus, argv[i]))
			return 2;
	guided = coverage_init(THREADS);
	watch_init(COMPLAINTS);
	argument_pids[1] = start_workload();
	keeper = -1;
	keep(true);
	argument_pids[2] = getpid();
	argument_pids[3] = 1;
	argument_pids[4] = -1;
	end = now() + (argc > 1 ? atoi(argv[1]) : 60);
	replay();
	seeds = corpus.len;
	fuzz(end, &chance);
	places = coverage_print(stdout);
	for (i = seeds; i < corpus.len; i++)
		sequence_print(&corpus.sequences[i], "@seed ", stdout);
	printf("# %lu runs, %u new seeds, %u places reached\n", runs, corpus.len - seeds, places);
	if (!guided)
		printf("# without KCOV, nothing says where they get\n");
	kill(argument_pids[1], SIGKILL);
	printf("ok 1 - whatever is asked of the device, the kernel does not complain\n");
	return 0;
}
