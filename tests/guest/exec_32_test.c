// SPDX-License-Identifier: GPL-2.0
/* The same of a 32-bit program. */
#include "exec_test.c"
