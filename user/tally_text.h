/* SPDX-License-Identifier: GPL-2.0 */
/* A tally as a table of text. */
#ifndef MMTRACE_TALLY_TEXT_H
#define MMTRACE_TALLY_TEXT_H

#include "tally.h"

/**
 * struct tally_view - how a tally is shown
 * @sort: what comes first
 * @limit: most rows, 0 for all
 * @width: columns of the screen; where they are less than 80, some numbers are left out
 * @rate: what to multiply with for a second's worth; 0 to show how much there is in all
 * @local: as of key_label()
 * @bold: the heading stands out, on a terminal that can
 */
struct tally_view {
	enum tally_sort	sort;
	__u64		limit;
	unsigned int	width;
	double		rate;
	bool		local;
	bool		bold;
};

int tally_print(const struct tally_view *view, const struct tally *tally,
		const struct measure *total, FILE *out);
int tally_histograms(const struct tally_view *view, const struct tally *tally, FILE *out);

#endif /* MMTRACE_TALLY_TEXT_H */
