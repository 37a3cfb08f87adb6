#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# user.sh [SECONDS] - libFuzzer over what reads expressions, programs and recordings
#
# Each of tests/fuzz/*_fuzz.c for so long, 60 if not told. What it learns is kept in
# build/fuzz, and goes on from there; an input that finds a bug is put there too, as
# crash-…. Fixed, it becomes a seed: tests/fuzz/seeds/NAME, which `make check` replays.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
cd "$top"
seconds=${1:-60}
out=$build/fuzz

# Not among the packages of the host: clang is large, and the rest does without.
install_clang()
{
	command -v clang >/dev/null &&
		ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1 && return
	say "installing clang and libFuzzer"
	with_fresh_lists apt_get install --no-install-recommends clang ||
		die "could not install clang"
	with_fresh_lists apt_get install --no-install-recommends \
		"libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev" || die "could not install libFuzzer"
}

# What the tests of mmtrace-ctl have to begin with.
first_seeds()
{
	local i=0 text

	mkdir -p "$out"/corpus/{expr,program,recording}
	while read -r text; do
		i=$((i + 1))
		printf '%b' "$text" >"$out/corpus/expr/row-$i"
	done < <(sed -n 's/^ROW("\(.*\)", .*/\1/p' user/tests/expr_rows.h)
	"$out/recording_test" write >"$out/corpus/recording/written"
}

# fuzz NAME
fuzz()
{
	local options=(-max_total_time="$seconds" -artifact_prefix="$out/crash-$1-" -timeout=20
		-rss_limit_mb=4096 -print_final_stats=1 -verbosity=0)

	[ "$1" != expr ] || options+=(-dict=tests/fuzz/expr.dict)
	mkdir -p "tests/fuzz/seeds/$1"
	"$out/$1_fuzz" "${options[@]}" "$out/corpus/$1" "tests/fuzz/seeds/$1" 2>&1 |
		tee "$out/$1.log" | grep -E '^stat::|ERROR|SUMMARY|not so|runtime error|^ *#[0-9] |artifact' || :
	! grep -q 'Test unit written' "$out/$1.log"
}

install_clang
mkdir -p "$out"
make -s -C user CC=clang BUILD="$out" DRIVER=-fsanitize=fuzzer \
	SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' \
	fuzzers "$out/recording_test"
first_seeds
status=0
for name in "$out"/*_fuzz; do
	name=${name##*/}
	echo "# ${name%_fuzz}, $seconds s"
	fuzz "${name%_fuzz}" || status=1
done
exit "$status"
