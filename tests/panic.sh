#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# panic.sh - a kernel that panics while all processors trace ends as it would otherwise:
# at once, with one complaint
#
# Boots a machine of its own, which does not survive it.

# scenario 10
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
select_kernel

log=$build/vm/panic.log
told=0
failed=0

# check WHAT COMMAND...
check()
{
	local what=$1 ok=''
	shift

	told=$((told + 1))
	"$@" || { ok='not '; failed=1; }
	echo "${ok}ok $told - $what"
}

# shellcheck disable=SC2317 # check calls it
# panicked: once
panicked()
{
	[ "$(grep -c 'Kernel panic - not syncing: sysrq triggered crash' "$log")" = 1 ]
}

# shellcheck disable=SC2317
# ended: by a reset that the kernel made at the end of its panic
ended()
{
	[ "$status" = 121 ] && grep -q 'ended without a verdict (QEMU: 0)' "$build/vm/panic.out"
}

# shellcheck disable=SC2317
# nothing_else: is complained about behind the panic's own stack
nothing_else()
{
	! sed '1,/Kernel panic/d' "$log" | grep -E 'mmtrace|BUG:|Oops|WARNING:|Kernel panic - |stall|lockup'
}

build_or_bail
# It has no verdict, and would have one if it had not panicked.
status=0
mkdir -p "$build/vm"
"$vm/run" --no-build --smp 4 --timeout 180 --expect-complaints --log "$log" \
	--add "$build/guest-$arch=tests" --script "$top/tests/guest/panic.sh" >"$build/vm/panic.out" 2>&1 ||
	status=$?
sed 's/^/# /' "$build/vm/panic.out"
check "tracing was on, on all processors" grep -q '^armed$' "$build/vm/panic.out"
check "it panicked, once" panicked
check "and came to the end of it" ended
check "nothing else is complained about" nothing_else
echo "1..$told"
exit "$failed"
