// SPDX-License-Identifier: GPL-2.0
#include "message.h"
#include "session.h"

static const char *chosen_path;

/**
 * session_choose_device() - use another device than the default
 * @path: must stay valid
 */
void session_choose_device(const char *path)
{
	chosen_path = path;
}

/**
 * session_open() - open a session
 *
 * Return: it, or NULL, and the user has been told.
 */
struct mmt_device *session_open(void)
{
	struct mmt_device *device = mmt_device_new(chosen_path);

	if (device && !mmt_device_open(device))
		return device;
	complain("%s", device ? mmt_device_error(device) : "no memory");
	mmt_device_free(device);
	return NULL;
}

/**
 * session_adopt() - take a session that another process has opened
 * @fd: of the session, which is closed with it
 *
 * Return: it, or NULL, and the user has been told; then @fd is still open.
 */
struct mmt_device *session_adopt(int fd)
{
	struct mmt_device *device = mmt_device_new(chosen_path);

	if (device)
		mmt_device_adopt(device, fd);
	else
		complain("no memory");
	return device;
}
