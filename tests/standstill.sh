#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# standstill.sh - a virtual machine that its host lets stand still, again and again, for
# longer than anything in it waits, loses no record and no time
#
# QEMU is stopped as a whole, so that the guest's clock goes on.

# scenario 39
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
select_kernel

log=$build/vm/standstill.log
out=$build/vm/standstill.out
still=6		# seconds; the guest counts those of at least five

# send SIGNAL: to the machine, if it is still there
send()
{
	[ ! -s "$out.pid" ] || kill "-$1" -- "-$(cat "$out.pid")" 2>/dev/null || :
}

# stand_still: until the guest has come to its end
stand_still()
{
	while kill -0 "$run" 2>/dev/null; do
		if grep -q '^# ready' "$out"; then
			send STOP
			sleep "$still"
			send CONT
		fi
		sleep 1
	done
}

build_or_bail
mkdir -p "$build/vm"
rm -f "$out" "$out.pid"
: >"$out"
"$vm/run" --no-build --smp 4 --timeout 180 --log "$log" --pid "$out.pid" \
	--add "$build/guest-$arch=tests" --script "$top/tests/guest/standstill.sh" >"$out" 2>&1 &
run=$!
trap 'send CONT' INT TERM HUP
stand_still
status=0
wait "$run" || status=$?
cat "$out"
exit "$status"
