#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# planted.sh kasan|kcsan - does each detector of a debug kernel see a bug of its kind?
# tests/debug.sh starts it; whatever follows in that kernel means nothing without it

# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh
# shellcheck source=tests/guest/kmemleak.sh
. "$here/kmemleak.sh"

planted=/opt/mmtrace/planted.ko
debug=/sys/kernel/debug

# logged TEXT: since the bug was planted
logged()
{
	dmesg | grep -qF -e "$1"
}

# complained TEXT: likewise, and whoever reads the log takes it for a complaint
complained()
{
	dmesg | grep -F -e "$1" | grep -qE -f /opt/mmtrace/complaints
}

# seen BUG TEXT [HOW]
seen()
{
	local said

	dmesg -C
	if ! said=$(insmod "$planted" "bug=$1" 2>&1); then
		result 1 "$1: planted" "$said"
		return
	fi
	until_true 60 "${3:-complained}" "$2"
	result $? "$1: seen, as '$2'" "$(dmesg)"
	rmmod planted
}

# What kmemleak has found is in its file, whose size is 0 whatever is in it, and in the log.
leak_is_seen()
{
	local lost

	leaks_before
	dmesg -C
	check "leak: planted" insmod "$planted" bug=leak
	rmmod planted
	lost=$(leaks)
	result $? "leak: told as lost memory" "$(dmesg)"
	check "leak: seen, as 'kmemleak: '" complained "kmemleak: "
	grep -q 'comm "insmod"' <<<"$lost"
	result $? "leak: where it was made is told" "$lost"
}

# faults_everywhere: also of who may sleep; without a word in the log
faults_everywhere()
{
	echo N >"$debug/failslab/ignore-gfp-wait" &&
		echo N >"$debug/fail_page_alloc/ignore-gfp-wait" &&
		echo 0 >"$debug/failslab/verbose" &&
		echo 0 >"$debug/fail_page_alloc/min-order" &&
		echo 0 >"$debug/fail_page_alloc/verbose" &&
		echo 0 >"$debug/fail_usercopy/verbose"
}

# fails BUG WHAT: a fault that is injected is no complaint
fails()
{
	seen "$1" "$2 failed as told" logged
}

# A report of KASAN, or of a lock, may end what lockdep does: they come last.
kasan()
{
	faults_everywhere || bail "this kernel injects no faults"
	fails failed_slab kmalloc
	fails failed_page alloc_page
	fails failed_usercopy copy_from_user
	seen rcu_misuse "suspicious RCU usage"
	seen sleep_in_atomic "BUG: sleeping function called from invalid context"
	seen preemptible_cpu "BUG: using smp_processor_id() in preemptible"
	seen lock_inversion "possible circular locking dependency"
	seen shift "UBSAN: shift-out-of-bounds"
	seen array_bounds "UBSAN: array-index-out-of-bounds"
	leak_is_seen
	seen free_active_timer "WARNING: "
	seen out_of_bounds "BUG: KASAN: slab-out-of-bounds"
	seen vmalloc_out_of_bounds "BUG: KASAN: vmalloc-out-of-bounds"
	seen use_after_free "BUG: KASAN: use-after-free"
}

kcsan()
{
	seen two_counters "BUG: KCSAN: data-race in count"
	seen missing_barrier "BUG: KCSAN: data-race in turn_"
}

case $1 in
kasan | kcsan) "$1" ;;
*) bail "no kernel '$1'" ;;
esac
done_testing
