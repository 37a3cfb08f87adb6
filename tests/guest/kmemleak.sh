# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Memory that is lost, as kmemleak has it; sourced by what runs in the guest.

kmemleak=/sys/kernel/debug/kmemleak

# leaks_known: whether this kernel looks for lost memory at all
leaks_known()
{
	[ -e "$kmemleak" ]
}

# leaks_before: what was lost so far is the kernel's own
leaks_before()
{
	leaks_known || return
	echo scan >"$kmemleak"
	echo clear >"$kmemleak"
}

# leaks: tells what was lost since, and fails if that is nothing. A block is told of when
# two scans did not find a pointer to it, and it was not new at the second: 5 s old.
leaks()
{
	echo scan >"$kmemleak"
	sleep 6
	echo scan >"$kmemleak"
	grep '' "$kmemleak"
}
