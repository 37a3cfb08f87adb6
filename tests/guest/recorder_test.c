// SPDX-License-Identifier: GPL-2.0
/*
 * A flight recorder: the call that its trigger waits for freezes it, and read()
 * gives so many records before it, that one, and so many after it, over all CPUs.
 *
 * Calls of the tests map i pages and 5 bytes, which tells them from all others; the
 * call that fires maps 7 bytes instead.
 *
 * cpus: 8
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "mmtrace_test.h"

#define MARK		5
#define FIRE		7
#define SMALL_RING	65536
#define LARGE_RING	(16 * SMALL_RING)
#define STORM_THREADS	8
#define STORM_CALLS	500

FIXTURE(recorder)
{
	struct trace		trace;
	unsigned int		cpus;
	struct mmtrace_trigger	trigger;
};

static int set_trigger(int fd, const struct mmtrace_pred *preds, __u32 preds_len,
		       __u64 before, __u64 after)
{
	struct mmtrace_trigger trigger;

	/* What is not looked at may be anything. */
	memset(&trigger, POISON, sizeof(trigger));
	trigger.size = sizeof(trigger);
	trigger.flags = 0;
	trigger.preds_len = preds_len;
	trigger.strings_len = 0;
	trigger.preds = (unsigned long)preds;
	trigger.strings = 0;
	trigger.before = before;
	trigger.after = after;
	return mmtrace_ioctl(fd, MMTRACE_IOC_SET_TRIGGER, &trigger);
}

static int get_trigger(int fd, struct mmtrace_trigger *trigger, struct mmtrace_pred *preds,
		       __u32 preds_len)
{
	struct mmtrace_pred unused;

	if (!preds)
		preds = &unused;
	*trigger = (struct mmtrace_trigger) {
		.size = sizeof(*trigger), .preds_len = preds_len, .preds = (unsigned long)preds,
	};
	return mmtrace_ioctl(fd, MMTRACE_IOC_GET_TRIGGER, trigger);
}

static const struct mmtrace_pred on_fire = {
	MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, FIRE, PAGE - 1
};

static void call(unsigned int i, unsigned int mark)
{
	size_t len = i * PAGE + mark;
	void *room = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room != MAP_FAILED)
		munmap(room, len);
}

static void calls(unsigned int from, unsigned int count)
{
	while (count--)
		call(from++, MARK);
}

static void only_ours(struct __test_metadata *_metadata, int fd)
{
	const struct mmtrace_pred preds[] = {
		{ MMTRACE_FIELD_TGID, MMTRACE_OP_EQ, 1, MMTRACE_REJECT, getpid(), ~0ull },
		{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, 2, MARK, PAGE - 1 },
		on_fire,
	};

	ASSERT_EQ(0, set_filter(fd, MMTRACE_IOC_SET_FILTER, preds, 3, NULL));
}

static void open_recorder(struct __test_metadata *_metadata, struct trace *trace, __u64 ring)
{
	trace_open(_metadata, trace, &(struct mmtrace_config) {
			.mode = MMTRACE_MODE_OVERWRITE, .ring_size = ring,
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP), .timeout_ms = 60000,
			.watermark = ring
		   });
	only_ours(_metadata, trace->fd);
}

FIXTURE_SETUP(recorder)
{
	self->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	open_recorder(_metadata, &self->trace, LARGE_RING);
}

FIXTURE_TEARDOWN(recorder)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

/**
 * struct kept - what read() gave of a frozen recorder
 * @before: records before the one that fired
 * @fired: records that fired it
 * @after: records after it
 * @lost: what lost records stand for
 * @first: pages of the first record
 * @last: pages of the last one
 */
struct kept {
	unsigned int	before;
	unsigned int	fired;
	unsigned int	after;
	__u64		lost;
	__u64		first;
	__u64		last;
};

static void keep(struct kept *kept, const struct mmtrace_record *record,
		 const struct mmtrace_trigger *trigger)
{
	if (record->head.event == MMTRACE_EVENT_LOST) {
		kept->lost += record->lost.count;
		return;
	}
	if (!kept->before && !kept->fired && !kept->after)
		kept->first = record->mmap.length / PAGE;
	kept->last = record->mmap.length / PAGE;
	if (record->head.cpu == trigger->cpu && record->head.seq == trigger->seq)
		kept->fired++;
	else if (kept->fired)
		kept->after++;
	else
		kept->before++;
}

