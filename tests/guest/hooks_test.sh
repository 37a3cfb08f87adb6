#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that has its functions or their arguments elsewhere: what can be hooked
# in another way is, and a hook that says something else than what happened is not
# used. Part of the quick round, as it is what differs between kernels.

# shellcheck source=tests/guest/testing.sh
. "$(dirname "$0")/testing.sh"
# shellcheck source=tests/guest/variants.sh
. "$(dirname "$0")/variants.sh"

functions_of()
{
	[ "$(status_of "$1" symbols)" != "" ]
}

# scenario 36: the kernel would take the first of several
one_each()
{
	local event symbol count

	for event in do_mmap mremap remap_file_pages mmap mmap2; do
		for symbol in $(status_of "$event" symbols | tr ',' ' '); do
			count=$(functions "$symbol")
			[ "$count" = 1 ] || echo "$symbol: $count functions"
		done
	done
}

check "something is hooked" functions_of do_mmap
equal "what is hooked is the only function of its name" "$(one_each)" ""
rmmod mmtrace

variant syscalls-only
result $? "without the functions that system calls share the module loads"
case $(uname -m) in
x86_64) entries='__x64_sys_%s,__ia32_sys_%s' ;;
*) entries='__arm64_sys_%s' ;;
esac
for call in mremap remap_file_pages; do
	equal "$call is hooked at its entries" "$(status_of "$call" symbols)" "${entries//%s/$call}"
done
check "every field of every event is right" mmtrace-ctl selftest
check "and of 32-bit programs" "$here/32/mmtrace-ctl" selftest
check "it unloads" rmmod mmtrace

variant wrong-pgoff
result $? "with a wrong page offset the module loads"
check "and logs the argument's name" logged "do_mmap: self-test: pgoff is"
equal "do_mmap is not used" "$(status_of do_mmap available)" False
equal "mmap is" "$(status_of mmap available)" True
check "it unloads" rmmod mmtrace

insmod "$module"
result $? "the right one loads after them"
equal "and its do_mmap was tested" "$(status_of do_mmap tested)" True
done_testing
