// SPDX-License-Identifier: GPL-2.0
/*
 * cost: what mmtrace adds to a call, where the clock counts instructions.
 *
 * Runs in a guest of QEMU with -icount shift=0,sleep=off -smp 1, in which a
 * nanosecond is one instruction and every figure is the same on every run. Each
 * row is the same loop under other conditions; the first is the loop by itself,
 * and is taken off the others.
 *
 * Usage: cost [module.ko]; without a module mmtrace has to be loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/membarrier.h>
#include <linux/mmtrace.h>

#include "steady.h"

#define CALLS		50
#define ROUNDS		20	/* the least of which counts: without a timer tick in it */
#define FULL_SIZE	65536	/* of a ring that is full soon, bytes */
#define DEVICE		"/dev/mmtrace"
#define SHORT_FILE	"/tmp/file"
#define OTHER_FILE	"/tmp/fil2"
/* A full ring of it has 256 bytes left: for another's record, and not for its own. */
#define LONG_FILE	"/tmp/a-file-whose-record-is-longer-than-what-others-leave-in-a-ring"
#define OUTPUT		"/tmp/mmtrace-bench.out"

static int file, other_file, long_file;
static char buf[131072];

static void die(const char *what)
{
	fprintf(stderr, "cost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double min(double a, double b)
{
	return a < b ? a : b;
}

static void *mapped[CALLS];

static void map_anonymous(int i)
{
	mapped[i] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void map_file(int i)
{
	mapped[i] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
}

static void map_long(int i)
{
	mapped[i] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, long_file, 0);
}

/* Never the file of the call before: each path is looked for anew. */
static void map_in_turn(int i)
{
	mapped[i] = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, i % 2 ? file : other_file, 0);
}

/* Not part of what is measured: what it costs varies by itself. */
static void unmap(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		if (mapped[i] == MAP_FAILED || munmap(mapped[i], 4096))
			die("mmap");
}

static void nothing(void)
{
}

static void other_syscall(int i)
{
	(void)i;
	syscall(SYS_getppid);
}

struct workload {
	const char	*name;
	void		(*call)(int i);
	void		(*clean_up)(void);
};

static const struct workload anonymous = { "anonymous mmap", map_anonymous, unmap };
static const struct workload of_file = { "mmap of the same file", map_file, unmap };
static const struct workload of_long = { "mmap of a file of a long name", map_long, unmap };
static const struct workload in_turn = { "mmap of two files in turn", map_in_turn, unmap };
static const struct workload other = { "another system call", other_syscall, nothing };

/* How a session is set up for a row; NULL for no session at all. */
struct condition {
	const char	*name;
	bool		start;
	bool		reject;		/* by a filter that is decided at entry */
	unsigned int	sessions;
	unsigned int	format;
	bool		drain;		/* the reading counts too */
	bool		discard;	/* what was read is not written anywhere */
	bool		follow;		/* init, which is somebody else */
	bool		full;		/* nobody has read for long, nor does */
	unsigned int	mode;		/* of a ring that is full */
};

static const struct condition traced = {
	.name = "traced, reader frozen", .start = true, .sessions = 1, .format = 1
};
static const struct condition idle = { .name = "loaded, nobody reads" };
static const struct condition rejected = {
	.name = "rejected at entry", .start = true, .reject = true, .sessions = 1, .format = 1
};
static const struct condition stranger = {
	.name = "another is followed", .start = true, .sessions = 1, .format = 1, .follow = true
};
static const struct condition dropping = {
	.name = "traced, full ring drops newest", .start = true, .sessions = 1, .format = 1,
	.full = true, .mode = MMTRACE_MODE_DISCARD
};
static const struct condition overwriting = {
	.name = "traced, full ring drops oldest", .start = true, .sessions = 1, .format = 1,
	.full = true, .mode = MMTRACE_MODE_OVERWRITE
};
static const struct condition two = {
	.name = "traced by two sessions", .start = true, .sessions = 2, .format = 1
};
static const struct condition four = {
	.name = "traced by four sessions", .start = true, .sessions = 4, .format = 1
};
static const struct condition read_only = {
	.name = "until read, binary", .start = true, .sessions = 1, .format = 1,
	.drain = true, .discard = true
};
static const struct condition binary = {
	.name = "until drained, binary file", .start = true, .sessions = 1, .format = 1,
	.drain = true
};
static const struct condition text = {
	.name = "until drained, text file", .start = true, .sessions = 1, .drain = true
};

static int open_session(const struct condition *condition)
{
	struct mmtrace_pred never = {
		.field		= MMTRACE_FIELD_TGID,
		.on_true	= MMTRACE_ACCEPT,
		.on_false	= MMTRACE_REJECT,
		.value		= 1,
		.mask		= UINT64_MAX,
	};
	struct mmtrace_filter filter = {
		.size		= sizeof(filter),
		.preds_len	= 1,
		.preds		= (uintptr_t)&never,
	};
	struct mmtrace_config config = { .size = sizeof(config) };
	struct mmtrace_follow follow = { .size = sizeof(follow), .pid = 1 };
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		die(DEVICE);
	if (ioctl(fd, MMTRACE_IOC_GET_CONFIG, &config))
		die("MMTRACE_IOC_GET_CONFIG");
	config.flags = MMTRACE_CONFIG_OWN;
	config.format = condition->format;
	config.mode = condition->mode;
	if (condition->full) {
		config.ring_size = FULL_SIZE;
		config.watermark = FULL_SIZE / 2;
	}
	if (ioctl(fd, MMTRACE_IOC_SET_CONFIG, &config))
		die("MMTRACE_IOC_SET_CONFIG");
	if (condition->reject && ioctl(fd, MMTRACE_IOC_SET_FILTER, &filter))
		die("MMTRACE_IOC_SET_FILTER");
	if (condition->follow && ioctl(fd, MMTRACE_IOC_FOLLOW, &follow))
		die("MMTRACE_IOC_FOLLOW");
	if (condition->start && ioctl(fd, MMTRACE_IOC_START))
		die("MMTRACE_IOC_START");
	return fd;
}

/* @out: where to write what is there; -1 for nowhere */
static uint64_t drain(int fd, int out)
{
	uint64_t bytes = 0;
	ssize_t n = 0;

	if (fd < 0)
		return 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (out >= 0 && write(out, buf, n) != n)
			die(OUTPUT);
		bytes += n;
	}
	if (n < 0 && errno != EAGAIN)
		die("read");
	return bytes;
}

