#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading: what the module's parameters do and refuse; that it can't
# be unloaded while somebody reads, and can the moment the last reader closes, under
# load; that readers may be killed at any time; and that nothing is left afterwards.
#
# timeout: 600

. "$(dirname "$0")/testing.sh"

# How often it is loaded and unloaded: two seconds each in an emulated machine; and
# how many readers are killed.
rounds=${MMTRACE_ROUNDS:-20}
kills=${MMTRACE_ROUNDS:-200}
parameters=/sys/module/mmtrace/parameters

kprobes()
{
	grep -c . /sys/kernel/debug/kprobes/list
}

# load_of COMMAND...: a machine that is busy: over and over
load_of()
{
	while :; do
		"$@" >/dev/null 2>&1
	done
}

start_load()
{
	start load_of /bin/true
	load="$pid"
	start load_of sh -c 'ls / | sort | wc -l'
	load="$load $pid"
	start load_of "$here/strace_calls"
	load="$load $pid"
}

stop_load()
{
	local pid

	for pid in $load; do
		stop "$pid"
	done
}

# loaded: is it, and what comes with it there
loaded()
{
	grep -q '^mmtrace ' /proc/modules && [ -c "$device" ] && [ "$(kprobes)" -gt 0 ]
}

# gone: nothing of it is left
gone()
{
	! grep '^mmtrace ' /proc/modules && [ ! -e "$device" ] && [ "$(kprobes)" = 0 ] &&
		[ ! -e "${parameters%/*}" ]
}

# refused WHAT MESSAGE PARAMETER...: does not load, and the log says why
refused()
{
	local what=$1 message=$2
	shift 2

	dmesg -C
	expect "$what: refused" 1 'Invalid parameters' insmod "$module" "$@"
	check "$what: the log names it" sh -c "dmesg | grep -qF -- '$message'"
	check "$what: nothing is left" gone
}

# accepted WHAT PARAMETER...
accepted()
{
	local what=$1
	shift

	check "$what: loads" insmod "$module" "$@"
}

busy()
{
	expect "loaded twice: refused" 1 'File exists' insmod "$module"
	start_load
	start_cat records
	expect "rmmod while somebody reads: refused" 1 'in use' rmmod mmtrace
	check "it is loaded as before" loaded
	marked records
	result 0 "the reader has not noticed"
	kill -KILL "$pid"
	ended "$pid"
	check "rmmod when the reader was killed, under load" rmmod mmtrace
	check "nothing is left" gone
	stop_load
}

parameters_refused()
{
	refused "mode=01777" 'mmtrace: mode=01777:' mode=01777
	refused "mode=text" "invalid for parameter \`mode" mode=text
	refused "ring_size=3" 'mmtrace: ring_size=3:' ring_size=3
	refused "ring_size, small" 'mmtrace: ring_size=32768:' ring_size=32768
	refused "ring_size, large" 'mmtrace: ring_size=536870912:' ring_size=536870912
	refused "ring_size, no power of two" 'mmtrace: ring_size=196608:' ring_size=196608
	refused "max_sessions=0" 'mmtrace: max_sessions=0:' max_sessions=0
	refused "max_sessions, large" 'mmtrace: max_sessions=65537:' max_sessions=65537
	refused "max_memory, small" 'mmtrace: max_memory=4096:' max_memory=4096
	refused "max_sessions=-1" "invalid for parameter \`max_sessions" max_sessions=-1
	refused "ring_size=-1" "invalid for parameter \`ring_size" ring_size=-1
	refused "ring_size, empty" "invalid for parameter \`ring_size" ring_size=
	refused "instances, large" 'mmtrace: instances=1048577:' instances=1048577
}

# opened N: how many of N can be open at once, and what the next one is told
opened()
{
	local i said fd

	# shellcheck disable=SC2034 # fd is set by exec
	for ((i = 0; i < $1; i++)); do
		exec {fd}<"$device" || return 1
	done
	said=$(cat "$device" 2>&1) && return 1
	[[ $said == *'Device or resource busy'* ]]
}

parameters_hold()
{
	accepted "mode=0644, max_sessions=2" mode=0644 max_sessions=2 ring_size=65536
	equal "the device has the mode" "$(stat -c %a "$device")" 644
	equal "the parameters can be read" \
		"$(cat "$parameters/max_sessions" "$parameters/ring_size" | xargs)" "2 65536"
	check "two may open it, the third is told EBUSY" opened 2
	check "of a session that was closed, another has the room" opened 2
	check "it unloads" rmmod mmtrace
	expect "ring_size, past 64 bits: refused" 1 'out of range' insmod "$module" ring_size=99999999999999999999
	check "nothing is left" gone
	dmesg -C
	# That is the kernel's way for all modules.
	accepted "a parameter that there is not" bogus=1
	check "the log names it" sh -c "dmesg | grep -q \"unknown parameter 'bogus'\""
	equal "without parameters the mode is 0600" "$(stat -c %a "$device")" 600
	check "it unloads" rmmod mmtrace
}

# memory KEY: kB
memory()
{
	awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo
}

keys="Percpu VmallocUsed SUnreclaim"

# give_back: what is kept of what was freed, such as by KASAN, which keeps much
give_back()
{
	local cache

	for cache in /sys/kernel/slab/*; do
		[ -L "$cache" ] || echo 1 >"$cache/shrink"
	done
}

memory_of_all()
{
	local key

	give_back
	for key in $keys; do
		memory "$key"
	done | xargs
}

# not_grown BEFORE: is none of it more than it was by a page a round and 1 MB? Other
# parts of the kernel come and go, too, so it may take a while to settle.
not_grown()
{
	local before after i limit=$((1024 + 4 * rounds))

	read -ra before <<<"$1"
	read -ra after <<<"$(memory_of_all)"
	echo "# kB of $keys: ${before[*]}, then ${after[*]}" >&2
	for i in "${!before[@]}"; do
		if [ "$((after[i] - before[i]))" -ge "$limit" ]; then
			echo "kB of $keys: ${before[*]}, then ${after[*]}"
			return 1
		fi
	done
}

load_rounds()
{
	local before begun

	"$here/module_rounds" "$module" 5 >/dev/null
	before=$(memory_of_all)
	start_load
	begun=$SECONDS
	check "loaded, read, unloaded at once, $rounds times, under load" \
		"$here/module_rounds" "$module" "$rounds"
	echo "# $rounds rounds in $((SECONDS - begun)) s"
	stop_load
	check "nothing is left" gone
	until_true 10 not_grown "$before"
	check "no memory is, either" not_grown "$before"
}

unarmed()
{
	[ "$(sessions)" = 0 ] && [ "$(kprobes)" = "$(grep -c '\[DISABLED\]' /sys/kernel/debug/kprobes/list)" ]
}

# Another reader keeps the hooks armed, which is what takes long; it is killed last.
kill_rounds()
{
	local before reader

	accepted "for readers that are killed"
	start_cat /dev/null
	reader=$pid
	before=$(memory_of_all)
	start_load
	check "$kills readers are killed in the middle" "$here/module_rounds" --kill "$kills"
	equal "one session is left, that of another reader" "$(sessions)" 1
	stop_load
	rounds=$kills
	until_true 10 not_grown "$before"
	check "no memory is left" not_grown "$before"
	stop "$reader" KILL
	check "no session is left when it is killed, and nothing is armed" unarmed
	start_cat last
	marked last
	stop "$pid"
	result 0 "another reader reads"
	check "it unloads" rmmod mmtrace
	check "nothing is left" gone
}

busy
parameters_refused
parameters_hold
load_rounds
kill_rounds
check "and loads" insmod "$module"
done_testing
