// SPDX-License-Identifier: GPL-2.0
/*
 * Tallies of random calls, compared with what comes of sorting all of them: counts and
 * sums exactly, percentiles as far as they may be off.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sample.h"
#include "tally.h"
#include "tap.h"

#define CALLS		20000
#define PROCESSES	300
#define PAGE		4096

static union sample sample;

/* What is known of a call, without a record. */
struct call {
	__u32	tgid;
	__u64	duration;
	__s64	ret;
	__u64	len;
};

static struct call calls[CALLS];

/* All powers of two alike, from one nanosecond to hours. */
static __u64 any_duration(void)
{
	return ((__u64)random() << 31 | random()) >> (random() % 56 + 6);
}

static void make_calls(void)
{
	int i;

	for (i = 0; i < CALLS; i++)
		calls[i] = (struct call){
			.tgid = 1 + random() % (random() % PROCESSES + 1),
			.duration = any_duration(),
			.ret = random() % 4 ? 0x7f0000000000 : -(1 + random() % 40),
			.len = random() % 100000,
		};
}

static void make_record(const struct call *call)
{
	sample_do_mmap(&sample);
	sample.rec.call.tgid = call->tgid;
	sample.rec.call.duration = call->duration;
	sample.rec.call.ret = call->ret;
	sample.rec.do_mmap.len = call->len;
}

static int compare_numbers(const void *a, const void *b)
{
	const __u64 *first = a, *second = b;

	return *first < *second ? -1 : *first > *second;
}

/* The other way to find what a row tells; returns whether it tells the same. */
static bool row_is_right(const struct tally_row *row)
{
	static __u64 times[CALLS];
	const struct measure *measure = &row->measure;
	__u64 len = 0, sum = 0, errors = 0, bytes = 0;
	unsigned int percent;
	bool good;
	int i;

	for (i = 0; i < CALLS; i++) {
		if (calls[i].tgid != row->key.id)
			continue;
		times[len++] = calls[i].duration;
		sum += calls[i].duration;
		errors += calls[i].ret < 0;
		bytes += calls[i].ret < 0 ? 0 : (calls[i].len + PAGE - 1) / PAGE * PAGE;
	}
	qsort(times, len, sizeof(times[0]), compare_numbers);
	good = len && measure->latency.calls == len && measure->latency.sum == sum &&
	       measure->errors == errors && measure->bytes == bytes &&
	       measure->latency.min == times[0] && measure->latency.max == times[len - 1];
	for (percent = 1; good && percent <= 100; percent++) {
		__u64 exact = times[(len * percent + 99) / 100 - 1];
		__u64 got = delay_percentile(&measure->latency, percent);

		good = (got > exact ? got - exact : exact - got) <= exact / 64;
	}
	return good;
}

static void test_random(void)
{
	struct tally tally;
	__u32 i, wrong = 0;
	__u64 sum = 0;

	make_calls();
	tally_init(&tally, KEY_PROCESS);
	for (i = 0; i < CALLS; i++) {
		make_record(&calls[i]);
		wrong += tally_add(&tally, &sample.rec, PAGE, 1) != 0;
	}
	ok(!wrong, "%d calls are counted", CALLS);
	for (i = 0; i < tally.len; i++) {
		wrong += !row_is_right(&tally.rows[i]);
		sum += tally.rows[i].measure.latency.calls;
	}
	ok(!wrong, "%u processes have the numbers that sorting gives", tally.len);
	ok(sum == CALLS && tally.len > PROCESSES / 2, "every call is in a row");
	tally_clear(&tally);
}

static void test_errnos(void)
{
	__u64 expected[41] = { 0 };
	struct tally tally;
	const struct counts *errnos;
	bool good = true;
	__u32 i;

	tally_init(&tally, KEY_EVENT);
	for (i = 0; i < CALLS; i++) {
		make_record(&calls[i]);
		tally_add(&tally, &sample.rec, PAGE, 1);
		if (calls[i].ret < 0)
			expected[-calls[i].ret]++;
	}
	errnos = &tally.rows[0].measure.errnos;
	for (i = 0; i < errnos->len; i++)
		good = good && errnos->all[i].count == expected[errnos->all[i].index];
	ok(good && errnos->len == 40, "errors by errno");
	tally_clear(&tally);
}

static void test_buckets(void)
{
	__u64 ns, at = 0;
	__u32 bucket, last = delay_bucket(~0ull);
	bool whole = true, inside = true;
	int i;

	for (bucket = 0; bucket <= last; bucket++) {
		whole = whole && delay_lowest(bucket) == at &&
			delay_highest(bucket) >= delay_lowest(bucket);
		at = delay_highest(bucket) + 1;
	}
	ok(whole && !at && last < 1920, "buckets are all times, without a gap");
	for (i = 0; i < 100000; i++) {
		ns = any_duration();
		bucket = delay_bucket(ns);
		inside = inside && ns >= delay_lowest(bucket) && ns <= delay_highest(bucket);
	}
	ok(inside, "a time is in its bucket");
}

/* Numbers that no sum can hold stay at the end of what it can. */
static void test_huge(void)
{
	struct measure measure = { 0 };
	int i;

	make_record(&(struct call){ .tgid = 1, .duration = ~0ull - 1, .len = ~0ull - PAGE });
	for (i = 0; i < 3; i++)
		measure_add(&measure, &sample.rec, PAGE, 1ull << 40);
	ok(measure.bytes == ~0ull && measure.latency.sum == ~0ull &&
	   measure.latency.calls == 3ull << 40, "sums do not wrap");
	ok(delay_percentile(&measure.latency, 50) == ~0ull - 1, "nor do percentiles");
	measure_free(&measure);
}

