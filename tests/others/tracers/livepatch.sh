# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# A live patch of do_mmap(), which counts.

livepatch_sees="do_mmap"
livepatch_callers=y
livepatch=/sys/kernel/livepatch/livepatch

livepatch_done()
{
	[ "$(<"$livepatch/transition")" = 0 ]
}

livepatch_start()
{
	insmod "$base/livepatch.ko" && until_true 60 livepatch_done
}

livepatch_stop()
{
	echo "all do_mmap $(</sys/module/livepatch/parameters/calls)" >"$out/seen"
	echo 0 >"$livepatch/enabled"
	until_true 60 test ! -e "$livepatch" && until_true 10 rmmod livepatch
}
