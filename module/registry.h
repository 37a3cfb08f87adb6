/* SPDX-License-Identifier: GPL-2.0 */
/* All sessions of the machine, by their ids. */
#ifndef MMTRACE_REGISTRY_H
#define MMTRACE_REGISTRY_H

#include <linux/types.h>

struct session;

unsigned int registry_count(void);
int registry_add(struct session *session);
void registry_remove(struct session *session);
struct session *registry_find(u64 id);

#endif /* MMTRACE_REGISTRY_H */