/* All of it, to its end; trace_read() checks order and numbers of every record. */
static void read_frozen(struct __test_metadata *_metadata, struct trace *trace,
			const struct mmtrace_trigger *trigger, struct kept *kept)
{
	struct pollfd fd = { .fd = trace->fd, .events = POLLIN };
	const struct mmtrace_record *record;
	char byte;

	memset(kept, 0, sizeof(*kept));
	while (trace_read(_metadata, trace)) {
		record = NULL;
		while ((record = trace_next(trace, record)))
			keep(kept, record, trigger);
	}
	EXPECT_EQ(0, read(trace->fd, &byte, 1));
	EXPECT_EQ(1, poll(&fd, 1, 0));
	EXPECT_EQ(POLLIN | POLLHUP, fd.revents);
}

static void expect_frozen(struct __test_metadata *_metadata, int fd,
			  struct mmtrace_trigger *trigger)
{
	ASSERT_EQ(0, get_trigger(fd, trigger, NULL, 1));
	EXPECT_EQ(MMTRACE_TRIGGER_FROZEN, trigger->state);
	EXPECT_EQ(0, trigger->left);
}

static void expect_account(struct __test_metadata *_metadata, int fd, __u64 hits,
			   __u64 delivered, __u64 overwritten, __u64 pending)
{
	struct mmtrace_stats stats;

	ASSERT_EQ(0, get_stats(fd, MMTRACE_EVENT_MMAP, &stats));
	EXPECT_EQ(hits, stats.hits - stats.filtered);
	EXPECT_EQ(delivered, stats.delivered);
	EXPECT_EQ(overwritten, stats.overwritten);
	EXPECT_EQ(pending, stats.pending);
	EXPECT_EQ(0, stats.lost);
}

TEST_F(recorder, keeps_so_many_before_and_after)
{
	__u64 begun = now_ns();
	struct mmtrace_stats stats;
	struct mmtrace_pred pred;
	struct kept kept;

	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 5, 3));
	trace_start(_metadata, &self->trace);
	calls(0, 20);
	ASSERT_EQ(0, get_trigger(self->trace.fd, &self->trigger, &pred, 1));
	EXPECT_EQ(MMTRACE_TRIGGER_ARMED, self->trigger.state);
	EXPECT_EQ(0, memcmp(&pred, &on_fire, sizeof(pred)));
	EXPECT_EQ(5, self->trigger.before);
	EXPECT_EQ(3, self->trigger.after);
	call(20, FIRE);
	calls(21, 2);
	ASSERT_EQ(0, get_trigger(self->trace.fd, &self->trigger, &pred, 1));
	EXPECT_EQ(MMTRACE_TRIGGER_FIRED, self->trigger.state);
	EXPECT_EQ(1, self->trigger.left);
	calls(23, 10);
	call(33, FIRE);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	EXPECT_LE(begun, self->trigger.time);
	EXPECT_GE(now_ns(), self->trigger.time);
	expect_account(_metadata, self->trace.fd, 24, 0, 15, 9);

	read_frozen(_metadata, &self->trace, &self->trigger, &kept);
	EXPECT_EQ(5, kept.before);
	EXPECT_EQ(1, kept.fired);
	EXPECT_EQ(3, kept.after);
	EXPECT_EQ(15, kept.lost);
	EXPECT_EQ(15, kept.first);
	EXPECT_EQ(23, kept.last);
	expect_account(_metadata, self->trace.fd, 24, 9, 15, 0);
	/* What it does not get is not rejected either. */
	ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_LOST, &stats));
	calls(0, 5);
	mark_call();
	expect_account(_metadata, self->trace.fd, 24, 9, 15, 0);
}

