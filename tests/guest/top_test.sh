#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mmtrace-ctl top in a real terminal: keys are typed, the screen is read; other sizes,
# suspension, signals; and where there is no screen, tables.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
export LC_ALL=C.UTF-8
terminal=(tmux -u -f /dev/null -L "top-$$")
trap '"${terminal[@]}" kill-server 2>/dev/null; stop_all' EXIT

screen()
{
	"${terminal[@]}" capture-pane -p
}

# shows PATTERN: a line of the screen matches
shows()
{
	screen | grep -Eq -- "$1"
}

# sees WHAT PATTERN: soon
sees()
{
	until_true 30 shows "$2"
	result $? "$1" "$(screen)"
}

# differs: from what was frozen
differs()
{
	[ "$frozen" != "$(screen | tail -n +4)" ]
}

# shellcheck disable=SC2317 # until_true calls it
not_paused()
{
	! shows PAUSED
}

# types KEY...
types()
{
	"${terminal[@]}" send-keys "$@"
}

# Somebody to be seen: with a name that would move the cursor, were it shown as it is.
name=$'lo\tad'
cp /bin/true "$name"
# shellcheck disable=SC2016 # for the inner shell
start sh -c 'while :; do "./$0"; sleep 0.1; done' "$name"

"${terminal[@]}" new-session -d -x 100 -y 30 'exec bash --norc --noprofile' || bail "no terminal"
types 'PS1="prompt> "' Enter clear Enter
sees "a shell" '^prompt>'

types "$ctl top --interval 0.2" Enter
sees "top shows processes, and nothing that moves the cursor" '^lo\\011ad/[0-9]+ .*[0-9]'
sees "its title" 'mmtrace top .*, every 0.2 s, by process, sorted by calls'
sees "the sum" '^[0-9.k]+ calls/s, [0-9.k]+ errors/s, [0-9.KMGT]+ bytes/s$'
sees "losses, sessions, load" '^lost [0-9]+, missed [0-9]+; sessions 1; load [0-9.]+$'
types f
sees "by file" '^/usr/lib/.*libc.so.6 '
types g
sees "by cgroup" '^(/|[0-9]+) .*[0-9]'
sees "as the title says" 'by cgroup'
types p b
sees "sorted by bytes" 'by process, sorted by bytes'
types e
sees "sorted by errors" 'sorted by errors'
types l
sees "sorted by latency" 'sorted by latency'
types s
sees "the next is calls" 'sorted by calls'
types +
sees "a longer interval" 'every 0.5 s'
types - -
sees "a shorter one" 'every 0.1 s'
types h
sees "help" '^space +pause'
types h
sees "and back" '^process +calls/s'
types Space
sees "paused" 'PAUSED'
frozen=$(screen | tail -n +4)
types b
sees "keys work meanwhile" 'sorted by bytes.*PAUSED|PAUSED.*sorted by bytes'
types s
types Space
until_true 30 not_paused
result $? "it goes on" "$(screen)"
until_true 30 differs
result $? "with something else"

"${terminal[@]}" resize-window -x 60 -y 12
sees "a smaller screen has fewer columns" 'bytes/s +mean +p50$'
equal "and lines" "$(screen | wc -l)" 12
"${terminal[@]}" resize-window -x 150 -y 40
sees "a larger one has all" 'calls/s +errs/s +bytes/s +mean +p50 +p99 +max$'
result "$(screen | awk 'length > 150 { exit 1 }'; echo $?)" "and no more than fits"

types C-z
sees "Ctrl-Z gives the shell back" 'Stopped'
types fg Enter
sees "fg goes on" '^process +calls/s'
types q
sees "q ends it" '^prompt>'
result "$(shows 'calls/s'; [ $? = 1 ]; echo $?)" "the screen is as it was"

# ends SIGNAL: it leaves the terminal as it was
ends()
{
	types clear Enter
	types "stty -a >before; $ctl top --interval 0.2; echo gave \$?; stty -a >after; echo told" Enter
	sees "top, for SIG$1" '^process +calls/s'
	if [ "$1" = INT ]; then
		types C-c
	else
		kill "-$1" "$(pgrep -x mmtrace-ctl)"
	fi
	sees "SIG$1 ends it well" '^gave 0'
	sees "its screen is gone" '^told'
	check "the terminal is as it was" cmp before after
}

ends INT
ends TERM
ends HUP

types clear Enter "TERM=dumb $ctl top --interval 0.2 --count 2 --limit 3; echo dumb gave \$?" Enter
sees "TERM=dumb: tables one below the other" '^dumb gave 0'
equal "two of them" "$(screen | grep -c '^process ')" 2

"$ctl" top --interval 0.2 --count 3 --by file --limit 2 >tables
result $? "without a terminal, too"
equal "three of them" "$(grep -c '^file ' tables)" 3
result "$(LC_ALL=C grep -q $'[\033\t]' tables; [ $? = 1 ]; echo $?)" "without control characters"
"$ctl" top --interval 0.1 | head -n 5 >tables
equal "its reader may go away" "${PIPESTATUS[0]}" 0
equal "no session is left" "$(sessions)" 0
done_testing
