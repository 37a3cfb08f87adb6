#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The example of docs, built with libmmtrace as it is installed, shared and static:
# it reads the records that its filter wants, and ends.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

library=$here/library

# reads HOW: runs sort until the example has seen one of its files three times
reads()
{
	local example=$library/example-$1 pid

	LD_LIBRARY_PATH=$library "$example" 3 'event == do_mmap && file && comm == sort && ok' \
		>"seen-$1" 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sort /dev/null
	done
	wait "$pid"
	result $? "the example, $1, ends with success" "$(cat "seen-$1")"
	equal "it prints as many as it was told, $1" "$(wc -l <"seen-$1")" 3
	equal "and what the filter wants alone, $1" "$(grep -vc '^sort /' "seen-$1")" 0
	expect "an expression that makes no sense, $1" 2 "no field 'nonsense'" \
		env LD_LIBRARY_PATH="$library" "$example" 1 nonsense
	expect "a user without rights, $1" 1 "try as root" \
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		env LD_LIBRARY_PATH="$library" "$example" 1 failed
}

reads shared
reads static
done_testing
