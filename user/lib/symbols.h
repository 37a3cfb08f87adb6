/* SPDX-License-Identifier: GPL-2.0 */
/* What recordings keep of symbols. */
#ifndef MMTRACE_SYMBOLS_H
#define MMTRACE_SYMBOLS_H

#include "libmmtrace.h"

char *symbols_news(struct mmt_symbols *symbols, const struct mmtrace_record *rec);
void symbols_take(struct mmt_symbols *symbols, __u32 tgid, const char *maps, size_t len);

#endif /* MMTRACE_SYMBOLS_H */
