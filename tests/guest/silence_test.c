// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's probes are switched off, and on again: the stream says so at its
 * place, the account and the state do, and a reader that sleeps is told. Nothing is
 * told where nothing was silenced.
 *
 * timeout: 240
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "mmtrace_test.h"

#define KPROBES		"/sys/kernel/debug/kprobes/enabled"
#define FTRACE		"/proc/sys/kernel/ftrace_enabled"
#define OPTIMIZATION	"/proc/sys/debug/kprobes-optimization"
#define TRACEFS		"/sys/kernel/tracing/"
#define FLIPS		40
#define GAPS		(4 * FLIPS)

/* Far longer than it takes, so that a machine under load fails no test. */
#define PATIENCE_MS	60000

/* Times around a switch that was turned off, and on again. */
struct flip {
	__u64	off_begun;
	__u64	off_done;
	__u64	on_begun;
	__u64	on_done;
};

/* What the stream has said. */
struct heard {
	struct mmtrace_lost	gaps[GAPS];
	unsigned int		gaps_len;
	__u64			last_call;	/* when it began */
};

static struct trace trace;
static struct heard heard;
static atomic_bool done;

FIXTURE(silence)
{
	struct flip	flip;
	unsigned int	threads;
	pthread_t	thread[CPUS_MAX];
};

FIXTURE_VARIANT(silence)
{
	const char	*path;
};

FIXTURE_VARIANT_ADD(silence, kprobes) {
	.path = KPROBES,
};

#ifdef __x86_64__
/* On arm64 kprobes are breakpoints, and have nothing to do with ftrace. */
FIXTURE_VARIANT_ADD(silence, ftrace) {
	.path = FTRACE,
};
#endif

/* Newer kernels don't let ftrace be switched off any more. */
static bool can_be_turned_off(const char *path)
{
	return write_word(path, "0") ? write_word(path, "1") : errno != EOPNOTSUPP;
}

static void turn_off(struct __test_metadata *_metadata, const char *path, struct flip *flip)
{
	flip->off_begun = now_ns();
	ASSERT_TRUE(write_word(path, "0"));
	flip->off_done = now_ns();
}

static void turn_on(struct __test_metadata *_metadata, const char *path, struct flip *flip)
{
	flip->on_begun = now_ns();
	ASSERT_TRUE(write_word(path, "1"));
	flip->on_done = now_ns();
}

static void *load(void *data)
{
	unsigned int i;

	for (i = 0; !atomic_load(&done); i++) {
		mark_call();
		let_go_at_times(i);
	}
	return data;
}

static void start_load(struct __test_metadata *_metadata, pthread_t *thread, unsigned int *threads)
{
	unsigned int wanted = sysconf(_SC_NPROCESSORS_ONLN);

	while (*threads < wanted && *threads < CPUS_MAX) {
		ASSERT_EQ(0, pthread_create(&thread[*threads], NULL, load, NULL));
		++*threads;
	}
}

static void open_session(struct __test_metadata *_metadata)
{
	memset(&heard, 0, sizeof(heard));
	trace_open(_metadata, &trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
		   });
	ASSERT_EQ(0, filter_mark(trace.fd));
}

/* By when it began: the return of one that was on its way is seen even so. */
static void note_call(const struct mmtrace_record *record)
{
	__u64 begun = record->head.time - record->call.duration;

	if (heard.last_call < begun)
		heard.last_call = begun;
}

static void hear(struct __test_metadata *_metadata)
{
	const struct mmtrace_record *record = NULL;

	while ((record = trace_next(&trace, record))) {
		if (record->head.event == MMTRACE_EVENT_DO_MMAP)
			note_call(record);
		if (record->head.event != MMTRACE_EVENT_LOST ||
		    record->lost.cause != MMTRACE_LOST_INTERRUPTED)
			continue;
		ASSERT_GT(GAPS, heard.gaps_len);
		heard.gaps[heard.gaps_len++] = record->lost;
	}
}

/* Whatever has come up to now; under load there is no end of it. */
static void drain(struct __test_metadata *_metadata)
{
	__u64 begun = now_ns();

	while (trace_read(_metadata, &trace)) {
		hear(_metadata);
		if (trace.time > begun)
			break;
	}
}

