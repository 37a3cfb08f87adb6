#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run-all.sh [TEST...] - runs all tests, or those named, in the guest
#
# Each gets the module freshly loaded, and must leave it so that it can be
# unloaded at once; the kernel's log is read after each. Prints the tests' TAP
# between lines that begin with @@, for tests/tap.sh.

base=/opt/mmtrace
tests=$base/tests
module=$base/mmtrace.ko
# shellcheck source=tests/guest/kmemleak.sh
. "$tests/kmemleak.sh"

# complaints TEST: of the kernel, since TEST began
complaints()
{
	dmesg | tac | sed "/mmtrace-test: begin $1\$/q" | tac | sed -f "$base/excused" |
		grep -E -f "$base/complaints"
}

fail()
{
	printf '\n@@fail %s\n' "$1"
}

# attempt TEST SECONDS: the test in a session of its own; what is left of it
# afterwards can be found by the session's number in /run/session
attempt()
{
	# shellcheck disable=SC2016 # for the inner shell
	setsid -w sh -c 'echo $$ >/run/session; exec timeout -k 5 "$@"' - "$2" "$tests/$1"
}

# unload: a module that doesn't go at once is a failure; then the rest of the
# test is killed, so that the next one has a chance
unload()
{
	local error

	error=$(rmmod mmtrace 2>&1) && return
	fail "rmmod failed: ${error:-no reason given}"
	echo "# left behind:"
	ps -o pid,stat,wchan:20,args -s "$(</run/session)" | sed 's/^/#   /'
	pkill -KILL -s "$(</run/session)"
	sleep 1
	rmmod mmtrace
}

run_test()
{
	local test=$1 limit=$2 start=$SECONDS status log

	printf '\n@@begin guest/%s\n' "$test"
	echo "mmtrace-test: begin $test" >/dev/kmsg
	cd "$(mktemp -d /root/test.XXXXXX)" || exit
	if insmod "$module"; then
		attempt "$test" "$limit"
		status=$?
		unload
		pkill -KILL -s "$(</run/session)"
	else
		fail "insmod failed"
		status=1
		rmmod mmtrace 2>/dev/null
	fi
	log=$(complaints "$test") && fail "the kernel complained: $(echo "$log" | head -n 3 | tr '\n' ';')"
	printf '\n@@end %s %s\n' "$status" "$((SECONDS - start))"
}

# All events can be traced here; which hooks they use, the table of kernels tells.
hooks()
{
	local event symbols status=0

	printf '\n@@begin guest/hooks\n1..1\n'
	insmod "$module" || status=1
	for event in do_mmap mremap remap_file_pages mmap mmap2; do
		symbols=$(mmtrace-ctl status | awk -v event="$event" '$1 == event && $2 == "yes" { print $NF }')
		echo "# hook $event ${symbols:-none}"
		[ -n "$symbols" ] || status=1
	done
	rmmod mmtrace || status=1
	[ "$status" = 0 ] && echo "ok 1 - every event is available" || echo "not ok 1 - every event is available"
	printf '\n@@end 0 0\n'
}

no_leaks()
{
	local told

	leaks_known || return
	printf '\n@@begin guest/kmemleak\n1..1\n'
	if told=$(leaks); then
		echo "$told" | sed 's/^/# /'
		echo "not ok 1 - no memory is lost"
	else
		echo "ok 1 - no memory is lost"
	fi
	printf '\n@@end 0 0\n'
}

# KCSAN is as silent where it is off.
watched()
{
	local kcsan=/sys/kernel/debug/kcsan count

	[ -e "$kcsan" ] || return
	count=$(awk -F ': *' '$1 == "setup_watchpoints" { print $2 }' "$kcsan")
	printf '\n@@begin guest/kcsan\n1..1\n# %s accesses were watched\n' "$count"
	[ "${count:-0}" -gt 0 ] && echo "ok 1 - KCSAN watches" || echo "not ok 1 - KCSAN watches"
	printf '\n@@end 0 0\n'
}

ulimit -c 0
leaks_before
ran=0
while read -r test limit; do
	case " $* " in
	"  " | *" $test "*)
		run_test "$test" "$((limit * ${MMTRACE_PATIENCE:-1}))" </dev/null
		ran=$((ran + 1)) ;;
	esac
done <"$tests/timeouts"
hooks
no_leaks
watched
if [ "$ran" = 0 ] || { [ $# -gt 0 ] && [ "$ran" != $# ]; }; then
	printf '@@begin guest/all\n1..1\nnot ok 1 - ran %s of the tests asked for: %s\n@@end 0 0\n' \
		"$ran" "${*:-all}"
fi
