#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# faults_insmod.sh FIRST - faults_insmod, and what the kernel says of it; tests/faults_insmod.sh
# starts it, and again where this kernel can't go on

# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh
# shellcheck source=tests/guest/kmemleak.sh
. "$here/kmemleak.sh"

# shellcheck disable=SC2317 # check calls it
# quiet: the kernel has not complained but of what faults_insmod stops at
quiet()
{
	! dmesg | sed '/WARNING: .* __disarm_kprobe_ftrace/,/end trace/d' |
		sed -f /opt/mmtrace/excused | grep -E -f /opt/mmtrace/complaints
}

# shellcheck disable=SC2317 # likewise
no_memory_lost()
{
	! leaks
}

leaks_before
# A console is slow, and what the loader says of its memory is much.
dmesg -n 3
dmesg -C
"$here/faults_insmod" "$module" "$1" | tee said
result "${PIPESTATUS[0]}" "whatever fails, insmod says so or the module works"
check "the kernel does not complain" quiet
case $(tail -n 1 said) in
end*)
	check "it loads and goes as ever" "$here/module_rounds" "$module" 2
	check "no memory is lost" no_memory_lost ;;
esac
tail -n 1 said
exit "$failed"