/* Sleeps until the stream has told of so many. */
static void wait_for_gaps(struct __test_metadata *_metadata, unsigned int len)
{
	struct pollfd fd = { .fd = trace.fd, .events = POLLIN };

	while (heard.gaps_len < len) {
		ASSERT_EQ(1, poll(&fd, 1, PATIENCE_MS)) TH_LOG("nobody woke the reader");
		trace_read(_metadata, &trace);
		hear(_metadata);
	}
	ASSERT_EQ(len, heard.gaps_len);
}

/* Calls are seen again. */
static void wait_for_call(struct __test_metadata *_metadata)
{
	__u64 begun = now_ns();

	while (heard.last_call < begun && now_ns() - begun < PATIENCE_MS * 1000000ull) {
		mark_call();
		drain(_metadata);
	}
	ASSERT_LE(begun, heard.last_call) TH_LOG("calls are not seen");
}

/* Is each moment in which nothing was seen in what the stream said? */
static bool covers(__u64 from, __u64 to)
{
	unsigned int i;

	for (i = 0; i < heard.gaps_len; i++)
		if (heard.gaps[i].first <= from && from <= heard.gaps[i].last)
			from = heard.gaps[i].last + 1;
	return from > to;
}

static void expect_account(struct __test_metadata *_metadata, __u64 interruptions, __u64 least)
{
	struct mmtrace_stats stats;

	ASSERT_EQ(0, get_stats(trace.fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(interruptions, stats.interruptions);
	EXPECT_LE(least, stats.interrupted);
	EXPECT_EQ(!interruptions, !stats.interrupted);
	EXPECT_EQ(0, stats.missed);
	EXPECT_GE(stats.hits, stats.filtered + stats.delivered + stats.lost);
}

/* What the session, and any event, say of now; nobody looks while none runs. */
static void expect_state(struct __test_metadata *_metadata, bool interrupted)
{
	struct mmtrace_session session = { .size = sizeof(session), .id = 1 };
	struct mmtrace_event_info info;

	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_SESSION, &session));
	ASSERT_TRUE(session.flags & MMTRACE_SESSION_SELF);
	EXPECT_EQ(interrupted && session.state == MMTRACE_STATE_RUNNING,
		  !!(session.flags & MMTRACE_SESSION_INTERRUPTED));
	ASSERT_EQ(0, get_event(trace.fd, MMTRACE_EVENT_MREMAP, &info));
	EXPECT_EQ(interrupted && session.state == MMTRACE_STATE_RUNNING,
		  !!(info.flags & MMTRACE_EVENT_INTERRUPTED));
}

FIXTURE_SETUP(silence)
{
	atomic_store(&done, false);
	open_session(_metadata);
}

FIXTURE_TEARDOWN(silence)
{
	EXPECT_TRUE(write_word(variant->path, "1"));
	write_word(TRACEFS "current_tracer", "nop");
	write_word(TRACEFS "kprobe_events", "-:silence/other");
	close(open(TRACEFS "set_ftrace_filter", O_WRONLY | O_TRUNC | O_CLOEXEC));
	atomic_store(&done, true);
	while (self->threads)
		EXPECT_EQ(0, pthread_join(self->thread[--self->threads], NULL));
	close(trace.fd);
	expect_nothing_left(_metadata);
}

TEST_F(silence, is_told_under_load)
{
	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	start_load(_metadata, self->thread, &self->threads);
	trace_start(_metadata, &trace);
	expect_state(_metadata, false);
	wait_for_call(_metadata);
	turn_off(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 1);
	EXPECT_LE(heard.gaps[0].first, self->flip.off_done);
	EXPECT_LE(self->flip.off_begun, heard.gaps[0].last);
	drain(_metadata);
	EXPECT_LE(heard.last_call, self->flip.off_done) TH_LOG("it was not silent");
	expect_state(_metadata, true);
	turn_on(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 2);
	EXPECT_EQ(heard.gaps[0].last, heard.gaps[1].first);
	EXPECT_LE(self->flip.on_begun, heard.gaps[1].last);
	wait_for_call(_metadata);
	expect_state(_metadata, false);
	expect_account(_metadata, 1, self->flip.on_begun - self->flip.off_done);
}

