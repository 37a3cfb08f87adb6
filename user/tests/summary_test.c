// SPDX-License-Identifier: GPL-2.0
/* What pictures are made of, compared with what is plain to compute. */
#include <stdlib.h>

#include "calls.h"
#include "flame.h"
#include "intern.h"
#include "latency.h"
#include "layers.h"
#include "quantity.h"
#include "rollup.h"
#include "sample.h"
#include "scale.h"
#include "summary.h"
#include "tap.h"

#define MS	1000000ull

static union sample sample;

static bool says(struct quantity quantity, const char *text)
{
	if (!strcmp(quantity.text, text))
		return true;
	printf("# %s, not %s\n", quantity.text, text);
	return false;
}

static void test_quantities(void)
{
	ok(says(quantity_bytes(0), "0 B") && says(quantity_bytes(1023), "1023 B") &&
	   says(quantity_bytes(1024), "1 KiB") && says(quantity_bytes(1536), "1.5 KiB") &&
	   says(quantity_bytes(-4096), "-4 KiB") && says(quantity_bytes(1048575), "1 MiB") &&
	   says(quantity_bytes(0x1p64), "16 EiB"), "bytes");
	ok(says(quantity_time(999), "999 ns") && says(quantity_time(1234), "1.23 \302\265s") &&
	   says(quantity_time(999999), "1 ms") && says(quantity_time(12e9), "12 s") &&
	   says(quantity_time(100e9), "100 s"), "times");
	ok(says(quantity_count(0), "0") && says(quantity_count(999), "999") &&
	   says(quantity_count(1000), "1,000") &&
	   says(quantity_count(~0ull), "18,446,744,073,709,551,615"), "counts");
	ok(scale_bytes_step(5000, 5) == 1024 && scale_time_step(1e9, 5) == 2e8 &&
	   scale_time_step(4.9e6, 5) == 1e6 && scale_time_step(11, 5) == 5, "lines of axes");
}

static void test_intern(void)
{
	struct intern *names = intern_new();
	__u32 first = intern(names, "a\0b", 3), i;
	char text[16];
	size_t len;

	ok(first == intern(names, "a\0b", 3) && first != intern(names, "a", 1) &&
	   !intern(names, "", 0), "a string has one number");
	ok(!memcmp(intern_bytes(names, first, &len), "a\0b", 3) && len == 3, "and comes back");
	for (i = 0; i < 70000; i++)
		intern(names, text, snprintf(text, sizeof(text), "%u", i));
	ok(intern(names, "69999", 5) == INTERN_OTHERS && intern(names, "7", 1) > INTERN_OTHERS &&
	   intern(names, "a\0b", 3) == first, "what finds no room is another one");
	intern_free(names);
}

/* All buckets are next to each other, and a time is in the one that says so. */
static void test_latency(void)
{
	struct latency latency = {}, one;
	unsigned int i, wrong = 0;
	__u64 ns;

	for (i = 0; i < 251; i++) {
		one = (struct latency){};
		ns = latency_edge(i);
		latency_add(&one, ns);
		wrong += one.buckets[i] != 1 || latency_edge(i + 1) <= latency_edge(i);
		if (ns) {
			one = (struct latency){};
			latency_add(&one, ns - 1);
			wrong += one.buckets[i - 1] != 1;
		}
	}
	ok(!wrong, "buckets begin where they say");
	for (ns = 1; ns <= 10000; ns++)
		latency_add(&latency, ns);
	latency_add(&latency, ~0ull);
	ok(latency.calls == 10001 && latency.min == 1 && latency.max == ~0ull, "extremes");
	ok(latency_quantile(&latency, .5) > 4500 && latency_quantile(&latency, .5) < 5500 &&
	   latency_quantile(&latency, .99) > 8000 && latency_quantile(&latency, .99) < 12000 &&
	   latency_quantile(&latency, 0) == 1, "quantiles");
}

