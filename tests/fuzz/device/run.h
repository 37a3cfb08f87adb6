/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_RUN_H
#define FUZZ_RUN_H

#include "sequence.h"

int run_child(const struct sequence *sequence);

#endif /* FUZZ_RUN_H */
