#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernel.sh [--quick] [TEST...] - the tests of one kernel, as tests/tap.sh reads them
#
# Builds the module for the kernel that MMTRACE_KERNEL and MMTRACE_ARCH name, boots
# it, runs all tests of the guest, or those named, or with --quick those that say
# most in little time. A kernel that is not to be had any more is a skip.

set -u
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source=tests/groups.sh
. tests/groups.sh
select_kernel
guest=$build/guest-$arch
variants=$build/variants-$target

# Programs are many promises in a second each; scripts and loads take longer, and
# little of what they are about differs between kernels.
quick_tests()
{
	awk '$1 !~ /\.sh$|_load_test$/ || $1 == "hooks_test.sh" { print $1 }' "$guest/timeouts"
}

# boot PROCESSORS TEST...; kernels that know x32 have it switched off
boot()
{
	local cpus=$1 limit start=$SECONDS status=0
	shift

	limit=$(awk -v only=" $* " '
		only == "  " || index(only, " " $1 " ") { sum += $2 }
		END { print sum + 60 }' "$guest/timeouts")
	tests/vm/run --no-build --smp "$cpus" --timeout "$limit" --cmdline syscall.x32=y \
		--add "$guest=tests" --add "$variants=tests/variants" \
		--script tests/guest/run-all.sh -- "$@" || status=$?
	printf '\n@@begin guest/kernel\n1..1\n'
	case $status in
	0) echo "ok 1 - the kernel's log is clean, the guest came to its end" ;;
	120) echo "not ok 1 - the kernel's log is clean: see above and $(console)" ;;
	*) echo "not ok 1 - the guest came to its end: see above and $(console)" ;;
	esac
	printf '\n@@end 0 %s\n' "$((SECONDS - start))"
}

# boot_wide TEST...: once more those, or of those, that ask for more processors
boot_wide()
{
	local cpus tests

	for cpus in $(awk '{ print $2 }' "$guest/cpus" | sort -u); do
		mapfile -t tests < <(awk -v cpus="$cpus" -v only=" $* " '
			$2 == cpus && (only == "  " || index(only, " " $1 " ")) { print $1 }' "$guest/cpus")
		[ "${#tests[@]}" = 0 ] || boot "$cpus" "${tests[@]}" |
			sed -u "s,^@@begin guest/,&$cpus-cpus/,"
	done
}

all()
{
	local status=0 quick=()

	[ "${1:-}" != --quick ] || quick=(--quick)
	tests/vm/setup.sh || status=$?
	case $status in
	0) ;;
	3) skipped guest/all "$kernel for $arch is not to be had in Debian $suite"; return ;;
	*) claim guest/set-up "set-up: see above" false; return ;;
	esac
	# First the one thing that a kernel without an image is good for.
	claim guest/build "the module builds for $(kernel_release) without a warning" \
		tests/lint.sh warnings || return
	[ "$use" != build ] || return
	claim guest/programs "mmtrace-ctl builds" tests/vm/build-user.sh &&
		claim guest/tests "the guest's tests build" tests/vm/build-guest.sh &&
		claim guest/variants "the modules that are wrong on purpose build" \
			tests/vm/build-variants.sh "${quick[@]}" "$variants" || return
	if [ "${#quick[@]}" != 0 ]; then
		mapfile -t tests < <(quick_tests)
		boot 4 "${tests[@]}"
	else
		boot 4 "$@"
		boot_wide "$@"
	fi
}

all "$@" | sed -u "s,^@@begin guest/,@@begin $target/,"
