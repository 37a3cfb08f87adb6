#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# secure.sh secure_boot|lockdown - in a kernel that takes signed modules only;
# tests/secure.sh starts it, as it needs a machine of its own

# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh

signed=/opt/mmtrace/signed.ko
lockdown=/sys/kernel/security/lockdown
enforce=/sys/module/module/parameters/sig_enforce
restricted="Lockdown: insmod: unsigned module loading is restricted"
rejected="Loading of unsigned module is rejected"

# nothing_left: of a module that was refused
# shellcheck disable=SC2317 # check calls it
nothing_left()
{
	[ ! -e "$device" ] && [ ! -e /sys/module/mmtrace ]
}

# refused WHAT MODULE ERRNO LOG REASON: the module does not load, the kernel's log has
# LOG, and status says REASON
refused()
{
	local what=$1 file=$2 errno=$3 log=$4 reason=$5

	dmesg -C
	expect "$what: refused with $errno" 1 "finit_module(*= -1 $errno " \
		strace -e trace=finit_module insmod "$file"
	check "$what: the log says why" sh -c "dmesg | grep -F '$log' || { dmesg; exit 1; }"
	check "$what: nothing is left" nothing_left
	expect "$what: status says why" 1 \
		"/dev/mmtrace: the module is not loaded; try: modprobe mmtrace; this kernel takes signed modules only ($reason): see SECURITY in mmtrace(4)" \
		mmtrace-ctl status
}

# traces WHAT: the signed module loads, and all of it works
traces()
{
	dmesg -C
	check "$1: a module with a signature loads" insmod "$signed"
	check "$1: the log says nothing against it" sh -c '! dmesg | grep -i -e reject -e lockdown'
	expect "$1: all events are as they should be" 0 'do_mmap: ok*account: ok' mmtrace-ctl selftest
	expect "$1: a command is traced" 0 'do_mmap*path=*/true ' mmtrace-ctl trace -o /dev/stdout -- true
	check "$1: it unloads" rmmod mmtrace
}

# strict: what the kernel says of itself
strict()
{
	echo "$(<"$enforce") $(<"$lockdown")"
}

# raise WHAT LEVEL: there is no way down again
raise()
{
	check "$1" sh -c "echo $2 >$lockdown"
}

# The key of the signature is in the firmware.
secure_boot()
{
	equal "Secure Boot makes the kernel strict" "$(strict)" "Y none [integrity] confidentiality"
	refused "Secure Boot" "$module" EKEYREJECTED "$rejected" module.sig_enforce
	traces "Secure Boot"
	raise "up to confidentiality" confidentiality
	refused "confidentiality" "$module" EKEYREJECTED "$rejected" module.sig_enforce
	traces "confidentiality"
	expect "while users' own kprobes are refused" 1 'Operation not permitted' \
		bash -c 'echo p:mine do_mmap >/sys/kernel/tracing/kprobe_events'
}

# By the kernel's command line, and nobody knows the key.
lockdown()
{
	equal "the command line is obeyed" "$(strict)" "N none [integrity] confidentiality"
	refused "integrity" "$module" EPERM "$restricted" lockdown=integrity
	refused "integrity, an unknown key" "$signed" EPERM "$restricted" lockdown=integrity
	raise "up to confidentiality" confidentiality
	refused "confidentiality" "$module" EPERM "$restricted" lockdown=confidentiality
	check "signatures are enforced" sh -c "echo Y >$enforce"
	refused "enforced" "$module" EKEYREJECTED "$rejected" module.sig_enforce
	refused "enforced, an unknown key" "$signed" EKEYREJECTED \
		"Loading of module with unavailable key is rejected" module.sig_enforce
}

mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
case $1 in
secure_boot) secure_boot ;;
lockdown) lockdown ;;
*) bail "no scene '$1'" ;;
esac
done_testing
