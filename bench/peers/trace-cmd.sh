# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# trace-cmd, events of system calls.

version()
{
	trace-cmd --version 2>&1 | sed -n 's/.*version \([0-9.]*\).*/\1/p'
}

start()
{
	local event events=()

	for event in sys_{enter,exit}_{mmap,mremap,remap_file_pages}; do
		events+=(-e "syscalls:$event")
	done
	trace-cmd record -q --compression none -b 16384 "${events[@]}" ${1:+-P "$stranger"} -o "$out/trace.dat" &
	tracer=$!
}

stop()
{
	kill -INT "$tracer"
	wait "$tracer" || :
}

count()
{
	trace-cmd report -i "$out/trace.dat" 2>/dev/null | grep -cE 'sys_enter_mmap:.*\<len: 0x0*7001\>'
}
