#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# row.sh SCRIPT VARIANT - measures one tracer, in the guest
#
# SCRIPT of bench/peers has the functions: version; start [reject], which begins to
# record into $out, with a filter that lets only $stranger through if told so; stop, after
# which all is there; count, how many mappings of the workload are recorded; run, for
# who has to start the workload itself.
#
# Time is virtual and costs nothing while nobody works: so there is plenty of it for readers
# to get ready, and to be done.
#
# Results are lines "result KEY VALUE"; what tracers say goes between them.

set -euo pipefail

here=/opt/mmtrace
out=/tmp/out
variant=$2
few=2000
many=10000
processes=3
settle=20

run()
{
	"$@"
}

# shellcheck source=bench/peers/mmtrace.sh
. "$here/peers/$1.sh"

result()
{
	printf 'result %s %s\n' "$1" "$2"
}

# measure CONDITION COMMAND...: the medians of some processes. How a file's mappings lie in
# the kernel's trees and slabs differs a little from one to the other.
measure()
{
	local condition=$1 i
	shift

	for ((i = 0; i < processes; i++)); do
		"$@" "$here/workload" measure
		sleep 2		# readers catch up
	done | sort -k 1,1 -k 2,2n | awk -v prefix="result $condition/" -v n="$processes" '
		$1 != name { name = $1; seen = sum = 0 }
		{ seen++; sum += $2 }
		seen == (n + 1) / 2 { median = $2 }
		seen == n { print prefix name, name == "calls" ? sum : median }'
}

begin()
{
	rm -rf "$out"
	mkdir -p "$out"
	start "$@" || return
	sleep "$settle"
}

# end: when readers have had the time to write what they have
end()
{
	sleep "$settle"
	stop
}

# busy: nanoseconds, that is instructions, that tasks ran, the kernel's own included
busy()
{
	local cpu

	sleep 0.1	# counted when a task leaves the processor
	read -ra cpu < <(grep '^cpu0 ' /proc/schedstat)
	echo "${cpu[7]}"
}

# drain NAME CALLS BEGIN RUN END: all that it takes until CALLS mappings are in a file; the
# least of some times, as now and then a tick is put down to a task that did nothing
drain()
{
	local before i costs=()

	for ((i = 0; i < processes; i++)); do
		"$3"
		before=$(busy)
		"$4" "$here/workload" map "$2"
		"$5"
		costs+=("$(($(busy) - before))")
	done
	result "$1/busy" "$(printf '%s\n' "${costs[@]}" | sort -n | head -n 1)"
}

# drained NAME CALLS: and what is in the file
drained()
{
	drain "$1" "$2" begin run end
	result "$1/calls" "$2"
	result "$1/bytes" "$(find "$out" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')"
	result "$1/found" "$(count || :)"
}

cd /tmp
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
sleep 1000000 &
stranger=$!
result version "$(version)"
measure bare env
drain bare-few "$few" : env :
drain bare-many "$many" : env :

begin
measure traced run
end
result traced/found "$(count || :)"
if begin reject; then
	measure rejected run
	end
fi
drained few "$few"
drained many "$many"
kill "$stranger"
