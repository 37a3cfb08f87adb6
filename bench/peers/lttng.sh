# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# LTTng: events of system calls, and with each of them who made it.

version()
{
	lttng --version | sed 's/.* \([0-9.]*\) .*/\1/'
}

start()
{
	pidof -q lttng-sessiond || lttng-sessiond --daemonize
	lttng create bench --output="$out/trace"
	lttng enable-channel --kernel --subbuf-size=1M --num-subbuf=16 bench
	lttng enable-event --kernel --channel bench --syscall mmap,mremap,remap_file_pages
	lttng add-context --kernel --channel bench --type pid --type tid --type procname
	[ -z "${1:-}" ] || lttng track --kernel --pid "$stranger"
	lttng start
}

stop()
{
	lttng stop
	lttng destroy bench
}

count()
{
	babeltrace2 "$out/trace" | grep -c 'syscall_entry_mmap.* len = 28673'
}