/* What the round before gave to RCU to free comes back first, not in the middle. */
static void settle(void)
{
	int i;

	for (i = 0; i < 2; i++)
		if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
			die("membarrier");
}

static double measure_round(const struct workload *workload, const struct condition *condition,
			    int fd, int out, double *bytes)
{
	uint64_t begin, called, drained;
	int i;

	settle();
	begin = now();
	for (i = 0; i < CALLS; i++)
		workload->call(i);
	called = now();
	workload->clean_up();
	if (condition && condition->drain) {
		drained = now();
		*bytes = (double)drain(fd, condition->discard ? -1 : out) / CALLS;
		called += now() - drained;
	} else if (!condition || !condition->full) {
		drain(fd, out);
	}
	return (double)(called - begin) / CALLS;
}

/* What it has lost: those that were dropped, whichever they were, and missed. */
static uint64_t lost_of(int fd)
{
	struct mmtrace_stats stats = { .size = sizeof(stats) };

	if (ioctl(fd, MMTRACE_IOC_STATS, &stats))
		die("MMTRACE_IOC_STATS");
	return stats.lost + stats.overwritten + stats.missed;
}

/* Each call from here on loses a record. */
static void fill(const struct workload *workload, int fd)
{
	int i;

	while (!lost_of(fd)) {
		for (i = 0; i < CALLS; i++)
			workload->call(i);
		workload->clean_up();
	}
}

