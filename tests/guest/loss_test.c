// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing is lost without a number: what was delivered and what was lost is what
 * was made, to the call, however small the ring and however many make it.
 *
 * A storm is a thread on each CPU that in its i-th round maps, remaps and asks to remap
 * i pages and 5 bytes. The 5 bytes tell its calls from all others, and i tells which
 * number each record must have, of the four that a round makes.
 *
 * MMTRACE_ROUNDS says how many rounds each thread makes while somebody reads. For 10^8
 * records, half of them in each mode:
 * MMTRACE_ROUNDS=3125000 MMTRACE_PATIENCE=200 tests/run.sh loss_test
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "mmtrace_test.h"
#include "victim.h"

#define STORM_ROUNDS	1000	/* of each thread; a small ring has room for 100 */
#define STORM_MARK	5
#define STORM_EVENTS	(MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP) | \
			 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP) | \
			 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MREMAP) | \
			 MMTRACE_EVENT_BIT(MMTRACE_EVENT_REMAP_FILE_PAGES))
#define PER_ROUND	4ull	/* one of each */
#define SMALL_RING	65536
#define SESSIONS	8

struct storm {
	pthread_t	thread;
	unsigned int	cpu;
	bool		failed;
};

/* The storm, and what a reader counts of it, by the CPU of the records. */
FIXTURE(loss)
{
	struct trace	trace;
	unsigned int	cpus;
	struct storm	storms[CPUS_MAX];
	__u64		delivered[CPUS_MAX];
	__u64		lost[CPUS_MAX];
};

FIXTURE_VARIANT(loss)
{
	__u32	mode;
	__u32	cause;
};

FIXTURE_VARIANT_ADD(loss, discard)
{
	.mode	= MMTRACE_MODE_DISCARD,
	.cause	= MMTRACE_LOST_RING_FULL,
};

FIXTURE_VARIANT_ADD(loss, overwrite)
{
	.mode	= MMTRACE_MODE_OVERWRITE,
	.cause	= MMTRACE_LOST_OVERWRITTEN,
};

static pthread_barrier_t ready;
static atomic_uint running;
static unsigned int storm_rounds = STORM_ROUNDS;

/* To the size that it has, and with a protection that is refused: nothing else comes of it. */
static void storm_round(size_t i)
{
	size_t len = i * PAGE + STORM_MARK;
	void *room = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	syscall(SYS_mremap, room, len, len, 0, 0);
	syscall(SYS_remap_file_pages, room, len, PROT_READ, 0, 0);
	if (room != MAP_FAILED)
		munmap(room, len);
}

/* Which it must have, by its round and its place in that. */
static __u64 number_of(const struct mmtrace_record *record)
{
	switch (record->head.event) {
	case MMTRACE_EVENT_DO_MMAP:
		return record->do_mmap.len / PAGE * PER_ROUND;
	case MMTRACE_EVENT_MMAP:
		return record->mmap.length / PAGE * PER_ROUND + 1;
	case MMTRACE_EVENT_MREMAP:
		return record->mremap.new_size / PAGE * PER_ROUND + 2;
	default:
		return record->remap_file_pages.size / PAGE * PER_ROUND + 3;
	}
}

static void *storm_run(void *data)
{
	struct storm *storm = data;
	cpu_set_t cpus;
	unsigned int i;

	CPU_ZERO(&cpus);
	CPU_SET(storm->cpu, &cpus);
	storm->failed = sched_setaffinity(0, sizeof(cpus), &cpus);
	pthread_barrier_wait(&ready);
	for (i = 0; i < storm_rounds && !storm->failed; i++)
		storm_round(i);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static void storm_prepare(struct __test_metadata *_metadata, struct storm *storms,
			  unsigned int cpus)
{
	unsigned int i;

	ASSERT_EQ(0, pthread_barrier_init(&ready, NULL, cpus + 1));
	atomic_store(&running, cpus);
	for (i = 0; i < cpus; i++) {
		storms[i].cpu = i;
		ASSERT_EQ(0, pthread_create(&storms[i].thread, NULL, storm_run, &storms[i]));
	}
}

static void storm_join(struct __test_metadata *_metadata, struct storm *storms,
		       unsigned int cpus)
{
	unsigned int i;

	for (i = 0; i < cpus; i++) {
		ASSERT_EQ(0, pthread_join(storms[i].thread, NULL));
		EXPECT_FALSE(storms[i].failed);
	}
	pthread_barrier_destroy(&ready);
}

static void only_the_storm(struct __test_metadata *_metadata, struct trace *trace)
{
	const struct mmtrace_pred preds[] = {
		{ MMTRACE_FIELD_TGID, MMTRACE_OP_EQ, 1, MMTRACE_REJECT, getpid(), ~0ull },
		{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT,
		  STORM_MARK, PAGE - 1 },
	};

	ASSERT_EQ(0, set_filter(trace->fd, MMTRACE_IOC_SET_FILTER, preds, 2, NULL));
}

FIXTURE_SETUP(loss)
{
	self->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	ASSERT_GE(CPUS_MAX, self->cpus);
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
			.events		= STORM_EVENTS,
			.mode		= variant->mode,
			.ring_size	= SMALL_RING,
		   });
	only_the_storm(_metadata, &self->trace);
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(loss)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

