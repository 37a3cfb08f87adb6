#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh PROGRAM SECONDS CHANCE - the fuzzer, in the guest; tests/fuzz/device.sh starts it

base=/opt/mmtrace

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
kmemleak=/sys/kernel/debug/kmemleak

# A block is told of when two scans did not find a pointer to it, and it was 5 s old.
leaks()
{
	echo scan >"$kmemleak"
	sleep 6
	echo scan >"$kmemleak"
	sed 's/^/# /' "$kmemleak"
	[ ! -s "$kmemleak" ]
}

[ ! -e "$kmemleak" ] || { echo scan >"$kmemleak"; echo clear >"$kmemleak"; }
insmod "$base/mmtrace.ko" || { echo "Bail out! insmod failed"; exit 1; }
"$base/fuzz/$1" "$2" "$3" "$base"/fuzz/seeds/*
status=$?
echo "1..2"
if rmmod mmtrace; then echo "ok 2 - the module can be unloaded"; else echo "not ok 2 - rmmod"; status=1; fi
if [ ! -e "$kmemleak" ]; then echo "ok 3 # SKIP this kernel does not look for lost memory"
elif leaks; then echo "ok 3 - no memory is lost"; else echo "not ok 3 - no memory is lost"; status=1; fi
exit "$status"
