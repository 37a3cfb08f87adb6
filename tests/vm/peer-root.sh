#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# peer-root.sh - the guest's root with other tracers in it; prints where it is
#
# It is made once, for the kernel that MMTRACE_KERNEL and MMTRACE_ARCH name, and
# is for tests/vm/run --root. What of tests/vm/peer-packages brings modules is built for
# that kernel, without dkms: as the guest's own module is. One that does not build is
# left out, and said so.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/apt.sh
. "$vm/apt.sh"
select_kernel
"$vm/setup.sh"

file=$cache/peers-$(host_suite)-$arch-$(kernel_release)-$(
	stamp "$vm"/peer-{root.sh,packages} "$vm"/guest-{root.sh,packages} "$vm/apt.sh").ext4
work=$build/peers-$target

# of_kind KIND: names of packages
of_kind()
{
	rows "$vm/peer-packages" | awk -v kind="$1" '$2 == kind { print $1 }'
}

# build_module PACKAGE: from its sources to /lib/modules of the directory root
build_module()
{
	local name=$1 deb modules
	modules=$work/root/lib/modules/$(kernel_release)/extra

	fetch_only "$(host_suite)" "$arch" "$work/$name" "$name" >&2
	for deb in "$work/$name"/*.deb; do
		dpkg-deb -x "$deb" "$work/$name"
	done
	mv "$work/$name"/usr/src/* "$work/$name/source"
	# Does not fit kernels that got timer_delete() from later ones; and nobody here uses it.
	[ "$name" != lttng-modules-dkms ] ||
		sed -i '/lttng-probe-timer/d' "$work/$name/source/src/probes/Kbuild"
	kernel_make "$work/$name/source" CONFIG_LTTNG=m modules >"$work/$name.log" 2>&1 || {
		say "$name does not build for $(kernel_release): $work/$name.log"
		return 0
	}
	mkdir -p "$modules"
	find "$work/$name/source" -name '*.ko' -exec cp -t "$modules" {} +
}

make_root()
{
	local name

	say "making a root with other tracers for the guest (once, a few minutes)"
	rm -rf "$work"
	mkdir -p "$work/root"
	suite_lists "$(host_suite)" "$arch"
	for name in $(of_kind build); do
		build_module "$name"
	done
	# Where depmod finds no such lists it complains of each that is missing.
	mkdir -p "$work/root/lib/modules/$(kernel_release)"
	touch "$work/root/lib/modules/$(kernel_release)"/modules.{order,builtin,builtin.modinfo}
	depmod -b "$work/root" "$(kernel_release)"
	of_kind unpack >"$work/packages"
	"$vm/guest-root.sh" "$(host_suite)" "$arch" "$work/image" "$work/packages" "$work/root" \
		>"$work/log" 2>&1 </dev/null || { tail -n 20 "$work/log" >&2; return 1; }
	mv -T "$work/image" "$file.new"
	mv -T "$file.new" "$file"
	rm -rf "$work"
}

lock "$cache/lock-peers"
if [ ! -e "$file" ]; then
	make_root
fi
touch -c "$file"
echo "$file"
