#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a session may not have, as its user is told: one too many, and more memory
# than its memory cgroup allows. Nobody is killed for it, and nobody else notices.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

ctl=mmtrace-ctl
group=/sys/fs/cgroup/small

# Before a command: it runs in the group.
# shellcheck disable=SC2016 # for the inner shell
within_group=(sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group")

# events KEY: of the memory cgroup
events()
{
	awk -v key="$1" '$1 == key { print $2 }' "$group/memory.events"
}

# used_more_than BYTES
used_more_than()
{
	[ "$(<"$group/memory.current")" -gt "$1" ]
}

used_less_than()
{
	[ "$(<"$group/memory.current")" -lt "$1" ]
}

too_many()
{
	local i fd fds=()

	for ((i = 1; i < 64; i++)); do
		exec {fd}<"$device" || bail "no session $i"
		fds+=("$fd")
	done
	expect "the last session" 0 "63 open besides this one, at most 64" "$ctl" status
	exec {fd}<"$device"
	fds+=("$fd")
	expect "one too many" 1 "too many sessions: end one, or raise the module's limit" "$ctl" status
	expect "nor can it trace, and nothing is run" 1 'too many sessions' "$ctl" trace -- touch ran
	check "nothing was run" test ! -e ran
	for fd in "${fds[@]}"; do
		exec {fd}<&-
	done
	expect "when they are gone, all is well" 0 "0 open besides this one" "$ctl" status
}

# 128 MB of rings, and a group that has 16.
memory_group()
{
	local reader lost

	echo +memory >/sys/fs/cgroup/cgroup.subtree_control || bail "no memory cgroups"
	mkdir "$group" || bail "no group"
	start_cat others
	reader=$pid
	echo 16M >"$group/memory.max"
	expect "rings that the group can't have" 1 'no memory for the rings' \
		"${within_group[@]}" "$ctl" trace --ring-size 32M -- touch ran
	check "nothing was run" test ! -e ran
	equal "nobody was killed" "$(events oom_kill)" 0
	check "it was the group's limit" test "$(events max)" -gt 0
	until_true 10 used_less_than $((8 << 20))
	check "what it had is given back" used_less_than $((8 << 20))
	expect "smaller rings" 0 '' "${within_group[@]}" "$ctl" trace --ring-size 64K -o out -- true
	marked others
	lost=$(awk '$5 == "lost"' others)
	equal "another session has lost nothing" "$lost" ""
	stop "$reader"

	# And it is the group that pays.
	echo max >"$group/memory.max"
	start "${within_group[@]}" "$ctl" trace --ring-size 32M -o /dev/null
	until_true 30 armed do_mmap 1 || bail "trace does not record"
	check "rings are charged to the group of who starts" used_more_than $((128 << 20))
	stop "$pid"
	until_true 10 used_less_than $((8 << 20))
	check "and no more when it ends" used_less_than $((8 << 20))
	rmdir "$group"
}

oom_kills()
{
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

# settled PID N: it has the N-th session that runs, or has given up
settled()
{
	! kill -0 "$1" 2>/dev/null || armed do_mmap "$2"
}

# scenario 51: more than the machine has, where no limit of the module's stands before
more_than_there_is()
{
	local before n=0 pids=()

	before=$(oom_kills)
	check "to have no limit it is unloaded" rmmod mmtrace
	check "and loaded" insmod "$module" max_memory=$((1 << 40))
	until [ "$n" = 64 ]; do
		start "$ctl" trace --ring-size 256M -o /dev/null 2>said
		until_true 60 settled "$pid" $((++n)) || bail "trace neither records nor ends"
		kill -0 "$pid" 2>/dev/null || break
		pids+=("$pid")
	done
	echo "# ${#pids[@]} sessions had memory"
	ended "$pid"
	equal "then one has not" $? 1
	check "and says so" grep 'no memory for the rings' said
	equal "nobody was killed" "$(oom_kills)" "$before"
	for pid in "${pids[@]}"; do
		stop "$pid" INT
	done
	expect "when they are gone, there is some" 0 '' "$ctl" trace --ring-size 64K -o out -- true
	check "it is unloaded" rmmod mmtrace
	check "and loaded as before" insmod "$module"
}

too_many
memory_group
more_than_there_is
equal "no session is left" "$(sessions)" 0
done_testing
