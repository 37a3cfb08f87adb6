#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mmtrace-ctl record and report: the same lines as cat has, byte for byte, in few
# wake-ups and write()s; what is there when it ends, is interrupted, or can't write.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
calls=${RECORD_CALLS:-30000}
cp /bin/true one

# start_record OPTION...: in the background; returns when it is recording. Standard error
# is in said.
start_record()
{
	local before

	before=$(event_status do_mmap sessions)
	start "$ctl" record "$@" 2>said
	until_true 30 armed do_mmap $((before + 1)) || bail "record does not record: $(cat said)"
}

# shows [-k] FILE PATTERN: a report of it has such a line
# shellcheck disable=SC2317 # check calls it
shows()
{
	"$ctl" report "${@:1:$#-1}" 2>/dev/null | grep -q "${!#}"
}

of_a_command()
{
	local ld='^ > /[^ ]*/ld-[^ ]*\(.*\) \[0x[0-9a-f]+\]$'

	expect "exits as the command does" 3 'hits: ' "$ctl" record -f -- sh -c './one; exit 3'
	check "into mmtrace.data, which report shows" sh -c "$ctl report | grep -q 'path=$PWD/one '"
	equal "the command is in it" "$("$ctl" report --info | sed -n 's/^command *//p')" "sh -c './one; exit 3'"
	equal "and the kernel" "$("$ctl" report --info | sed -n 's/^kernel *//p')" "$(uname -r)"
	cp mmtrace.data first
	expect "again, with a filter" 0 '' "$ctl" record --prot exec -- ./one
	check "the old one is kept" cmp first mmtrace.data.old
	expect "the filter is in it" 0 'filter    prot & PROT_EXEC && pid == ' "$ctl" report --info
	equal "and holds" "$("$ctl" report | grep -vc 'prot=[^ ]*PROT_EXEC')" 0
	check "for records that there are" shows mmtrace.data 'prot=[^ ]*PROT_EXEC'
	cp mmtrace.data first
	expect "what can't begin" 1 '--ring-size: the module takes' "$ctl" record --ring-size 2G -- ./one
	check "changes no file" cmp first mmtrace.data
	expect "no such command" 127 'nosuch: command not found' "$ctl" record -o none -- nosuch
	expect "is a recording nevertheless" 0 'records   0' "$ctl" report --info none
	equal "through a pipe" "$("$ctl" record -o - -- ./one 2>/dev/null | "$ctl" report - |
		grep -c "path=$PWD/one ")" "$("$ctl" record -o whole -- ./one 2>/dev/null
		"$ctl" report whole | grep -c "path=$PWD/one ")"
	"$ctl" record --stack -o stacks -- /bin/true 2>/dev/null
	check "stacks have files of the recording itself" \
		sh -c "$ctl report -k stacks | grep -Eq '$ld'"
	check "also of records that are not wanted" sh -c "$ctl report -k -e '!file' stacks | grep -Eq '$ld'"
}

# Both begin with the first marker: the numbers of records are the same, too.
same_as_cat()
{
	local tracer

	"$ctl" filter set --comm 'marker*'
	start_cat live
	tracer=$pid
	start_record -o recorded
	for _ in 1 2 3; do
		marked live
	done
	stop "$pid" INT
	result $? "SIGINT ends it well"
	stop "$tracer"
	"$ctl" filter clear
	"$ctl" report recorded >shown
	check "cat and report have the same, byte for byte" cmp live shown
	check "and some there is" test "$(wc -l <live)" -gt 10
	equal "it told the account" "$(sed -n 's/.* \([0-9]*\) delivered.*/\1/p' said)" "$(wc -l <shown)"
	check "as report does" grep -Eq "^all .* $(wc -l <shown) +0 +0 +0 +[0-9]+\$" <("$ctl" report --info recorded)
}

# A process that is older than the recording has no record of its libraries.
earlier()
{
	local shell

	mkfifo wake
	exec 3<>wake
	# shellcheck disable=SC2016 # it is for the other shell
	start bash -c 'read -r _ <&3; text=$(head -c 400000 /dev/zero | tr "\\0" a); read -r _ <&3'
	shell=$pid
	start_record --stack --pid "$shell" -o earlier
	echo >&3
	check "what was mapped before is told when it is needed" until_true 30 shows -k earlier "^ > /[^ ]*/libc"
	echo >&3
	ended "$shell"
	stop "$pid" INT
	exec 3>&-
	"$ctl" report --format recording -o again earlier
	check "also by a recording of it" cmp <("$ctl" report -k earlier) <("$ctl" report -k again)
}

io()
{
	sed -n "s/^$1: //p" "/proc/$pid/io"
}

switches()
{
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$pid/status"
}

# shellcheck disable=SC2317 # check calls it
is_written()
{
	[ "$(stat -c %s "$1")" -gt "$2" ]
}

