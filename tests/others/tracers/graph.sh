# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables are those of tests/others/coexist.sh
#
# The function_graph tracer of ftrace.

graph_sees="do_mmap do_mmap_return mmap mmap_return"

graph_start()
{
	echo 16384 >"$tracing/buffer_size_kb"
	echo >"$tracing/trace"
	printf '%s\n' do_mmap "$mmap" >"$tracing/set_ftrace_filter" &&
		echo function_graph >"$tracing/current_tracer" || return
	echo funcgraph-proc >"$tracing/trace_options"
	echo funcgraph-tail >"$tracing/trace_options"
}

# A call within which nothing else was recorded on its processor is one line.
graph_stop()
{
	sed -nE -e "s/\<$mmap\>/mmap/" \
		-e 's/^.*-([0-9]+) +\|.* ([a-z_]+)\(\);.*/\1 \2\n\1 \2_return/p' \
		-e 's/^.*-([0-9]+) +\|.* ([a-z_]+)\(\) \{.*/\1 \2/p' \
		-e 's/^.*-([0-9]+) +\|.* \} \/\* ([a-z_]+) \*\/.*/\1 \2_return/p' "$tracing/trace" >"$out/seen"
	echo nop >"$tracing/current_tracer"
	echo >"$tracing/set_ftrace_filter"
}
