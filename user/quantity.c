// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "quantity.h"

static void drop_zeros(char *text)
{
	char *end = text + strlen(text);

	if (!strchr(text, '.'))
		return;
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
}

/* Three digits that count; they never round up to a fourth. */
static struct quantity scaled(double value, double step, const char *const *units)
{
	double size = value < 0 ? -value : value;
	struct quantity quantity;
	char digits[QUANTITY_ROOM - 8];

	while (size >= step - 0.5 && units[1]) {
		size /= step;
		units++;
	}
	snprintf(digits, sizeof(digits), "%.*f", size < 9.995 ? 2 : size < 99.95 ? 1 : 0, size);
	drop_zeros(digits);
	snprintf(quantity.text, sizeof(quantity.text), "%s%s %s", value < 0 ? "-" : "", digits,
		 *units);
	return quantity;
}

struct quantity quantity_bytes(double bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL };

	return scaled(bytes, 1024, units);
}

struct quantity quantity_time(double ns)
{
	static const char *const units[] = { "ns", "\302\265s", "ms", "s", NULL };

	return scaled(ns, 1000, units);
}

struct quantity quantity_count(__u64 count)
{
	struct quantity quantity = {};
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count), i;
	char *at = quantity.text;

	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	return quantity;
}
