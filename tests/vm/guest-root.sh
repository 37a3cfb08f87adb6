#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest-root.sh ARCH OUT - makes the guest's root, an ext4 image
#
# Debian's own programs, so that what is traced is real. apt resolves and checks
# the packages as it does for the host, from the same sources, but as if none
# were installed; they are unpacked, none of their scripts is run. So this needs
# no privilege and works for a foreign architecture too.
#
# ext4, not an overlay: there a file has one inode number, as seen by fstat and
# by /proc/PID/maps, and a generation.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

arch=$1
out=$2
tmp=$out.d
trap 'rm -rf "$tmp"' EXIT
rm -rf "$tmp"
mkdir -p "$tmp"/{root,state,debs/partial}

fetch()
{
	local packages

	mapfile -t packages < <(names "$vm/guest-packages")
	: >"$tmp/state/status"
	apt-get -q -y --download-only --no-install-recommends \
		-o APT::Architecture="$arch" -o APT::Sandbox::User=root \
		-o Dir::State::status="$tmp/state/status" \
		-o Dir::State::extended_states="$tmp/state/extended" \
		-o Dir::Cache::archives="$tmp/debs" \
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o Debug::NoLocking=1 install "${packages[@]}"
}

unpack()
{
	local dir deb

	# Debian has /bin and the like as links since bookworm; no package ships them.
	for dir in bin sbin lib lib32 lib64 libx32; do
		mkdir -p "$tmp/root/usr/$dir"
		ln -s "usr/$dir" "$tmp/root/$dir"
	done
	for deb in "$tmp"/debs/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$tmp/root" --keep-directory-symlink --no-same-owner \
				--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
				--exclude='./usr/share/locale/*' --exclude='./usr/share/info/*'
	done
}

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

fetch
unpack
configure
make_image
