#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-guest.sh - builds the guest's tests, in build/guest-ARCH

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel
lock_programs

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

# example NAME OPTION...: that of docs, with the library as it is installed
example()
{
	local name=$1 flags
	shift

	flags=$(PKG_CONFIG_SYSROOT_DIR=$installed PKG_CONFIG_LIBDIR=$installed/mmtrace/lib/pkgconfig \
		pkg-config --cflags --libs libmmtrace)
	# shellcheck disable=SC2086 # options
	"$(cross gcc)" -Wall -Wextra -Werror "$@" -o "$installed/$name" "$top/docs/example.c" $flags
	put "$installed/$name"
}

# put FILE: for the guest; as it is if it is there, as another guest may be packed just now
put()
{
	local place
	place=$build/guest-$arch/library/${1##*/}

	cmp -s "$1" "$place" || { cp "$1" "$place.new" && mv "$place.new" "$place"; }
}

installed=$build/library-$arch
mkdir -p "$build/guest-$arch/library"
"${make[@]}" -C "$top/user" CC="$(cross gcc)" BUILD="$build/user-$arch" \
	PROGRAM="$build/user-$arch/mmtrace-ctl" DESTDIR="$installed" PREFIX=/mmtrace install-library
put "$installed/mmtrace/lib/libmmtrace.so.0"
example example-shared
example example-static -static -Wl,--no-warnings
