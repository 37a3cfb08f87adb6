#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# filter_shell.sh PROGRAM - options, as "filter show" prints them: an expression that
# means the same; PROGRAM is filter_test

set -u
# shellcheck source=tests/results.sh
. "$(dirname "$0")/../../tests/results.sh"
program=$1

# round OPTION...: shown, set again as an expression, shown again
round()
{
	local once again

	once=$("$program" show "$@") && [ -n "$once" ] &&
		again=$("$program" show --filter "$once") && [ "$once" = "$again" ]
	result $? "as an expression: ${*@Q}" "$once"
}

# exactly SHOWN OPTION...: and shown like this
exactly()
{
	local expected=$1
	shift

	equal "shown as $expected" "$("$program" show "$@")" "$expected"
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

done_testing
