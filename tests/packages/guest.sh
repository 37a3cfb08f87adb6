#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The system with the packages has become a guest: what they have installed works.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

examples=/usr/share/doc/mmtrace-tools/examples

# access: owner and mode of the device
access()
{
	stat -c '%F %U:%G %a' "$device"
}

# has_become ACCESS: which takes until udev gets to it; "udevadm settle" returns before
# that if udev has not yet heard of the device
has_become()
{
	[ "$(access)" = "$1" ]
}

loaded()
{
	grep -q '^mmtrace ' /proc/modules
}

# as_member CAPABILITIES COMMAND...: as a user of the group
as_member()
{
	setpriv --reuid=nobody --regid=mmtrace --clear-groups \
		--inh-caps="$1" --ambient-caps="$1" "${@:2}"
}

check "systemd has started udev" systemctl is-active systemd-udevd
equal "it is the newer kernel" "$(uname -r)" "$1"
check "modules-load.d's example names the module" sh -c "grep -v '^#' $examples/mmtrace.conf | xargs modprobe"
check "it is loaded" loaded
check "udev is done with the device" udevadm wait --initialized=yes --timeout=60 "$device"
equal "the device is root's alone" "$(access)" "character special file root:root 600"
check "mmtrace-ctl selftest" mmtrace-ctl selftest
check "mmtrace-ctl trace" mmtrace-ctl trace -o /tmp/trace -- true
check "it has recorded" grep -q ' do_mmap ' /tmp/trace
check "modprobe -r" modprobe -r mmtrace
check "the device is gone" test ! -e "$device"

# shellcheck source=tests/packages/service.sh
. "$(dirname "$0")/service.sh"

cp "$examples/60-mmtrace.rules" /etc/udev/rules.d/
check "udev takes the example of a rule" udevadm control --reload
check "modprobe, once more" modprobe mmtrace
until_true 60 has_become "character special file root:mmtrace 640"
equal "the device is the group's, too" "$(access)" "character special file root:mmtrace 640"
check "who is in it and has CAP_PERFMON may read" as_member +perfmon mmtrace-ctl status
expect "who is only in it may not" 1 'Operation not permitted' as_member -all cat "$device"
check "modprobe -r" modprobe -r mmtrace
done_testing