/* Nothing else wakes it. */
TEST_F(silence, wakes_who_sleeps)
{
	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	trace_start(_metadata, &trace);
	drain(_metadata);
	turn_off(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 1);
	turn_on(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 2);
	EXPECT_TRUE(covers(self->flip.off_done, self->flip.on_begun));
	expect_account(_metadata, 1, self->flip.on_begun - self->flip.off_done);
}

/* Too short for anybody who looks now and then. */
TEST_F(silence, is_told_however_short)
{
	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	start_load(_metadata, self->thread, &self->threads);
	trace_start(_metadata, &trace);
	wait_for_call(_metadata);
	turn_off(_metadata, variant->path, &self->flip);
	turn_on(_metadata, variant->path, &self->flip);
	wait_for_call(_metadata);
	/* Its end is told when somebody looks, which may be after the first call. */
	expect_account(_metadata, 1, self->flip.on_begun - self->flip.off_done);
	drain(_metadata);
	EXPECT_LE(1, heard.gaps_len);
	EXPECT_TRUE(covers(self->flip.off_done, self->flip.on_begun));
}

/* More than a session keeps of them. */
TEST_F(silence, is_told_to_who_reads_late)
{
	struct flip flips[FLIPS];
	struct mmtrace_stats stats;
	int i;

	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	trace_start(_metadata, &trace);
	for (i = 0; i < FLIPS; i++) {
		turn_off(_metadata, variant->path, &flips[i]);
		expect_state(_metadata, true);
		turn_on(_metadata, variant->path, &flips[i]);
		expect_state(_metadata, false);
	}
	wait_for_call(_metadata);
	for (i = 0; i < FLIPS; i++)
		EXPECT_TRUE(covers(flips[i].off_done, flips[i].on_begun));
	EXPECT_LE(2, heard.gaps_len);
	ASSERT_EQ(0, get_stats(trace.fd, MMTRACE_EVENT_MMAP, &stats));
	EXPECT_EQ(FLIPS, stats.interruptions);
}

TEST_F(silence, is_told_who_starts_in_it)
{
	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	turn_off(_metadata, variant->path, &self->flip);
	expect_state(_metadata, true);
	trace_start(_metadata, &trace);
	expect_state(_metadata, true);
	wait_for_gaps(_metadata, 1);
	EXPECT_LE(self->flip.off_done, heard.gaps[0].first);
	EXPECT_LE(heard.gaps[0].last, now_ns());
	turn_on(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 2);
	EXPECT_TRUE(covers(heard.gaps[0].first, self->flip.on_begun));
	wait_for_call(_metadata);
	expect_account(_metadata, 1, 1);
}

/* A session that has stopped leaves nothing behind that ftrace would find. */
TEST_F(silence, is_told_who_stops_in_it)
{
	__u64 stopped;

	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	trace_start(_metadata, &trace);
	wait_for_call(_metadata);
	turn_off(_metadata, variant->path, &self->flip);
	expect_state(_metadata, true);
	stopped = now_ns();
	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_STOP, NULL));
	turn_on(_metadata, variant->path, &self->flip);
	drain(_metadata);
	EXPECT_EQ(2, heard.gaps_len);
	EXPECT_TRUE(covers(self->flip.off_done, stopped));
	EXPECT_LT(heard.gaps[1].last, self->flip.on_done);
	EXPECT_EQ(0, read(trace.fd, trace.buf, TRACE_ROOM));
	expect_account(_metadata, 1, stopped - self->flip.off_done);
}

/* Another tracer's call is where ours was, in the function and in our own. */
TEST_F(silence, is_told_beside_the_function_tracer)
{
	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	if (!write_word(TRACEFS "set_ftrace_filter", "do_mmap"))
		SKIP(return, "there is no function tracer");
	ASSERT_TRUE(write_word(TRACEFS "set_ftrace_filter", "beat_of_ftrace"));
	ASSERT_TRUE(write_word(TRACEFS "current_tracer", "function"));
	trace_start(_metadata, &trace);
	wait_for_call(_metadata);
	turn_off(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 1);
	expect_state(_metadata, true);
	turn_on(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 2);
	wait_for_call(_metadata);
	expect_account(_metadata, 1, self->flip.on_begun - self->flip.off_done);
}

