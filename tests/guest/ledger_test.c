// SPDX-License-Identifier: GPL-2.0
/*
 * The account is exact for each session, event and CPU, and anybody may look at
 * it: while sessions of both modes are read, stalled, filtered anew and killed, and
 * while a reader waits for its memory.
 *
 * A storm is 16 threads, each on a CPU of its own as far as there are so many,
 * that map i pages and 5 bytes in their i-th call; from 0 pages on again after 400.
 * MMTRACE_ROUNDS says how many calls each of them makes.
 *
 * timeout: 240
 * cpus: 8
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>

#include "missing.h"
#include "victim.h"

#define STORM_THREADS	16
#define STORM_CALLS	400	/* of each thread; a small ring has room for 200 */
#define STORM_MARK	5
#define STORM_EVENTS	(MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP) | \
			 MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP))
#define SMALL_RING	65536

/* A session without records comes first, for asking about the others. */
FIXTURE(ledger)
{
	int		fd;
	unsigned int	cpus;
};

FIXTURE_SETUP(ledger)
{
	self->fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->fd);
	self->cpus = sysconf(_SC_NPROCESSORS_ONLN);
	ASSERT_GE(CPUS_MAX, self->cpus);
}

FIXTURE_TEARDOWN(ledger)
{
	close(self->fd);
	expect_nothing_left(_metadata);
}

static int get_session(int fd, __u64 id, struct mmtrace_session *session)
{
	memset(session, POISON, sizeof(*session));
	session->size = sizeof(*session);
	session->id = id;
	session->reserved = 0;
	return mmtrace_ioctl(fd, MMTRACE_IOC_SESSION, session);
}

static __u64 own_id(int fd)
{
	struct mmtrace_session session = { 0 };

	do {
		if (get_session(fd, session.id + 1, &session))
			return 0;
	} while (!(session.flags & MMTRACE_SESSION_SELF));
	return session.id;
}

/* The account of session @id, asked of session @fd; @cpu -1 is the sum of all. */
static int get_account(int fd, __u64 id, __u32 event, int cpu, struct mmtrace_stats *stats)
{
	memset(stats, POISON, sizeof(*stats));
	stats->size = sizeof(*stats);
	stats->event = event;
	stats->session = id;
	stats->cpu = cpu + 1;
	stats->reserved = 0;
	return mmtrace_ioctl(fd, MMTRACE_IOC_STATS, stats);
}

static void add(struct mmtrace_stats *sum, const struct mmtrace_stats *stats)
{
	sum->hits += stats->hits;
	sum->filtered += stats->filtered;
	sum->delivered += stats->delivered;
	sum->lost += stats->lost;
	sum->overwritten += stats->overwritten;
	sum->pending += stats->pending;
}

static bool is_balanced(const struct mmtrace_stats *stats)
{
	return stats->hits == stats->filtered + stats->delivered + stats->lost +
			      stats->overwritten + stats->pending;
}

static bool is_same(const struct mmtrace_stats *a, const struct mmtrace_stats *b)
{
	return a->hits == b->hits && a->filtered == b->filtered &&
	       a->delivered == b->delivered && a->lost == b->lost &&
	       a->overwritten == b->overwritten && a->pending == b->pending;
}

/* Every row is balanced, and rows add up over CPUs and over events. */
static void expect_balanced(struct __test_metadata *_metadata, int fd, __u64 id,
			    unsigned int cpus)
{
	struct mmtrace_stats stats, sum, all = { 0 };
	unsigned int cpu;
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		memset(&sum, 0, sizeof(sum));
		for (cpu = 0; cpu < cpus; cpu++) {
			ASSERT_EQ(0, get_account(fd, id, event, cpu, &stats));
			EXPECT_TRUE(is_balanced(&stats)) TH_LOG("event %u on CPU %u", event, cpu);
			EXPECT_EQ(0, stats.missed);
			add(&sum, &stats);
		}
		ASSERT_EQ(0, get_account(fd, id, event, -1, &stats));
		EXPECT_TRUE(is_same(&sum, &stats)) TH_LOG("event %u over all CPUs", event);
		add(&all, &stats);
	}
	ASSERT_EQ(0, get_account(fd, id, MMTRACE_EVENT_LOST, -1, &stats));
	EXPECT_TRUE(is_same(&all, &stats)) TH_LOG("all events");
	EXPECT_TRUE(is_balanced(&stats));
}

