/* SPDX-License-Identifier: GPL-2.0 */
/* What became of all calls, in words. */
#ifndef MMTRACE_ACCOUNT_H
#define MMTRACE_ACCOUNT_H

#include "facts.h"

void account_tell(const struct ledger *ledger);
void account_tell_losses(const struct ledger *ledger);

#endif /* MMTRACE_ACCOUNT_H */
