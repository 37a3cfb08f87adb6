#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# timeout: 240
#
# A call for which the kernel's probe layer has no room is missed, and told: in the
# stream, in the statistics, and exactly. With room for one call at a time in a hook,
# and many that call at once, that happens soon.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

MARK=86016	# bytes that nobody else maps: 21 pages

# map N CALLS: N processes that map and unmap
map()
{
	local i

	for ((i = 0; i < $1; i++)); do
		python3 -c "
import mmap
for _ in range($2):
    mmap.mmap(-1, $MARK).close()
    mmap.mmap(-1, 4096).close()" &
	done
	wait
}

# in_stream EVENT: calls missed, as the lost records of the trace say
in_stream()
{
	awk -v event=" event=$1" '$5 == "lost" && / cause=missed / && index($0, event) { sum += $6 }
		END { print sum + 0 }' trace
}

# seen EVENT: calls of which there is a record
seen()
{
	awk -v event="$1" '$5 == event { sum++ } END { print sum + 0 }' trace
}

# in_summary: calls missed, as the statistics say
in_summary()
{
	sed -n 's/.* \([0-9]*\) calls missed.*/\1/p' summary
}

rmmod mmtrace
check "the module loads with one instance" insmod "$module" instances=1
( map 8 2000 ) &
load=$!
mmtrace-ctl trace -o trace 2>summary &
trace=$!
wait "$load"
kill -INT "$trace"
wait "$trace"
equal "the trace ends well" $? 0
result "$(($(in_stream do_mmap) == 0))" "the stream tells of calls that were missed" "$(tail -n 3 trace)"
equal "the statistics tell of as many" "$(in_summary)" \
	"$(($(in_stream do_mmap) + $(in_stream mremap) + $(in_stream remap_file_pages)))"
check "the records are in order of time" awk '$1 + 0 < last { exit 1 } { last = $1 + 0 }' trace

# What the filter rejects at its entry is not missed, so that the sum is known.
mmtrace-ctl trace --len "$MARK" -o trace -- bash -c "$(declare -p MARK; declare -f map); map 1 10" 2>/dev/null
equal "a command's process alone has no such call" "$(seen do_mmap) $(in_stream do_mmap)" "0 0"
( until [ -s ready ]; do sleep 0.1; done; map 8 2000 ) &
load=$!
mmtrace-ctl trace --event do_mmap --len "$MARK" -o trace 2>summary &
trace=$!
until mmtrace-ctl status --json | grep -q '"event":"do_mmap"[^}]*"sessions":1'; do sleep 0.1; done
echo >ready
wait "$load"
kill -INT "$trace"
wait "$trace"
result "$(($(in_stream do_mmap) == 0))" "calls that are wanted were missed"
equal "each of 16000 calls is seen or missed" "$(($(seen do_mmap) + $(in_stream do_mmap)))" 16000

# paired: no record has the arguments of one thread's call and the return of another's
paired()
{
	awk '$5 != "mremap" { next }
		!match($0, /new_address=0x[0-9a-f]+/) { exit 1 }
		{
			told = substr($0, RSTART + 14, RLENGTH - 14)
			call = substr(told, length(told) - 7)
			thread = length(told) > 8 ? substr(told, 1, length(told) - 8) : "none"
			if (!(thread in of)) { of[thread] = $4; threads++ }
			if (of[thread] != $4 || thread call in seen) exit 1
			seen[thread call]
		}
		END { print threads " threads"; exit threads < 2 }' trace
}

mmtrace-ctl trace --event mremap -o trace -- "${0%/*}/mremap_storm" 300 40 2>summary
equal "300 threads call mremap" $? 0
check "each record is of one call of one thread" paired
result "$(($(in_stream mremap) < 1000))" "most found no room" "$(in_stream mremap) missed"
equal "each of 12000 calls is seen or missed" "$(($(seen mremap) + $(in_stream mremap)))" 12000
equal "the statistics tell of as many" "$(in_summary)" "$(in_stream mremap)"

rmmod mmtrace
insmod "$module"
mmtrace-ctl trace --event mremap -o trace -- "${0%/*}/mremap_storm" 300 40 2>summary
check "each record is of one call of one thread" paired
equal "with the default none of them is missed" "$(seen mremap) $(in_stream mremap)" "12000 0"
done_testing
