/* SPDX-License-Identifier: GPL-2.0 */
/* Waking the readers of a session, not once a record but when it is worth it. */
#ifndef MMTRACE_WAKE_H
#define MMTRACE_WAKE_H

#include <linux/compiler.h>

#include "session.h"

void wake_init(struct session *session);
void wake_exit(struct session *session);
void wake_ring_bell(struct session_cpu *cpu);
void wake_request(struct session *session);
void wake_at_end(struct session *session);
void wake_now(struct session *session);
void wake_set_timeout(struct session *session, unsigned long timeout);

/**
 * wake_after_write() - call the reader, if it sleeps and it is time
 * @cpu: where a record was just written, within the gate
 *
 * Context: the producer's.
 */
static inline void wake_after_write(struct session_cpu *cpu)
{
	if (unlikely(READ_ONCE(cpu->wake) != SESSION_WAKE_NEVER))
		wake_ring_bell(cpu);
}

#endif /* MMTRACE_WAKE_H */
