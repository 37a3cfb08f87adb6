#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# endings.sh - a kernel that ends while all processors trace ends as it would otherwise, be
# it in a panic, with a crash dump, or because another one takes its place
#
# Boots machines of its own, which do not survive it.

# scenario 10
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
# shellcheck source=tests/results.sh
. "$top/tests/results.sh"
select_kernel

# boot ENDING [OPTION...]: status, log and out are of that machine
boot()
{
	local ending=$1
	shift

	log=$build/vm/$ending.log
	out=$build/vm/$ending.out
	status=0
	"$vm/run" --no-build --smp 4 --timeout 180 --expect-complaints --log "$log" \
		--add "$build/guest-$arch=tests" --script "$top/tests/guest/ending.sh" "$@" \
		-- "$ending" >"$out" 2>&1 || status=$?
	sed 's/^/# /' "$out"
}

# check WHAT COMMAND...
check()
{
	local what=$1 outcome=0
	shift

	"$@" || outcome=$?
	result "$outcome" "$what" || :
}

# shellcheck disable=SC2317 # check calls it
# said WORDS: the guest
said()
{
	grep -qx "$1" "$out"
}

# shellcheck disable=SC2317
# panicked: once
panicked()
{
	[ "$(grep -c 'Kernel panic - not syncing: sysrq triggered crash' "$log")" = 1 ]
}

# shellcheck disable=SC2317
# ended: by a reset that the kernel made at the end of its panic
ended()
{
	[ "$status" = 121 ] && grep -q 'ended without a verdict (QEMU: 0)' "$out"
}

# of_the_first: what the first kernel said since it began to trace
of_the_first()
{
	awk '/Linux version/ && kernels++ { exit } traces; /mmtrace-ending: traces/ { traces = 1 }' "$log"
}

# of_the_next: what the next kernel said since it has booted
of_the_next()
{
	awk 'starts == 2; /mmtrace-vm: start/ { starts++ }' "$log"
}

# complaints: those among what a kernel said
complaints()
{
	sed -f "$vm/excused" | grep -E -f "$vm/complaints"
}

# shellcheck disable=SC2317
# no_complaint: but of the panic, if there is one, and its own stack, which has an end
no_complaint()
{
	[ "$(of_the_first | grep -c 'Call Trace')" = "$(of_the_first | grep -c '</TASK>')" ] || return 1
	! of_the_first | sed '/sysrq: Trigger a crash/,/Kernel panic/d; /Call Trace/,/<\/TASK>/d' |
		complaints
}

# shellcheck disable=SC2317
# is_well: the guest came to an end by itself, and its kernel has nothing to complain about
is_well()
{
	[ "$status" = 0 ] && [ -n "$(of_the_next)" ] && ! of_the_next | complaints
}

build_or_bail
mkdir -p "$build/vm"
next=(--add "$(kernel_image)=next/kernel" --add "$(initramfs_file)=next/initramfs")

# It has no verdict, and would have one if it had not panicked.
boot panic
check "panic: tracing was on, on all processors" said traces
check "panic: once" panicked
check "panic: it came to the end of it" ended
check "panic: nothing else is complained about" no_complaint

boot crash --timeout 300 --mem 1024 --cmdline crashkernel=256M "${next[@]}"
check "crash dump: tracing was on, on all processors" said traces
check "crash dump: one panic" panicked
check "crash dump: nothing else is complained about" no_complaint
check "crash dump: it is whole" said 'the dump is whole'
check "crash dump: the dead kernel's log is in it, with one panic" said 'the dump tells of one panic'
check "crash dump: the kernel that has taken it is well" is_well

boot kexec "${next[@]}"
check "kexec: tracing was on, on all processors" said traces
check "kexec: nothing is complained about" no_complaint
check "kexec: the next kernel traces" said 'all events: ok'
check "kexec: and is well" is_well
done_testing
