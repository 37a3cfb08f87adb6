#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh PROGRAM SECONDS CHANCE - the fuzzer, in the guest; tests/fuzz/device.sh starts it

base=/opt/mmtrace
# shellcheck source=tests/guest/kmemleak.sh
. "$base/tests/kmemleak.sh"

# An oops ends a thread, and not the machine: then the fuzzer can tell what led to it. If
# it is the machine after all, what it was about to do is in the log, which is shown.
dmesg -n 7
sysctl -q kernel.panic_on_oops=0 kernel.printk_devkmsg=on kernel.panic_print=32
if [ -e /sys/kernel/debug/failslab ]; then
	for knob in failslab/ignore-gfp-wait fail_page_alloc/ignore-gfp-wait; do
		echo N >"/sys/kernel/debug/$knob"
	done
	for knob in failslab/verbose fail_page_alloc/verbose fail_page_alloc/min-order fail_usercopy/verbose; do
		echo 0 >"/sys/kernel/debug/$knob"
	done
fi
leaks_before
insmod "$base/mmtrace.ko" || { echo "Bail out! insmod failed"; exit 1; }
"$base/fuzz/$1" "$2" "$3" "$base"/fuzz/seeds/*
status=$?
echo "1..2"
if rmmod mmtrace; then echo "ok 2 - the module can be unloaded"; else echo "not ok 2 - rmmod"; status=1; fi
if ! leaks_known; then echo "ok 3 # SKIP this kernel does not look for lost memory"
elif told=$(leaks); then echo "$told" | sed 's/^/# /'; echo "not ok 3 - no memory is lost"; status=1
else echo "ok 3 - no memory is lost"; fi
exit "$status"
