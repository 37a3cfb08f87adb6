#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On a kernel that is not as expected, mmtrace says so and does what it can; and
# what seldom happens is made to happen: no memory, a CPU that is late. What is most
# likely to differ between kernels is in hooks_test.sh.
#
# timeout: 300

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"
# shellcheck source=tests/guest/variants.sh
. "$(dirname "$0")/variants.sh"

rmmod mmtrace

variant no-mremap
result $? "without a function for mremap the module loads"
check "and logs that it is missing" logged "mremap: this kernel has no such function"
equal "mremap is not available" "$(status_of mremap available)" False
equal "the reason is told" "$(status_of mremap reason)" "this kernel has no such function"
equal "do_mmap is available" "$(status_of do_mmap available)" True
start_cat seen
marked seen
stop "$pid"
check "cat gets the others" grep -q ' do_mmap ' seen
expect "asking for mremap says why not" 1 "no such function" \
	mmtrace-ctl trace --event mremap -- /bin/true
check "it unloads" rmmod mmtrace

variant no-kprobe
result $? "where nobody may probe do_mmap the module loads"
check "and logs it" logged "do_mmap: this kernel lets nobody probe the function: error -22"
equal "do_mmap is not available" "$(status_of do_mmap available)" False
equal "the reason is told, with the error" "$(status_of do_mmap reason)" \
	"this kernel lets nobody probe the function: error -22"
equal "mremap is available" "$(status_of mremap available)" True
check "it unloads" rmmod mmtrace

# scenario 36: nobody asks a module which of several it is to be, nor can it ask. The
# function that is taken is not called by mremap(), which is what the self-test sees.
variant other-function
result $? "where several functions have the name the module loads"
equal "several do" "$(($(functions s_show) > 1))" 1
equal "the name is told" "$(status_of mremap symbols)" s_show
expect "the self-test says that it is not mremap" 1 "mremap: FAILED" mmtrace-ctl selftest
expect "and that the others are right" 1 "do_mmap: ok" mmtrace-ctl selftest
check "it unloads" rmmod mmtrace

variant nothing
equal "without any function the module does not load" $? 1
check "and logs why" logged "nothing can be traced"
equal "there is no device" "$(ls /dev/mmtrace 2>/dev/null)" ""

variant wrong-file
result $? "with a wrong file the module loads"
check "and logs it" logged "do_mmap: self-test: the file is not the one that was mapped"
equal "do_mmap is not used" "$(status_of do_mmap available)" False
check "it unloads" rmmod mmtrace

variant wrong-mount
result $? "with a wrong idea of mounts the module loads"
check "and logs it" logged "paths: mounts are not as they were believed to be"
equal "do_mmap is available" "$(status_of do_mmap available)" True
cp /bin/true /tmp/variants-test
case $(uname -v) in
*PREEMPT_RT*) path="path=/variants-test " ;;
*) path="path=/tmp/variants-test " ;;
esac
expect "the path of a file on another mount is not a wrong one" 0 "$path" \
	mmtrace-ctl trace -- /tmp/variants-test
rm /tmp/variants-test
check "it unloads" rmmod mmtrace

variant no-more-reserve
result $? "without memory to follow more than 32 the module loads"
mkfifo wait
# All are there before the first one goes: when the pipe has no writer any more.
cat >hundred <<-'END'
	exec 3<>wait
	i=0
	while [ $((i += 1)) -le 100 ]; do
		(read -r line) <wait 3>&- &
	done
	exec 3>&-
	wait
END
expect "of 101 the 32 are followed, the rest is told to the number" 0 \
	"69 threads not followed for want of memory" mmtrace-ctl trace -f -o out -- sh hundred
expect "and none when there is room again" 0 "" mmtrace-ctl trace -f -o out -- sh -c 'true; true'
equal "which is told, too" "$(mmtrace-ctl trace -f -o out -- sh -c '(true); true' 2>&1)" ""
check "it unloads" rmmod mmtrace

# One whose record is on its way when another CPU freezes the session: it returned
# before, and is to be seen before.
variant slow-record
result $? "with a slow way of some records the module loads"
start mmtrace-ctl recorder -e 'len == 0x123000 || len == 4100' --trigger 'len == 4100' --before 1
until_true 30 armed do_mmap 1 || bail "the recorder does not record"
python3 -c '
import mmap, os, time
about_to, telling = os.pipe()
if not os.fork():
    os.write(telling, b"!")
    mmap.mmap(-1, 0x123000)
    os._exit(0)
