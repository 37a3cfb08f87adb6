#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# device.sh [SECONDS] - the fuzzer of the device on the kernel that MMTRACE_KERNEL names; prints TAP
#
# SECONDS, or MMTRACE_FUZZ_SECONDS, or 900, of which a third goes to 32-bit programs;
# MMTRACE_FUZZ_CHANCE is another number to begin with. What is learnt is
# kept in build/fuzz, and is where the next run begins; what reached something new in
# KERNEL.new, a bug in KERNEL.bug. tests/fuzz/coverage.sh tells what was reached.

set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
select_kernel
seconds=${1:-${MMTRACE_FUZZ_SECONDS:-900}}
chance=${MMTRACE_FUZZ_CHANCE:-1}
out=$build/fuzz
status=0

# learn PROGRAM: what it has said that is not for people
learn()
{
	local said=$out/$target.$1.out

	sed -n 's/^@seed \{0,1\}//p' "$said" >>"$out/$target.new"
	sed -n 's/^@bug \{0,1\}//p' "$said" >"$out/$target.$1.bug"
	[ -s "$out/$target.$1.bug" ] || rm "$out/$target.$1.bug"
	sed -n 's/^@reached //p' "$said" | tr ' ' '\n' >>"$out/$target.reached"
}

# fuzz PROGRAM SECONDS
fuzz()
{
	rm -rf "$out/seeds-$target"
	cp -r tests/fuzz/seeds/device "$out/seeds-$target"
	cat "$out"/*.new >"$out/seeds-$target/learnt" 2>/dev/null || :
	tests/vm/run --no-build --smp 4 --timeout "$((($2 + 120 + $(patience) - 1) / $(patience) + 120))" \
		--log "$build/vm/fuzz-$target-$1.log" \
		--add "$build/fuzz-device=fuzz" --add "$out/seeds-$target=fuzz/seeds" \
		--add tests/guest/kmemleak.sh=tests/kmemleak.sh \
		--script tests/fuzz/device/guest.sh -- "$1" "$2" "$chance" |
		tee "$out/$target.$1.out" | grep -v '^@' || status=1
	learn "$1"
}

# Places are those of one module alone.
forget_another()
{
	sha256sum "$build/$target/mmtrace.ko" >"$out/$target.module-now"
	cmp -s "$out/$target.module-now" "$out/$target.module" || rm -f "$out/$target.reached"
	mv "$out/$target.module-now" "$out/$target.module"
}

mkdir -p "$out"
tests/vm/setup.sh
tests/vm/build-module.sh
forget_another
tests/vm/build-user.sh
make -s -C tests/fuzz/device CC="$(cross gcc)"
fuzz device "$((seconds - seconds / 3))"
fuzz device_32 "$((seconds / 3))"
exit "$status"
