// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "number.h"

/**
 * number_ring_size() - the value of --ring-size
 * @value: as typed
 * @size: filled in
 *
 * Return: 0; -1 if it is no power of two, and the user has been told.
 */
int number_ring_size(const char *value, __u64 *size)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	int shift = 0;

	errno = 0;
	*size = strtoull(value, &end, 0);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (unit - units + 1);
		end++;
	}
	if (isdigit((unsigned char)*value) && !*end && !errno && *size &&
	    *size <= ~0ull >> shift && !(*size & (*size - 1))) {
		*size <<= shift;
		return 0;
	}
	complain("--ring-size: '%s' is no power of two; for example 4M", value);
	return -1;
}

/**
 * number_count() - the value of an option that counts something
 * @option: its name
 * @value: as typed
 * @count: filled in
 *
 * Return: 0; -1 if it is no number, and the user has been told.
 */
int number_count(const char *option, const char *value, __u64 *count)
{
	char *end;

	errno = 0;
	*count = strtoull(value, &end, 10);
	if (isdigit((unsigned char)*value) && !*end && !errno)
		return 0;
	complain("%s: '%s' is no number", option, value);
	return -1;
}

/**
 * number_seconds() - the value of an option that is an interval
 * @option: its name
 * @value: as typed; may have a fraction
 * @ns: filled in
 *
 * Return: 0; -1 if it is none from 0.001 to a day, and the user has been told.
 */
int number_seconds(const char *option, const char *value, __u64 *ns)
{
	char *end;
	double seconds = strtod(value, &end);

	if (isdigit((unsigned char)*value) && !*end && seconds >= 0.001 && seconds <= 86400) {
		*ns = seconds * 1e9;
		return 0;
	}
	complain("%s: '%s' is no number of seconds, 0.001 to 86400", option, value);
	return -1;
}
