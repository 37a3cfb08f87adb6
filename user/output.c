// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "output.h"

/* What one read() of the device gives, and then some: it goes out in one write(). */
#define BUFFER_SIZE	(1024 * 1024 + 4096)

static int stream_of(const struct output *output)
{
	if (output->path && !strcmp(output->path, "-"))
		return STDOUT_FILENO;
	return output->path ? -1 : output->fd;
}

/**
 * output_name() - how to call it in messages
 * @output: where to write
 *
 * Return: its name.
 */
const char *output_name(const struct output *output)
{
	switch (stream_of(output)) {
	case STDOUT_FILENO:
		return "standard output";
	case STDERR_FILENO:
		return "standard error";
	default:
		return output->path;
	}
}

static int keep_old(const char *path)
{
	char old[PATH_MAX];
	struct stat status;

	if (stat(path, &status) || !S_ISREG(status.st_mode) || !status.st_size)
		return 0;
	if (snprintf(old, sizeof(old), "%s.old", path) >= (int)sizeof(old)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return rename(path, old);
}

static FILE *open_file(const struct output *output)
{
	int fd = stream_of(output);

	if (output->is_directory)
		return fopen("/dev/null", "we");
	if (fd >= 0)
		return fdopen(dup(fd), "we");
	if (output->keeps_old && keep_old(output->path))
		return NULL;
	return fopen(output->path, "we");
}

/**
 * output_open() - begin to write; to one at a time
 * @output: where to
 *
 * Return: the file, which fclose() closes; NULL if that failed, and the user has been
 * told.
 */
FILE *output_open(const struct output *output)
{
	static char buffer[BUFFER_SIZE];
	FILE *file = open_file(output);

	if (!file) {
		complain("can't write to %s: %s", output_name(output), strerror(errno));
		return NULL;
	}
	if (output->is_binary && isatty(fileno(file))) {
		complain("that is nothing for a terminal: give -o FILE, or a pipe");
		fclose(file);
		return NULL;
	}
	/* Whole lines at once, also on standard error. */
	setvbuf(file, buffer, _IOFBF, sizeof(buffer));
	return file;
}
