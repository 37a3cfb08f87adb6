// SPDX-License-Identifier: GPL-2.0
/* The keys of top. What they do is in the help of top_frame.c, too. */
#include "top.h"

static const struct {
	char		key;
	enum tally_sort	sort;
} sort_keys[] = {
	{ 'c', TALLY_CALLS }, { 'b', TALLY_BYTES }, { 'e', TALLY_ERRORS }, { 'l', TALLY_LATENCY },
};

static const struct {
	char		key;
	enum key_by	by;
} by_keys[] = {
	{ 'p', KEY_PROCESS }, { 't', KEY_THREAD }, { 'f', KEY_FILE }, { 'g', KEY_CGROUP },
	{ 'u', KEY_USER }, { 'o', KEY_ORIGIN }, { 'v', KEY_EVENT },
};

#define MS		1000000ull
#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

static const __u64 intervals[] = {
	100 * MS, 200 * MS, 500 * MS, 1000 * MS, 2000 * MS, 5000 * MS, 10000 * MS, 30000 * MS,
	60000 * MS
};

static void longer(struct top *top)
{
	size_t i;

	for (i = 0; i < ROWS(intervals); i++) {
		if (intervals[i] <= top->interval)
			continue;
		top->interval = intervals[i];
		return;
	}
}

static void shorter(struct top *top)
{
	size_t i;

	for (i = ROWS(intervals); i-- > 0;) {
		if (intervals[i] >= top->interval)
			continue;
		top->interval = intervals[i];
		return;
	}
}

static void choose(struct top *top, char key)
{
	size_t i;

	for (i = 0; i < ROWS(sort_keys); i++)
		if (sort_keys[i].key == key)
			top->view.sort = sort_keys[i].sort;
	for (i = 0; i < ROWS(by_keys); i++)
		if (by_keys[i].key == key && by_keys[i].by != top->tally.by)
			top_by(top, by_keys[i].by);
}

/**
 * top_key() - do what a key asks for
 * @top: what is shown
 * @key: the key
 *
 * Return: false to quit.
 */
bool top_key(struct top *top, char key)
{
	bool help = top->help;

	top->help = false;
	switch (key) {
	case 'q':
		return false;
	case 'h':
	case '?':
		top->help = !help;
		break;
	case ' ':
		top_settle(top);
		top->paused = !top->paused;
		break;
	case '+':
		longer(top);
		break;
	case '-':
		shorter(top);
		break;
	case 's':
		top->view.sort = (top->view.sort + 1) % TALLY_SORTS;
		break;
	default:
		choose(top, key);
		break;
	}
	return true;
}
