#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tap_test.sh - tests of tap.sh: what must not pass for a success

set -u
dir=$(dirname "$0")
number=0

# judged WHAT STATUS LAST WORDS LINE...: given the lines, tap.sh ends with STATUS
# and LAST as its last line, and says WORDS before
judged()
{
	local what=$1 status=$2 last=$3 words=$4 said got=0
	shift 4

	said=$(printf '%s\n' "$@" | "$dir/tap.sh") || got=$?
	number=$((number + 1))
	if [ "$got" = "$status" ] && [ "${said##*$'\n'}" = "$last" ] && [[ $said == *"$words"* ]]; then
		echo "ok $number - $what"
	else
		printf '%s\n' "$said" | sed 's/^/# /'
		echo "not ok $number - $what: status $got"
	fi
}

echo 1..15
judged "results and status agree" 0 "2 passed, 0 failed, 0 skipped" "" \
	'@@begin a' 1..2 'ok 1 x' 'ok 2 - y' '@@end 0 1'
judged "a failure" 1 "1 passed, 1 failed, 0 skipped" "| not ok 2 y" \
	'@@begin a' 1..2 'ok 1 x' 'not ok 2 y' '@@end 1 1'
judged "a failure with status 0" 1 "1 passed, 1 failed, 0 skipped" "" \
	'@@begin a' 1..1 'not ok 1 x' '@@end 0 1' '@@begin b' 1..1 'ok 1' '@@end 0 1'
judged "a skip, with its reason" 0 "1 passed, 0 failed, 1 skipped" "no such thing" \
	'@@begin a' 1..2 'ok 1 x' 'ok 2 # SKIP no such thing' '@@end 0 1'
judged "a program that skips all" 0 "1 passed, 0 failed, 1 skipped" "no such thing" \
	'@@begin a' '1..0 # SKIP no such thing' '@@end 4 1' '@@begin b' 1..1 'ok 1' '@@end 0 1'
judged "nothing but skips is no success" 1 "0 passed, 0 failed, 1 skipped" "" \
	'@@begin a' 1..1 'ok 1 # SKIP no such thing' '@@end 4 1'
judged "fewer results than planned" 1 "2 passed, 1 failed, 0 skipped" "planned 3 results, told 2" \
	'@@begin a' 1..3 'ok 1 x' 'ok 2 y' '@@end 0 1'
judged "no plan" 1 "1 passed, 1 failed, 0 skipped" "no plan" \
	'@@begin a' 'ok 1 x' '@@end 0 1'
judged "no output" 1 "0 passed, 1 failed, 0 skipped" "" \
	'@@begin a' '@@end 0 1'
judged "a crash after the last result" 1 "1 passed, 1 failed, 0 skipped" "signal 11" \
	'@@begin a' 1..1 'ok 1 x' '@@end 139 1'
judged "a timeout" 1 "1 passed, 1 failed, 0 skipped" "too long" \
	'@@begin a' 1..1 'ok 1 x' '@@end 124 9'
judged "a program that never ends" 1 "2 passed, 1 failed, 0 skipped" "never came to its end" \
	'@@begin a' 1..1 'ok 1 x' '@@begin b' 1..1 'ok 1 x' '@@end 0 1'
judged "a reason from outside" 1 "1 passed, 1 failed, 0 skipped" "failed: rmmod failed" \
	'@@begin a' 1..1 'ok 1 x' '@@fail rmmod failed' '@@end 0 1'
judged "bailing out" 1 "1 passed, 1 failed, 0 skipped" "no disk" \
	'@@begin a' 1..1 'ok 1 x' 'Bail out! no disk' '@@end 0 1'
judged "nothing at all" 1 "0 passed, 0 failed, 0 skipped" ""
