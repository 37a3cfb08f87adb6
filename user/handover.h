/* SPDX-License-Identifier: GPL-2.0 */
/* How the session of a recorder comes to others: by a socket with the recorder's name. */
#ifndef MMTRACE_HANDOVER_H
#define MMTRACE_HANDOVER_H

#include <stdbool.h>

#define HANDOVER_DIRECTORY	"/run/mmtrace"
#define HANDOVER_NAME		"default"
#define HANDOVER_NAME_MAX	64

/**
 * struct handover - a name that is taken
 * @name: of the recorder
 * @lock_fd: holds the name as long as it is open; -1 if it is not
 * @fd: of the socket, for poll(); likewise
 */
struct handover {
	const char	*name;
	int		lock_fd;
	int		fd;
};

bool handover_is_name(const char *name);
int handover_open(struct handover *handover, const char *name);
void handover_close(struct handover *handover);
void handover_give(const struct handover *handover, int fd);
int handover_take(const char *name);

#endif /* MMTRACE_HANDOVER_H */
