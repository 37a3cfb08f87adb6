#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# in-root.sh ROOT HEADERS TREE COMMAND... - runs COMMAND in ROOT
#
# HEADERS becomes its /usr/src, TREE is where it is outside. To be run in a mount
# namespace of its own: what is mounted here ends with it.

set -euo pipefail

root=$1
headers=$2
tree=$3
shift 3

mkdir -p "$root"/{proc,dev,usr/src} "$root$tree"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$headers" "$root/usr/src"
mount --bind "$tree" "$root$tree"
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C "$@"
