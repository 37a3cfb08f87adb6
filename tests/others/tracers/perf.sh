# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# perf probe and perf record. It takes no name that an event of another group has.

perf_sees="do_mmap do_mmap_return mmap mmap_return"

perf_start()
{
	perf probe --add perf_others:seen_do_mmap=do_mmap --add "perf_others:seen_mmap=$mmap" \
		--add perf_others:seen_do_mmap_return=do_mmap%return \
		--add "perf_others:seen_mmap_return=$mmap%return" >"$out/perf.said" 2>&1 || return
	rm -f "$out"/perf.{control,ack}
	mkfifo "$out"/perf.{control,ack}
	# Until it says that it records.
	perf record -q -a -m 4M -D -1 --control "fifo:$out/perf.control,$out/perf.ack" \
		-e 'perf_others:*' -o "$out/perf.data" >>"$out/perf.said" 2>&1 &
	perf_record=$!
	echo enable >"$out/perf.control"
	timeout 60 grep -q -m 1 ack "$out/perf.ack"
}

perf_stop()
{
	kill -INT "$perf_record"
	wait "$perf_record"
	perf script -i "$out/perf.data" -F tid,event 2>"$out/perf.said" |
		sed -nE 's/^ *([0-9]+) +perf_others:seen_([a-z_]+): *$/\1 \2/p' | sed "s/__return$//" >"$out/seen"
	perf probe -q --del 'perf_others:*'
}
