#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# filter_shell.sh PROGRAM - options, as "filter show" prints them: an expression that
# means the same; PROGRAM is filter_test

set -u
program=$1
told=0
status=0

# round OPTION...: shown, set again as an expression, shown again
round()
{
	local once again

	told=$((told + 1))
	if once=$("$program" show "$@") && [ -n "$once" ] &&
	   again=$("$program" show --filter "$once") && [ "$once" = "$again" ]; then
		echo "ok $told - $once" | tr -d '#'
	else
		status=1
		echo "not ok $told - ${*@Q}"
		echo "# $once"
	fi
}

# exactly SHOWN OPTION...: and shown like this
exactly()
{
	local expected=$1 got
	shift

	told=$((told + 1))
	got=$("$program" show "$@")
	if [ "$got" = "$expected" ]; then
		echo "ok $told - shown as $got"
	else
		status=1
		echo "not ok $told - shown as $expected"
		echo "# $got"
	fi
}

round --comm "it's"
round --comm 'a b' --comm '!c*'
round --comm $'tab\there'
round --path $'/x\ny*' --ok
round --path $'/\xff\xfe*'
round --path $'/\xe4\xb8\xad' --uid root
# Not ours to expand: the shell must not, either.
# shellcheck disable=SC2016
round --path '/$(id)/`id`/"\\x"'
round --flags 'shared|private|anon' --len 4K-2M,8M-
round --event '!mremap' --flags 0x20
round --pid 1,2 --pid '!2' --failed
exactly 'prot & PROT_EXEC' --prot exec
exactly 'event == mmap || event == mmap2' --event mmap,mmap2
exactly 'comm != "cat"' --comm '!cat'
exactly 'len == 4K-2M' --len 4096-2048K
exactly 'len >= 64K || len <= 4K' --len 64K-,-4096
exactly 'prot & (PROT_WRITE|PROT_EXEC)' --prot 'exec|write'
exactly 'flags == MAP_PRIVATE+MAP_ANONYMOUS' --flags =anon+private
exactly 'flags & MAP_SHARED || flags & MREMAP_MAYMOVE' --flags 'shared|maymove'
exactly 'pid == 7 && failed && path == "/x"' --path /x --failed --pid 7
exactly 'path ~ "\"\\\\\012'$'\xc3\xa9'\" --path $'"\\\\\n\xc3\xa9'

echo "1..$told"
exit "$status"
