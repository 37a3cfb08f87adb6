// SPDX-License-Identifier: GPL-2.0
/*
 * The machine itself stands still for seconds, as one does that is virtual, and its
 * clock goes on: tests/standstill.sh lets it, when this has said that it is ready.
 * Nothing is lost, times never go back, and the reader goes on.
 */
#include "watch.h"

#define STILL_NS	5000000000ull
#define ROUNDS		3

FIXTURE(machine)
{
	struct watch	watch;
};

FIXTURE_SETUP(machine)
{
	watch_begin(_metadata, &self->watch);
}

FIXTURE_TEARDOWN(machine)
{
	close(self->watch.trace.fd);
	expect_nothing_left(_metadata);
}

static void *wait_for_standstills(void *data)
{
	unsigned long *rounds = data;
	__u64 now = now_ns(), before;

	fputs("# ready\n", stderr);
	while (*rounds < ROUNDS) {
		before = now;
		usleep(1000);
		now = now_ns();
		*rounds += now - before >= STILL_NS;
	}
	atomic_store(&watch_done, true);
	return NULL;
}

/* scenario 39 */
TEST_F_TIMEOUT(machine, stands_still, 120)
{
	unsigned long rounds = 0;

	watch_run(_metadata, &self->watch, wait_for_standstills, &rounds);
	EXPECT_LE(STILL_NS, self->watch.longest);
}

TEST_HARNESS_MAIN