/**
 * struct party - a session in the storm
 * @trace: of it
 * @id: of it
 * @is_read: by a thread of its own, while the storm lasts
 * @is_refiltered: over and over, so that nobody knows how many calls are let through
 * @thread: which does either
 * @delivered: what was read, by CPU and event
 * @lost: what lost records say, by CPU
 * @failed: a read or a filter was refused
 */
struct party {
	struct trace	trace;
	__u64		id;
	bool		is_read;
	bool		is_refiltered;
	pthread_t	thread;
	__u64		delivered[CPUS_MAX][MMTRACE_EVENT_COUNT];
	__u64		lost[CPUS_MAX];
	bool		failed;
};

static atomic_uint running;
static pthread_barrier_t ready;

static const struct mmtrace_pred reject_all = {
	MMTRACE_FIELD_EVENT, MMTRACE_OP_EQ, MMTRACE_REJECT, MMTRACE_REJECT, 0, ~0ull
};

static int only_the_storm(int fd)
{
	const struct mmtrace_pred preds[] = {
		{ MMTRACE_FIELD_TGID, MMTRACE_OP_EQ, 1, MMTRACE_REJECT, getpid(), ~0ull },
		{ MMTRACE_FIELD_LEN, MMTRACE_OP_EQ, MMTRACE_ACCEPT, MMTRACE_REJECT,
		  STORM_MARK, PAGE - 1 },
	};

	return set_filter(fd, MMTRACE_IOC_SET_FILTER, preds, 2, NULL);
}

/* One read(), counted; 0 if there was nothing. */
static size_t tally(struct party *party)
{
	const struct mmtrace_record *record = NULL;
	struct trace *trace = &party->trace;
	ssize_t got = read(trace->fd, trace->buf, TRACE_ROOM);

	party->failed |= got < 0 && errno != EAGAIN;
	trace->len = got > 0 ? got : 0;
	while ((record = trace_next(trace, record))) {
		if (record->head.event == MMTRACE_EVENT_LOST)
			party->lost[record->head.cpu] += record->lost.count;
		else
			party->delivered[record->head.cpu][record->head.event]++;
	}
	return trace->len;
}

static void *party_run(void *data)
{
	struct party *party = data;
	unsigned int i;

	pthread_barrier_wait(&ready);
	for (i = 0; atomic_load(&running); i++) {
		if (party->is_read)
			tally(party);
		if (!party->is_refiltered)
			continue;
		party->failed |= i % 2 ? only_the_storm(party->trace.fd) :
			set_filter(party->trace.fd, MMTRACE_IOC_SET_FILTER, &reject_all, 1, NULL);
	}
	return NULL;
}

static void *storm_run(void *data)
{
	unsigned int cpu = (unsigned long)data, calls = rounds_of(STORM_CALLS), i;
	cpu_set_t cpus;
	size_t len;
	void *room;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		return data;
	pthread_barrier_wait(&ready);
	for (i = 0; i < calls; i++) {
		len = i % STORM_CALLS * PAGE + STORM_MARK;
		room = mmap(NULL, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (room != MAP_FAILED)
			munmap(room, len);
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

#define PARTIES	6

static struct party parties[PARTIES];

static void open_parties(struct __test_metadata *_metadata)
{
	static const __u32 modes[] = { MMTRACE_MODE_DISCARD, MMTRACE_MODE_OVERWRITE };
	unsigned int i;

	for (i = 0; i < PARTIES; i++) {
		struct party *party = &parties[i];

		trace_open(_metadata, &party->trace, &(struct mmtrace_config) {
				.events		= STORM_EVENTS,
				.mode		= modes[i % 2],
				.ring_size	= i ? SMALL_RING : 16 * SMALL_RING,
			   });
		party->is_read = i == 0 || i == 1 || i == 4;
		party->is_refiltered = i >= 4;
		party->id = own_id(party->trace.fd);
		ASSERT_LT(0, party->id);
		ASSERT_EQ(0, only_the_storm(party->trace.fd));
		trace_start(_metadata, &party->trace);
	}
}

/* Looks at all sessions there are, as status does. Returns how many. */
static unsigned int look_at_all(struct __test_metadata *_metadata, int fd)
{
	struct mmtrace_session session = { 0 };
	struct mmtrace_stats stats;
	unsigned int count = 0;
	int err;

	while (!get_session(fd, session.id + 1, &session)) {
		err = get_account(fd, session.id, MMTRACE_EVENT_LOST, -1, &stats);
		EXPECT_TRUE(!err || err == -ENOENT);
		count++;
	}
	return count;
}

static void storm(struct __test_metadata *_metadata, int fd, unsigned int cpus)
{
	pthread_t threads[STORM_THREADS];
	atomic_uint *reads = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork_reader(reads);
	unsigned long i;
	void *failed;

	ASSERT_LT(0, pid);
	while (!atomic_load(reads))
		mark_call();
	ASSERT_EQ(0, pthread_barrier_init(&ready, NULL, STORM_THREADS + PARTIES + 1));
	atomic_store(&running, STORM_THREADS);
	for (i = 0; i < PARTIES; i++)
		ASSERT_EQ(0, pthread_create(&parties[i].thread, NULL, party_run, &parties[i]));
	for (i = 0; i < STORM_THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, storm_run, (void *)(i % cpus)));
	EXPECT_EQ(PARTIES + 2, look_at_all(_metadata, fd));
	pthread_barrier_wait(&ready);
	while (atomic_load(&running) > STORM_THREADS / 2)
		look_at_all(_metadata, fd);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	while (atomic_load(&running))
		EXPECT_EQ(PARTIES + 1, look_at_all(_metadata, fd));
	for (i = 0; i < STORM_THREADS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &failed));
		EXPECT_EQ(NULL, failed);
	}
	for (i = 0; i < PARTIES; i++) {
		ASSERT_EQ(0, pthread_join(parties[i].thread, NULL));
		EXPECT_FALSE(parties[i].failed);
	}
	munmap(reads, PAGE);
}

