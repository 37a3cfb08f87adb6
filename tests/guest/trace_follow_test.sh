#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mmtrace-ctl trace -f: what a command or a process makes is shown, from its first
# mapping to the end of the last one, and nobody else.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
mkfifo go one two
for name in first second last stranger; do
	cp /bin/true "$name"
done

# programs FILE: those of ours that were executed, as the records tell
programs()
{
	grep ' syscall='"$execve"' ' "$1" | sed -n "s,.* path=$PWD/\([a-z]*\) .*,\1,p" | uniq | xargs
}

case $(uname -m) in
x86_64) execve=59 ;;
*) execve=221 ;;
esac

# Runs all the time, and is in no output.
start sh -c 'while :; do ./stranger; done'

expect "exits as the command does" 5 '' "$ctl" trace -f -o out -- \
	sh -c './first; (./second; exit 3); exit 5'
equal "children are shown, no stranger is" "$(programs out)" "first second"
expect "without -f" 0 '' "$ctl" trace -o out -- sh -c './first; true'
equal "they are not" "$(programs out)" ""
expect "filters hold" 0 '' "$ctl" trace -f --path '*/second' -o out -- sh -c './first; ./second; true'
equal "for children, too" "$(programs out)" second
expect "no such command" 127 'nosuch: command not found' "$ctl" trace -f -o out -- nosuch
expect "killed by SIGTERM" 143 '' "$ctl" trace -f -o out -- sh -c './first; kill -TERM $$'
expect "SIGTERM is handed on" 143 '' sh -c "$ctl trace -f -o out -- sh -c 'kill -TERM \$PPID; read -r x <go'"

# The command ends, what it left behind does not.
# shellcheck disable=SC2016 # for the inner shell
daemon='setsid sh -c "echo \$\$ >daemon; read -r line <go; ./last" & ./first; exit 4'
start "$ctl" trace -f -o out -- sh -c "$daemon"
tracer=$pid
until_true 30 test -s daemon || bail "no daemon"
until_true 30 grep -q /first out
check "trace goes on for a daemon" kill -0 "$tracer"
echo x >go
ended "$tracer"
equal "until it is gone, then exits as the command did" $? 4
equal "the daemon is shown" "$(programs out)" "first last"

rm daemon
start "$ctl" trace -f -o out -- sh -c "$daemon"
tracer=$pid
until_true 30 test -s daemon || bail "no daemon"
until_true 30 sh -c "! grep -qs '^PPid:.$tracer\$' /proc/[0-9]*/status" ||
	bail "the command does not end"
stop "$tracer" INT
equal "an interrupt ends it once the command has ended" $? 4
check "the daemon goes on" kill -0 "$(cat daemon)"
echo x >go

start sh -c 'read -r line <one; ./first; ./second; true'
one=$pid
start sh -c 'read -r line <two; ./first; ./second; true'
two=$pid
start "$ctl" trace -p "$one" -f --pid "$two" -o out
tracer=$pid
until_true 30 armed do_mmap 1 || bail "trace -p does not record"
echo x >one
ended "$one"
check "-p goes on for the other one" kill -0 "$tracer"
echo x >two
ended "$tracer"
result $? "-p ends by itself when all are gone"
equal "the children of two processes are shown" "$(grep -c "path=$PWD/second " out)" \
	"$((2 * $(grep -c "path=$PWD/second " <("$ctl" trace -- ./second 2>&1))))"
expect "one that is gone is refused" 2 'no process' "$ctl" trace -f -p "$one"

# Killed, it leaves nothing: the module goes, and forks go on.
for round in 1 2 3; do
	rm -f daemon
	start "$ctl" trace -f -o out -- sh -c "$daemon"
	tracer=$pid
	until_true 30 test -s daemon || bail "no daemon"
	stop "$tracer" KILL
	check "rmmod after a SIGKILL, $round" rmmod mmtrace
	echo x >go
	check "insmod, $round" insmod "$module"
done
equal "no session is left" "$(sessions)" 0
done_testing
