// SPDX-License-Identifier: GPL-2.0
#include "account.h"
#include "interruption.h"
#include "message.h"

/**
 * account_tell() - a line that adds up
 * @ledger: the account
 */
void account_tell(const struct ledger *ledger)
{
	const struct mmtrace_stats *all = &ledger->events[MMTRACE_EVENT_LOST];

	complain("%llu hits: %llu filtered, %llu delivered, %llu lost, %llu overwritten, %llu left",
		 (unsigned long long)all->hits, (unsigned long long)all->filtered,
		 (unsigned long long)all->delivered, (unsigned long long)all->lost,
		 (unsigned long long)all->overwritten, (unsigned long long)all->pending);
}

/**
 * account_tell_losses() - what is missing, if anything is
 * @ledger: the account
 */
void account_tell_losses(const struct ledger *ledger)
{
	const struct mmtrace_stats *all = &ledger->events[MMTRACE_EVENT_LOST];

	if (all->lost || all->overwritten)
		complain("%llu records lost (ring full: %llu, overwritten: %llu); try --ring-size",
			 (unsigned long long)(all->lost + all->overwritten),
			 (unsigned long long)all->lost,
			 (unsigned long long)all->overwritten);
	if (all->unfollowed)
		complain("%llu threads not followed for want of memory, nor what they made",
			 (unsigned long long)all->unfollowed);
	if (all->missed)
		complain("%llu calls missed: the kernel's probe layer did not report them",
			 (unsigned long long)all->missed);
	if (all->interruptions)
		complain("interrupted %llu times, %llu.%03llu s in all: " INTERRUPTION_WHY,
			 (unsigned long long)all->interruptions,
			 (unsigned long long)(all->interrupted / 1000000000),
			 (unsigned long long)(all->interrupted / 1000000 % 1000));
}
