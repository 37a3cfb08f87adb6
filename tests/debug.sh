#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# debug.sh [TEST...] - all tests of the guest, or those named, on the debug kernels of
# tests/vm/kernels, or on the one of them that MMTRACE_KERNEL names; without a name also
# insmod with all that can fail in it, and the fuzzer of the device, for MMTRACE_FUZZ_SECONDS
#
# First a bug of each kind is planted: a detector that does not see it is a failure.
# Building the kernels takes a quarter of an hour each, once.

set -u
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
# shellcheck source=tests/groups.sh
. tests/groups.sh

kernels()
{
	rows "$vm/kernels" | awk -v only="${MMTRACE_KERNEL:-}" '
		$6 == "debug" && (only == "" || $1 == only) { print $1 }'
}

build_planted()
{
	local dir=$build/planted-$target

	mkdir -p "$dir"
	cp -u "$top"/tests/guest/planted/* "$dir"
	kernel_make "$dir" modules
}

# What the compiler puts in for a detector is in the module.
instrumented()
{
	local symbol symbols=(__asan_report_load8_noabort __sanitizer_cov_trace_pc)

	[ "$flavour" != kcsan ] || symbols=(__tsan_read8 __tsan_atomic_signal_fence)
	for symbol in "${symbols[@]}"; do
		nm "$build/$target/mmtrace.ko" | grep -q " U $symbol$" || { echo "no $symbol"; return 1; }
	done
}

planted()
{
	tests/vm/run --no-build --smp 2 --timeout 300 --expect-complaints \
		--log "$build/vm/planted-$target.log" \
		--add "$build/planted-$target/planted.ko=planted.ko" \
		--add tests/guest/testing.sh=tests/testing.sh \
		--add tests/guest/kmemleak.sh=tests/kmemleak.sh \
		--script tests/guest/planted.sh -- "$flavour"
}

# one KERNEL [TEST...]: in a shell of its own, as it selects
one()
(
	export MMTRACE_KERNEL=$1
	shift
	select_kernel
	# Not as a claim: it tells how far it is.
	tests/vm/setup.sh || { printf '@@begin %s/set-up\n@@fail see above\n@@end 1 0\n' "$target"; return; }
	claim "$target/build" "the module builds" tests/vm/build-module.sh &&
		claim "$target/program" "mmtrace-ctl builds" tests/vm/build-user.sh &&
		claim "$target/planted-build" "so do the bugs" build_planted &&
		claim "$target/instrumented" "the module is looked at" instrumented || return
	group "$target/planted" planted
	tests/kernel.sh "$@"
	[ $# = 0 ] || return 0
	[ "$flavour" != kasan ] || group "$target/faults-insmod" tests/faults_insmod.sh
	group "$target/fuzz" tests/fuzz/device.sh
)

all()
{
	local name

	for name in $(kernels); do
		one "$name" "$@"
	done
}

all "$@" | tests/tap.sh
