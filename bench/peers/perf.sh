# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# perf record, and perf trace, which tells paths too.

calls=mmap,mremap,remap_file_pages

version()
{
	perf --version | sed 's/^perf version //'
}

start()
{
	local event events=() whom=(-a)

	[ -z "${1:-}" ] || whom=(-p "$stranger")
	case $variant in
	record)
		for event in sys_{enter,exit}_{mmap,mremap,remap_file_pages}; do
			events+=(-e "syscalls:$event")
		done
		perf record -q -m 16M "${events[@]}" "${whom[@]}" -o "$out/perf.data" & ;;
	trace)
		perf trace -m 16M -e "$calls" "${whom[@]}" -o "$out/records" & ;;
	esac
	tracer=$!
}

stop()
{
	kill -INT "$tracer"
	wait "$tracer" || :
}

count()
{
	case $variant in
	record) perf script -i "$out/perf.data" 2>/dev/null | grep -c 'sys_enter_mmap: .*len: 0x00007001' ;;
	trace) grep -c '\<mmap(.*len: 28673' "$out/records" ;;
	esac
}
