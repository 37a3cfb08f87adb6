#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nobody reads, nothing is hooked: the kernel's own list of its probes says so.
# A reader arms the hooks of the events that it wants, and no others.
#
# timeout: 240

. "$(dirname "$0")/testing.sh"


# probes: each with a + if it is armed, and a - if not
probes()
{
	probes_list | awk '{ print $3 $2 }' | sort
}

# hooked_at EVENT...: the functions, as mmtrace says
hooked_at()
{
	local event

	for event; do
		event_status "$event" symbols | tr ',' '\n'
	done
}

# watched: where mmtrace looks whether probes are on at all
watched()
{
	printf '%s\n' beat_of_ftrace write_enabled_file_bool
	[ "$(uname -m)" != x86_64 ] || echo ftrace_enable_sysctl
}

# not_watched: where else, only while they are not; and a probe that stands beside another one
not_watched()
{
	echo beat_of_breakpoint
	[ "$(uname -m)" != x86_64 ] || echo ftrace_enable_sysctl
}

# expected ARMED-EVENTS: what probes should print
expected()
{
	local event sign

	{
		not_watched | sed 's/^/-/'
		watched | if [ -n "$1" ]; then sed 's/^/+/'; else sed 's/^/-/'; fi
		for event in do_mmap mremap remap_file_pages mmap mmap2; do
			sign=-
			case " $1 " in *" $event "*) sign=+ ;; esac
			hooked_at "$event" | sed "s/^/$sign/"
		done
	} | sort
}

# armed_are EVENTS: the kernel has just these probes armed, and has no others
armed_are()
{
	[ "$(probes)" = "$(expected "$1")" ]
}

# states WHAT EVENTS
states()
{
	equal "$1" "$(probes)" "$(expected "$2")"
}

defaults="do_mmap mremap remap_file_pages"
equal "every event has a hook" "$(hooked_at do_mmap mremap remap_file_pages mmap mmap2 | grep -c .)" \
	"$(probes | grep -cvwFf <(watched; not_watched))"
states "nothing is armed after load" ""
start_cat first
first=$pid
until_true 30 armed_are "$defaults"
states "cat arms the default events and no others" "$defaults"
start cat "$device" >second
second=$pid
until_true 30 armed do_mmap 2
stop "$first"
states "they stay armed for the second reader" "$defaults"
stop "$second"
states "nothing is armed when the last reader is gone" ""
start mmtrace-ctl trace --event mmap,mmap2 -o third
until_true 30 armed_are "mmap mmap2"
states "a session arms what it asks for and no more" "mmap mmap2"
stop "$pid" KILL
states "nothing is armed when it was killed" ""
exec 3<"$device"
states "an open file that nobody reads arms nothing" ""
exec 3<&-
mmtrace-ctl filter set --comm nobody
states "nor does a device filter" ""
mmtrace-ctl filter clear
mmtrace-ctl trace -o fourth -- true
states "nothing is armed after a command was traced" ""
equal "no session is left" "$(sessions)" 0
done_testing
