#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's probes are switched off: what mmtrace-ctl says of it, and loading and
# unloading meanwhile.
#
# timeout: 240

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

kprobes=/sys/kernel/debug/kprobes/enabled
ftrace=/proc/sys/kernel/ftrace_enabled
remedy="sysctl kernel.ftrace_enabled=1; echo 1 >$kprobes"

# interrupted: does the status say that it is so now?
interrupted()
{
	mmtrace-ctl status --json | grep -q '"filter":[^,]*,"interrupted":true'
}

not_interrupted()
{
	! interrupted
}

# interruptions: of the only other session
interruptions()
{
	mmtrace-ctl status --json | sed 's/.*"interruptions":\([0-9]*\),.*/\1/'
}

# told_of N FILE: the stream has so many records of it
told_of()
{
	[ "$(grep -c ' cause=interrupted ' "$2")" = "$1" ]
}

# unloads: what the last reader left may take a moment
unloads()
{
	until_true 30 rmmod mmtrace
}

# ctl SWITCH
ctl()
{
	check "nobody reads, all is well" not_interrupted
	mmtrace-ctl trace -o trace 2>said &
	pid=$!
	until_true 30 armed do_mmap 1
	marked trace
	echo 0 >"$1"
	check "the stream says that it is interrupted" until_true 30 told_of 1 trace
	check "the status says it" interrupted
	check "and what to do" sh -c "mmtrace-ctl status | grep -qF '$remedy'"
	equal "and how often" "$(interruptions)" 1
	echo 1 >"$1"
	check "the stream says that it is over" until_true 30 told_of 2 trace
	check "the status too" not_interrupted
	marked trace
	kill -INT "$pid"
	wait "$pid"
	check "the summary says it" grep -q 'interrupted 1 times, .*the kernel.s probes were switched off' said
	check "and what to do" grep -qF "$remedy" said
}

# loading SWITCH
loading()
{
	rmmod mmtrace
	dmesg -C
	echo 0 >"$1"
	check "it loads" insmod "$module"
	check "and says why it could not be tested" sh -c \
		"dmesg | grep -q 'mmtrace: do_mmap: could not be tested: probes are off, by'"
	equal "so does the status" "$(event_status do_mmap tested)" false
	check "it unloads" unloads
	check "it loads again" insmod "$module"
	echo 1 >"$1"
	mmtrace-ctl trace -o trace -- true 2>said
	check "when they are on again, calls are seen" grep -q ' do_mmap ' trace
	check "and nothing is said" test ! -s said
	check "it unloads" unloads
	check "it loads" insmod "$module"
	equal "and is tested" "$(event_status do_mmap tested)" true
}

# unloading SWITCH: of one that was read from
unloading()
{
	mmtrace-ctl trace -o trace 2>said &
	pid=$!
	until_true 30 armed do_mmap 1
	marked trace
	echo 0 >"$1"
	kill -INT "$pid"
	wait "$pid"
	check "a session ends while they are off" told_of 2 trace
	# What ftrace would not survive: the module waits for it.
	[ "$1" != "$ftrace" ] || expect "and the module stays" 1 "in use" rmmod mmtrace
	[ "$1" != "$kprobes" ] || check "and the module unloads" unloads
	echo 1 >"$1"
	[ "$1" = "$kprobes" ] || check "the module unloads when they are on" unloads
	equal "nothing is left" "$(grep -c . /sys/kernel/debug/kprobes/list)" 0
	check "the module loads" insmod "$module"
	mmtrace-ctl trace -o trace -- true 2>said
	check "calls are seen" grep -q ' do_mmap ' trace
}

# is_jump SYMBOL
is_jump()
{
	grep -q " $1+0x[04] .*\[OPTIMIZED\]" /sys/kernel/debug/kprobes/list
}

# optimizing: a hook becomes a jump, and whoever arms or disarms meanwhile waits; so what
# was armed before it is to be none
optimizing()
{
	start mmtrace-ctl trace --event remap_file_pages -o trace
	check "a hook becomes a jump" until_true 60 is_jump "$(event_status remap_file_pages symbols)"
	expect "a watch at a switch does not" 1 "" is_jump ftrace_enable_sysctl
	stop "$pid"
}

[ "$(uname -m)" != x86_64 ] || optimizing
ctl "$kprobes"
loading "$kprobes"
unloading "$kprobes"
# Newer kernels don't let ftrace be switched off any more.
if [ "$(uname -m)" != x86_64 ]; then
	:
elif ! sh -c "echo 0 >$ftrace" 2>/dev/null; then
	echo "# this kernel has no switch for ftrace"
else
	echo 1 >"$ftrace"
	ctl "$ftrace"
	loading "$ftrace"
	unloading "$ftrace"
fi
done_testing