/* One read(), counted; every record must be the one that its number says. */
static bool tally(struct __test_metadata *_metadata, struct trace *trace, __u32 cause,
		  __u64 *delivered, __u64 *lost)
{
	const struct mmtrace_record *record = NULL;

	if (!trace_read(_metadata, trace))
		return false;
	while ((record = trace_next(trace, record))) {
		if (record->head.event == MMTRACE_EVENT_LOST) {
			ASSERT_EQ(cause, record->lost.cause);
			lost[record->head.cpu] += record->lost.count;
			continue;
		}
		ASSERT_EQ(number_of(record), record->head.seq);
		delivered[record->head.cpu]++;
	}
	return true;
}

/* The account of a session of which everything was read, after a whole storm. */
static void expect_exact(struct __test_metadata *_metadata, struct trace *trace,
			 unsigned int cpus, const __u64 *delivered, const __u64 *lost)
{
	__u64 all_delivered = 0, all_lost = 0;
	struct mmtrace_stats stats;
	unsigned int i;

	for (i = 0; i < cpus; i++) {
		EXPECT_EQ(PER_ROUND * storm_rounds, delivered[i] + lost[i]) TH_LOG("on CPU %u", i);
		all_delivered += delivered[i];
		all_lost += lost[i];
	}
	ASSERT_EQ(0, get_stats(trace->fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(PER_ROUND * storm_rounds * cpus, stats.hits - stats.filtered);
	EXPECT_EQ(all_delivered, stats.delivered);
	EXPECT_EQ(all_lost, stats.lost + stats.overwritten);
	EXPECT_EQ(0, stats.pending);
	EXPECT_EQ(0, stats.missed);
}

/* When each call of the storm completed, as a session with room for all has it. */
static __u64 times[CPUS_MAX][PER_ROUND * STORM_ROUNDS];

static void note_times(struct __test_metadata *_metadata, struct trace *trace)
{
	const struct mmtrace_record *record;

	while (trace_read(_metadata, trace)) {
		record = NULL;
		while ((record = trace_next(trace, record))) {
			ASSERT_NE(MMTRACE_EVENT_LOST, record->head.event);
			ASSERT_GT(PER_ROUND * STORM_ROUNDS, record->head.seq);
			times[record->head.cpu][record->head.seq] = record->head.time;
		}
	}
}

/* Of what the last trace_read() gave: the gaps are where and when they must be. */
static void expect_times(struct __test_metadata *_metadata, const struct trace *trace)
{
	const struct mmtrace_record *record = NULL;
	__u64 seq, count;

	while ((record = trace_next(trace, record))) {
		seq = record->head.seq;
		count = record->head.event == MMTRACE_EVENT_LOST ? record->lost.count : 1;
		ASSERT_GE(PER_ROUND * STORM_ROUNDS, seq + count);
		EXPECT_EQ(times[record->head.cpu][seq + count - 1], record->head.time);
		EXPECT_TRUE(record->head.event != MMTRACE_EVENT_LOST ||
			    record->lost.first == times[record->head.cpu][seq]);
	}
}

TEST_F(loss, nobody_reads)
{
	static struct trace whole;
	struct mmtrace_stats stats;
	__u64 lost;

	trace_open(_metadata, &whole, &(struct mmtrace_config) {
			.events		= STORM_EVENTS,
			.ring_size	= 16 * SMALL_RING,
		   });
	only_the_storm(_metadata, &whole);
	trace_start(_metadata, &whole);
	storm_prepare(_metadata, self->storms, self->cpus);
	pthread_barrier_wait(&ready);
	storm_join(_metadata, self->storms, self->cpus);

	ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_LOST, &stats));
	lost = variant->mode == MMTRACE_MODE_DISCARD ? stats.lost : stats.overwritten;
	EXPECT_EQ(0, stats.delivered);
	EXPECT_EQ(lost, stats.lost + stats.overwritten);
	EXPECT_EQ(PER_ROUND * STORM_ROUNDS * self->cpus, stats.pending + lost);
	EXPECT_LT(self->cpus * SMALL_RING / 320, stats.pending);
	EXPECT_GT(self->cpus * SMALL_RING / 120, stats.pending);

	note_times(_metadata, &whole);
	close(whole.fd);
	while (tally(_metadata, &self->trace, variant->cause, self->delivered, self->lost))
		expect_times(_metadata, &self->trace);

	expect_exact(_metadata, &self->trace, self->cpus, self->delivered, self->lost);
}

