#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-variants.sh [--quick] [DIRECTORY]
#
# Builds modules that are wrong on purpose, as on a kernel that differs from what
# mmtrace expects, from the sources that build-module.sh has copied. Each goes to
# DIRECTORY/NAME.ko (build/variants unless given); with --quick only those of
# hooks_test.sh. A substitution that no longer finds its place is an error: it would
# test nothing.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel
quick=''
[ "${1:-}" != --quick ] || { quick=y; shift; }
out=${1:-$build/variants}

# substitute DIRECTORY FILE SED-EXPRESSION: what is as it was keeps its time
substitute()
{
	local dir=$1 file=$2 expression=$3

	sed "$expression" "$build/$target/$file" >"$dir/$file.new"
	! cmp -s "$build/$target/$file" "$dir/$file.new" || die "variant ${dir##*/} changes nothing in $file"
	cmp -s "$dir/$file" "$dir/$file.new" || cp "$dir/$file.new" "$dir/$file"
	rm "$dir/$file.new"
}

# reuse DIRECTORY: what does not differ is there as it was built; the files that tell make how
# it was built say where
reuse()
{
	local dir=$1

	(cd "$build/$target" && find module -name '*.o' -o -name '.*.o.cmd' |
		xargs cp --parents --preserve=timestamps -t "$dir")
	find "$dir" -name '.*.o.cmd' -exec sed -i "s,$build/$target/,$dir/,g" {} +
}

# variant NAME FILE SED-EXPRESSION [FILE SED-EXPRESSION]...
variant()
{
	local name=$1 dir=$build/$target-variants/$1
	shift

	mkdir -p "$out"
	[ -d "$dir" ] || { mkdir -p "$dir" && reuse "$dir"; }
	(cd "$build/$target" && find Kbuild module include user \
		\( -name '*.[chS]' -o -name Kbuild \) -print |
		xargs cp -u --parents --preserve=timestamps -t "$dir")
	while [ $# -gt 0 ]; do
		substitute "$dir" "$1" "$2"
		shift 2
	done
	# As tests/lint.sh has built what is reused.
	kernel_make "$dir" W=1 modules
	"$(cross strip)" -g -o "$out/$name.ko" "$dir/mmtrace.ko"
}

# One that has only the system call's own functions.
variant syscalls-only module/hook.c 's/"do_mremap"/"no_such_mremap"/; s/"__do_sys_/"no_such_/'
# A do_mmap() that has its page offset elsewhere.
variant wrong-pgoff module/entry.c 's/DO_MMAP_ARG_PGOFF/4/'
[ -z "$quick" ] || exit 0
# A kernel without a function for mremap.
variant no-mremap module/hook.c \
	's/"do_mremap"/"no_such_mremap"/; s/"__do_sys_mremap"/"no_such_mremap"/; s/("mremap")/("no_such_mremap")/g'
# A do_mmap() that nobody may probe.
variant no-kprobe module/hook.c 's/{ "do_mmap" }/{ "notify_die" }/'
# One that has several functions of the name, and its first is not the one.
variant other-function module/hook.c 's/"do_mremap"/"s_show"/'
# A kernel without any of them.
variant nothing module/hook.c 's/"__/"no_such_/g; s/{ "do_/{ "no_such_/'
# A do_mmap() that has its file elsewhere.
variant wrong-file module/entry.c 's/(struct file \*)regs_get_kernel_argument(regs, 0)/NULL/'
# A struct mount that begins otherwise.
variant wrong-mount module/compat.h 's/^\tstruct vfsmount\t\tmnt;/\tvoid *unknown;\n&/'
# One without memory for more tasks to follow than there are at first.
variant no-more-reserve module/follow.c \
	's/RESERVE_PER_CPU \* num_possible_cpus()/32u/; s/^\t\tschedule_work(&refill_work);/\t\tbarrier();/'
# A CPU that takes long from the time of a record to the writing of it; by the clock, as an
# emulated machine may not know how fast its processors are, which mdelay() goes by.
variant slow-record module/dispatch.c \
	's/^\tcall->out.head.time = .*/&\
	if (call->out.do_mmap.len == 0x123000)\
		while (ktime_get_mono_fast_ns() < call->out.head.time + 4 * NSEC_PER_SEC)\
			cpu_relax();/'
# A frozen session in which each look at a record takes long.
variant slow-window module/window.c \
	's/^\twalk->full = /\tmsleep(5);\n&/; s/^#include <linux\/limits.h>/#include <linux\/delay.h>\n&/'
# A clock that is seconds behind, or ahead, for some calls.
variant clock-back module/dispatch.c \
	's/^\tcall->out.head.time = .*/&\
	if (call->out.do_mmap.len == 0x125000)\
		call->out.head.time -= 2 * NSEC_PER_SEC;\
	if (call->out.do_mmap.len == 0x126000)\
		call->out.head.time += 2 * NSEC_PER_SEC;/'
# Memory that has a pattern where it is not zeroed; that of the stack where the compiler can.
# shellcheck disable=SC2016 # for make
variant stale module/compat.h "\$r $vm/stale.h" \
	Kbuild '$a ccflags-y += $(call cc-option,-ftrivial-auto-var-init=pattern)'
# Rings that have taken nearly 2^32 records, and bytes.
variant wrap module/source.c \
	's/^\tsource->ring = ring;/&\n\tif (ring) {\
		ring_init_at((struct ring *)ring, ring->data, ring->size, ring->mode,\
			     0xffff8000, 0xfffffff6);\
		source->cursor = (struct ring_cursor) { .pos = 0xffff8000, .number = 0xfffffff6 };\
	}/'
