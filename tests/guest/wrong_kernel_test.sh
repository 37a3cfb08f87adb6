#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Modules that were built for another kernel: the kernel refuses them and says why,
# and nothing is left behind.

. "$(dirname "$0")/testing.sh"

# nothing_left: of a module that was refused
nothing_left()
{
	[ ! -e "$device" ] && [ ! -e /sys/module/mmtrace ]
}

# refused WHAT EDIT LOG: the module as EDIT, of Perl, makes it
refused()
{
	perl -0777 -pe "$2" <"$module" >wrong.ko
	if cmp -s wrong.ko "$module"; then
		told=$((told + 1))
		echo "ok $told - $1 # SKIP this kernel's modules have none"
		return
	fi
	dmesg -C
	expect "$1: refused" 1 "finit_module(*= -1 ENOEXEC " strace -e trace=finit_module insmod wrong.ko
	check "$1: the log says why" sh -c "dmesg | grep '$3' || { dmesg; exit 1; }"
	check "$1: nothing is left" nothing_left
	expect "$1: status says what to do" 1 "the module is not loaded; try: modprobe mmtrace" mmtrace-ctl status
}

# scenario 48
rmmod mmtrace || bail "the module does not go"
# With versions of symbols the release itself is not looked at, but what follows.
refused "another configuration" 's/(vermagic=\S+ )SMP /${1}UMP /' 'mmtrace: version magic .* should be'
# shellcheck disable=SC2016 # for Perl
refused "other versions of symbols" 's/.{8}(module_layout\0)/otherone$1/s' \
	'mmtrace: disagrees about version of symbol module_layout'
check "the right one loads" insmod "$module"
done_testing
