#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A reader that sleeps in the device can be frozen, by its cgroup as by a machine that
# goes to sleep, and reads on afterwards. Meanwhile the calls of others are recorded.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

group=/sys/fs/cgroup/frozen
power=/sys/power

# is_frozen: without a new process, as below
is_frozen()
{
	local key value

	while read -r key value; do
		[ "$key $value" != "frozen 1" ] || return 0
	done <"$group/cgroup.events"
	return 1
}

# frozen: is it, soon? Nobody maps anything meanwhile: a record would get the reader out
# of its sleep, and that could be frozen which sleeps for good.
frozen()
{
	local i

	for ((i = 0; i < 30 * ${MMTRACE_PATIENCE:-1}; i++)); do
		! is_frozen || return 0
		read -r -t 1 -u "$never"
	done
	return 1
}

# calls_in FILE: records of what calls() has done
calls_in()
{
	grep -c ' do_mmap .* len=315397 ' "$1"
}

calls()
{
	python3 -c '
import mmap
for _ in range(100):
    mmap.mmap(-1, 315397).close()'
}

# shellcheck disable=SC2317 # likewise
calls_are_in()
{
	[ "$(calls_in "$1")" = "$2" ]
}

# scenario 9
by_cgroup()
{
	local reader never

	mkfifo never
	exec {never}<>never
	mkdir "$group" || bail "no cgroups"
	start_cat records
	reader=$pid
	until_true 30 sleeping "$reader"
	echo "$reader" >"$group/cgroup.procs"
	echo 1 >"$group/cgroup.freeze"
	frozen
	result $? "a reader that waits can be frozen"
	calls
	equal "and reads nothing while it is" "$(calls_in records)" 0
	expect "others can read" 0 "do_mmap" mmtrace-ctl trace -o /dev/stdout -- true
	echo 0 >"$group/cgroup.freeze"
	check "thawed, it has all that came meanwhile" until_true 30 calls_are_in records 100
	equal "and has lost nothing" "$(awk '$5 == "lost"' records)" ""
	echo 1 >"$group/cgroup.freeze"
	frozen
	stop "$reader" KILL
	equal "it can be killed while it is frozen" "$(sessions)" 0
	rmdir "$group"
}

# The kernel freezes all tasks, waits five seconds, and thaws them.
by_machine()
{
	local reader what="a machine freezes its tasks while one reads"

	if [ ! -e "$power/pm_test" ] || ! grep -qw freeze "$power/state"; then
		result 0 "$what # SKIP this kernel has no pm_test"
		return
	fi
	start_cat records
	reader=$pid
	start mmtrace-ctl trace --json -o more
	until_true 30 armed do_mmap 2
	echo freezer >"$power/pm_test"
	check "$what" sh -c "echo freeze >$power/state"
	check "and nobody refused" sh -c "! dmesg | grep 'refusing to freeze\|Freezing.*failed'"
	echo none >"$power/pm_test"
	calls
	check "it reads on" until_true 30 calls_are_in records 100
	equal "and has lost nothing" "$(awk '$5 == "lost"' records)" ""
	stop "$pid"
	stop "$reader"
}

by_cgroup
by_machine
done_testing
