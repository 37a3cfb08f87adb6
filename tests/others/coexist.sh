#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coexist.sh [TRACER...] - several tracers on the same functions at the same time
#
# TRACER of tests/others/tracers has: TRACER_start, after which it sees each call;
# TRACER_stop, which puts what it saw into $out/seen, a line "THREAD KIND [NUMBER]" a
# call or that many, "all" for all threads together; TRACER_sees, the kinds of which
# each call is one.
#
# They begin and end in different orders. After each step a known number of calls is made:
# who is there must have seen all of them, and none twice. Other calls are made during the
# step: of them, too, who was there before and is afterwards must have seen all, but for
# TRACER_callers=y, which counts callers alone. Without a live patch: where the kernel
# can't have one.

base=/opt/mmtrace
# shellcheck source=tests/guest/testing.sh
. "$base/tests/testing.sh"
module=$base/mmtrace.ko
calls=$base/calls
# shellcheck disable=SC2034 # for the tracers
tracing=/sys/kernel/tracing
out=$PWD/out
number=100
calls_meanwhile=0
running=''

for tracer in "$base"/tracers/*.sh; do
	# shellcheck disable=SC1090 # those of tests/others/tracers
	. "$tracer"
done

# call: by threads of which those who are there must know
call()
{
	local tracer

	"$calls" "$number" >"$out/threads" || bail "the calls failed, beside: $running"
	for tracer in $running; do
		cat "$out/threads" >>"$out/expected.$tracer"
	done
}

begin()
{
	: >"$out/expected.$1"
	"$1_start" || bail "$1 does not begin, beside: ${running:-nobody}: $(cat "$out/$1.said")"
	running="${running:+$running }$1"
}

# complete KINDS: what is wrong in $out/seen, by the threads that are expected
complete()
{
	awk -v kinds="$2" '
		NR == FNR { threads[$1] = $2; all += $2; next }
		{ seen[$1, $2] += NF > 2 ? $3 : 1; together = together || $1 == "all" }
		function judge(thread, kind, expected)
		{
			if (seen[thread, kind] != expected)
				printf "thread %s: %d of %s, not %d\n", thread, seen[thread, kind], kind, expected
		}
		END {
			n = split(kinds, kind, " ")
			for (i = 1; i <= n; i++) {
				if (together)
					judge("all", kind[i], all)
				else
					for (thread in threads)
						judge(thread, kind[i], threads[thread])
			}
			if (!all)
				print "nothing was expected"
		}' "$out/expected.$1" "$out/seen"
}

end()
{
	local sees=$1_sees beside

	: >"$out/seen"
	running=" $running "
	running=$(xargs <<<"${running/ $1 / }")
	"$1_stop" || bail "$1 does not end, beside: ${running:-nobody}: $(cat "$out/$1.said")"
	beside=$(wc -l <"$out/expected.$1")
	equal "$1 saw all calls of $beside threads, of each function" "$(complete "$1" "${!sees}")" ""
}

# meanwhile STAYING...: of the calls that were made all the time these have seen all
meanwhile()
{
	local tracer callers

	touch "$out/over"
	wait "$calling" || bail "the calls failed, beside: $running"
	calls_meanwhile=$((calls_meanwhile + $(awk '{ sum += $2 } END { print sum }' "$out/meanwhile")))
	for tracer; do
		callers=${tracer}_callers
		[ -n "${!callers:-}" ] || cat "$out/meanwhile" >>"$out/expected.$tracer"
	done
}

# step +TRACER|-TRACER
step()
{
	local staying=" $running "

	rm -f "$out/over"
	"$calls" 2 meanwhile "$out/over" >"$out/meanwhile" &
	calling=$!
	case $1 in
	+*) begin "${1#+}" ;;
	-*) staying=${staying/ ${1#-} / }; end "${1#-}" ;;
	esac
	# shellcheck disable=SC2086 # words
	meanwhile $staying
}

# order WHAT STEP...: +TRACER begins, -TRACER ends
order()
{
	local step

	echo "# $1"
	shift
	for step in "$@"; do
		echo "# $SECONDS s: $step"
		step "$step"
		call
	done
}

# reversed WORD...
reversed()
{
	printf '%s\n' "$@" | tac
}

mkdir -p "$out"
insmod "$module" || bail "the module does not load"
mmap=$(mmtrace-ctl status | awk '$1 == "mmap" && $2 == "yes" { sub(/,.*/, "", $NF); print $NF }')
rmmod mmtrace
echo "# functions: do_mmap $mmap"
[ -n "$mmap" ] || bail "mmap is not hooked"
others=("${@:-events}")
rest=("${others[@]:1}")
mapfile -t last < <(reversed "${others[@]}")

# shellcheck disable=SC2068 # words
{
	order "mmtrace among them, each goes in the order it came" \
		"+${others[0]}" +mmtrace ${rest[@]/#/+} \
		"-${others[0]}" -mmtrace ${rest[@]/#/-}
	order "mmtrace comes first, goes last" +mmtrace ${last[@]/#/+} ${others[@]/#/-} -mmtrace
	order "mmtrace comes last, goes first, and comes again" \
		${others[@]/#/+} +mmtrace -mmtrace +mmtrace ${last[@]/#/-} -mmtrace
}
echo "# $calls_meanwhile calls were made while one of them began or ended"
done_testing
