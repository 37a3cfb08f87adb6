// SPDX-License-Identifier: GPL-2.0
/*
 * It reads nothing, so that nothing ever wakes it but those who ask for its session
 * and a signal to end.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "libmmtrace.h"
#include "message.h"
#include "recorder.h"
#include "session.h"

static int fail(struct recorder *recorder)
{
	complain("%s", mmt_device_error(recorder->device));
	return -1;
}

static int configure(struct recorder *recorder)
{
	struct mmt_device *device = recorder->device;
	struct mmtrace_config config = { .size = sizeof(config) };

	if (mmt_device_get_config(device, &config))
		return fail(recorder);
	config.mode = MMTRACE_MODE_OVERWRITE;
	config.events = recorder->events ?: mmt_program_events(recorder->filter, config.events) ?:
			config.events;
	if (recorder->ring_size)
		config.ring_size = recorder->ring_size;
	/* Nobody sleeps until there are so many. */
	config.watermark = config.ring_size;
	return mmt_device_set_config(device, &config) ? fail(recorder) : 0;
}

static int start(struct recorder *recorder)
{
	struct mmt_device *device = recorder->device;

	if (configure(recorder))
		return -1;
	if (mmt_device_set_filter(device, recorder->filter) ||
	    mmt_device_set_trigger(device, recorder->trigger, recorder->before, recorder->after) ||
	    mmt_device_start(device))
		return fail(recorder);
	return 0;
}

static int take_signals(struct recorder *recorder)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	recorder->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC);
	if (recorder->signal_fd >= 0)
		return 0;
	complain("can't take signals: %s", strerror(errno));
	return -1;
}

/* Until a signal says that it is to end. */
static int serve(struct recorder *recorder)
{
	struct pollfd fds[] = {
		{ .fd = recorder->handover.fd, .events = POLLIN },
		{ .fd = recorder->signal_fd, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			complain("waiting: %s", strerror(errno));
			return -1;
		}
		if (fds[1].revents)
			return 0;
		if (fds[0].revents)
			handover_give(&recorder->handover, mmt_device_fd(recorder->device));
	}
}

static int record(struct recorder *recorder)
{
	int failed;

	/* The name first: two recorders would cost twice as much memory. */
	failed = take_signals(recorder) || handover_open(&recorder->handover, recorder->name) ||
		 start(recorder) || serve(recorder);
	handover_close(&recorder->handover);
	return failed;
}

/**
 * recorder_run() - record until a signal comes
 * @recorder: what to record; all that the caller does not set is zero
 *
 * Return: the exit code.
 */
int recorder_run(struct recorder *recorder)
{
	int failed;

	recorder->handover = (struct handover){ .name = recorder->name, .lock_fd = -1, .fd = -1 };
	recorder->device = session_open();
	if (!recorder->device)
		return EXIT_FAILED;
	failed = record(recorder);
	mmt_device_free(recorder->device);
	return failed ? EXIT_FAILED : EXIT_OK;
}