/* The reader is far too slow for such rings, but it is there. */
TEST_F(loss, somebody_reads)
{
	storm_rounds = rounds_of(STORM_ROUNDS);
	storm_prepare(_metadata, self->storms, self->cpus);
	pthread_barrier_wait(&ready);
	while (atomic_load(&running))
		tally(_metadata, &self->trace, variant->cause, self->delivered, self->lost);
	storm_join(_metadata, self->storms, self->cpus);
	while (tally(_metadata, &self->trace, variant->cause, self->delivered, self->lost))
		;
	expect_exact(_metadata, &self->trace, self->cpus, self->delivered, self->lost);
}

/* What is there when a session stops can still be read, and then it ends. */
TEST_F(loss, stopped)
{
	char byte;

	storm_prepare(_metadata, self->storms, self->cpus);
	pthread_barrier_wait(&ready);
	storm_join(_metadata, self->storms, self->cpus);
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_STOP, NULL));
	storm_round(0);
	while (tally(_metadata, &self->trace, variant->cause, self->delivered, self->lost))
		;
	EXPECT_EQ(0, read(self->trace.fd, &byte, 1));
	expect_exact(_metadata, &self->trace, self->cpus, self->delivered, self->lost);
}

/* Sessions are independent: those with room lose nothing, the others know what. */
TEST_F(loss, many_sessions)
{
	static struct trace traces[SESSIONS];
	static __u64 delivered[SESSIONS][CPUS_MAX], lost[SESSIONS][CPUS_MAX];
	unsigned int i, cpu;

	for (i = 0; i < SESSIONS; i++) {
		trace_open(_metadata, &traces[i], &(struct mmtrace_config) {
				.events		= STORM_EVENTS,
				.mode		= i % 2 ? variant->mode : MMTRACE_MODE_DISCARD,
				.ring_size	= i % 2 ? SMALL_RING : 16 * SMALL_RING,
			   });
		only_the_storm(_metadata, &traces[i]);
		trace_start(_metadata, &traces[i]);
	}
	storm_prepare(_metadata, self->storms, self->cpus);
	pthread_barrier_wait(&ready);
	while (atomic_load(&running))
		for (i = 0; i < SESSIONS; i++)
			tally(_metadata, &traces[i], i % 2 ? variant->cause : 0,
			      delivered[i], lost[i]);
	storm_join(_metadata, self->storms, self->cpus);
	for (i = 0; i < SESSIONS; i++) {
		while (tally(_metadata, &traces[i], i % 2 ? variant->cause : 0,
			     delivered[i], lost[i]))
			;
		for (cpu = 0; cpu < self->cpus; cpu++)
			EXPECT_TRUE(i % 2 || !lost[i][cpu]);
		expect_exact(_metadata, &traces[i], self->cpus, delivered[i], lost[i]);
		close(traces[i].fd);
	}
}

/* It leaves nothing behind, and does no harm to others. */
TEST_F(loss, killed_reader)
{
	atomic_uint *reads = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct mmtrace_info info = { .size = sizeof(info) };
	pid_t pid = fork_reader(reads);
	int status;

	ASSERT_LE(0, pid);
	while (!atomic_load(reads))
		munmap(mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE);
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(2, info.sessions);

	storm_prepare(_metadata, self->storms, self->cpus);
	pthread_barrier_wait(&ready);
	EXPECT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_INFO, &info));
	EXPECT_EQ(1, info.sessions);
	storm_join(_metadata, self->storms, self->cpus);
	while (tally(_metadata, &self->trace, variant->cause, self->delivered, self->lost))
		;
	expect_exact(_metadata, &self->trace, self->cpus, self->delivered, self->lost);
}

/* What was not read yet is told apart from what was, by event. */
TEST_F(loss, pending)
{
	struct mmtrace_stats stats;
	struct mmtrace_record record;
	unsigned int i;
	ssize_t got;
	__u32 event;

	for (i = 0; i < 10; i++)
		storm_round(i);
	ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_MMAP, &stats));
	EXPECT_EQ(10, stats.pending);
	EXPECT_EQ(0, stats.delivered);
	EXPECT_EQ(stats.hits, stats.pending + stats.filtered);
	for (i = 0; i < 20; i++) {
		got = read(self->trace.fd, &record, sizeof(record));
		ASSERT_LT(0, got);
		ASSERT_EQ(record.head.size, (size_t)got);
		ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_LOST, &stats));
		EXPECT_EQ(i + 1, stats.delivered);
		EXPECT_EQ(39 - i, stats.pending);
	}
	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		ASSERT_EQ(0, get_stats(self->trace.fd, event, &stats));
		EXPECT_EQ(event == MMTRACE_EVENT_MMAP2 ? 0 : 5, stats.delivered);
		EXPECT_EQ(event == MMTRACE_EVENT_MMAP2 ? 0 : 5, stats.pending);
		EXPECT_EQ(stats.hits, stats.delivered + stats.pending + stats.filtered);
	}
}

TEST_HARNESS_MAIN