wakes_seldom()
{
	local size writes wakes records seconds

	# The rings have room for all of them: the reader may be slower than the calls.
	start_record -o storm --comm mremap_storm --ring-size 8M
	size=$(stat -c %s storm)
	writes=$(io syscw)
	wakes=$(switches)
	seconds=$SECONDS
	"$here/mremap_storm" 1 "$calls"
	until_true 30 is_written storm "$((size + 100 * calls))" || bail "not written: $(stat storm)"
	writes=$(($(io syscw) - writes))
	wakes=$(($(switches) - wakes))
	# Beside the watermark it looks once a second, which counts where all is slow.
	seconds=$((SECONDS - seconds + 1))
	stop "$pid" INT
	records=$("$ctl" report --info storm | sed -n 's/^records *\([0-9]*\),.*/\1/p')
	echo "# $records records in $seconds s, $wakes wake-ups, $writes write()s"
	result "$((records < calls))" "all of $calls calls are there" "$records are; $(cat said)"
	check "no more than a wake-up for 500 records" test "$(((wakes - seconds) * 500))" -le "$records"
	check "nor a write()" test "$(((writes - seconds) * 500))" -le "$records"
}

# not_complete FILE: what it has is shown, and that it is cut
# shellcheck disable=SC2317 # check calls it
not_complete()
{
	local said

	said=$("$ctl" report "$1" 2>&1 >shown)
	[ $? = 1 ] && [[ $said == *"cut at byte $(stat -c %s "$1"): "* ]] && [ "$(wc -l <shown)" -gt 100 ]
}

ends()
{
	local tracer

	start_record -o killed --comm mremap_storm
	"$here/mremap_storm" 1 1000
	until_true 30 is_written killed 100000
	stop "$pid" KILL
	check "killed, it leaves what it had" not_complete killed
	start_record -o terminated --comm one
	./one
	stop "$pid" TERM
	result $? "SIGTERM ends it well"
	check "with all that was there" shows terminated "path=$PWD/one "
	check "and tells the account" grep -q ' hits: ' said

	trap '' HUP
	start_record -o hung_up --comm one
	trap - HUP
	kill -HUP "$pid"
	./one
	stop "$pid" TERM
	check "SIGHUP stays ignored, as nohup has it" shows hung_up "path=$PWD/one "

	start "$ctl" trace -o traced 2>said
	tracer=$pid
	until_true 30 armed do_mmap 1
	stop "$tracer" INT
	check "trace tells it, too, when it is interrupted" grep -q ' hits: .* delivered, 0 lost' said
	equal "and not when its command ends" "$("$ctl" trace -o traced -- ./one 2>&1)" ""

	mkdir small
	mount -t tmpfs -o size=512k tmpfs small
	expect "a full disk" 1 'writing to small/full: No space left on device' \
		"$ctl" record -o small/full --comm mremap_storm -- "$here/mremap_storm" 1 8000
	check "leaves what it had" not_complete small/full
	umount small
	expect "no room at all" 1 'writing to /dev/full: No space left on device' \
		"$ctl" record -o /dev/full -- ./one
}

# It has to give a write() up that nobody reads the bytes of.
second_signal()
{
	local tracer

	mkfifo stuck
	exec 3<>stuck
	start "$ctl" trace -o stuck --comm mremap_storm 2>/dev/null
	tracer=$pid
	until_true 30 armed do_mmap 1
	"$here/mremap_storm" 1 2000
	until_true 30 grep -q pipe_write "/proc/$tracer/wchan" || bail "does not wait in write()"
	kill -INT "$tracer"
	# Two that are pending are one.
	until_true 30 grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$tracer/status" || bail "SIGINT is not taken"
	check "a first SIGINT leaves it to the reader" until_true 30 grep -q pipe_write "/proc/$tracer/wchan"
	stop "$tracer" INT
	equal "a second SIGINT ends it at once" $? 130
	exec 3>&-
}

on_a_terminal()
{
	local tracer

	mkfifo go
	TERM=xterm start script -qfec "$ctl record -o terminal -- sh -c './one; read -r line <go'" typescript >/dev/null
	tracer=$pid
	check "on a terminal it shows how far it is" \
		until_true 30 grep -aEq 'terminal: [1-9][0-9]* records, [0-9]+ KiB, 0 lost' typescript
	echo x >go
	ended "$tracer"
	result $? "and ends as the command does"
	check "what it has shown is taken away" \
		grep -aq $'lost\r\e\\[Kmmtrace-ctl: .* hits: ' typescript
	expect "a recording is nothing for a terminal" 1 'nothing for a terminal' \
		script -qec "$ctl record -o - -- ./one" /dev/null
}

of_a_recorder()
{
	start "$ctl" recorder --comm one
	until_true 30 armed do_mmap 1 || bail "the recorder does not record"
	./one
	expect "a snapshot as a recording" 0 '' "$ctl" snapshot --format recording -o snapshot
	check "is shown" shows snapshot "path=$PWD/one "
	equal "all of them before it was taken" "$("$ctl" report --time relative snapshot | grep -vc '^ *-[0-9]')" 0
	stop "$pid"
}

of_a_command
earlier
same_as_cat
wakes_seldom
ends
second_signal
on_a_terminal
of_a_recorder
equal "no session is left" "$(sessions)" 0
done_testing
