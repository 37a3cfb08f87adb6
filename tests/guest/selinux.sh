#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# selinux.sh - SELinux decides over the device as over any other file, also against root,
# and over each ioctl; tests/selinux.sh starts it, as a kernel has SELinux or AppArmor

# scenario 49
# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh

selinux=/sys/fs/selinux

# as TYPE COMMAND...
as()
{
	local type=$1
	shift

	runcon "all_u:all_r:$type" "$@"
}

# Programs believe that there is SELinux if it is configured.
load_policy()
{
	mkdir -p /etc/selinux
	: >/etc/selinux/config
	mount -t selinuxfs selinuxfs "$selinux" &&
		checkpolicy -U allow -o policy "$here/selinux.conf" >/dev/null &&
		cat policy >"$selinux/load" &&
		chcon all_u:all_r:mmtrace_device_t "$device" &&
		echo 1 >"$selinux/enforce"
}

# told_of TYPE PERMISSION: the kernel's log has the denial
# shellcheck disable=SC2317 # check calls it
told_of()
{
	dmesg | grep "avc:  denied  { $2 }" | grep "scontext=all_u:all_r:$1 tcontext=all_u:all_r:mmtrace_device_t tclass=chr_file permissive=0"
}

cd /tmp || exit
insmod "$module" || bail "insmod"
load_policy || bail "no policy is loaded"
dmesg -C

expect "anyone: traces" 0 'do_mmap*path=*/true ' mmtrace-ctl trace -o /dev/stdout -- true
expect "an outsider, root: does not open it" 1 'Permission denied' as outsider_t cat "$device"
check "the kernel tells of that" told_of outsider_t 'read'
expect "mmtrace-ctl says why" 1 'permission denied, also to root: by a policy (AppArmor, SELinux' \
	as outsider_t mmtrace-ctl status
# It has got another file in its place.
equal "nor reads what somebody else has opened" 'read 0' \
	"$(timeout $((30 * MMTRACE_PATIENCE)) sh -c "runcon all_u:all_r:outsider_t cat <$device" 2>&1; echo "read $?")"

start runcon all_u:all_r:reader_t cat "$device" >records
until_true 30 hooked do_mmap || bail "cat does not trace"
until_true 30 recording "$pid" records || bail "cat does not record"
marked records
check "a reader: reads" grep -q do_mmap records
stop "$pid"
expect "and may not ask" 1 'ermission denied' as reader_t mmtrace-ctl status
check "the kernel tells of that" told_of reader_t ioctl
check "it unloads" rmmod mmtrace
done_testing