/* What the account says of a session, its reader has seen; all of it was read. */
static void expect_as_read(struct __test_metadata *_metadata, int fd,
			   const struct party *party, unsigned int cpu)
{
	struct mmtrace_stats stats;
	__u64 lost = 0;
	__u32 event;

	for (event = 1; event < MMTRACE_EVENT_COUNT; event++) {
		ASSERT_EQ(0, get_account(fd, party->id, event, cpu, &stats));
		EXPECT_EQ(party->delivered[cpu][event], stats.delivered);
		EXPECT_EQ(0, stats.pending);
		lost += stats.lost + stats.overwritten;
	}
	EXPECT_EQ(party->lost[cpu], lost);
}

/* The storm made so many calls on each CPU, and the account has all of them. */
static void expect_all_calls(struct __test_metadata *_metadata, int fd,
			     const struct party *party, unsigned int cpu, unsigned int cpus)
{
	__u64 threads = STORM_THREADS / cpus + (cpu < STORM_THREADS % cpus);
	static const __u32 events[] = { MMTRACE_EVENT_DO_MMAP, MMTRACE_EVENT_MMAP };
	struct mmtrace_stats stats;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		ASSERT_EQ(0, get_account(fd, party->id, events[i], cpu, &stats));
		EXPECT_EQ(threads * rounds_of(STORM_CALLS), stats.hits - stats.filtered)
			TH_LOG("event %u on CPU %u", events[i], cpu);
	}
}

TEST_F_TIMEOUT(ledger, storm, 180)
{
	struct mmtrace_stats stats;
	unsigned int i, cpu;

	open_parties(_metadata);
	storm(_metadata, self->fd, self->cpus);
	for (i = 0; i < PARTIES; i++) {
		expect_balanced(_metadata, self->fd, parties[i].id, self->cpus);
		for (cpu = 0; cpu < self->cpus && !parties[i].is_refiltered; cpu++)
			expect_all_calls(_metadata, self->fd, &parties[i], cpu, self->cpus);
	}
	/* It was a storm. */
	ASSERT_EQ(0, get_account(self->fd, parties[2].id, MMTRACE_EVENT_LOST, -1, &stats));
	EXPECT_LT(0, stats.lost);
	EXPECT_LT(0, stats.pending);
	ASSERT_EQ(0, get_account(self->fd, parties[3].id, MMTRACE_EVENT_LOST, -1, &stats));
	EXPECT_LT(0, stats.overwritten);
	EXPECT_LT(0, stats.pending);

	for (i = 0; i < PARTIES; i++) {
		while (tally(&parties[i]))
			;
		expect_balanced(_metadata, self->fd, parties[i].id, self->cpus);
		for (cpu = 0; cpu < self->cpus; cpu++)
			expect_as_read(_metadata, self->fd, &parties[i], cpu);
		close(parties[i].trace.fd);
	}
}

/* A reader whose memory does not come: a page that somebody else has to fill. */
struct stuck {
	pthread_t	thread;
	int		fd;
	struct missing	missing;
	ssize_t		got;
};

static void *stuck_run(void *data)
{
	struct stuck *stuck = data;

	stuck->got = read(stuck->fd, stuck->missing.pages + PAGE, PAGE);
	return NULL;
}

