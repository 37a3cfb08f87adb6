#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cli.sh PROGRAM - the command line of mmtrace-ctl as far as it goes without the
# device

set -u
# shellcheck source=tests/results.sh
. "$(dirname "$0")/../../tests/results.sh"
program=$1
unset MMTRACE_DEVICE

# expect CODE PATTERN ARGUMENT...: exit code, and a part of what is said
expect()
{
	local code=$1 pattern=$2 said got=0
	shift 2

	said=$("$program" "$@" 2>&1 </dev/null) || got=$?
	[ "$got" = "$code" ] && [[ $said == *"$pattern"* ]]
	result $? "$*: $code, $pattern" "$got: $said"
}

none=/nonexistent/mmtrace
hint="$none: the module is not loaded; try: modprobe mmtrace"

expect 2 'usage: mmtrace-ctl VERB'
expect 0 'selftest' help
expect 0 'usage: mmtrace-ctl trace' help trace
expect 0 'mmtrace-ctl ' --version
for verb in status filter trace record report stat top recorder snapshot selftest; do
	expect 0 "usage: mmtrace-ctl $verb" "$verb" --help
	expect 2 "no option '--bogus'" "$verb" --bogus
	expect 2 "try: mmtrace-ctl $verb --help" "$verb" -Z
done
expect 2 "no verb 'bogus'; try: mmtrace-ctl help" bogus
expect 2 "what is 'x'" status x
expect 2 'say show, set, explain or clear' filter
expect 2 "no action 'bogus'; there are show, set, explain and clear" filter bogus
expect 2 'filter clear' filter set
expect 2 'takes no filters' filter clear --anon
expect 2 "needs a value" filter set --comm
expect 2 "--len: '4Q' is no number of bytes" filter set --len 4Q
expect 2 "--prot: no flag 'bogus'" filter set --prot bogus
expect 2 'no filters; to have none' filter explain
expect 2 "no field 'pth'" filter set 'pth == 3'
expect 2 $'\n  anon && pth\n          ^' filter set 'anon && pth'
expect 2 $'\n  comm == é && pth\n               ^' filter explain $'anon &&\ncomm == é && pth'
expect 2 "can't read /nonexistent: No such file" filter explain @/nonexistent
expect 2 'no expression: it has a NUL in it' filter explain @<(printf 'anon\0')
expect 2 'no expression: too long' filter explain @/dev/zero
expect 0 ' 0  anon                          entry              yes: accept, no: reject' filter explain anon
expect 0 '# 1 predicates, 0 decided at entry' filter explain 'path ~ "*"'
expect 0 '# 3 predicates, 3 decided at entry; at most 3' filter explain anon 'pid == 3' --uid 0
expect 0 'comm == "@"' filter explain @<(printf '# a file\ncomm\n == "@"')
expect 2 'takes no filters' filter show anon
expect 2 "no field 'bogus'" trace -e bogus -- true
expect 2 "--pid: no process 4194304" trace -p 4194304
expect 2 "--ring-size: '3M' is no power of two" trace --ring-size 3M
expect 2 "--stack: '0' is no number from 1 to 127" trace --stack=0
expect 2 "--stack: '128' is no number" trace --stack=128
expect 2 "--stack: '1x' is no number" trace --stack=1x
expect 1 "$hint" trace --stack --device "$none" -- true
expect 1 "$hint" trace -k --stack=3 --device "$none" -- true
expect 2 "--format: there is no 'xml', but: text json recording csv chrome ctf folded" \
	trace --format xml
expect 2 "--format ctf makes a directory; say which with --output" trace --format ctf -- true
expect 2 "--relinquish-privileges: not with --format ctf" trace -Z nobody --format ctf -o x
expect 2 "--format ctf makes a directory" snapshot --format ctf
expect 2 "--format ctf makes a directory" report --format ctf -o -
expect 1 "$hint" trace --format ctf -o /nonexistent/x --device "$none" -- true
expect 0 '  csv                     comma-separated' trace --help
expect 2 "--follow: whom? give a COMMAND or --pid" trace -f
expect 2 "--follow: whom? give a COMMAND or --pid" trace --follow --pid '!1' --anon
expect 2 "--event: no event 'bogus'" trace --event bogus
expect 2 "--by: there is no 'colour', but event, process, thread, file" stat --by colour
expect 2 "--sort: there is no 'size', but calls, errors, bytes or latency" top --sort size
expect 2 "--interval: '0' is no number of seconds, 0.001 to 86400" stat --interval 0
expect 2 "--interval: '1x' is no number" top --interval 1x
expect 2 "a recording takes no COMMAND" stat -i /dev/null -- ls
expect 2 "no filters" stat -i /dev/null --failed
expect 1 "/nonexistent: No such file" stat -i /nonexistent
expect 2 "--limit: '-1' is no number" stat --limit -1
expect 2 "--count: '' is no number" top --count ''
expect 2 "--follow: whom?" top -f
expect 2 "what is 'ls'" top ls
expect 2 "--name: '../x' is no name" recorder --name ../x
expect 2 "--name: '' is no name" snapshot --name ''
expect 2 "--after: 'x' is no number" recorder --after x --trigger failed
expect 2 "--before: of what? there is no --trigger" recorder --before 3
expect 2 "here something is missing" recorder --trigger ''
expect 2 "here && or || should be" recorder --trigger 'failed bogus'
expect 2 "what is 'x'" recorder x
expect 2 "what is 'x'" snapshot x
expect 1 "no recorder 'nobody' runs" snapshot --name nobody
expect 1 "$hint" recorder --device "$none"
expect 1 "$hint" status --device "$none"
expect 1 "$hint" filter set --anon --device "$none"
expect 1 "$hint" filter set anon --device "$none"
expect 1 "$hint" trace --filter 'pid == 1' --anon --device "$none" -- true
expect 1 "$hint" filter show --device "$none"
expect 1 "$hint" trace --device "$none" -- true
expect 1 "$hint" stat -f --histogram --by file --by user --device "$none" -- true
expect 1 "$hint" top --by cgroup --device "$none"
expect 1 "$hint" trace -f --device "$none" -- true
expect 1 "$hint" record --device "$none" -o /nonexistent/x -- true
expect 2 "--follow: whom? give a COMMAND or --pid" record -f
expect 2 "no option '--json'" record --json
expect 2 "--format: there is no 'x', but: text json" report --format x
expect 2 "--time: there is no 'x', but: mono wall relative delta" report --time x
expect 2 "--color: there is no 'x', but: auto always never" trace --color=x
expect 2 "report: what is 'b'" report a b
expect 2 "no field 'pth'" report -e 'pth == 3'
expect 2 "try cgroup_id" report -e 'cgroup == /'
expect 1 "/dev/zero: no recording of mmtrace" report /dev/zero
expect 1 "$hint" trace --device "$none" --pid $$ -f
expect 1 "$hint" selftest --device "$none"
expect 1 '/dev/null: asking for the version: is not an mmtrace device' status --device /dev/null
MMTRACE_DEVICE=/dev/zero expect 1 '/dev/zero: asking' status
MMTRACE_DEVICE=/dev/zero expect 1 '/dev/null: asking' status --device /dev/null

! "$program" help >/dev/full 2>/dev/null
result $? "a full output is an error"
done_testing