os.read(about_to, 1)
time.sleep(1)
mmap.mmap(-1, 4100)
os.wait()'
mmtrace-ctl snapshot -o out 2>/dev/null
equal "the one that was late is not left out" "$(grep -o ' len=[0-9]*' out | xargs)" "len=1191936 len=4100"
stop "$pid"

# late_call: one that is on its way for seconds
late_call()
{
	rm -f begun
	start python3 -c '
import mmap
open("begun", "w").close()
mmap.mmap(-1, 0x123000)'
	until_true 30 test -e begun
	sleep 0.1
	check "a call is on its way" kill -0 "$pid"
}

# Nor is it written into a session that is gone.
start_cat first
first=$pid
start_cat second
second=$pid
late_call
stop "$first" KILL
equal "a reader that is killed while a record is on its way is gone" "$(sessions)" 1
ended "$pid"
marked second
equal "another reader has it" "$(grep -c ' do_mmap .* len=1191936 ' second)" 1
late_call
stop "$second" KILL
check "it unloads while a call is on its way" rmmod mmtrace
ended "$pid"
result $? "which comes to its end"

# scenario 7: a reader that looks for what is to be given of a frozen session is killed
variant slow-window
result $? "with a slow look for the window the module loads"
check "who looks, or waits for that, can be killed, and the next one finds it" "$here/slow_window"
check "it unloads" rmmod mmtrace

# scenario 39: the kernel's clock goes back while it is slewed. Nobody gets a record that is
# out of order, nor waits for one until another comes.
variant clock-back
result $? "with a clock that goes back the module loads"
start_cat text
text=$pid
start mmtrace-ctl trace -e 'len >= 0x125000 && len <= 0x127000' -o binary 2>/dev/null
until_true 30 armed do_mmap 2 || bail "they do not record"
python3 -c '
import mmap, time
for len in 0x127000, 0x125000, 0x127000, 0x126000, 0x127000, 0x126000:
    mmap.mmap(-1, len)
    time.sleep(0.1)'

# all_of FILE: lengths of these calls, once those are there that come last
all_of()
{
	until_true 30 sh -c "[ \$(grep -c ' do_mmap .* len=1204224 ' $1) = 2 ]"
	grep -oE ' do_mmap .* len=120(0128|4224|8320) ' "$1" | sed 's/.*=//' | sort | xargs
}

for file in text binary; do
	equal "$file: all records are there" "$(all_of "$file")" \
		"1200128 1204224 1204224 1208320 1208320 1208320"
	equal "$file: in the order of their times" "$(awk '$1 < last { print } { last = $1 }' "$file")" ""
done
stop "$text"
stop "$pid"
check "what is late is marked, what is early is there at once" "$here/clock_back"
check "it unloads" rmmod mmtrace

# scenario 40: numbers and positions go past 2^32. The ring has room for less than half of
# the calls: what is lost begins before 2^32 where the oldest give way.
variant wrap
result $? "with rings that are nearly through 2^32 the module loads"
wrapping='
import mmap
for _ in range(1000):
    mmap.mmap(-1, 0x124000).close()'

# counted FILE: numbers of it, as a range, if none is missing; how many were lost
counted()
{
	awk '{ match($0, / seq=[0-9]+/); seq = substr($0, RSTART + 5, RLENGTH - 5) + 0 }
		NR == 1 { first = seq }
		NR > 1 && seq != next_seq { print "not " next_seq ": " $0 }
		{ next_seq = seq + ($5 == "lost" ? $6 : 1); lost += $5 == "lost" ? $6 : 0 }
		END { printf "%.0f-%.0f %d\n", first, next_seq - 1, lost }' "$1"
}

for mode in discard overwrite; do
	options=(--ring-size 64K --len 0x124000 -o "$mode")
	[ "$mode" = discard ] || options+=(--overwrite)
	start mmtrace-ctl trace "${options[@]}" 2>/dev/null
	until_true 30 hooked do_mmap || bail "trace does not record"
	kill -STOP "$pid"
	taskset -c 1 python3 -c "$wrapping"
	kill -CONT "$pid"
	stop "$pid" INT
	read -r range lost < <(counted "$mode")
	equal "$mode: numbers go past 2^32 without a hole" "$range" 4294967286-4294968285
	result "$((lost < 100))" "$mode: some are lost" "$lost lost"
done
check "it unloads" rmmod mmtrace

insmod "$module"
result $? "the right one loads after all of them"
equal "and its do_mmap was tested" "$(status_of do_mmap tested)" True
done_testing
