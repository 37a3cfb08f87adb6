#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest-root.sh SUITE ARCH OUT [PACKAGES DIRECTORY] - makes the guest's root, an ext4 image
#
# Debian's own programs, so that what is traced is real: unpacked, not installed. More
# of them are in the list PACKAGES, and what is in DIRECTORY goes over it all.
#
# ext4, not an overlay: there a file has one inode number, as seen by fstat and
# by /proc/PID/maps, and a generation.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=tests/vm/apt.sh
. "$vm/apt.sh"

suite=$1
arch=$2
out=$3
more=${4:-/dev/null}
over=${5:-}
tmp=$out.d
trap 'rm -rf "$tmp"' EXIT
rm -rf "$tmp"
mkdir -p "$tmp"

# What the packages' scripts would have done, as far as anybody here needs it.
configure()
{
	local root=$tmp/root

	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	echo 'user:x:1000:1000:user:/home/user:/bin/bash' >>"$root/etc/passwd"
	echo 'user:x:1000:' >>"$root/etc/group"
	mkdir -p "$root"/{dev,proc,sys,run,tmp,root,home/user,opt/mmtrace}
	chmod 1777 "$root/tmp" "$root/var/tmp"
	ln -sf mawk "$root/usr/bin/awk"
	ln -sf gcc "$root/usr/bin/cc"
	ln -sf dash "$root/usr/bin/sh"
	# Of a foreign architecture too: it reads files and runs none.
	ldconfig -r "$root"
}

# Files belong to whoever unpacked them; in a user namespace that is root.
make_image()
{
	local size ids=()

	[ "$(id -u)" = 0 ] || ! unshare -r true 2>/dev/null || ids=(unshare -r)
	size=$(($(du -sk "$tmp/root" | cut -f 1) * 5 / 4 + 1048576))
	truncate -s "${size}k" "$tmp/image"
	"${ids[@]}" mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$tmp/root" "$tmp/image"
	mv "$tmp/image" "$out"
}

mapfile -t packages < <(names "$vm/guest-packages" && names "$more")
fetch_debs "$suite" "$arch" "$tmp/debs" "${packages[@]}"
unpack_debs "$tmp/debs" "$tmp/root"
[ -z "$over" ] || tar -C "$over" -c . | tar -C "$tmp/root" -x --keep-directory-symlink --no-same-owner
configure
make_image