static double sum_of(const struct timeline *timeline)
{
	double sum = 0;
	unsigned int i, j;

	for (i = 0; i < TIMELINE_BUCKETS; i++) {
		sum += timeline->others.bytes[i];
		for (j = 0; j < timeline->len; j++)
			sum += timeline->series[j].bytes[i];
	}
	return sum;
}

static void test_timeline(void)
{
	struct timeline *timeline = calloc(1, sizeof(*timeline));
	__u32 i;

	for (i = 1; i <= 3000; i++)
		timeline_add(timeline, 5 * MS + i * i * 1000ull, i, i % 700, true,
			     i == 7 ? 1e9 : 4096);
	timeline_lose(timeline, 0, 3);
	ok(sum_of(timeline) == 2999 * 4096.0 + 1e9 && timeline->len == TIMELINE_PROCESSES,
	   "no byte is lost when time and processes grow");
	ok(timeline_used(timeline) > TIMELINE_BUCKETS / 2 && timeline->first == 5 * MS + 1000 &&
	   timeline->width * timeline_used(timeline) > 2999ull * 2999 * 1000,
	   "all times have a place");
	ok(timeline->lost[0] == 3, "a time before the first is the first");
	free(timeline);
}

static void test_layers(void)
{
	struct timeline *timeline = calloc(1, sizeof(*timeline));
	struct layers layers;
	__u32 i;

	for (i = 1; i <= 20; i++)
		timeline_add(timeline, i, i, 10 + i % 2, true, i == 7 ? 1e6 : 4096);
	layers_stack(&layers, timeline);
	ok(!layers.by_name && layers.len == LAYERS_MAX && layers.layer[0].tgid == 7 &&
	   layers.layer[8].processes == 12 && layers.layer[8].colour == 8 &&
	   layers.layer[8].top[layers.used - 1] == sum_of(timeline) &&
	   layers.most == sum_of(timeline), "the largest processes, and the others are all of it");
	timeline_add(timeline, 21, 7, 11, true, 4096 - 1e6);
	layers_stack(&layers, timeline);
	ok(layers.by_name && layers.len == 2 && layers.layer[0].processes == 10 &&
	   layers.layer[0].name == 11 && layers.layer[1].processes == 10 &&
	   layers.layer[1].top[layers.used - 1] == sum_of(timeline), "many small ones by name");
	timeline_add(timeline, ~0ull, 7, 11, true, -2e9);
	layers_stack(&layers, timeline);
	ok(layers.layer[0].tgid != 7 && layers.layer[layers.len - 1].top[layers.used - 1] ==
	   layers.layer[layers.len - 2].top[layers.used - 1], "nothing is below nothing");
	memset(timeline, 0, sizeof(*timeline));
	for (i = 1; i <= 6000; i++)
		timeline_add(timeline, 30, i, i % 10 ? 20 : 21, true, 4096);
	layers_stack(&layers, timeline);
	ok(layers.by_name && layers.layer[0].name == 20 && !layers.layer[0].tgid &&
	   layers.layer[0].processes > 5300 && layers.layer[1].name == 21 &&
	   layers.layer[1].processes > 580, "names of those that made room are kept");
	free(timeline);
}