static void stuck_begin(struct __test_metadata *_metadata, struct stuck *stuck)
{
	missing_open(_metadata, &stuck->missing);
	missing_arm(_metadata, &stuck->missing);
	ASSERT_EQ(0, pthread_create(&stuck->thread, NULL, stuck_run, stuck));
	missing_wait(_metadata, &stuck->missing);
}

static void stuck_end(struct __test_metadata *_metadata, struct stuck *stuck)
{
	static const char zeros[PAGE];

	missing_fill(_metadata, &stuck->missing, zeros);
	ASSERT_EQ(0, pthread_join(stuck->thread, NULL));
	missing_close(&stuck->missing);
}

/* Nobody who looks on waits for it, and its record is in one place all the while. */
TEST_F(ledger, reader_that_waits_for_memory)
{
	static const __u32 modes[] = { MMTRACE_MODE_DISCARD, MMTRACE_MODE_OVERWRITE };
	struct mmtrace_session session;
	struct mmtrace_stats stats;
	static struct trace trace;
	struct stuck stuck = { 0 };
	unsigned int i;
	__u64 id;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		trace_open(_metadata, &trace, &(struct mmtrace_config) {
				.mode = modes[i], .events = STORM_EVENTS
			   });
		ASSERT_EQ(0, filter_mark(trace.fd));
		id = own_id(trace.fd);
		trace_start(_metadata, &trace);
		mark_call();
		stuck.fd = trace.fd;
		stuck_begin(_metadata, &stuck);
		EXPECT_EQ(2, look_at_all(_metadata, self->fd));
		ASSERT_EQ(0, get_session(self->fd, id, &session));
		EXPECT_EQ(MMTRACE_STATE_RUNNING, session.state);
		ASSERT_EQ(0, get_account(self->fd, id, MMTRACE_EVENT_LOST, -1, &stats));
		EXPECT_EQ(2, stats.pending);
		EXPECT_EQ(0, stats.delivered);
		expect_balanced(_metadata, self->fd, id, self->cpus);
		stuck_end(_metadata, &stuck);
		EXPECT_EQ(2 * sizeof(struct mmtrace_record), stuck.got);
		ASSERT_EQ(0, get_account(self->fd, id, MMTRACE_EVENT_LOST, -1, &stats));
		EXPECT_EQ(2, stats.delivered);
		expect_balanced(_metadata, self->fd, id, self->cpus);
		close(trace.fd);
	}
}

/* A line that was not read to its end is pending, on the CPU of its record. */
TEST_F(ledger, within_a_line)
{
	struct mmtrace_stats stats;
	struct mmtrace_config config;
	static struct trace trace;
	cpu_set_t cpus, before;
	char byte;
	__u64 id;

	ASSERT_EQ(0, sched_getaffinity(0, sizeof(before), &before));
	CPU_ZERO(&cpus);
	CPU_SET(self->cpus - 1, &cpus);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpus), &cpus));
	trace_open(_metadata, &trace, &(struct mmtrace_config) {
			.mode	= MMTRACE_MODE_OVERWRITE,
			.events	= MMTRACE_EVENT_BIT(MMTRACE_EVENT_MMAP),
		   });
	ASSERT_EQ(0, get_config(trace.fd, &config));
	config.format = MMTRACE_FORMAT_TEXT;
	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_SET_CONFIG, &config));
	ASSERT_EQ(0, filter_mark(trace.fd));
	id = own_id(trace.fd);
	trace_start(_metadata, &trace);
	mark_call();
	ASSERT_EQ(1, read(trace.fd, &byte, 1));
	ASSERT_EQ(0, get_account(self->fd, id, MMTRACE_EVENT_MMAP, self->cpus - 1, &stats));
	EXPECT_EQ(1, stats.pending);
	EXPECT_EQ(0, stats.delivered + stats.overwritten);
	expect_balanced(_metadata, self->fd, id, self->cpus);
	while (read(trace.fd, &byte, 1) == 1)
		;
	ASSERT_EQ(0, get_account(self->fd, id, MMTRACE_EVENT_MMAP, self->cpus - 1, &stats));
	EXPECT_EQ(1, stats.delivered);
	EXPECT_EQ(0, stats.pending);
	close(trace.fd);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(before), &before));
}

