#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh KERNEL-DIR RELEASE BUSYBOX OUT - packs the start of the guest
#
# It holds busybox, the file initramfs-init as /init, and the drivers that lead
# to the guest's disks and ports, with all that they depend on. Which these are
# is the kernel's own word (modules.dep): what is built in is left out.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# fuse: for tests of what waits for a file
drivers=(virtio_pci virtio_blk virtio_console ext4 fuse)
# for tests that are skipped where the kernel has them not
optional=(overlay)

dir=$1
release=$2
busybox=$3
out=$4
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Newer kernels have their modules compressed; insmod takes them plain.
unpack()
{
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*) cat "$1" ;;
	esac
}

mkdir -p "$tmp"/{bin,dev,proc,sys,root,drivers}
install -m 755 "$busybox" "$tmp/bin/busybox"
cp "$vm/initramfs-init" "$tmp/init"
chmod 755 "$tmp/init"

for driver in "${drivers[@]}"; do
	# Each line is "insmod FILE", in the order in which to load, or "builtin NAME".
	modprobe -d "$dir" -S "$release" --show-depends "$driver"
done >"$tmp/needed"
for driver in "${optional[@]}"; do
	modprobe -q -d "$dir" -S "$release" --show-depends "$driver" >>"$tmp/needed" || :
done
awk '$1 == "insmod" && !seen[$2]++ { print $2 }' "$tmp/needed" >"$tmp/files"

while read -r file; do
	name=${file##*/}
	name=${name%.ko*}.ko
	unpack "$file" >"$tmp/drivers/$name"
	echo "$name" >>"$tmp/drivers/order"
done <"$tmp/files"
rm "$tmp/needed" "$tmp/files"
[ -e "$tmp/drivers/order" ] || : >"$tmp/drivers/order"

(cd "$tmp" && find . | cpio --quiet -o -H newc -R 0:0) >"$out"