static void test_flame(void)
{
	struct flame flame = {};
	__u32 a, b, i, frame, last = ~0u, wrong = 0;

	flame_init(&flame);
	a = flame_push(&flame, FLAME_ROOT, 10);
	b = flame_push(&flame, a, 11);
	flame_count(&flame, b, 5);
	flame_count(&flame, b, -7);
	ok(a == flame_push(&flame, FLAME_ROOT, 10) && b == flame_push(&flame, a, 11) &&
	   b != flame_push(&flame, FLAME_ROOT, 11), "a frame is known by its callers");
	ok(flame.frames[FLAME_ROOT].calls == 2 && flame.frames[FLAME_ROOT].bytes == 5 &&
	   flame.frames[a].calls == 2, "callers count too");
	for (i = 0; i < 70000; i++)
		flame_count(&flame, flame_push(&flame, a, 100 + i * 7919 % 70000), 1);
	for (i = 0; i < 500; i++)
		flame_count(&flame, flame_push(&flame, a, 100 + i), 1);
	ok(flame.unplaced && flame.frames[a].calls == 70502, "what finds no room counts above");
	flame_sort(&flame);
	for (i = 0, frame = flame.frames[a].child; frame; frame = flame.frames[frame].next, i++) {
		wrong += flame.frames[frame].calls > last;
		last = flame.frames[frame].calls;
	}
	ok(!wrong && i == flame.len - 4 + 1, "most calls first, and none forgotten: %u", i);
	flame_free(&flame);
}

static void test_rollup(void)
{
	struct rollup rollup = {};
	struct alike alike = { .tgid = 1 };
	__u64 calls = 0;
	__u32 i;

	rollup_init(&rollup);
	for (i = 0; i < 140000; i++) {
		alike.what = i % 70000;
		rollup_add(&rollup, &alike, i == 3 ? 4096 : 1, i);
	}
	for (i = 0; i < rollup.len; i++)
		calls += rollup.rows[i].calls;
	ok(rollup.len == ROLLUP_ROWS && calls + rollup.unplaced.calls == 140000 &&
	   rollup.unplaced.slowest == 139999, "all calls are in a row");
	rollup_sort(&rollup);
	ok(rollup.rows[0].alike.what == 3 && rollup.rows[0].calls == 2 &&
	   rollup.rows[0].slowest == 70003, "the largest first");
	rollup_free(&rollup);
}

static void test_calls(void)
{
	struct calls slowest = {}, last = {};
	unsigned int i, wrong = 0;
	struct one_call call = {};

	for (i = 0; i < 5000; i++) {
		call.time = i;
		call.ns = i * 2503 % 5000;
		calls_keep_slowest(&slowest, &call);
		calls_keep_last(&last, &call);
	}
	calls_sort_by_duration(&slowest);
	calls_sort_by_time(&last);
	for (i = 0; i < CALLS_MAX; i++)
		wrong += slowest.kept[i].ns != 4999 - i || last.kept[i].time != 4999 - i;
	ok(!wrong && calls_len(&last) == CALLS_MAX && last.seen == 5000,
	   "the slowest and the last");
}

static void test_summary(void)
{
	struct summary *summary = summary_new(MMTRACE_EVENTS_ALL, 4096);

	sample_do_mmap(&sample);
	sample.rec.do_mmap.len = 5000;
	summary_take(summary, &sample.rec, NULL);
	sample.rec.call.ret = -12;
	summary_take(summary, &sample.rec, NULL);
	sample_call(&sample, MMTRACE_EVENT_MMAP, sizeof(struct mmtrace_mmap));
	sample.rec.mmap.length = 5000;
	summary_take(summary, &sample.rec, NULL);
	ok(summary->timeline.series[0].total == 8192, "whole pages, of what succeeded, once");
	sample_call(&sample, MMTRACE_EVENT_MREMAP, sizeof(struct mmtrace_mremap));
	sample.rec.mremap = (struct mmtrace_mremap){ 0x1000, 8192, 4096, 1, 0 };
	summary_take(summary, &sample.rec, NULL);
	ok(summary->timeline.series[0].total == 4096, "mremap counts with its difference");
	ok(summary->failed.seen == 1 && summary->latest.seen == 4 &&
	   summary->latency[MMTRACE_EVENT_DO_MMAP].failed == 1, "failures");
	summary_free(summary);
}

int main(void)
{
	test_quantities();
	test_intern();
	test_latency();
	test_timeline();
	test_layers();
	test_flame();
	test_rollup();
	test_calls();
	test_summary();
	return tap_done();
}
