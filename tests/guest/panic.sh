#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# panic.sh - lets the kernel panic while all processors trace; tests/panic.sh starts it,
# as nothing comes after it

# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh

# One that writes what it gets, and one with stacks.
start_readers()
{
	start_cat records
	start mmtrace-ctl trace --stack -o /dev/null
	until_true 30 armed do_mmap 2 || bail "nobody records"
}

# One on each processor: mmap, mremap, remap_file_pages without end.
start_load()
{
	local cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		start taskset -c "$cpu" sh -c "while :; do $here/strace_calls; done" >/dev/null 2>&1
	done
}

# shellcheck disable=SC2317 # until_true calls it
all_trace()
{
	[ "$(awk '!seen[$2]++ { n++ } END { print n + 0 }' records)" = "$(nproc)" ]
}

cd /tmp || exit
insmod "$module" || bail "insmod"
start_readers
start_load
until_true 60 all_trace || bail "not all processors trace"
echo "armed"
echo c >/proc/sysrq-trigger
bail "it has not panicked"
