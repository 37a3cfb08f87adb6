# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# Kprobe events of ftrace, with a buffer of their own.

events_sees="do_mmap do_mmap_return mmap mmap_return"
events=/sys/kernel/tracing/instances/others

events_start()
{
	mkdir "$events"
	echo 16384 >"$events/buffer_size_kb"
	cat >>"$tracing/kprobe_events" <<-END
		p:others/do_mmap do_mmap
		r64:others/do_mmap_return do_mmap
		p:others/mmap $mmap
		r64:others/mmap_return $mmap
	END
	echo 1 >"$events/events/others/enable"
}

events_stop()
{
	local name

	echo 0 >"$events/events/others/enable"
	sed -nE 's/^.*-([0-9]+) +\[[0-9]+\].* [0-9.]+: ([a-z_]+): \(.*/\1 \2/p' "$events/trace" >"$out/seen"
	rmdir "$events"
	for name in $events_sees; do
		echo "-:others/$name" >>"$tracing/kprobe_events" || return
	done
}
