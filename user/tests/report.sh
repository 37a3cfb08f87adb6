#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# report.sh PROGRAM WRITER - recordings as report shows them: whole, cut, damaged, as
# text with every kind of time and with colours, and to where nobody reads; WRITER is
# recording_test

set -u
# shellcheck source=tests/results.sh
. "$(dirname "$0")/../../tests/results.sh"
program=$(realpath "$1")
writer=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
unset NO_COLOR
export TZ=UTC TERM=xterm

# times KIND FILE: the first column
times()
{
	"$program" report --time "$1" "$2" 2>/dev/null | awk '{ print $1 }' | xargs
}

whole()
{
	"$writer" write >"$dir/data"
	"$program" report "$dir/data" >"$dir/text" 2>"$dir/said"
	equal "a recording is shown" "$? $(wc -l <"$dir/text")" "0 9"
	equal "what is lost is told" "$(cat "$dir/said")" \
		"mmtrace-ctl: 5 records lost (ring full: 5, overwritten: 0); try --ring-size"
	equal "from a pipe the same" "$("$program" report - <"$dir/data" 2>&1 | cksum)" \
		"$(cat "$dir/text" "$dir/said" | cksum)"
	"$program" report --format recording -o "$dir/again" "$dir/data" 2>/dev/null
	cmp "$dir/data" "$dir/again"
	result $? "written as a recording it is the same"
	"$program" report --info "$dir/data" >"$dir/info"
	equal "what is known of it" "$? $(sed -n 's/^\(machine\|filter\|command\|records\|all\) *//p' "$dir/info")" \
		"0 host
prot & PROT_EXEC
ls -l
9, 1488 bytes
20         6         8         5         0         1         0"
	(cd "$dir" && cp data mmtrace.data && "$program" report 2>/dev/null | cmp - text)
	result $? "mmtrace.data is shown if no other is named"
}

# What formats_test writes in these formats is compared as a whole; here they are of a file.
formats()
{
	local records

	records=$(wc -l <"$dir/text")
	equal "as CSV, with a header" "$("$program" report --format csv "$dir/data" 2>/dev/null | wc -l)" \
		$((records + 1))
	equal "as folded stacks, calls and what is lost" \
		"$("$program" report --format folded "$dir/data" 2>/dev/null | awk '{ sum += $NF } END { print sum }')" \
		"$(awk '{ sum += $5 == "lost" ? $6 : 1 } END { print sum }' "$dir/text")"
	"$program" report --format ctf -o "$dir/ctf" "$dir/data" 2>/dev/null
	equal "as CTF" "$? $(find "$dir/ctf" -name metadata | wc -l)" "0 1"
	equal "as CTF, where something is" "$("$program" report --format ctf -o "$dir/ctf" "$dir/data" 2>&1)" \
		"mmtrace-ctl: writing to $dir/ctf: File exists"
}

cut_and_damaged()
{
	local at size good said

	size=$(stat -c %s "$dir/data")
	said=
	for ((at = 0; at < size; at += 53)); do
		good=$(head -c "$at" "$dir/data" | "$program" report - 2>&1 >"$dir/part")
		[ $? = 1 ] && [[ $good == "mmtrace-ctl: standard input: cut at byte $at:"* ]] &&
			cmp -s -n "$(stat -c %s "$dir/part")" "$dir/part" "$dir/text" || said+=" $at: $good"
	done
	[ -z "$said" ]
	result $? "cut at every 53rd byte: it says so, and shows what is there" "$said"
	# In the last section of records, which has three.
	cp "$dir/data" "$dir/bad"
	printf '\377' | dd of="$dir/bad" bs=1 seek=$((size - 1200)) conv=notrunc status=none
	said=$("$program" report "$dir/bad" 2>&1 >"$dir/part")
	equal "damaged: it fails" "$?" 1
	[[ $said == "mmtrace-ctl: $dir/bad: damaged at byte "*": the checksum of a section"* ]]
	result $? "and says where" "$said"
	[ "$(wc -l <"$dir/part")" = 6 ]
	result $? "other sections are shown" "$(cat "$dir/part")"
	said=$("$program" report /nonexistent 2>&1)
	equal "no file" "$? $said" "1 mmtrace-ctl: /nonexistent: No such file or directory"
	said=$("$program" report / 2>&1)
	equal "a directory" "$? $said" "1 mmtrace-ctl: /: reading at byte 0: Is a directory"
	said=$("$program" report /dev/null 2>&1)
	equal "an empty one" "$? $said" \
		"1 mmtrace-ctl: /dev/null: cut at byte 0: the end of the recording is missing"
}

