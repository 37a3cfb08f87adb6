// SPDX-License-Identifier: GPL-2.0
#include "scale.h"

/**
 * scale_bytes_step() - a power of two between the lines of an axis of bytes
 * @most: where the axis ends
 * @lines: how many it may have
 */
double scale_bytes_step(double most, unsigned int lines)
{
	double step = 1;

	while (most / step > lines)
		step *= 2;
	return step;
}

/**
 * scale_time_step() - 1, 2 or 5 times a power of ten between the lines of an axis
 * @most: where the axis ends, ns
 * @lines: how many it may have
 */
double scale_time_step(double most, unsigned int lines)
{
	double step = 1;

	for (;; step *= 10) {
		if (most / step <= lines)
			return step;
		if (most / step <= 2 * lines)
			return 2 * step;
		if (most / step <= 5 * lines)
			return 5 * step;
	}
}
