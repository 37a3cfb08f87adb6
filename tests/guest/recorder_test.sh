#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mmtrace-ctl recorder and snapshot: records wait in a process that sleeps, are given
# once to who asks, and freeze with the call that the trigger waits for; names and
# sockets of recorders that live, end and die.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
run=/run/mmtrace

# program NAME...: programs of these names, each of which maps something
program()
{
	local name

	for name; do
		cp /bin/true "$name"
	done
	for name; do
		"./$name"
	done
}

# names FILE: of the threads in it, once each, in order
names()
{
	awk '$5 != "lost" { print $3 }' "$1" | grep -E '^(one|two|three|fire|later|again)$' | uniq | xargs
}

# start_recorder OPTION...
start_recorder()
{
	local before

	before=$(event_status do_mmap sessions)
	start "$ctl" recorder "$@"
	until_true 30 armed do_mmap $((before + 1)) || bail "the recorder does not record"
}

switches()
{
	awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$pid/status"
}

gives_what_it_has()
{
	local before

	expect "nobody records" 1 "no recorder 'default' runs" "$ctl" snapshot
	start_recorder
	equal "the socket is root's alone" "$(stat -c '%a %u' "$run/default")" "600 0"
	expect "another one of the name" 1 "recorder 'default' runs already" "$ctl" recorder
	before=$(switches)
	program one two
	equal "it has slept all the while" "$(switches)" "$before"
	"$ctl" snapshot -o first 2>said
	equal "a snapshot has all there is" "$(names first)" "one two"
	check "and says how much" grep -Eq "^$ctl: $(grep -vc ' lost ' first) records, 0 overwritten, 0 missed" said
	program three
	"$ctl" snapshot --json >second 2>/dev/null
	check "the next has what came since, as JSON" grep -q '"comm":"three"' second
	check "and nothing again" sh -c '! grep -q "\"comm\":\"one\"" second'
	expect "it can't be armed without a trigger" 1 'no trigger that could be armed' "$ctl" snapshot --rearm
	expect "nobody else may ask" 1 'Permission denied' \
		setpriv --reuid 65534 --regid 65534 --clear-groups "$ctl" snapshot
	expect "an output that can't be written takes nothing out" 1 '/nonexistent/x' "$ctl" snapshot -o /nonexistent/x
	stop "$pid"
	result "$?" "SIGTERM ends it well"
	check "its socket is gone" test ! -e "$run/default"
}

# What is overwritten is told, and the newest is there.
overwrites()
{
	local i

	start_recorder --name small --ring-size 64K --comm one
	cp /bin/true one
	for ((i = 0; i < 300; i++)); do
		./one
	done
	"$ctl" snapshot --name small -o small 2>said
	check "a full ring has lost the oldest" grep -Eq 'records, [1-9][0-9]* overwritten' said
	equal "as many as the records say" "$(sed -E 's/.* records, ([0-9]+) .*/\1/' said)" \
		"$(awk '$5 == "lost" { sum += $6 } END { print sum }' small)"
	stop "$pid"
}

freezes()
{
	start_recorder --trigger 'comm == fire' --before 30 --after 2
	program one fire later
	expect "status shows that it is frozen" 0 'frozen  overwrite' "$ctl" status
	"$ctl" snapshot -o frozen 2>said
	check "it says which record froze it" grep -q 'frozen by the record of [0-9.]* on CPU [0-9]*, seq=' said
	equal "it has so many records" "$(grep -vc ' lost ' frozen)" 33
	equal "the one that froze it is at its place" \
		"$(awk '$5 != "lost" && ++n > 29 && n < 32 { print ($3 == "fire") }' frozen | xargs)" "0 1"
	equal "what came later is not there" "$(names frozen | grep -c later)" 0
	"$ctl" snapshot -o more 2>said
	equal "there is nothing more" "$(cat more)" ""
	"$ctl" snapshot --rearm 2>/dev/null
	until_true 30 armed do_mmap 1 || bail "it does not go on"
	program again fire later
	"$ctl" snapshot -o more 2>said
	check "armed again it goes on, and freezes again" grep -q 'frozen by' said
	equal "with what it waited for" "$(names more)" "again fire"
	stop "$pid"
}

# One that died has left its socket, and nothing else.
dies()
{
	start_recorder --name mortal
	stop "$pid" KILL
	check "a recorder that died leaves its socket" test -S "$run/mortal"
	expect "where nobody listens" 1 "no recorder 'mortal' runs" "$ctl" snapshot --name mortal
	until_true 10 armed do_mmap 0
	start_recorder --name mortal
	program one
	"$ctl" snapshot --name mortal -o mortal 2>/dev/null
	equal "another one takes its place" "$(names mortal)" one
	stop "$pid"
}

gives_what_it_has
overwrites
freezes
dies
equal "no session is left" "$(sessions)" 0
done_testing