/* What fired it is there even if nothing else is wanted; the first lost record tells the rest. */
TEST_F(recorder, keeps_nothing_else)
{
	const struct mmtrace_record *record;
	struct mmtrace_session session = { .size = sizeof(session), .id = 1 };

	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 0, 0));
	trace_start(_metadata, &self->trace);
	calls(0, 7);
	call(7, FIRE);
	calls(8, 7);
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_SESSION, &session));
	EXPECT_EQ(MMTRACE_STATE_FROZEN, session.state);
	EXPECT_TRUE(session.flags & MMTRACE_SESSION_TRIGGER);
	/* It may have been on more than one CPU. */
	while (trace_read(_metadata, &self->trace)) {
		record = NULL;
		while ((record = trace_next(&self->trace, record)))
			EXPECT_TRUE(record->head.event == MMTRACE_EVENT_LOST ?
				    record->lost.cause == MMTRACE_LOST_OVERWRITTEN :
				    record->mmap.length == 7 * PAGE + FIRE);
	}
	EXPECT_EQ(7, self->trace.lost);
	expect_account(_metadata, self->trace.fd, 8, 1, 7, 0);
}

/* Less than was asked for is all there is. */
TEST_F(recorder, keeps_all_there_is)
{
	struct kept kept;

	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, ~0ull, 2));
	trace_start(_metadata, &self->trace);
	calls(0, 4);
	call(4, FIRE);
	calls(5, 9);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	read_frozen(_metadata, &self->trace, &self->trigger, &kept);
	EXPECT_EQ(4, kept.before);
	EXPECT_EQ(2, kept.after);
	EXPECT_EQ(0, kept.lost);
}

static void stay_on(struct __test_metadata *_metadata, unsigned int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpus), &cpus));
}

/* More were asked for than a ring holds: it stops before it loses what fired it. */
TEST_F(recorder, ring_is_too_small)
{
	struct mmtrace_stats stats;
	static struct trace trace;
	struct kept kept;

	stay_on(_metadata, 0);
	open_recorder(_metadata, &trace, SMALL_RING);
	ASSERT_EQ(0, set_trigger(trace.fd, &on_fire, 1, 1000, 100000));
	trace_start(_metadata, &trace);
	calls(0, 1000);
	call(1000, FIRE);
	calls(1001, 1000);
	ASSERT_EQ(0, get_trigger(trace.fd, &self->trigger, NULL, 1));
	EXPECT_EQ(MMTRACE_TRIGGER_FROZEN, self->trigger.state);
	EXPECT_LT(0, self->trigger.left);
	read_frozen(_metadata, &trace, &self->trigger, &kept);
	EXPECT_EQ(1, kept.fired);
	EXPECT_EQ(100000 - kept.after, self->trigger.left);
	EXPECT_LT(SMALL_RING / (sizeof(struct mmtrace_record) + 64), kept.after);
	EXPECT_EQ(1000 + kept.after, kept.last);
	ASSERT_EQ(0, get_stats(trace.fd, MMTRACE_EVENT_MMAP, &stats));
	EXPECT_EQ(kept.lost, stats.overwritten);
	EXPECT_EQ(1001 + kept.after, stats.hits - stats.filtered);
	close(trace.fd);
}

/* What was read before it froze is not counted, and it may be read all the time. */
TEST_F(recorder, read_while_it_runs)
{
	struct kept kept;

	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 2, 2));
	trace_start(_metadata, &self->trace);
	calls(0, 6);
	ASSERT_LT(0, trace_read(_metadata, &self->trace));
	EXPECT_EQ(6, trace_count(&self->trace, MMTRACE_EVENT_MMAP, 0));
	calls(6, 3);
	call(9, FIRE);
	ASSERT_LT(0, trace_read(_metadata, &self->trace));
	EXPECT_EQ(4, trace_count(&self->trace, MMTRACE_EVENT_MMAP, 0));
	calls(10, 5);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	read_frozen(_metadata, &self->trace, &self->trigger, &kept);
	EXPECT_EQ(2, kept.before + kept.after);
	EXPECT_EQ(10, kept.first);
	EXPECT_EQ(0, kept.lost);
	expect_account(_metadata, self->trace.fd, 12, 12, 0, 0);
}

static void expect_hooked(struct __test_metadata *_metadata, int fd, bool hooked)
{
	__u64 deadline = now_ns() + 30 * 1000000000ull;
	struct mmtrace_event_info info;

	do {
		ASSERT_EQ(0, get_event(fd, MMTRACE_EVENT_MMAP, &info));
	} while (info.sessions != hooked && now_ns() < deadline && !sched_yield());
	EXPECT_EQ(hooked, info.sessions);
}