/* Disabled, but of the kernel's aggregate of both it is the first. */
TEST_F(silence, hooks_come_back_beside_another_probe)
{
	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	ASSERT_TRUE(write_word(TRACEFS "kprobe_events", "p:silence/other do_mmap"));
	turn_off(_metadata, variant->path, &self->flip);
	trace_start(_metadata, &trace);
	wait_for_gaps(_metadata, 1);
	turn_on(_metadata, variant->path, &self->flip);
	wait_for_gaps(_metadata, 2);
	wait_for_call(_metadata);
	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_STOP, NULL));
	EXPECT_TRUE(write_word(TRACEFS "kprobe_events", "-:silence/other"));
}

/* Whatever is written, nothing was ever off. */
TEST_F(silence, is_not_told_of_what_silences_nothing)
{
	int i;

	if (!can_be_turned_off(variant->path))
		SKIP(return, "this kernel has no switch for it");
	start_load(_metadata, self->thread, &self->threads);
	trace_start(_metadata, &trace);
	for (i = 0; i < 5; i++) {
		EXPECT_TRUE(write_word(variant->path, "1"));
		EXPECT_FALSE(write_word(variant->path, "x"));
		if (!access(OPTIMIZATION, F_OK)) {
			EXPECT_TRUE(write_word(OPTIMIZATION, "0"));
			EXPECT_TRUE(write_word(OPTIMIZATION, "1"));
		}
		wait_for_call(_metadata);
		expect_state(_metadata, false);
	}
#ifndef __x86_64__
	if (can_be_turned_off(FTRACE)) {
		turn_off(_metadata, FTRACE, &self->flip);
		wait_for_call(_metadata);
		turn_on(_metadata, FTRACE, &self->flip);
	}
#endif
	wait_for_call(_metadata);
	EXPECT_EQ(0, heard.gaps_len);
	expect_account(_metadata, 0, 0);
}

#define OPTIMIZED	20

static atomic_uint moves;

static void *move(void *data)
{
	void *at = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i;

	for (i = 0; !atomic_load(&done); i++) {
		mremap(at, PAGE, PAGE, 0);
		let_go_at_times(i);
	}
	atomic_fetch_add(&moves, i);
	munmap(at, PAGE);
	return data;
}

FIXTURE(optimization)
{
};

FIXTURE_SETUP(optimization)
{
}

FIXTURE_TEARDOWN(optimization)
{
	if (!access(OPTIMIZATION, F_OK))
		EXPECT_TRUE(write_word(OPTIMIZATION, "1"));
	expect_nothing_left(_metadata);
}

/* scenario 35: a jump or a breakpoint, each call is seen; of mremap, which ftrace does not reach */
TEST_F_TIMEOUT(optimization, comes_and_goes, 120)
{
	static const struct mmtrace_pred own = {
		MMTRACE_FIELD_FLAGS, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT, 0, ~0ull
	};
	unsigned int threads = 0, i;
	struct mmtrace_stats stats;
	pthread_t thread[4];

	if (access(OPTIMIZATION, F_OK))
		SKIP(return, "this kernel has no optimized kprobes");
	trace_open(_metadata, &trace, &(struct mmtrace_config) {
			.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP),
			.mode = MMTRACE_MODE_OVERWRITE, .ring_size = 65536,
		   });
	ASSERT_EQ(0, set_filter(trace.fd, MMTRACE_IOC_SET_FILTER, &own, 1, NULL));
	trace_start(_metadata, &trace);
	atomic_store(&done, false);
	for (; threads < ARRAY_SIZE(thread); threads++)
		ASSERT_EQ(0, pthread_create(&thread[threads], NULL, move, NULL));
	for (i = 0; i < OPTIMIZED; i++) {
		ASSERT_TRUE(write_word(OPTIMIZATION, i % 2 ? "1" : "0"));
		/* The kernel's optimizer takes its time. */
		usleep(50000);
	}
	atomic_store(&done, true);
	for (i = 0; i < threads; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	ASSERT_EQ(0, get_stats(trace.fd, MMTRACE_EVENT_MREMAP, &stats));
	EXPECT_LT(1000, moves);
	EXPECT_EQ(moves, stats.hits - stats.filtered);
	EXPECT_EQ(0, stats.missed);
	close(trace.fd);
}

TEST_HARNESS_MAIN
