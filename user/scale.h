/* SPDX-License-Identifier: GPL-2.0 */
/* Where the lines of an axis are. */
#ifndef MMTRACE_SCALE_H
#define MMTRACE_SCALE_H

double scale_bytes_step(double most, unsigned int lines);
double scale_time_step(double most, unsigned int lines);

#endif /* MMTRACE_SCALE_H */
