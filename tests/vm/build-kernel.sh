#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-kernel.sh SOURCE-DEB OUT - builds a kernel of use "debug"
#
# From a package linux-source, in the toolchain of the kernel. OUT/kernel is laid out
# as an unpacked linux-image, OUT/headers as setup.sh keeps headers.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel
deb=$1
out=$2
name=linux-headers-$(kernel_release)
tree=$out/src/$name
config=/usr/src/all.config

unpack_source()
{
	local package=${deb##*/}

	mkdir -p "$tree"
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/${package%%_*}.tar.xz" |
		xz -dc -T0 | tar -x -C "$tree" --strip-components=1
}

# A kernel that watches itself would spend its watchpoints on itself, and report its
# own races. So only the module is watched. What the kernel gives it to order memory
# with has to be known all the same.
narrow_kcsan()
{
	local dir

	for dir in kernel kernel/locking kernel/rcu; do
		echo 'KCSAN_INSTRUMENT_BARRIERS := y' >>"$tree/$dir/Makefile"
	done
	arguments+=(KCSAN_SANITIZE=n)
}

# kbuild TARGET...
kbuild()
{
	in_root "$out/src" make -C "/usr/src/$name" -j "$(nproc)" CC="$cc" HOSTCC="$cc" \
		LOCALVERSION="-$(kernel_release | cut -d - -f 2-)" "${arguments[@]}" "$@"
}

# What the fragments ask for and the kernel would not have is an error: something
# else would be tested than is believed.
configure()
{
	cat "$vm/debug/base.config" "$vm/debug/$flavour.config" >"$out/src/all.config"
	kbuild -s KCONFIG_ALLCONFIG="$config" allnoconfig
	grep -x 'CONFIG_.*' "$out/src/all.config" | sort | comm -23 - <(sort "$tree/.config") >"$out/missing"
	[ ! -s "$out/missing" ] || die "the kernel can't have: $(tr '\n' ' ' <"$out/missing")"
}

# It takes long: a line now and then says that it goes on.
progress()
{
	awk '/^  [A-Z]+ / && !(++count % 500) {
		printf "mmtrace: %d objects are built\n", count >"/dev/stderr" }'
}

# pack_kernel: as the package of one
pack_kernel()
{
	local release
	release=$(kernel_release)

	mkdir -p "$out/kernel/boot" "$out/kernel/lib/modules/$release"
	cp "$tree/arch/x86/boot/bzImage" "$out/kernel/boot/vmlinuz-$release"
	cp "$tree/.config" "$out/kernel/boot/config-$release"
	cp "$tree"/modules.{order,builtin,builtin.modinfo} "$out/kernel/lib/modules/$release/"
	depmod -b "$out/kernel" "$release"
}

# header_files: what building a module needs of the tree
header_files()
{
	find . arch/x86 -maxdepth 1 -name 'Makefile*'
	find include scripts arch/x86/include \( -type f -o -type l \) ! -name '*.o' ! -name '*.cmd'
	find tools/objtool/objtool Module.symvers .config
}

pack_headers()
{
	mkdir -p "$out/headers/$name"
	(cd "$tree" && header_files | xargs cp -d --parents -t "$out/headers/$name")
}

arguments=()
say "building kernel $(kernel_release) with $cc (once, a quarter of an hour on two processors)"
unpack_source
[ "$flavour" != kcsan ] || narrow_kcsan
configure
kbuild bzImage modules 2>"$out/errors" | progress || { tail -n 20 "$out/errors" >&2; exit 1; }
pack_kernel
pack_headers
rm -rf "$out/src"
