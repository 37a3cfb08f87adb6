// SPDX-License-Identifier: GPL-2.0
/*
 * A recorder holds a lock as long as it lives, so that its name is taken, and a
 * socket that it finds is one of a recorder that died. Whoever may connect gets the
 * descriptor: the permissions of the socket say who.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "handover.h"
#include "message.h"

/**
 * handover_is_name() - may a recorder be called so?
 * @name: as typed
 *
 * Return: whether it may; if not, the user has been told.
 */
bool handover_is_name(const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '-' && name[i] != '_')
			break;
	if (len && i == len && len <= HANDOVER_NAME_MAX)
		return true;
	complain("--name: '%s' is no name: letters, digits, - and _, at most %d", name,
		 HANDOVER_NAME_MAX);
	return false;
}

static struct sockaddr_un address_of(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), HANDOVER_DIRECTORY "/%s", name);
	return address;
}

static int fail(const char *name, const char *what)
{
	complain("recorder '%s': %s: %s", name, what, strerror(errno));
	return -1;
}

static int take_name(struct handover *handover)
{
	char path[sizeof(HANDOVER_DIRECTORY) + HANDOVER_NAME_MAX + 8];

	if (mkdir(HANDOVER_DIRECTORY, 0755) && errno != EEXIST)
		return fail(handover->name, "can't make " HANDOVER_DIRECTORY);
	/* A name has no dot. */
	snprintf(path, sizeof(path), HANDOVER_DIRECTORY "/%s.lock", handover->name);
	handover->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (handover->lock_fd < 0)
		return fail(handover->name, "can't take the name");
	if (!flock(handover->lock_fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return fail(handover->name, "can't take the name");
	complain("recorder '%s' runs already; try another --name", handover->name);
	return -1;
}

static int listen_at(struct handover *handover)
{
	struct sockaddr_un address = address_of(handover->name);
	mode_t mask = umask(0177);
	int failed;

	unlink(address.sun_path);
	handover->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	failed = handover->fd < 0 ||
		 bind(handover->fd, (struct sockaddr *)&address, sizeof(address)) ||
		 listen(handover->fd, 8);
	umask(mask);
	return failed ? fail(handover->name, "can't listen") : 0;
}

/**
 * handover_open() - take a name, and listen for those who ask
 * @handover: filled in
 * @name: of the recorder; must stay valid
 *
 * Return: 0; -1 and the user has been told.
 */
int handover_open(struct handover *handover, const char *name)
{
	*handover = (struct handover){ .name = name, .lock_fd = -1, .fd = -1 };
	return take_name(handover) ?: listen_at(handover);
}

/**
 * handover_close() - give the name back
 * @handover: open, or as far as that went
 */
void handover_close(struct handover *handover)
{
	struct sockaddr_un address = address_of(handover->name);

	if (handover->fd >= 0) {
		unlink(address.sun_path);
		close(handover->fd);
	}
	if (handover->lock_fd >= 0)
		close(handover->lock_fd);
}

/* A message of one byte, with room for a descriptor. */
struct letter {
	char		byte;
	struct iovec	data;
	union {
		struct cmsghdr	head;
		char		room[CMSG_SPACE(sizeof(int))];
	};
	struct msghdr	message;
};

static void letter_init(struct letter *letter)
{
	memset(letter, 0, sizeof(*letter));
	letter->data = (struct iovec){ &letter->byte, 1 };
	letter->message = (struct msghdr){
		.msg_iov = &letter->data, .msg_iovlen = 1,
		.msg_control = letter->room, .msg_controllen = sizeof(letter->room),
	};
}

/**
 * handover_give() - give a descriptor to one who has asked
 * @handover: that somebody has connected to
 * @fd: to be given
 *
 * Whoever has gone away meanwhile does not get it, which is nobody's business.
 */
void handover_give(const struct handover *handover, int fd)
{
	int client = accept4(handover->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct letter letter;

	if (client < 0)
		return;
	letter_init(&letter);
	letter.head = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(sizeof(fd)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	};
	memcpy(CMSG_DATA(&letter.head), &fd, sizeof(fd));
	sendmsg(client, &letter.message, MSG_NOSIGNAL);
	close(client);
}

static int receive(int socket)
{
	struct letter letter;
	int fd;

	letter_init(&letter);
	if (recvmsg(socket, &letter.message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	if (!CMSG_FIRSTHDR(&letter.message) || letter.head.cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(&letter.head), sizeof(fd));
	return fd;
}

/**
 * handover_take() - ask a recorder for its descriptor
 * @name: of the recorder
 *
 * Return: the descriptor; -1 and the user has been told.
 */
int handover_take(const char *name)
{
	int fd, client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = address_of(name);

	if (client < 0)
		return fail(name, "can't ask");
	if (connect(client, (struct sockaddr *)&address, sizeof(address))) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			complain("no recorder '%s' runs; try: mmtrace-ctl recorder --name %s",
				 name, name);
		else
			fail(name, "can't ask");
		close(client);
		return -1;
	}
	fd = receive(client);
	if (fd < 0)
		complain("recorder '%s' gave nothing", name);
	close(client);
	return fd;
}
