// SPDX-License-Identifier: GPL-2.0
/*
 * A filter is replaced as a whole, however much is going on: two filters that have
 * nothing in common take turns while threads map what either of them, and what
 * neither of them lets through. A call that is judged by one half of each would
 * show.
 *
 * timeout: 300
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "mmtrace_test.h"

#define YES	MMTRACE_ACCEPT
#define NO	MMTRACE_REJECT
#define LARGE	(16 * PAGE)
#define SMALL	PAGE
#define THREADS	4
#define SWAPS	5000	/* or fewer, where each waits long for RCU */
#define SWAPS_MIN	200	/* however long */
#define ENOUGH_NS	(6 * 1000000000ull)

/*
 * Large and executable, or small and not, and it must have succeeded: half of it
 * is decided at entry, half at return. The other halves of the two would let
 * through what is large and not executable, or small and executable.
 */
static const struct mmtrace_pred filters[2][3] = {
	{
		{ MMTRACE_FIELD_PROT, MMTRACE_OP_ANY, 1, NO, 0, PROT_EXEC },
		{ MMTRACE_FIELD_ERRNO, MMTRACE_OP_EQ, 2, NO, 0, ~0ull },
		{ MMTRACE_FIELD_LEN, MMTRACE_OP_RANGE, YES, NO, LARGE, ~0ull },
	}, {
		{ MMTRACE_FIELD_PROT, MMTRACE_OP_ANY, NO, 1, 0, PROT_EXEC },
		{ MMTRACE_FIELD_ERRNO, MMTRACE_OP_EQ, 2, NO, 0, ~0ull },
		{ MMTRACE_FIELD_LEN, MMTRACE_OP_RANGE, YES, NO, 0, LARGE - 1 },
	},
};

FIXTURE(filter_swap)
{
	struct trace	trace;
	unsigned long	passed[2];
};

FIXTURE_VARIANT(filter_swap)
{
	unsigned int	cmd;
};

FIXTURE_VARIANT_ADD(filter_swap, session) { .cmd = MMTRACE_IOC_SET_FILTER };
FIXTURE_VARIANT_ADD(filter_swap, device) { .cmd = MMTRACE_IOC_SET_DEVICE_FILTER };

/* A grace period goes with each swap, and the mappings are to be many. */
static void hurry(bool on)
{
	int fd = open("/sys/kernel/rcu_expedited", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, on ? "1" : "0", 1) != 1)
		perror("rcu_expedited");
	close(fd);
}

FIXTURE_SETUP(filter_swap)
{
	hurry(true);
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) {
		.events = MMTRACE_EVENT_BIT(MMTRACE_EVENT_DO_MMAP),
	});
	ASSERT_EQ(0, set_filter(self->trace.fd, variant->cmd, filters[0], 3, NULL));
	trace_start(_metadata, &self->trace);
}

FIXTURE_TEARDOWN(filter_swap)
{
	hurry(false);
	EXPECT_EQ(0, set_filter(self->trace.fd, MMTRACE_IOC_SET_DEVICE_FILTER, NULL, 0, NULL));
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

static atomic_bool done;

/* All four kinds of mapping, two of which nobody may see. */
static void *map_all(void *unused)
{
	unsigned int i;

	(void)unused;
	for (i = 0; !atomic_load(&done); i++) {
		size_t len = i & 1 ? LARGE : SMALL;

		munmap(mmap(NULL, len, i & 2 ? PROT_READ | PROT_EXEC : PROT_READ,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), len);
	}
	return NULL;
}

/* One read: counts what either filter lets through; there is nothing else. */
static bool check_records(struct __test_metadata *_metadata, struct trace *trace,
			  unsigned long passed[2])
{
	const struct mmtrace_record *record = NULL;
	size_t got = trace_read(_metadata, trace);
	bool exec, large;

	while ((record = trace_next(trace, record))) {
		if (record->head.event == MMTRACE_EVENT_LOST)
			continue;
		exec = record->do_mmap.prot & PROT_EXEC;
		large = record->do_mmap.len >= LARGE;
		ASSERT_EQ(exec, large) TH_LOG("prot %llx, %llu bytes",
					      record->do_mmap.prot, record->do_mmap.len);
		passed[!exec]++;
	}
	return got;
}

TEST_F_TIMEOUT(filter_swap, under_load, 140)
{
	struct mmtrace_stats stats;
	__u64 enough = now_ns() + ENOUGH_NS;
	pthread_t threads[THREADS];
	unsigned int i;

	atomic_store(&done, false);
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, map_all, NULL));
	for (i = 0; goes_on(i, SWAPS, SWAPS_MIN, enough); i++) {
		ASSERT_EQ(0, set_filter(self->trace.fd, variant->cmd, filters[i % 2], 3, NULL));
		if (i % 16 == 0)
			check_records(_metadata, &self->trace, self->passed);
	}
	TH_LOG("%u swaps", i);
	atomic_store(&done, true);
	for (i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	while (check_records(_metadata, &self->trace, self->passed))
		;
	ASSERT_EQ(0, get_stats(self->trace.fd, MMTRACE_EVENT_LOST, &stats));
	EXPECT_EQ(stats.hits, stats.filtered + stats.delivered + stats.lost + stats.overwritten +
		  stats.pending);
	EXPECT_EQ(stats.delivered, self->passed[0] + self->passed[1]);
	EXPECT_LT(0, self->passed[0]);
	EXPECT_LT(0, self->passed[1]);
	EXPECT_LT(self->passed[0] + self->passed[1], stats.filtered);
}

TEST_HARNESS_MAIN
