#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel's probe layer keeps from mmtrace is told: in the stream, in the
# statistics, and the two agree. With room for one call at a time in a hook, and
# many that call at once, that happens soon.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

# map N: N processes that map and unmap
map()
{
	local i

	for ((i = 0; i < $1; i++)); do
		python3 -c '
import mmap
for _ in range(4000):
    mmap.mmap(-1, 4096).close()' &
	done
	wait
}

# in_stream: calls missed, as the lost records of the trace say
in_stream()
{
	awk '$5 == "lost" && / cause=missed / { sum += $6 } END { print sum + 0 }' trace
}

# in_summary: calls missed, as the statistics say
in_summary()
{
	sed -n 's/.* \([0-9]*\) calls missed.*/\1/p' summary
}

rmmod mmtrace
check "the module loads with one instance" insmod "$module" instances=1
( map 8 ) &
load=$!
mmtrace-ctl trace -o trace 2>summary &
trace=$!
wait "$load"
kill -INT "$trace"
wait "$trace"
equal "the trace ends well" $? 0
result "$(($(in_stream) == 0))" "the stream tells of calls that were missed" "$(tail -n 3 trace)"
equal "the statistics tell of as many" "$(in_summary)" "$(in_stream)"
check "the records are in order of time" awk '$1 + 0 < last { exit 1 } { last = $1 + 0 }' trace
check "it unloads" rmmod mmtrace
insmod "$module"
done_testing
