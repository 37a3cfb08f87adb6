/* SPDX-License-Identifier: GPL-2.0 */
/* Does the hook on do_mmap see what it is asked to believe? */
#ifndef MMTRACE_SELFTEST_H
#define MMTRACE_SELFTEST_H

int selftest(void);

#endif /* MMTRACE_SELFTEST_H */
