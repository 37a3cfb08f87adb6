#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [TEST...] - all tests, or only those of the guest that are named
#
# Every test, on the host and in the guest, prints TAP; tests/tap.sh has the
# last word on all of them.

set -u
cd "$(dirname "$0")/.." || exit
make=("${MAKE:-make}" -s --no-print-directory)
log=build/vm/console.log

# group NAME COMMAND...: a command that prints TAP
group()
{
	local name=$1 start=$SECONDS status=0
	shift

	printf '\n@@begin %s\n' "$name"
	"$@" 2>&1 </dev/null || status=$?
	printf '\n@@end %s %s\n' "$status" "$((SECONDS - start))"
}

# claim NAME WHAT COMMAND...: a command that is one test by itself
claim()
{
	local name=$1 what=$2 start=$SECONDS said status=0
	shift 2

	printf '\n@@begin %s\n1..1\n' "$name"
	if said=$("$@" 2>&1 </dev/null); then
		echo "ok 1 - $what"
	else
		status=1
		echo "$said"
		echo "not ok 1 - $what"
	fi
	printf '\n@@end %s %s\n' "$status" "$((SECONDS - start))"
	return "$status"
}

host_tests()
{
	claim host/style "checkpatch is silent" tests/lint.sh style
	claim host/warnings "no warnings with W=1" tests/lint.sh warnings
	claim host/sparse "sparse is silent" tests/lint.sh sparse
	group host/tap tests/tap_test.sh
	group host/ring "${make[@]}" -C tests/ring check
	group host/user "${make[@]}" -C user check
}

# guest_tests TEST...: the guest's own groups, and one for the machine itself
guest_tests()
{
	local limit start=$SECONDS status=0

	limit=$(awk -v only=" $* " '
		only == "  " || index(only, " " $1 " ") { sum += $2 }
		END { print sum + 60 }' build/guest/timeouts)
	tests/vm/run --no-build --timeout "$limit" --log "$log" \
		--add build/guest=tests --script tests/guest/run-all.sh -- "$@" || status=$?
	printf '\n@@begin guest/kernel\n1..1\n'
	case $status in
	0) echo "ok 1 - the kernel's log is clean, the guest came to its end" ;;
	120) echo "not ok 1 - the kernel's log is clean: see above and $log" ;;
	*) echo "not ok 1 - the guest came to its end: see above and $log" ;;
	esac
	printf '\n@@end 0 %s\n' "$((SECONDS - start))"
}

all()
{
	# Not captured: it tells what it installs.
	tests/vm/setup.sh || { printf '@@begin set-up\n@@fail see above\n@@end 1 0\n'; return; }
	[ $# -gt 0 ] || host_tests
	claim build/module "it builds" tests/vm/build-module.sh &&
		claim build/user "it builds" "${make[@]}" -C user &&
		claim build/guest "the guest's tests build" "${make[@]}" -C tests/guest &&
		claim build/variants "the modules that are wrong on purpose build" \
			tests/vm/build-variants.sh "" build/guest/variants &&
		guest_tests "$@"
	[ $# -gt 0 ] || claim bench/cost "no call costs more than its bound" bench/run --no-build
}

all "$@" | tests/tap.sh
