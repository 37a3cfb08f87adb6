// SPDX-License-Identifier: GPL-2.0
/* Names alone, of the tables that the module has, too. */
#include "libmmtrace.h"
#include "names.h"

static const char *text_of(const struct mmtrace_name *name)
{
	return name ? name->text : NULL;
}

const char *mmt_event_name(__u32 event)
{
	return text_of(mmtrace_event_name(event));
}

const char *mmt_lost_name(__u32 cause)
{
	return text_of(mmtrace_lost_name(cause));
}

const char *mmt_errno_name(__u64 number)
{
	return text_of(mmtrace_errno_name(number));
}