static void test_bytes(void)
{
	struct measure measure = { 0 };

	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample.rec.mremap = (struct mmtrace_mremap){ .old_size = 4096, .new_size = 12289 };
	measure_add(&measure, &sample.rec, PAGE, 1);
	ok(measure.bytes == 3 * PAGE, "mremap: what it added, in pages");
	sample.rec.mremap = (struct mmtrace_mremap){ .old_size = 40960, .new_size = 1 };
	measure_add(&measure, &sample.rec, PAGE, 1);
	ok(measure.bytes == 3 * PAGE, "mremap: a smaller one adds nothing");
	sample_call(&sample, MMTRACE_EVENT_MMAP2, sizeof(struct mmtrace_mmap));
	sample.rec.mmap.length = 1;
	measure_add(&measure, &sample.rec, PAGE, 1);
	ok(measure.bytes == 4 * PAGE, "mmap2: a byte is a page");
	sample.rec.call.ret = -22;
	measure_add(&measure, &sample.rec, PAGE, 1);
	ok(measure.bytes == 4 * PAGE && measure.errors == 1, "a call that failed maps nothing");
	measure_free(&measure);
}

static void test_limit(void)
{
	struct tally tally;
	__u64 sum = 0;
	__u32 i;

	tally_init(&tally, KEY_THREAD);
	tally.keys_max = 1000;
	for (i = 0; i < 5000; i++) {
		sample_do_mmap(&sample);
		sample.rec.call.tid = i % 2500;
		tally_add(&tally, &sample.rec, PAGE, 1);
	}
	for (i = 0; i < tally.len; i++)
		sum += tally.rows[i].measure.latency.calls;
	ok(tally.len == 1000 && sum == 2000, "there are no more keys than may be");
	ok(tally.others.latency.calls == 3000, "calls of others are counted");
	tally_clear(&tally);
}

static void test_keys(void)
{
	struct tally tally;

	tally_init(&tally, KEY_FILE);
	sample_file(&sample, "/a\0b", 4);
	tally_add(&tally, &sample.rec, PAGE, 1);
	sample_file(&sample, "/a\0c", 4);
	tally_add(&tally, &sample.rec, PAGE, 1);
	sample_file_of(&sample)->inode++;
	tally_add(&tally, &sample.rec, PAGE, 1);
	sample_do_mmap(&sample);
	tally_add(&tally, &sample.rec, PAGE, 1);
	sample_call(&sample, MMTRACE_EVENT_MMAP, sizeof(struct mmtrace_mmap));
	tally_add(&tally, &sample.rec, PAGE, 1);
	sample.rec.mmap.flags = MAP_ANONYMOUS;
	tally_add(&tally, &sample.rec, PAGE, 1);
	ok(tally.len == 5, "files: by path, inode, none, and not told");
	tally_clear(&tally);
	tally_init(&tally, KEY_PROCESS);
	sample_do_mmap(&sample);
	tally_add(&tally, &sample.rec, PAGE, 1);
	sample.rec.call.tid++;
	tally_add(&tally, &sample.rec, PAGE, 1);
	memset(sample.rec.call.comm, 'x', sizeof(sample.rec.call.comm));
	tally_add(&tally, &sample.rec, PAGE, 1);
	ok(tally.len == 2, "processes: by name, whatever the thread; one without its NUL too");
	tally_clear(&tally);
}

static void test_halve(void)
{
	struct tally tally;
	__u32 i;

	tally_init(&tally, KEY_PROCESS);
	for (i = 0; i < 1024; i++) {
		make_record(&(struct call){ .tgid = 1 + i % 512 % 8, .duration = 1000, .len = 1 });
		tally_add(&tally, &sample.rec, PAGE, i < 8 ? 256 : 1);
	}
	make_record(&(struct call){ .tgid = 99, .duration = 5, .ret = -12 });
	tally_add(&tally, &sample.rec, PAGE, 1);
	tally_halve(&tally);
	ok(tally.len == 8, "a key whose calls are gone is forgotten");
	make_record(&(struct call){ .tgid = 3, .duration = 1000 });
	tally_add(&tally, &sample.rec, PAGE, 1);
	ok(tally.len == 8 && tally.rows[2].measure.latency.calls == (256 + 127) / 2 + 1 &&
	   delay_mean(&tally.rows[2].measure.latency) == 1000, "the others are found, and half");
	for (i = 0; i < 20; i++)
		tally_halve(&tally);
	ok(!tally.len && !tally.others.latency.calls, "in the end nothing is left");
	tally_clear(&tally);
}

static void test_sort(void)
{
	static const struct call some[] = {
		{ 1, 10, 0, 100000 }, { 1, 10, 0, 1 }, { 1, 10, 0, 1 }, { 2, 5000, 0, 900000 },
		{ 3, 20, -1, 0 }, { 3, 20, -1, 0 },
	};
	static const __u64 first[TALLY_SORTS] = { 1, 3, 2, 2 };
	struct tally tally;
	size_t i;

	tally_init(&tally, KEY_PROCESS);
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		make_record(&some[i]);
		tally_add(&tally, &sample.rec, PAGE, 1);
	}
	for (i = 0; i < TALLY_SORTS; i++) {
		const struct tally_row **rows = tally_sorted(&tally, i);

		ok(rows && rows[0]->key.id == first[i], "sorted by %s", tally_sort_name(i));
		free(rows);
	}
	tally_clear(&tally);
}

int main(void)
{
	srandom(1);
	test_random();
	test_errnos();
	test_buckets();
	test_huge();
	test_bytes();
	test_limit();
	test_keys();
	test_halve();
	test_sort();
	return tap_done();
}
