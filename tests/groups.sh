# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What tests/tap.sh reads: the output of tests between lines that begin with @@.

# group NAME COMMAND...: a command that prints TAP
group()
{
	local name=$1 start=$SECONDS status=0
	shift

	printf '\n@@begin %s\n' "$name"
	"$@" 2>&1 </dev/null || status=$?
	printf '\n@@end %s %s\n' "$status" "$((SECONDS - start))"
}

# claim NAME WHAT COMMAND...: a command that is one test by itself
claim()
{
	local name=$1 what=$2 start=$SECONDS said status=0
	shift 2

	printf '\n@@begin %s\n1..1\n' "$name"
	if said=$("$@" 2>&1 </dev/null); then
		echo "ok 1 - $what"
	else
		status=1
		echo "$said"
		echo "not ok 1 - $what"
	fi
	printf '\n@@end %s %s\n' "$status" "$((SECONDS - start))"
	return "$status"
}

# skipped NAME REASON
skipped()
{
	printf '\n@@begin %s\n1..0 # SKIP %s\n@@end 0 0\n' "$1" "$2"
}
