// SPDX-License-Identifier: GPL-2.0
/*
 * Registry: the sessions that are open, in the order of their ids, for those who
 * want to know of other sessions than their own. Who finds one holds a reference,
 * so that its close waits for nobody.
 */
#include <linux/list.h>
#include <linux/mutex.h>

#include "registry.h"
#include "session.h"

static LIST_HEAD(sessions);
static unsigned int count;
static u64 last_id;

/* Guards all of this. */
static DEFINE_MUTEX(registry_lock);

/**
 * registry_count() - how many there are
 *
 * Return: open sessions.
 */
unsigned int registry_count(void)
{
	return READ_ONCE(count);
}

/**
 * registry_add() - let a session be found
 * @session: new and complete; gets its id
 *
 * Return: 0, or -EBUSY if there are too many.
 */
int registry_add(struct session *session)
{
	int err = 0;

	mutex_lock(&registry_lock);
	if (count < session_limits.sessions) {
		WRITE_ONCE(count, count + 1);
		session->id = ++last_id;
		list_add_tail(&session->place, &sessions);
	} else {
		err = -EBUSY;
	}
	mutex_unlock(&registry_lock);
	return err;
}

/**
 * registry_remove() - let it be found no more
 * @session: that was added
 */
void registry_remove(struct session *session)
{
	mutex_lock(&registry_lock);
	WRITE_ONCE(count, count - 1);
	list_del(&session->place);
	mutex_unlock(&registry_lock);
}

/**
 * registry_find() - look for a session
 * @id: where to begin
 *
 * Return: the first one with this id or a higher one, to be given back with
 * session_put(); NULL if there is none.
 */
struct session *registry_find(u64 id)
{
	struct session *session, *found = NULL;

	mutex_lock(&registry_lock);
	list_for_each_entry(session, &sessions, place) {
		if (session->id < id)
			continue;
		found = session_get(session);
		break;
	}
	mutex_unlock(&registry_lock);
	return found;
}
