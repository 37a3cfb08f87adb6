/* SPDX-License-Identifier: GPL-2.0 */
/* A page of HTML, and the one picture in SVG, about a summary. */
#ifndef MMTRACE_PAGE_H
#define MMTRACE_PAGE_H

#include <stdio.h>

#include "libmmtrace.h"

struct calls;
struct mmt_facts;
struct layers;
struct ledger;
struct summary;

void page_html(FILE *out, struct summary *summary, const struct mmt_facts *facts,
	       const struct ledger *ledger);
void page_svg(FILE *out, const struct summary *summary, const struct mmt_facts *facts,
	      const struct ledger *ledger);

void page_facts(FILE *out, const struct summary *summary, const struct mmt_facts *facts,
		const struct ledger *ledger);
void page_losses(FILE *out, const struct summary *summary, const struct ledger *ledger);
void page_durations(FILE *out, const struct summary *summary);
void page_rollup(FILE *out, struct summary *summary);
void page_calls(FILE *out, const struct summary *summary, const struct calls *calls);

const char *page_whose(const struct layers *layers);

#endif /* MMTRACE_PAGE_H */