/* What a session is can be seen from another one, and is as it was set up. */
TEST_F(ledger, sessions)
{
	struct mmtrace_session session;
	struct mmtrace_stats stats;
	static struct trace trace;
	__u64 self_id = own_id(self->fd), id, begun = now_ns();

	ASSERT_EQ(0, prctl(PR_SET_NAME, "opener"));
	trace_open(_metadata, &trace, &(struct mmtrace_config) {
			.mode = MMTRACE_MODE_OVERWRITE, .events = STORM_EVENTS,
			.ring_size = 2 * SMALL_RING, .watermark = 4711, .timeout_ms = 123
		   });
	id = own_id(trace.fd);
	EXPECT_LT(self_id, id);
	ASSERT_EQ(0, get_session(self->fd, self_id + 1, &session));
	EXPECT_EQ(sizeof(session), session.size);
	EXPECT_EQ(id, session.id);
	EXPECT_EQ(0, session.flags);
	EXPECT_LE(begun, session.opened);
	EXPECT_GE(now_ns(), session.opened);
	EXPECT_EQ(0, session.memory);
	EXPECT_EQ(MMTRACE_STATE_NEW, session.state);
	EXPECT_EQ((__u32)getpid(), session.pid);
	EXPECT_STREQ("opener", session.comm);
	EXPECT_EQ(MMTRACE_CONFIG_OWN, session.config_flags);
	EXPECT_EQ(STORM_EVENTS, session.events);
	EXPECT_EQ(MMTRACE_FORMAT_BINARY, session.format);
	EXPECT_EQ(MMTRACE_MODE_OVERWRITE, session.mode);
	EXPECT_EQ(123, session.timeout_ms);
	EXPECT_EQ(0, session.reserved);
	EXPECT_EQ(2 * SMALL_RING, session.ring_size);
	EXPECT_EQ(4711, session.watermark);

	ASSERT_EQ(0, filter_mark(trace.fd));
	trace_start(_metadata, &trace);
	ASSERT_EQ(0, get_session(self->fd, id, &session));
	EXPECT_EQ(MMTRACE_SESSION_FILTER, session.flags);
	EXPECT_EQ(MMTRACE_STATE_RUNNING, session.state);
	EXPECT_LE(2ull * SMALL_RING * self->cpus, session.memory);
	ASSERT_EQ(0, mmtrace_ioctl(trace.fd, MMTRACE_IOC_STOP, NULL));
	ASSERT_EQ(0, get_session(trace.fd, id, &session));
	EXPECT_EQ(MMTRACE_SESSION_FILTER | MMTRACE_SESSION_SELF, session.flags);
	EXPECT_EQ(MMTRACE_STATE_STOPPED, session.state);

	EXPECT_EQ(-ENOENT, get_session(self->fd, id + 1, &session));
	EXPECT_EQ(-ENOENT, get_account(self->fd, id + 1, 0, -1, &stats));
	EXPECT_EQ(-EINVAL, get_account(self->fd, id, 0, 1 << 16, &stats));
	EXPECT_EQ(-EINVAL, get_account(self->fd, id, 0, -2, &stats));
	close(trace.fd);
	EXPECT_EQ(-ENOENT, get_session(self->fd, id, &session));
	EXPECT_EQ(-ENOENT, get_account(self->fd, id, 0, -1, &stats));
	/* Its id is not given to another one. */
	trace_open(_metadata, &trace, &(struct mmtrace_config) { 0 });
	EXPECT_LT(id, own_id(trace.fd));
	close(trace.fd);
}

/* Opens in a child that has our descriptors; it is gone when this returns. */
static pid_t open_and_go(void)
{
	pid_t pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		_exit(open(DEVICE, O_RDONLY | O_CLOEXEC) < 0);
	return child_is_well(pid) ? pid : -1;
}

/* Runs as the first process of a pid namespace. */
static int look_from_inside(int fd, __u64 id)
{
	struct mmtrace_session session;
	int own = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (get_session(fd, id, &session) || session.pid)
		return 1;
	if (get_session(fd, own_id(own), &session) || session.pid != 1)
		return 2;
	return 0;
}

TEST_F(ledger, openers)
{
	__u64 id = own_id(self->fd);
	struct mmtrace_session session;
	pid_t pid;
	int status;

	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWPID))
			_exit(10);
		pid = fork();
		if (!pid)
			_exit(look_from_inside(self->fd, id));
		waitpid(pid, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));

	ASSERT_LT(0, open_and_go());
	ASSERT_EQ(0, get_session(self->fd, id + 1, &session));
	EXPECT_EQ(0, session.pid);
	ASSERT_EQ(0, close(self->fd + 1));
}

TEST_HARNESS_MAIN
