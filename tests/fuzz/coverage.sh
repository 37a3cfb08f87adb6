#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coverage.sh [FILE...] - which places of the module the fuzzer of the device has reached
#
# Of the kernel that MMTRACE_KERNEL names, by what tests/fuzz/device.sh has kept in
# build/fuzz: places of each file that were reached, of how many; then of those named, the
# functions and lines that were not. A place is where KCOV looks, the beginning of each
# piece of code that is run as a whole.

set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/vm/lib.sh
. tests/vm/lib.sh
select_kernel
module=$build/$target/mmtrace.ko
reached=$build/fuzz/$target.reached
[ -s "$reached" ] || die "no $reached: run tests/fuzz/device.sh"
[ $# -gt 0 ] || set -- ioctl.c device.c reader.c filter.c trigger.c follow.c session.c

# Offsets in the text of all calls of KCOV, as they return.
all_places()
{
	readelf -rW "$module" | awk '
		/^Relocation section/ { text = /.rela.text'\''/ }
		text && /__sanitizer_cov_trace_pc/ { print $1 }' |
		while read -r offset; do printf '%#x\n' $((0x$offset + 4)); done
}

# Rows of "offset function file line", of the offsets in a file.
lines()
{
	local offset

	# What is called is in front of where it returns to.
	for offset in $(<"$1"); do printf '%#x\n' $((offset - 1)); done >"$1.calls"
	addr2line -f -e "$module" -j .text <"$1.calls" |
		paste - - | sed -E 's,[^ \t]*/module/,,; s,\t/.*:,\theaders:,; s, \(discriminator.*,,' |
		awk '{ split($2, at, ":"); print $1, at[1], at[2] }' >"$1.lines"
	paste -d ' ' "$1" "$1.lines"
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
all_places | sort -u >"$tmp/all"
sort -u "$reached" >"$tmp/reached"
lines "$tmp/all" | sort -k 1,1 | join - <(sed 's/$/ yes/' "$tmp/reached") -a 1 >"$tmp/rows"
awk '
	{ all[$3]++; sum++ }
	$5 == "yes" { reached[$3]++; there++ }
	END {
		for (file in all)
			printf "%-14s %4d of %4d\n", file, reached[file], all[file] | "sort"
		close("sort")
		printf "%-14s %4d of %4d\n", "all", there, sum
	}' "$tmp/rows"
for file; do
	awk -v file="$file" '
		$3 != file { next }
		$5 == "yes" { yes[$2] = 1; hit[$4] = 1 }
		{ lines[$2] = lines[$2] " " $4 }
		END {
			for (f in lines) {
				n = split(lines[f], line)
				left = ""
				for (i = 1; i <= n; i++)
					if (!(line[i] in hit) && !seen[line[i]]++)
						left = left " " line[i]
				if (left != "")
					print file, f (yes[f] ? "" : " (never called)") ":" left
			}
		}' "$tmp/rows" | sort
done
