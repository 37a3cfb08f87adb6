#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mmtrace-ctl stat: counts what trace shows, by all keys; tells what is lost; exits as
# its command does.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
cp /bin/true first
cp /bin/true second

# column ROW N FILE: the Nth number of the row
column()
{
	awk -v row="$1" -v n="$2" '$1 == row { print $(n + 1); exit }' "$3"
}

# A command of one process does the same each time.
expect "trace" 0 '' "$ctl" trace -o records -- ./first
expect "stat of the same command" 0 '' "$ctl" stat --by event --by file --limit 0 -o table -- ./first
equal "has as many do_mmap" "$(column do_mmap 1 table)" "$(awk '$5 == "do_mmap"' records | wc -l)"
libc=$(sed -n 's,.* path=\([^ ]*/libc.so.6\) .*,\1,p' records | head -n 1)
equal "and of a file" "$(awk '/libc.so.6/ { print $2 }' table)" "$(grep -c " path=$libc " records)"
equal "all in the total" "$(column total 1 table)" "$(grep -vc ' lost ' records)"
check "nothing is lost, and it says so" grep -qx 'lost      none' table
check "the table fits 80 columns" awk 'length > 80 { exit 1 }' table

expect "by everything" 0 '' "$ctl" stat --by event --by process --by thread --by file --by origin \
	--by cgroup --by user -o table -- ./first
check "system calls have names" grep -Eq '^(mmap|execve) ' table
check "users have names" grep -q '^root ' table
check "so have processes" grep -Eq '^first/[0-9]+ ' table

expect "without an output, standard error has it" 0 'do_mmap' "$ctl" stat -- ./first
equal "and not standard output" "$("$ctl" stat -- ./first 2>/dev/null)" ""
expect "exits as the command does" 3 'total' "$ctl" stat -f -- sh -c './first; exit 3'
expect "without -f only the command" 0 '' "$ctl" stat --limit 0 -o table -- sh -c './first; ./second; true'
equal "no child is counted" "$(grep -c '^second/' table)" 0
expect "with -f all" 0 '' "$ctl" stat -f --limit 0 -o table -- sh -c './first; ./second; true'
equal "they are" "$(grep -c '^second/' table)" 1
expect "filters hold" 0 '' "$ctl" stat -f -o table -e 'comm == second' -- sh -c './first; ./second; true'
equal "nobody else is counted" "$(grep -Ec '^(first|sh)/' table)" 0
equal "and who is meant is" "$(grep -c '^second/' table)" 1
expect "errors are told by name" 0 'errors    ENOMEM' "$ctl" stat -- \
	python3 -c 'import mmap
try: mmap.mmap(-1, 1 << 60)
except OSError: pass'

"$ctl" stat --json --histogram -o json -- ./first
check "JSON agrees with itself" python3 - <<-'END'
	import json
	summary = json.load(open("json"))
	total = summary["total"]
	assert total["calls"] == sum(row["calls"] for row in summary["event"]) > 0
	assert total["calls"] == sum(row["calls"] for row in summary["process"])
	assert total["calls"] == sum(count for low, high, count in total["latency"]["histogram"])
	assert summary["from"] < summary["until"]
END

start sh -c 'while :; do ./first; done'
load=$pid
start "$ctl" stat --interval 0.1 --by process -o table
counter=$pid
# shellcheck disable=SC2016 # for the inner shell
until_true 60 sh -c '[ "$(grep -c "^time " table)" -ge 3 ]' || bail "no tables"
check "tables come again and again" grep -Eq '^first/[0-9]+ ' table
stop "$load" KILL
stop "$counter" INT
result $? "an interrupt ends it well"

expect "a file that can't be written" 1 '/nonexistent/x' "$ctl" stat -o /nonexistent/x -- true
expect "a full one" 1 '/dev/full' "$ctl" stat -o /dev/full -- true
equal "no session is left" "$(sessions)" 0
done_testing
