# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TAP of shell tests on the host; the guest's have tests/guest/testing.sh.

told=0
failed=0

# result STATUS WHAT [DETAILS]: one line of TAP, with details if it failed; a # in it
# would begin a directive
result()
{
	told=$((told + 1))
	if [ "$1" = 0 ]; then
		echo "ok $told - ${2//[#$'\n']/ }"
		return 0
	fi
	failed=1
	echo "not ok $told - ${2//[#$'\n']/ }"
	[ -z "${3:-}" ] || printf '%s\n' "$3" | cat -v | sed 's/^/#   /'
	return 1
}

# skip WHAT WHY
skip()
{
	told=$((told + 1))
	echo "ok $told - $1 # SKIP $2"
}

# equal WHAT GOT EXPECTED
equal()
{
	local status=0

	[ "$2" = "$3" ] || status=1
	result "$status" "$1" "got:      $2"$'\n'"expected: $3"
}

# done_testing: the plan, and the exit status
done_testing()
{
	echo "1..$told"
	exit "$failed"
}