/* Set again it goes on, hooks and all, with what was not read; and freezes again. */
TEST_F(recorder, armed_again)
{
	unsigned int round;
	struct kept kept;

	trace_start(_metadata, &self->trace);
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 2, 1));
		expect_hooked(_metadata, self->trace.fd, true);
		calls(0, 4);
		call(4, FIRE);
		calls(5, 4);
		expect_hooked(_metadata, self->trace.fd, false);
		expect_frozen(_metadata, self->trace.fd, &self->trigger);
		read_frozen(_metadata, &self->trace, &self->trigger, &kept);
		EXPECT_EQ(2, kept.before);
		EXPECT_EQ(1, kept.fired);
		EXPECT_EQ(1, kept.after);
		EXPECT_EQ(2, kept.lost);
		EXPECT_EQ(5, kept.last);
	}
	/* Armed again before anything was read: all of it counts as before. */
	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 100, 0));
	calls(0, 4);
	call(4, FIRE);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 100, 0));
	calls(5, 4);
	call(9, FIRE);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	read_frozen(_metadata, &self->trace, &self->trigger, &kept);
	EXPECT_EQ(9, kept.before);
	EXPECT_EQ(0, kept.lost);
	/* Without a trigger it goes on for ever. */
	ASSERT_EQ(0, set_trigger(self->trace.fd, NULL, 0, 0, 0));
	call(1, FIRE);
	calls(0, 1);
	ASSERT_LT(0, trace_read(_metadata, &self->trace));
	EXPECT_EQ(2, trace_count(&self->trace, MMTRACE_EVENT_MMAP, 0));
	ASSERT_EQ(0, get_trigger(self->trace.fd, &self->trigger, NULL, 0));
	EXPECT_EQ(MMTRACE_TRIGGER_NONE, self->trigger.state);
}

/* A result can fire it, too: of a call that maps nothing. */
TEST_F(recorder, fired_by_an_error)
{
	static const struct mmtrace_pred on_failure = {
		MMTRACE_FIELD_FAILED, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, 1, ~0ull
	};
	struct kept kept;

	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_failure, 1, 3, 0));
	trace_start(_metadata, &self->trace);
	calls(0, 10);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE + FIRE, PROT_NONE, MAP_PRIVATE, -1, 0));
	calls(0, 10);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	read_frozen(_metadata, &self->trace, &self->trigger, &kept);
	EXPECT_EQ(3, kept.before);
	EXPECT_EQ(1, kept.fired);
	EXPECT_EQ(9, kept.first + 2);
	EXPECT_EQ(1, kept.last);
}

TEST_F(recorder, refused)
{
	struct mmtrace_pred bad = on_fire;
	struct mmtrace_config config;
	static struct trace trace;

	trace_open(_metadata, &trace, &(struct mmtrace_config) { 0 });
	EXPECT_EQ(-EINVAL, set_trigger(trace.fd, &on_fire, 1, 1, 1));
	EXPECT_EQ(0, set_trigger(trace.fd, NULL, 0, 1, 1));
	close(trace.fd);

	bad.field = 0xffff;
	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 1, 1));
	EXPECT_EQ(-EINVAL, set_trigger(self->trace.fd, &bad, 1, 1, 1));
	EXPECT_EQ(-E2BIG, set_trigger(self->trace.fd, &on_fire, MMTRACE_PREDS_MAX + 1, 1, 1));
	EXPECT_EQ(-EFAULT, set_trigger(self->trace.fd, (void *)8, 1, 1, 1));
	ASSERT_EQ(0, get_config(self->trace.fd, &config));
	config.mode = MMTRACE_MODE_DISCARD;
	EXPECT_EQ(-EINVAL, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_SET_CONFIG, &config));
	EXPECT_EQ(-ENOSPC, get_trigger(self->trace.fd, &self->trigger, NULL, 0));
	EXPECT_EQ(1, self->trigger.preds_len);
	/* The one before is in place. */
	trace_start(_metadata, &self->trace);
	call(0, FIRE);
	calls(1, 1);
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_EQ(-EINVAL, set_trigger(self->trace.fd, &on_fire, 1, 1, 1));
}

