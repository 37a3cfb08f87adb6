// SPDX-License-Identifier: GPL-2.0
/* How a session is set up, before it starts. */
#include "follow.h"
#include "libmmtrace.h"
#include "message.h"

#define LAZY_MS	1000

static int fail(struct follow *follow)
{
	complain("%s", mmt_device_error(follow->device));
	follow->failed = true;
	return -1;
}

static int open_symbols(struct follow *follow)
{
	if (!follow->with_symbols)
		return 0;
	follow->render.symbols = mmt_symbols_new(true);
	if (follow->render.symbols)
		return 0;
	complain("no memory");
	follow->failed = true;
	return -1;
}

static int configure(struct follow *follow)
{
	struct mmt_device *device = follow->device;
	struct mmtrace_config config = { .size = sizeof(config) };
	struct mmtrace_info info = { .size = sizeof(info) };

	if (mmt_device_get_config(device, &config) || mmt_device_info(device, &info))
		return fail(follow);
	if (follow->ring_size &&
	    (follow->ring_size < info.ring_min || follow->ring_size > info.ring_max)) {
		complain("--ring-size: the module takes %llu to %llu bytes",
			 (unsigned long long)info.ring_min, (unsigned long long)info.ring_max);
		follow->failed = true;
		return -1;
	}
	config.mode = follow->overwrite ? MMTRACE_MODE_OVERWRITE : MMTRACE_MODE_DISCARD;
	if (follow->own)
		config.flags |= MMTRACE_CONFIG_OWN;
	if (follow->stack_depth || follow->with_symbols) {
		config.flags |= MMTRACE_CONFIG_STACK;
		config.stack_depth = follow->stack_depth;
	}
	if (follow->events)
		config.events = follow->events;
	if (follow->ring_size)
		config.ring_size = follow->ring_size;
	if (follow->lazy || config.watermark > config.ring_size / 2)
		config.watermark = config.ring_size / 2;
	if (follow->lazy)
		config.timeout_ms = LAZY_MS;
	return mmt_device_set_config(device, &config) ? fail(follow) : 0;
}

/* A filter that asks for other events than the usual ones is to see them. */
static int choose_events(struct follow *follow, const struct mmt_program *program)
{
	struct mmtrace_config config = { .size = sizeof(config) };
	__u32 events;

	if (mmt_device_get_config(follow->device, &config))
		return fail(follow);
	events = mmt_program_events(program, config.events);
	if (follow->events || !events || events == config.events)
		return 0;
	config.events = events;
	return mmt_device_set_config(follow->device, &config) ? fail(follow) : 0;
}

static int set_program(struct follow *follow, struct mmt_program *program)
{
	if (follow->child.pid && !follow->children &&
	    filter_limit(&follow->filter, follow->child.pid))
		goto told;
	if (filter_compile(&follow->filter, program))
		goto told;
	if (choose_events(follow, program))
		return -1;
	follow->filter_words = facts_filter(program);
	return mmt_device_set_filter(follow->device, program) ? fail(follow) : 0;
told:
	follow->failed = true;
	return -1;
}

static int set_filter(struct follow *follow)
{
	struct mmt_program *program = mmt_program_new();
	int failed;

	if (!program) {
		complain("no memory");
		follow->failed = true;
		return -1;
	}
	failed = set_program(follow, program);
	mmt_program_free(program);
	return failed;
}

/* Before the start, so that no other's call is recorded. */
static int set_followed(struct follow *follow)
{
	unsigned int i;

	if (follow->children && follow->child.pid &&
	    mmt_device_follow(follow->device, follow->child.pid, MMTRACE_FOLLOW_CHILDREN))
		return fail(follow);
	for (i = 0; i < follow->pids_len; i++)
		if (mmt_device_follow(follow->device, follow->pids[i], MMTRACE_FOLLOW_CHILDREN))
			return fail(follow);
	return 0;
}

/**
 * follow_set_up() - set up a session, so that it can start
 * @follow: what to follow; its device is open, its command made and waiting
 *
 * Return: 0; -1 if that failed, and the user has been told.
 */
int follow_set_up(struct follow *follow)
{
	if (open_symbols(follow) || configure(follow) || set_filter(follow))
		return -1;
	return set_followed(follow);
}