static double measure(const struct workload *workload, const struct condition *condition,
		      double *bytes, uint64_t *lost)
{
	double least = 1e9;
	int fds[8] = { -1 }, out, i;

	out = open(OUTPUT, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (out < 0)
		die(OUTPUT);
	for (i = 0; condition && i < (int)condition->sessions; i++)
		fds[i] = open_session(condition);
	if (condition && condition->full)
		fill(workload, fds[0]);
	for (i = 0; i < ROUNDS; i++)
		least = min(least, measure_round(workload, condition, fds[0], out, bytes));
	*lost = fds[0] >= 0 ? lost_of(fds[0]) : 0;
	for (i = 0; condition && i < (int)condition->sessions; i++)
		close(fds[i]);
	close(out);
	unlink(OUTPUT);
	return least;
}

/*
 * What the rows have to hold; 0 for no bound. In instructions a call. Some more than
 * were measured, as another build of the kernel differs a little. With a file much
 * more: what the kernel frees meanwhile is not the same from one build of ours to
 * the next.
 */
struct row {
	const struct workload	*workload;
	const struct condition	*condition;
	double			limit;
};

static const struct row rows[] = {
	{ &anonymous, NULL, 0 },
	{ &anonymous, &idle, 0.5 },
	{ &anonymous, &rejected, 220 },
	{ &anonymous, &stranger, 285 },
	{ &anonymous, &traced, 700 },
	{ &anonymous, &dropping, 700 },
	{ &anonymous, &overwriting, 880 },
	{ &anonymous, &two, 980 },
	{ &anonymous, &four, 1250 },
	{ &anonymous, &read_only, 1080 },
	{ &anonymous, &binary, 0 },
	{ &anonymous, &text, 4900 },
	{ &of_file, NULL, 0 },
	{ &of_file, &traced, 1300 },
	{ &of_file, &dropping, 900 },
	{ &of_file, &binary, 0 },
	{ &of_file, &text, 0 },
	{ &of_long, NULL, 0 },
	{ &of_long, &traced, 1300 },
	{ &of_long, &dropping, 1100 },
	{ &in_turn, NULL, 0 },
	{ &in_turn, &traced, 0 },
	{ &other, NULL, 0 },
	{ &other, &traced, 0.5 },
};

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "ring_size=1048576", 0))
		die(path);
	close(fd);
}

static int print_row(const struct row *row, double bare)
{
	double bytes = 0, cost;
	uint64_t lost = 0;
	int failed;

	cost = measure(row->workload, row->condition, &bytes, &lost) - bare;
	if (cost < 0 && cost > -0.5)
		cost = 0;
	failed = (row->limit && cost > row->limit) ||
		 (row->condition->full ? lost < ROUNDS * CALLS : lost);
	printf("%-30s %-32s %8.0f", row->workload->name, row->condition->name, cost);
	if (row->limit)
		printf(" %8.0f", row->limit);
	else
		printf(" %8s", "-");
	if (row->condition->drain)
		printf(" %8.0f", bytes);
	else
		printf(" %8s", "-");
	printf(" %6llu%s\n", (unsigned long long)lost, failed ? "  FAILED" : "");
	return failed;
}

static int make(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, 4096))
		die(name);
	return fd;
}

int main(int argc, char **argv)
{
	double bare[sizeof(rows) / sizeof(rows[0])], last = 0, unused;
	uint64_t none;
	int failed = 0;
	size_t i;

	if (unmap_vdso())
		die("no vdso");
	file = make(SHORT_FILE);
	other_file = make(OTHER_FILE);
	long_file = make(LONG_FILE);
	/* Bare means bare: before the module is there. Once more, as the first time is dearer. */
	measure(&anonymous, NULL, &unused, &none);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!rows[i].condition)
			bare[i] = measure(rows[i].workload, NULL, &unused, &none);
	if (argc > 1)
		load(argv[1]);
	printf("%-30s %-32s %8s %8s %8s %6s\n", "workload", "instructions added a call",
	       "cost", "limit", "bytes", "lost");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].condition)
			failed |= print_row(&rows[i], last);
		else
			last = bare[i];
	}
	unlink(SHORT_FILE);
	unlink(OTHER_FILE);
	unlink(LONG_FILE);
	return failed;
}
