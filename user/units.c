// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <stdio.h>

#include "units.h"

/**
 * struct scale - a unit
 * @from: the smallest number that is told in it
 * @factor: what it stands for
 * @name: of it
 */
struct scale {
	double		from;
	double		factor;
	const char	*name;
};

/* The largest first; the last one takes all that is left. */
static const struct scale counts[] = {
	{ 1e18, 1e18, "E" }, { 1e15, 1e15, "P" }, { 1e12, 1e12, "T" }, { 1e9, 1e9, "G" },
	{ 1e6, 1e6, "M" }, { 1e5, 1e3, "k" }, { 0, 1, "" }
};

#define KILO	1024.0

static const struct scale sizes[] = {
	{ KILO * KILO * KILO * KILO * KILO * KILO, KILO * KILO * KILO * KILO * KILO * KILO, "E" },
	{ KILO * KILO * KILO * KILO * KILO, KILO * KILO * KILO * KILO * KILO, "P" },
	{ KILO * KILO * KILO * KILO, KILO * KILO * KILO * KILO, "T" },
	{ KILO * KILO * KILO, KILO * KILO * KILO, "G" },
	{ KILO * KILO, KILO * KILO, "M" }, { KILO, KILO, "K" }, { 0, 1, "" }
};

#define HOUR	3600e9
#define YEAR	(365 * 24 * HOUR)

static const struct scale times[] = {
	{ YEAR, YEAR, "y" }, { 1e13, HOUR, "h" }, { 1e9, 1e9, "s" }, { 1e6, 1e6, "ms" },
	{ 1e3, 1e3, "us" }, { 0, 1, "ns" }
};

/* Three digits at least, and as few behind the point as that allows. */
static struct units in_units(const struct scale *scale, double value)
{
	struct units units;
	int places = 0;

	while (scale->from > value)
		scale++;
	value /= scale->factor;
	if (scale->factor > 1 || value != (long long)value)
		places = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
	snprintf(units.text, sizeof(units.text), "%.*f%s", places, value, scale->name);
	return units;
}

/**
 * units_count() - how many
 * @count: a number, not negative
 *
 * Return: at most 5 characters, k, M, G, T, P and E being powers of 1000.
 */
struct units units_count(double count)
{
	return in_units(counts, count);
}

/**
 * units_bytes() - how many bytes
 * @bytes: a number, not negative
 *
 * Return: at most 5 characters, K, M, G, T, P and E being powers of 1024.
 */
struct units units_bytes(double bytes)
{
	return in_units(sizes, bytes);
}

/**
 * units_time() - how long
 * @ns: nanoseconds, not negative
 *
 * Return: at most UNITS_MAX characters.
 */
struct units units_time(double ns)
{
	return in_units(times, ns);
}
