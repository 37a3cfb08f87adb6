// SPDX-License-Identifier: GPL-2.0
/* The same contract holds for 32-bit programs. */
#include "ioctl_test.c"
