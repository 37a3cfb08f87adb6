#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# matrix.sh [--quick [--whole KERNEL-ARCH]] - tests all kernels of the table
#
# As many at a time as this host has processors, and the one that is tested whole in
# spite of --quick first: it takes longest. Prints what tests/tap.sh reads, of that one
# at once, and behind it a table, which is also left in build/matrix/table; tells on
# stderr which kernel is done.

set -u
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
quick='' whole=''
while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=--quick ;;
	--whole) whole=$2; shift ;;
	*) die "usage: tests/matrix.sh [--quick [--whole KERNEL-ARCH]]" ;;
	esac
	shift
done
out=$build/matrix
mkdir -p "$out"

# kernels: "NAME ARCH USE" of all that are to be tested
kernels()
{
	rows "$vm/kernels" | awk -v whole="$whole" '
		$6 == "debug" { next }
		$1 "-" $2 == whole { print $1, $2, $6; next }
		{ later = later $1 " " $2 " " $6 "\n" }
		END { printf "%s", later }'
}

# one NAME ARCH: tests it; the output goes to a file, as others run meanwhile
one()
{
	local file=$out/$1-$2.tap start=$SECONDS

	export MMTRACE_KERNEL=$1 MMTRACE_ARCH=$2
	if [ "$1-$2" = "$whole" ]; then
		tests/kernel.sh | tee "$file"
	else
		tests/kernel.sh $quick >"$file" 2>&1
	fi
	say "$1 for $2: $(tests/tap.sh <"$file" | tail -n 1) ($((SECONDS - start)) s)"
}

# What is shared is made before: the cache, and the programs for each architecture.
prepare()
{
	local name arch

	while read -r name arch _; do
		MMTRACE_KERNEL=$name MMTRACE_ARCH=$arch tests/vm/setup.sh </dev/null || :
	done < <(kernels)
	for arch in $(kernels | awk '{ print $2 }' | sort -u); do
		MMTRACE_ARCH=$arch tests/vm/build-user.sh &&
			MMTRACE_ARCH=$arch tests/vm/build-guest.sh || return
	done
}

# hook FILE EVENT: where the event was hooked, as the guest said
hook()
{
	sed -n "s/^# hook $2 //p" "$1" | head -n 1
}

table()
{
	local name arch use file release event

	printf '| kernel | arch | do_mmap | mremap | remap_file_pages | mmap | mmap2 | tests |\n'
	printf '|---|---|---|---|---|---|---|---|\n'
	while read -r name arch use; do
		file=$out/$name-$arch.tap
		release=$(cat "$cache/release-$name-$arch" 2>/dev/null)
		printf '| %s | %s |' "${release:-$name}" "$arch"
		for event in do_mmap mremap remap_file_pages mmap mmap2; do
			printf ' %s |' "$(hook "$file" "$event" | sed 's/,/, /; s/[^, ]\+/`&`/g')"
		done
		[ "$use" = test ] || printf ' only built:'
		printf ' %s |\n' "$(tests/tap.sh <"$file" | tail -n 1)"
	done < <(kernels)
}

prepare >&2
running=0
while read -r name arch _; do
	one "$name" "$arch" </dev/null &
	running=$((running + 1))
	[ "$running" -lt "$(nproc)" ] || { wait -n; running=$((running - 1)); }
done < <(kernels)
wait
while read -r name arch _; do
	[ "$name-$arch" = "$whole" ] || cat "$out/$name-$arch.tap"
done < <(kernels)
table | tee "$out/table"
