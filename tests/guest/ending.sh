#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ending.sh panic|crash|kexec - lets the kernel end while all processors trace, and looks
# at what comes next; tests/endings.sh starts it

# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh

next=/opt/mmtrace/next

# One that writes what it gets, and one with stacks.
start_readers()
{
	start_cat records
	start mmtrace-ctl trace --stack -o /dev/null
	until_true 30 armed do_mmap 2 || bail "nobody records"
}

# One on each processor: mmap, mremap, remap_file_pages without end.
start_load()
{
	local cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		start taskset -c "$cpu" sh -c "while :; do $here/strace_calls; done" >/dev/null 2>&1
	done
}

# shellcheck disable=SC2317 # until_true calls it
all_trace()
{
	[ "$(awk '!seen[$2]++ { n++ } END { print n + 0 }' records)" = "$(nproc)" ]
}

trace_all()
{
	insmod "$module" || bail "insmod"
	start_readers
	start_load
	until_true 60 all_trace || bail "not all processors trace"
	echo "mmtrace-ending: traces" >/dev/kmsg
	echo "traces"
}

# load OPTION...: the next kernel, which boots as this one has and knows that it is the next
load()
{
	kexec --kexec-file-syscall "$@" "$next/kernel" --initrd="$next/initramfs" \
		--append="$(sed 's/crashkernel=[^ ]*//' /proc/cmdline) mmtrace_next nr_cpus=1" ||
		bail "kexec $* failed"
}

panic()
{
	echo c >/proc/sysrq-trigger
	bail "it has not panicked"
}

# Reads all of the memory that the dead kernel had; by a pipe, as wc seeks to the end of a file.
look_at_dump()
{
	local size

	size=$(stat -c %s /proc/vmcore)
	# shellcheck disable=SC2002
	[ "$size" -gt 500000000 ] && [ "$(cat /proc/vmcore | wc -c)" = "$size" ] &&
		[ "$(head -c 4 /proc/vmcore | tail -c 3)" = ELF ] && echo "the dump is whole"
	vmcore-dmesg /proc/vmcore >dmesg
	[ "$(grep -c 'Kernel panic - not syncing' dmesg)" = 1 ] && echo "the dump tells of one panic"
}

trace_again()
{
	insmod "$module" && mmtrace-ctl selftest && rmmod mmtrace && echo "all events: ok"
}

cd /tmp || exit
case $1/$(grep -ow mmtrace_next /proc/cmdline) in
panic/) trace_all; panic ;;
crash/) load --load-panic; trace_all; panic ;;
crash/*) look_at_dump ;;
kexec/) load --load; trace_all; kexec --exec; bail "it goes on" ;;
kexec/*) trace_again ;;
*) bail "no ending '$1'" ;;
esac
