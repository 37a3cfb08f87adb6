# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# strace. It is a parent of what it traces, so there is no process to be let off; and as
# that waits for it, what is added to a call is all that it does.

version()
{
	strace --version | sed -n 's/strace -- version //p'
}

start()
{
	[ -z "${1:-}" ]
}

run()
{
	strace -f --seccomp-bpf -e trace=mmap,mremap,remap_file_pages -tt -A -o "$out/records" "$@"
}

stop()
{
	return 0
}

count()
{
	grep -c 'mmap(NULL, 28673, ' "$out/records"
}
