# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the guest's shell tests share: TAP, waiting with a deadline, and readers
# of the device in the background. Nothing here waits for a time to pass; all of
# it waits for something to happen.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck disable=SC2034 # for those who source this file
module=${here%/*}/mmtrace.ko
device=/dev/mmtrace
told=0
failed=0
markers=0
trap 'stop_all' EXIT

# result STATUS WHAT [DETAILS]: one line of TAP, with details if it failed
result()
{
	told=$((told + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %d - %s\n' "$told" "$2"
		return 0
	fi
	failed=1
	printf 'not ok %d - %s\n' "$told" "$2"
	[ -z "${3:-}" ] || printf '%s\n' "$3" | head -n 40 | cat -v | sed 's/^/#   /'
	return 1
}

# check WHAT COMMAND...: the command has to succeed; its output is shown if not
check()
{
	local what=$1 said status=0
	shift

	said=$("$@" 2>&1 </dev/null) || status=$?
	result "$status" "$what" "$* gave $status: $said"
}

# equal WHAT GOT EXPECTED
equal()
{
	local status=0

	[ "$2" = "$3" ] || status=1
	result "$status" "$1" "got:      $2"$'\n'"expected: $3"
}

# expect WHAT CODE PATTERN COMMAND...: exit code, and a shell pattern for a part of
# what the command says
expect()
{
	local what=$1 code=$2 pattern=$3 said got=0 status=0
	shift 3

	said=$("$@" 2>&1 </dev/null) || got=$?
	# shellcheck disable=SC2053 # a pattern it is
	[ "$got" = "$code" ] && [[ $said == *$pattern* ]] || status=1
	result "$status" "$what" "$* gave $got, not $code and '$pattern':"$'\n'"$said"
}

# done_testing: the plan, and the exit status; a test that dies before has none
done_testing()
{
	echo "1..$told"
	exit "$failed"
}

# bail REASON: nothing that follows would mean anything
bail()
{
	echo "Bail out! $*"
	exit 1
}

# until_true SECONDS COMMAND...: again and again until it succeeds; a slow kernel gets
# as many times as long
until_true()
{
	local deadline=$((SECONDS + $1 * ${MMTRACE_PATIENCE:-1}))
	shift

	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

# event_status EVENT KEY: what the status says of an event; without Python, whose
# start takes seconds here
event_status()
{
	local said row value

	said=$(mmtrace-ctl status --json)
	row=${said#*\{\"event\":\""$1"\"}
	row=${row%%\}*}
	value=${row#*\""$2"\":}
	[ "$value" != "$row" ] || return 1
	case $value in
	\"*) value=${value#\"}; echo "${value%%\"*}" ;;
	*) echo "${value%%,*}" ;;
	esac
}

# sessions: how many there are
sessions()
{
	mmtrace-ctl status --json | sed 's/.*"cpus":[0-9]*,"sessions":\([0-9]*\),.*/\1/'
}

# kernel_since VERSION
kernel_since()
{
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# probes_list: those that the kernel has, and whether armed, without what goes before a function's first
# instruction where indirect branches are tracked
probes_list()
{
	awk '{ sub(/\+0x[04]$/, "", $3); print $2, $3, (/\[DISABLED\]/ ? "-" : "+") }' \
		/sys/kernel/debug/kprobes/list
}

# hooked SYMBOL: is the function hooked and armed, as the kernel has it. For the kernel
# ours are no kretprobes: it goes by their handler.
hooked()
{
	probes_list | grep -qx "k $1 +"
}

not_hooked()
{
	! hooked "$1"
}

# armed EVENT COUNT: as many running sessions want the event
armed()
{
	[ "$(event_status "$1" sessions)" = "$2" ]
}

# start COMMAND...: runs it in the background; pid is set
start()
{
	"$@" &
	pid=$!
	started="${started:-} $pid"
}

# stop PID [SIGNAL]: ends what start began, and gives its exit status
stop()
{
	kill "-${2:-TERM}" "$1" 2>/dev/null
	ended "$1"
}

# ended PID: waits for what start began, and gives its exit status
ended()
{
	local status=0

	wait "$1" 2>/dev/null || status=$?
	started=" $started "
	started=${started/ $1 / }
	return "$status"
}

stop_all()
{
	local pid

	for pid in ${started:-}; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
}

# sleeping PID: it waits for something to come, not for the kernel to finish something
sleeping()
{
	[ "$(awk '{ print $3 }' "/proc/$1/stat")" = S ]
}

# recording PID FILE: a reader that waits has all that it needs, and so has one that has
# written, which on a busy machine may never wait
recording()
{
	[ -s "$2" ] || sleeping "$1"
}

# start_cat FILE: cat writes the device into FILE; returns when it is recording:
# the last hook may still be on its way when the first is in place
start_cat()
{
	start cat "$device" >"$1"
	until_true 30 hooked do_mmap ||
		bail "do_mmap is not hooked for cat: $(probes_list | xargs)"
	until_true 30 recording "$pid" "$1" ||
		bail "cat does not record: $(grep -E '^(State|ctxt|nonvol|vol)' "/proc/$pid/status" | xargs)"
}

# marked FILE: makes a mapping that can be told from all others, waits until it
# is in FILE. As records come in the order of their completion, all that was before
# is there then.
marked()
{
	local marker

	markers=$((markers + 1))
	marker=marker-$markers-$$
	cp /bin/true "$marker"
	"./$marker"
	until_true 30 grep -q "$marker\>" "$1" || bail "nothing more comes to $1"
}
