# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# mmtrace, loaded when it begins, and unloaded when it ends.

mmtrace_sees="do_mmap mmap mremap"

mmtrace_start()
{
	insmod "$module" ring_size=4194304
	check "mmtrace's selftest, beside: ${running:-nobody}" mmtrace-ctl selftest
	start mmtrace-ctl trace --event do_mmap,mmap,mremap -o "$out/mmtrace"
	mmtrace_reader=$pid
	until_true 30 armed mremap 1
}

mmtrace_stop()
{
	marked "$out/mmtrace"
	equal "mmtrace has lost nothing" "$(awk '$5 == "lost"' "$out/mmtrace")" ""
	stop "$mmtrace_reader" INT && rmmod mmtrace || return
	awk '$6 !~ /^-/ { sub(/.*\//, "", $4); print $4, $5 }' "$out/mmtrace" >"$out/seen"
}