clocks()
{
	equal "times as they are" "$(times mono "$dir/data")" "$(awk '{ print $1 }' "$dir/text" | xargs)"
	equal "since the start" "$(times relative "$dir/data" | cut -d ' ' -f 1,2,9)" \
		"0.000000000 0.001000001 0.008000008"
	equal "since the one before" "$(times delta "$dir/data" | cut -d ' ' -f 1,2,9)" \
		"0.000000000 0.001000001 0.001000001"
	equal "date and time" "$(times wall "$dir/data" | cut -d ' ' -f 1,9)" \
		"2023-11-14T22:13:32.345678901+00:00 2023-11-14T22:13:32.353678909+00:00"
	equal "date and time of another zone" "$(TZ=XXX-5:30 times wall "$dir/data" | cut -d ' ' -f 1)" \
		"2023-11-15T03:43:32.345678901+05:30"
	equal "nothing else of a line is changed" \
		"$("$program" report --time delta "$dir/data" 2>/dev/null | sed 's/^ *[^ ]*//' | cksum)" \
		"$(sed 's/^ *[^ ]*//' "$dir/text" | cksum)"
	equal "JSON keeps its numbers" "$("$program" report --json --time wall "$dir/data" 2>/dev/null | cksum)" \
		"$("$program" report --json "$dir/data" 2>/dev/null | cksum)"
}

filters()
{
	"$program" report -e 'event == mremap || path == /x' "$dir/data" >"$dir/part" 2>/dev/null
	equal "a filter holds, and losses and the unknown are shown" \
		"$(awk '{ print $5 }' "$dir/part" | xargs)" "mremap do_mmap lost unknown"
	grep -Fxvf "$dir/text" "$dir/part"
	equal "as they are without it" "$?" 1
	"$program" report --failed --format recording -o "$dir/again" "$dir/data" 2>/dev/null
	equal "and in a recording of a part" "$("$program" report --event mremap "$dir/again" 2>/dev/null | grep -c -e -ENOMEM) $(
		"$program" report "$dir/again" 2>/dev/null | wc -l)" "1 3"
}

# colored VARIABLE=VALUE... ARGUMENT: the output on a terminal has colours
colored()
{
	env "${@:1:$#-1}" script -qec "'$program' report ${*: -1} '$dir/data'" /dev/null </dev/null 2>&1 |
		grep -q $'\e\[31m-ENOMEM\e\[0m '
}

colors()
{
	equal "none in a pipe" "$("$program" report "$dir/data" 2>/dev/null | grep -c $'\e')" 0
	"$program" report --color=always "$dir/data" 2>/dev/null >"$dir/colored"
	grep -q $' \e\[36m/lib/a' <(sed 's/path=/ /' "$dir/colored")
	result $? "unless it is asked for"
	sed $'s/\e\\[[0-9;]*m//g' "$dir/colored" | cmp - "$dir/text"
	result $? "and nothing else is changed"
	colored TERM=xterm ''
	result $? "on a terminal"
	! colored TERM=dumb ''
	result $? "not on one that has none"
	! colored TERM=xterm NO_COLOR=1 ''
	result $? "not with NO_COLOR"
	colored TERM=xterm NO_COLOR=1 --color
	result $? "but with --color"
	! colored TERM=xterm --color=never
	result $? "not with --color=never"
}

# totals OPTION...: of each table of stat
totals()
{
	"$program" stat -i "$dir/data" --by event "$@" 2>/dev/null | awk '$1 == "total" { print $2 }' | xargs
}

counted()
{
	equal "stat counts the calls of a recording" "$(totals)" "$(grep -Evc ' (lost|unknown) ' "$dir/text")"
	equal "an interval goes by the time of its records" "$(totals --interval 0.001)" "1 1 1 1 1 1 1 0 0"
	equal "one that is long has all" "$(totals --interval 60)" "$(totals)"
	"$program" stat -i - <"$dir/data" >"$dir/table" 2>/dev/null
	equal "from a pipe, with what is lost" "$(sed -n 's/^\(errors\|lost\|unknown\) *//p' "$dir/table")" \
		"ENOMEM 1"$'\n'"5 ring_full"$'\n'"1 records, of a newer module"
	equal "of one that is cut, what there is" \
		"$(head -c 2500 "$dir/data" | "$program" stat -i - 2>/dev/null | grep -c ^python3/812; echo "${PIPESTATUS[1]}")" \
		1$'\n'1
}

ends()
{
	local said

	said=$(script -qec "'$program' report --format recording '$dir/data'" /dev/null </dev/null 2>&1)
	[[ $said == *"nothing for a terminal"* ]]
	result $? "a recording does not go to a terminal" "$said"
	said=$("$program" report "$dir/data" 2>&1 >/dev/full)
	equal "a full disk" "$? $said" \
		"1 mmtrace-ctl: writing to standard output: No space left on device"
	# A pipe whose only reader is gone.
	mkfifo "$dir/pipe"
	exec 4<>"$dir/pipe"
	exec 5>"$dir/pipe"
	exec 4>&-
	said=$("$program" report "$dir/data" 2>&1 >&5)
	equal "nobody reads: quietly, and no failure" "$? $said" "0 "
	exec 5>&-
}

whole
formats
cut_and_damaged
clocks
filters
colors
counted
ends
done_testing