/* Who sleeps until there is something is told of the end at once. */
TEST_F(recorder, wakes_who_waits)
{
	struct pollfd fd = { .fd = self->trace.fd, .events = POLLIN };
	struct kept kept;
	pid_t pid;

	/* Of another process, as this one sleeps. */
	ASSERT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_FILTER, &on_fire, 1, NULL));
	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 1, 0));
	trace_start(_metadata, &self->trace);
	EXPECT_EQ(0, poll(&fd, 1, 0));
	pid = fork();
	if (!pid) {
		call(3, FIRE);
		_exit(0);
	}
	/* The alarm would ring in a minute. */
	EXPECT_EQ(1, poll(&fd, 1, 20000));
	EXPECT_EQ(POLLIN, fd.revents);
	EXPECT_TRUE(child_is_well(pid));
	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	read_frozen(_metadata, &self->trace, &self->trigger, &kept);
	EXPECT_EQ(1, kept.fired);
}

static pthread_barrier_t ready;

static void *storm_run(void *data)
{
	unsigned long me = (unsigned long)data;
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN), i;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(me % cpus, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return data;
	pthread_barrier_wait(&ready);
	for (i = 0; i < STORM_CALLS; i++)
		call(me, i == STORM_CALLS / 2 && me == 1 ? FIRE : MARK);
	return NULL;
}

static void storm(struct __test_metadata *_metadata)
{
	pthread_t threads[STORM_THREADS];
	unsigned long i;
	void *failed;

	ASSERT_EQ(0, pthread_barrier_init(&ready, NULL, STORM_THREADS));
	for (i = 0; i < STORM_THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, storm_run, (void *)i));
	for (i = 0; i < STORM_THREADS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &failed));
		EXPECT_EQ(NULL, failed);
	}
	pthread_barrier_destroy(&ready);
}

/* A record, as two sessions have it: no two have the same time on one CPU. */
struct seen {
	__u64	time;
	__u32	cpu;
};

static struct seen whole[STORM_THREADS * STORM_CALLS], part[STORM_THREADS * STORM_CALLS];

static unsigned int read_all(struct __test_metadata *_metadata, struct trace *trace,
			     struct seen *seen)
{
	const struct mmtrace_record *record;
	unsigned int count = 0;

	while (trace_read(_metadata, trace)) {
		record = NULL;
		while ((record = trace_next(trace, record))) {
			if (record->head.event == MMTRACE_EVENT_LOST)
				continue;
			ASSERT_GT(STORM_THREADS * STORM_CALLS, count);
			seen[count++] = (struct seen) { record->head.time, record->head.cpu };
		}
	}
	return count;
}

static unsigned int find(const struct seen *seen, unsigned int count, __u64 time, __u32 cpu)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (seen[i].time == time && seen[i].cpu == cpu)
			break;
	return i;
}

/*
 * In the middle of a storm: another session has all of it, and shows which records
 * came before. A few that completed just after may have been too late for a place
 * while others got one; all that matters is that they are in order, and how many.
 */
TEST_F(recorder, storm)
{
	static struct trace all;
	unsigned int have, kept, at, here, i;
	struct mmtrace_stats stats;

	trace_open(_metadata, &all, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP), .ring_size = 2 * LARGE_RING
		   });
	only_ours(_metadata, all.fd);
	trace_start(_metadata, &all);
	ASSERT_EQ(0, set_trigger(self->trace.fd, &on_fire, 1, 200, 100));
	trace_start(_metadata, &self->trace);
	storm(_metadata);

	expect_frozen(_metadata, self->trace.fd, &self->trigger);
	have = read_all(_metadata, &all, whole);
	EXPECT_EQ(STORM_THREADS * STORM_CALLS, have);
	kept = read_all(_metadata, &self->trace, part);
	EXPECT_EQ(200 + 1 + 100, kept);
	at = find(whole, have, self->trigger.time, self->trigger.cpu);
	here = find(part, kept, self->trigger.time, self->trigger.cpu);
	ASSERT_GT(have, at);
	ASSERT_EQ(200, here);
	for (i = 0; i <= here; i++)
		EXPECT_EQ(0, memcmp(&whole[at - here + i], &part[i], sizeof(*part)));
	for (; i < kept; i++)
		EXPECT_GT(have, find(whole, have, part[i].time, part[i].cpu));
	ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_MMAP, &stats));
	EXPECT_EQ(kept, stats.delivered);
	EXPECT_EQ(self->trace.lost, stats.overwritten);
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.overwritten);
	close(all.fd);
}

TEST_HARNESS_MAIN
