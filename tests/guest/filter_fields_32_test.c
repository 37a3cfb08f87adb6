// SPDX-License-Identifier: GPL-2.0
/* The same fields in the calls of 32-bit programs. */
#include "filter_fields_test.c"
