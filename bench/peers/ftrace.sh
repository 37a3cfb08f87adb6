# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# ftrace by hand: a probe at entry and return of what mmtrace hooks, or events of system
# calls, read as text from trace_pipe.

tracing=/sys/kernel/tracing

version()
{
	uname -r
}

# probes: arguments from registers, those of system calls from where they are kept
probes()
{
	cat <<-END
		p:bench/do_mmap do_mmap file=\$arg1:x64 addr=\$arg2:x64 len=\$arg3:x64 prot=\$arg4:x64 flags=\$arg5:x64 pgoff=\$arg6:x64
		r:bench/do_mmap_return do_mmap ret=\$retval:x64
		p:bench/mremap __x64_sys_mremap addr=+112(%di):x64 old=+104(%di):x64 new=+96(%di):x64 flags=+56(%di):x64
		r:bench/mremap_return __x64_sys_mremap ret=\$retval:x64
		p:bench/remap __x64_sys_remap_file_pages addr=+112(%di):x64 size=+104(%di):x64 pgoff=+56(%di):x64
		r:bench/remap_return __x64_sys_remap_file_pages ret=\$retval:x64
	END
}

# events: directories of those that are wanted
events()
{
	if [ "$variant" = probes ]; then
		echo "$tracing/events/bench"
	else
		echo "$tracing"/events/syscalls/sys_{enter,exit}_{mmap,mremap,remap_file_pages}
	fi
}

start()
{
	local event

	echo 16384 >"$tracing/buffer_size_kb"
	[ "$variant" != probes ] || probes >"$tracing/kprobe_events"
	echo "${1:+$stranger}" >"$tracing/set_event_pid"
	for event in $(events); do
		echo 1 >"$event/enable"
	done
	cat "$tracing/trace_pipe" >"$out/records" &
	reader=$!
}

stop()
{
	local event

	for event in $(events); do
		echo 0 >"$event/enable"
	done
	kill "$reader"
	wait "$reader" || :
	echo >"$tracing/set_event_pid"
	[ "$variant" != probes ] || echo >"$tracing/kprobe_events"
}

count()
{
	grep -cE ' len(=|: )(0x)?7001' "$out/records"
}
