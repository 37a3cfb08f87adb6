// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "handover.h"
#include "interruption.h"
#include "libmmtrace.h"
#include "message.h"
#include "output.h"
#include "session.h"
#include "snapshot.h"

#define BUFFER_SIZE	(1024 * 1024)
#define NS		1000000000ull

static int fail(struct snapshot *snapshot)
{
	complain("%s", mmt_device_error(snapshot->device));
	return -1;
}

static struct output output_of(const struct snapshot *snapshot)
{
	return (struct output){
		.path = snapshot->output,
		.fd = STDOUT_FILENO,
		.is_binary = snapshot->render.format->is_binary,
		.is_directory = snapshot->render.format->is_directory,
	};
}

static int fail_output(struct snapshot *snapshot, int number)
{
	struct output output = output_of(snapshot);

	complain("writing to %s: %s", output_name(&output),
		 number == EBADMSG ? "the module gave something that is no record" :
		 strerror(number));
	return -1;
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NS + time.tv_nsec;
}

static void count(struct snapshot *snapshot, const struct mmtrace_record *record)
{
	if (record->head.event != MMTRACE_EVENT_LOST)
		snapshot->records++;
	else if (record->lost.cause == MMTRACE_LOST_MISSED)
		snapshot->missed += record->lost.count;
	else if (record->lost.cause == MMTRACE_LOST_INTERRUPTED)
		snapshot->interrupted += record->lost.last - record->lost.first;
	else
		snapshot->overwritten += record->lost.count;
}

/* Returns the time of the last of them. */
static __u64 count_all(struct snapshot *snapshot, const void *buf, size_t len)
{
	const struct mmtrace_record *record = buf;
	size_t at;

	for (at = 0; at < len; at += record->head.size) {
		record = (const void *)((const char *)buf + at);
		count(snapshot, record);
	}
	return record->head.time;
}

/* What render_*() gave. */
static int check_output(struct snapshot *snapshot, int failed)
{
	return failed ? fail_output(snapshot, -failed) : 0;
}

/* On a busy machine there would be no end of those that come meanwhile. */
static int copy(struct snapshot *snapshot)
{
	static __u64 buf[BUFFER_SIZE / sizeof(__u64)];
	__u64 begun = now(), last = 0;
	ssize_t got;

	while (last < begun) {
		got = mmt_device_read(snapshot->device, buf, sizeof(buf));
		if (got == 0 || got == MMT_EMPTY)
			return 0;
		if (got < 0)
			return fail(snapshot);
		if (check_output(snapshot, render_records(&snapshot->render, buf, got)))
			return -1;
		last = count_all(snapshot, buf, got);
	}
	return 0;
}

static void tell_trigger(const struct mmtrace_trigger *trigger)
{
	if (trigger->state < MMTRACE_TRIGGER_FIRED)
		return;
	complain("%s by the record of %llu.%09llu on CPU %u, seq=%llu",
		 trigger->state == MMTRACE_TRIGGER_FROZEN ? "frozen" : "its trigger was fired",
		 (unsigned long long)(trigger->time / NS), (unsigned long long)(trigger->time % NS),
		 trigger->cpu, (unsigned long long)trigger->seq);
}

static void tell(const struct snapshot *snapshot)
{
	complain("%llu records, %llu overwritten, %llu missed",
		 (unsigned long long)snapshot->records, (unsigned long long)snapshot->overwritten,
		 (unsigned long long)snapshot->missed);
	if (snapshot->interrupted)
		complain("interrupted for %llu.%03llu s: " INTERRUPTION_WHY,
			 (unsigned long long)(snapshot->interrupted / NS),
			 (unsigned long long)(snapshot->interrupted / 1000000 % 1000));
}

static int rearm(struct snapshot *snapshot, const struct mmt_program *program,
		 const struct mmtrace_trigger *trigger)
{
	if (trigger->state == MMTRACE_TRIGGER_NONE) {
		complain("recorder '%s' has no trigger that could be armed", snapshot->name);
		return -1;
	}
	if (mmt_device_set_trigger(snapshot->device, program, trigger->before, trigger->after))
		return fail(snapshot);
	return 0;
}

static int write_all(struct snapshot *snapshot)
{
	struct render *render = &snapshot->render;
	struct ledger ledger;

	render->facts.size = sizeof(render->facts);
	if (mmt_device_facts(snapshot->device, &render->facts))
		return fail(snapshot);
	if (check_output(snapshot, render_begin(render)) || copy(snapshot))
		return -1;
	if (ledger_ask(snapshot->device, &ledger))
		return fail(snapshot);
	return check_output(snapshot, render_end(render, &ledger));
}

static int take_all(struct snapshot *snapshot, const struct mmtrace_trigger *trigger,
		    const struct mmt_program *program)
{
	if (write_all(snapshot))
		return -1;
	tell(snapshot);
	tell_trigger(trigger);
	return snapshot->rearm ? rearm(snapshot, program, trigger) : 0;
}

/* The trigger is asked about first: it may fire while the records are read. */
static int take(struct snapshot *snapshot)
{
	struct mmt_program *program = mmt_program_new();
	struct mmtrace_trigger trigger = { .size = sizeof(trigger) };

	int failed = -1;

	if (!program)
		complain("no memory");
	else if (mmt_device_get_trigger(snapshot->device, &trigger, program))
		fail(snapshot);
	else
		failed = take_all(snapshot, &trigger, program);
	mmt_program_free(program);
	return failed;
}

/**
 * snapshot_run() - write what a recorder has up to now
 * @snapshot: what to take; all that the caller does not set is zero
 *
 * Return: the exit code.
 */
int snapshot_run(struct snapshot *snapshot)
{
	struct output output = output_of(snapshot);
	int fd = handover_take(snapshot->name), failed;

	if (fd < 0)
		return EXIT_FAILED;
	snapshot->device = session_adopt(fd);
	if (!snapshot->device)
		return EXIT_FAILED;
	/* Nothing is taken out before it is known where it goes. */
	snapshot->render.path = snapshot->output;
	snapshot->render.out = output_open(&output);
	failed = snapshot->render.out ? take(snapshot) : -1;
	render_free(&snapshot->render);
	if (snapshot->render.out && fclose(snapshot->render.out) && !failed)
		failed = fail_output(snapshot, errno);
	mmt_device_free(snapshot->device);
	return failed ? EXIT_FAILED : EXIT_OK;
}
