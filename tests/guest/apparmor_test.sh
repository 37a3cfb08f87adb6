#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# apparmor_test.sh - AppArmor decides over the device as over any other file, also against
# root; and what it forbids the traced is recorded as forbidden

# scenario 49
# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"

[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || {
	echo "1..0 # SKIP no AppArmor"
	exit 0
}

# under PROFILE COMMAND...
under()
{
	aa-exec -p "$@"
}

# All may do everything but what they are named after.
load_profiles()
{
	apparmor_parser --quiet --replace --skip-cache <<-END
		profile no-device { $all audit deny $device rwm, }
		profile no-capability { $all audit deny capability perfmon, audit deny capability sys_admin, }
		profile only-read { $all audit deny $device w, }
		profile no-code { $all audit deny $PWD/code m, }
	END
}

# Maps the file code for execution.
map_code()
{
	under "$1" python3 -c 'import mmap
file = open("code")
mmap.mmap(file.fileno(), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)'
}

# told_of NAME: the kernel's log has the denial
# shellcheck disable=SC2317 # check calls it
told_of()
{
	dmesg | grep 'apparmor="DENIED"' | grep -F "name=\"$1\""
}

all='capability, network, mount, umount, signal, ptrace, unix, file, change_profile,'
mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
load_profiles || bail "apparmor_parser"
dmesg -C

expect "no profile: root opens it" 0 do_mmap mmtrace-ctl status
expect "no-device: root does not" 1 'Permission denied' under no-device cat "$device"
check "the kernel tells of that" told_of "$device"
expect "no-device: mmtrace-ctl says why" 1 'permission denied, also to root: by a policy (AppArmor' \
	under no-device mmtrace-ctl status
ln -s "$device" other-name
expect "no-device: nor by another name" 1 'Permission denied' under no-device cat other-name
# It is the other profile that says no, and not who goes from one to the other.
expect "only-read: goes on under no-device" 0 '' under only-read aa-exec -p no-device true
dmesg -C
expect "no-device: nor is what was opened under another profile kept" 1 '@(Permission denied|Bad file descriptor)' \
	under only-read sh -c "aa-exec -p no-device cat <$device"
check "the kernel tells of that, too" told_of "$device"

expect "no-capability: root does not open it" 1 'not permitted, although CAP_PERFMON is: by a policy' \
	under no-capability mmtrace-ctl status
expect "only-read: it can be read" 0 do_mmap under only-read mmtrace-ctl status
expect "only-read: and traces" 0 'do_mmap*path=*/true ' \
	under only-read mmtrace-ctl trace -o /dev/stdout -- true
expect "only-read: not written" 2 'Permission denied' under only-read sh -c ": >$device"

head -c 4096 /bin/true >code
expect "only-read: a file is mapped for execution" 0 '' map_code only-read
start mmtrace-ctl trace --filter 'event == mmap && errno == EACCES' -o denied
until_true 30 armed mmap 1 || bail "nobody records"
expect "no-code: that file is not" 1 'Permission denied' map_code no-code
until_true 30 test -s denied
check "and the record of the call says so" grep 'mmap .*EACCES' denied
stop "$pid" INT
done_testing
