#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tap.sh - judges test programs by their TAP and by how they ended
#
# Reads, for each program:
#
#   @@begin NAME
#   what it printed, TAP among it; more than one plan adds up
#   @@fail REASON          any number: more that went wrong
#   @@end STATUS SECONDS   its exit status, as the shell has it
#
# A program has also failed if it never ended, has no plan, told more or fewer
# results than planned, or says that all is well with a status that says
# otherwise. Prints a line a program, all of the output of those that failed,
# each skip with its reason, and at last "N passed, N failed, N skipped". The exit
# status is 0 only if something passed and nothing failed.

set -u
passed=0 failed=0 skipped=0
name=

begin()
{
	[ -z "$name" ] || finish unended 0
	name=$1 planned=none told=0
	p=0 f=0 s=0
	lines=() reasons=() skips=()
}

wrong()
{
	f=$((f + 1))
	reasons+=("$1")
}

# ended STATUS: what the exit status says beyond the results
ended()
{
	case $1 in
	0) ;;
	unended) wrong "never came to its end" ;;
	124 | 137) wrong "took too long, was killed" ;;
	4)
		# kselftest's way to say that all was skipped
		if [ "$((p + f))" != 0 ] || [ "$s" = 0 ]; then
			wrong "exit status 4"
		fi ;;
	*)
		if [ "$1" -gt 128 ]; then
			wrong "killed by signal $(($1 - 128))"
		elif [ "$f" = 0 ]; then
			wrong "exit status $1, though no test failed"
		fi ;;
	esac
}

finish()
{
	local line

	if [ "$planned" = none ]; then
		wrong "told no plan"
	elif [ "$planned" != "$told" ]; then
		wrong "planned $planned results, told $told"
	fi
	ended "$1"

	printf '%-4s %-28s %d passed, %d failed, %d skipped (%d s)\n' \
		"$([ "$f" = 0 ] && echo ok || echo FAIL)" "$name" "$p" "$f" "$s" "$2"
	for line in "${skips[@]}"; do
		printf '         skipped: %s\n' "$line"
	done
	if [ "$f" -gt 0 ]; then
		[ "${#lines[@]}" = 0 ] || printf '     | %s\n' "${lines[@]}"
		for line in "${reasons[@]}"; do
			printf '     failed: %s\n' "$line"
		done
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	name=
}

# plan LINE: "1..N", or "1..0 # SKIP reason" of a program that skips all it has
plan()
{
	local count=${1#1..}

	count=${count%%[!0-9]*}
	[ "$planned" != none ] || planned=0
	planned=$((planned + count))
	if [ "$count" = 0 ] && [[ ${1,,} == *"# skip"* ]]; then
		skip "all: ${1#*# }"
	fi
}

skip()
{
	s=$((s + 1))
	skips+=("$1")
}

# result LINE: one that begins with "ok" or "not ok"
result()
{
	told=$((told + 1))
	if [[ $1 == "not ok"* ]]; then
		f=$((f + 1))
	elif [[ ${1,,} == *"# skip"* ]]; then
		skip "${1#ok }"
	else
		p=$((p + 1))
	fi
}

while IFS= read -r line || [ -n "$line" ]; do
	line=${line%$'\r'}
	case $line in
	"@@begin "*) begin "${line#* }"; continue ;;
	esac
	[ -n "$name" ] || { [ -z "$line" ] || printf '%s\n' "$line"; continue; }
	case $line in
	"@@end "*)
		read -r _ status seconds <<<"$line"
		finish "$status" "$seconds"
		continue ;;
	"@@fail "*) wrong "${line#* }"; continue ;;
	"ok "* | "ok" | "not ok "* | "not ok") result "$line" ;;
	1..[0-9]*) plan "$line" ;;
	"Bail out!"*) wrong "$line" ;;
	"") continue ;;
	esac
	lines+=("$line")
done
[ -z "$name" ] || finish unended 0

printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
