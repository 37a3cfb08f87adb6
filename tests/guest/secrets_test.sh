#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing of the kernel's comes out: with a module whose memory is full of a pattern
# wherever it is not asked for zeroed, neither the pattern nor an address; nor does
# what it says in the log, in /sys and in its status have one, to whom the kernel would
# show addresses.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"
# shellcheck source=tests/guest/variants.sh
. "$(dirname "$0")/variants.sh"

# addresses: those of the kernel in what is read
addresses()
{
	grep -Eiw '(0x)?ff[0-9a-f]{14}'
}

# status: in both forms, which have to be there
status()
{
	mmtrace-ctl status && mmtrace-ctl status --json || echo "no status"
}

echo 0 >/proc/sys/kernel/kptr_restrict
equal "addresses would be seen" "$(awk '$3 == "do_mmap"' /proc/kallsyms | addresses | wc -l)" 1

rmmod mmtrace
# scenario 29
variant stale
result $? "with memory full of a pattern the module loads"
check "no byte of it comes out" "$here/secrets_test"
for test in fields_test files_test paths_test stack_test loss_test; do
	check "$test finds nothing else" "$here/$test"
done

# scenario 45
exec {session}<"$device"
status >status
equal "no address in the status" "$(addresses <status; grep 'no status' status)" ""
equal "nor in the parameters" "$(cat /sys/module/mmtrace/parameters/* | addresses)" ""
exec {session}<&-
check "it unloads" rmmod mmtrace
equal "nor in the log" "$(dmesg | sed "1,/variant stale/d" | addresses)" ""

insmod "$module"
done_testing
