#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# faults_insmod.sh - whatever fails while the module is loaded, on a kernel that injects
# faults; prints TAP
#
# Some faults break the kernel: then another machine goes on with the next.

# scenario 5
set -uo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
# shellcheck source=tests/results.sh
. "$top/tests/results.sh"
select_kernel

MACHINES_MAX=100
out=$build/vm/faults-insmod.out

# sweep FIRST: in a machine of its own
sweep()
{
	"$vm/run" --no-build --smp 1 --timeout 900 --expect-complaints \
		--log "$build/vm/faults-insmod.log" --add "$build/guest-$arch=tests" \
		--script "$top/tests/guest/faults_insmod.sh" -- "$1" >"$out" 2>&1
}

mkdir -p "$build/vm"
for ((first = 1, machines = 1; machines <= MACHINES_MAX; first++, machines++)); do
	sweep "$first"
	status=$?
	grep '^#' "$out"
	read -r how last < <(tail -n 1 "$out")
	[ "$status" = 0 ] && [[ $how == end || $how == lost ]]
	result $? "insmod fails as it should, from thing $first on${last:+, to $last}" "$(cat "$out")"
	[ "$how" = lost ] || break
	first=$last
done
[ "$how" = end ]
result $? "until nothing more fails, in $machines machines"
done_testing
