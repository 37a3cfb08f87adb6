#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ftrace's own probes on do_mmap, over the same run: of all processes of the machine,
# but mmtrace-ctl's own, both must have the same calls with the same arguments and
# results, thread by thread.

. "$(dirname "$0")/testing.sh"

tracefs=/sys/kernel/tracing

# Where do_mmap has addr, len, prot, flags and pgoff: its second argument and those
# that follow; since 6.6 there is another one before pgoff.
pgoff=6
! kernel_since 6.6 || pgoff=7
case $(uname -m)/$pgoff in
x86_64/6) arguments='addr=%si:x64 len=%dx:x64 prot=%cx:x64 flags=%r8:x64 pgoff=%r9:x64' ;;
x86_64/7) arguments='addr=%si:x64 len=%dx:x64 prot=%cx:x64 flags=%r8:x64 pgoff=$stack1:x64' ;;
aarch64/6) arguments='addr=%x1:x64 len=%x2:x64 prot=%x3:x64 flags=%x4:x64 pgoff=%x5:x64' ;;
aarch64/7) arguments='addr=%x1:x64 len=%x2:x64 prot=%x3:x64 flags=%x4:x64 pgoff=%x6:x64' ;;
*) bail "no registers are known for $(uname -m)" ;;
esac

take_down()
{
	echo 0 >"$tracefs/events/mmtrace_test/enable"
	echo >"$tracefs/kprobe_events"
	stop_all
}

set_up()
{
	echo nop >"$tracefs/current_tracer"
	echo mono >"$tracefs/trace_clock"
	echo 8192 >"$tracefs/buffer_size_kb"
	echo >"$tracefs/trace"
	echo "p:mmtrace_test/do_mmap_begin do_mmap $arguments" >"$tracefs/kprobe_events" &&
		echo "r1024:mmtrace_test/do_mmap_end do_mmap ret=\$retval:x64" >>"$tracefs/kprobe_events"
}

# The marks are written by the shell itself: nothing is begun between a mark and
# the switch.
switch()
{
	case $1 in
	on)
		echo 1 >"$tracefs/events/mmtrace_test/enable" &&
			echo first >"$tracefs/trace_marker" ;;
	off)
		echo last >"$tracefs/trace_marker" &&
			echo 0 >"$tracefs/events/mmtrace_test/enable" ;;
	esac
}

workload()
{
	"$here/strace_calls"
	python3 -c 'import json, threading'
	perl -e 'print "hello\n"' | tr a-z A-Z | sort | uniq -c
	for _ in 1 2 3 4 5 6; do
		(ls / | wc -l) &
	done
	wait %%
	printf 'int main(void) { return 0; }\n' >small.c
	gcc -c -o small.o small.c
	strace -o /dev/null true
}

# ftrace_missed: calls of which ftrace itself was not told, or kept no event
ftrace_missed()
{
	awk '{ missed += $3 } END { print missed + 0 }' "$tracefs/kprobe_profile"
	awk '/^(overrun|commit overrun|dropped events):/ { lost += $NF } END { print lost + 0 }' \
		"$tracefs"/per_cpu/cpu*/stats
}

# compared TRACE: and that there was enough to compare
compared()
{
	local said

	said=$(python3 -S "$here/ftrace_compare.py" "$1" records "$tracer") || {
		echo "$said"
		return 1
	}
	echo "$said"
	[ "${said%% *}" -ge 1000 ]
}

# mutated: the comparison has to see a wrong event
mutated()
{
	local line edit

	line=$(grep -n do_mmap_begin trace | sed -n '100s/:.*//p')
	for edit in "s/pgoff=0x/pgoff=0x1/" "s/len=0x/len=0x1/" "s/flags=0x/flags=0x8/" "s/prot=0x/prot=0x4/"; do
		sed "$line$edit" trace >trace.mutated
		if cmp -s trace trace.mutated || compared trace.mutated >/dev/null 2>&1; then
			echo "not seen: $edit"
			return 1
		fi
	done
}

trap take_down EXIT
set_up || bail "ftrace can't probe do_mmap"
mmtrace-ctl trace --event do_mmap --json -o records --ring-size 4M 2>said &
tracer=$!
started=" $tracer"
until_true 30 armed do_mmap 1 || bail "mmtrace-ctl trace does not record"
switch on || bail "ftrace can't be switched on"
(workload) >/dev/null
switch off
stop "$tracer" INT
result "$?" "mmtrace-ctl trace ends well" "$(<said)"
cat "$tracefs/trace" >trace
equal "ftrace itself has missed nothing" "$(ftrace_missed | xargs)" "0 0"
check "the same calls of do_mmap, arguments and results" compared trace
check "the comparison sees a wrong event" mutated
done_testing
