# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# sysdig, to a file. Its module sends all calls of everybody; filters are judged by the
# program.

version()
{
	sysdig --version | sed 's/^sysdig version //'
}

start()
{
	modprobe scap
	sysdig -w "$out/trace.scap" "evt.type in (mmap, mremap, remap_file_pages)${1:+ and proc.pid=$stranger}" &
	tracer=$!
}

stop()
{
	kill -INT "$tracer"
	wait "$tracer" || :
	rmmod scap
}

count()
{
	sysdig -r "$out/trace.scap" "evt.type=mmap" | grep -c 'length=28673'
}
