#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# matrix.sh [--quick [OPTION]...] - tests all kernels of the table
#
#   --quick              a quick round of each
#   --whole KERNEL-ARCH  but of this one; it comes first, as it takes longest
#   --behind PART        of tests/run.sh, behind that one: needs what it has built
#   --beside PART        of tests/run.sh, beside the kernels
#
# As many at a time as this host has processors. Prints what tests/tap.sh reads, of the
# whole one at once, and behind it a table, which is also left in build/matrix/table;
# tells on stderr what is done.

set -u
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
quick='' whole='' behind=() beside=()
while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=--quick ;;
	--whole) whole=$2; shift ;;
	--behind) behind+=("$2"); shift ;;
	--beside) beside+=("$2"); shift ;;
	*) die "unknown option $1" ;;
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

# done_with NAME FILE START
done_with()
{
	: >"$2.done"
	say "$1: $(tests/tap.sh <"$2" | tail -n 1) ($((SECONDS - $3)) s)"
}

# part NAME: of tests/run.sh; the output goes to a file, as others run meanwhile
part()
{
	local file=$out/$1.tap start=$SECONDS

	tests/run.sh --part "$1" >"$file" 2>&1 ||
		printf '\n@@begin part/%s\n@@fail it ended with status %s\n@@end 1 0\n' "$1" "$?" >>"$file"
	done_with "$1" "$file" "$start"
}

# one NAME ARCH: tests it, and what goes behind it; likewise
one()
{
	local file=$out/$1-$2.tap start=$SECONDS name

	export MMTRACE_KERNEL=$1 MMTRACE_ARCH=$2
	if [ "$1-$2" != "$whole" ]; then
		tests/kernel.sh $quick >"$file" 2>&1
		done_with "$1 for $2" "$file" "$start"
		return
	fi
	tests/kernel.sh | tee "$file"
	done_with "$1 for $2" "$file" "$start"
	for name in "${behind[@]}"; do
		part "$name"
	done
}

# begin COMMAND...: as soon as there is a processor for it
begin()
{
	[ "$running" -lt "$(nproc)" ] || { wait -n; running=$((running - 1)); }
	"$@" </dev/null &
	running=$((running + 1))
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

# begin_kernels ROW...
begin_kernels()
{
	local row name arch

	for row in "$@"; do
		read -r name arch _ <<<"$row"
		begin one "$name" "$arch"
	done
}

# show NAME: what it has said; whoever did not come to its end has failed
show()
{
	[ "$1" = "$whole" ] || cat "$out/$1.tap"
	[ -e "$out/$1.tap.done" ] || printf '\n@@begin %s\n@@fail it did not come to its end\n@@end 1 0\n' "$1"
}

# What runs in the background does not hear of an interrupt by itself.
trap 'trap "" TERM; kill -TERM 0; exit 130' INT
# Before all else, as it may ask for a password, and as nobody wants programs to come
# while others run.
for arch in $(kernels | awk '{ print $2 }' | sort -u); do
	MMTRACE_ARCH=$arch tests/vm/setup.sh --host >&2 ||
		{ printf '\n@@begin set-up\n@@fail see above\n@@end 1 0\n'; exit 1; }
done
rm -f "$out"/*.tap*
running=0
mapfile -t all < <(kernels)
begin_kernels "${all[0]}"
for part in "${beside[@]}"; do
	begin part "$part"
done
begin_kernels "${all[@]:1}"
wait
for part in "${beside[@]}" "${behind[@]}"; do
	show "$part"
done
while read -r name arch _; do
	show "$name-$arch"
done < <(kernels)
table | tee "$out/table"
