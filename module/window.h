/* SPDX-License-Identifier: GPL-2.0 */
/* What a frozen session still gives: the record that fired its trigger, and some around it. */
#ifndef MMTRACE_WINDOW_H
#define MMTRACE_WINDOW_H

struct source;
struct trigger;

void window_open(struct source *sources, unsigned int len);
int window_find(struct source *sources, unsigned int len, const struct trigger *trigger);

#endif /* MMTRACE_WINDOW_H */
