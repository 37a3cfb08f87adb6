#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-guest.sh - builds the guest's tests, in build/guest-ARCH

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel

mkdir -p "$build/guest-$arch/32"
case $arch in
amd64) cc32=i686-linux-gnu-gcc ;;
arm64) cc32=arm-linux-gnueabihf-gcc ;;
esac
make=("${MAKE:-make}" -s --no-print-directory -j "$(nproc)")
"${make[@]}" -C "$top/tests/guest" TARGET="$arch" CC="$(cross gcc)" CC32="$cc32" \
	OUT="$build/guest-$arch"
# The 32-bit program is linked whole: the guest has libraries of 64 bits only. The
# linker would warn of what looks up users, which needs libraries even so.
"${make[@]}" -C "$top/user" CC="$cc32" LDFLAGS='-static -Wl,--no-warnings' \
	BUILD="$build/user-$arch-32" PROGRAM="$build/guest-$arch/32/mmtrace-ctl"
