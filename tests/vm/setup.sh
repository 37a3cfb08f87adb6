#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh [--host] - installs what is missing on this host and fills the cache
#
# Debian packages that are not there are installed with apt-get. The kernel that
# MMTRACE_KERNEL and MMTRACE_ARCH name, its headers, the compiler that goes with
# them, the root of the guest and a few files of linux-source are put into the
# cache and never installed. With everything there it does nothing, in no time.
# With --host it installs, and that is all. Exit status 3: the archive has no such kernel, any more or yet.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/apt.sh
. "$vm/apt.sh"
select_kernel
gone=3

check_host()
{
	[ -n "$(command -v apt-get)" ] || die "the tests need a host with Debian"
	[ "$(dpkg --print-architecture)" = amd64 ] || die "the tests need a host of architecture amd64"
}

# missing_packages: of the host's table, those not installed
missing_packages()
{
	local all

	mapfile -t all < <(rows "$vm/host-packages" | awk -v arch="$arch" '$2 == "all" || $2 == arch { print $1 }')
	printf '%s\n' "${all[@]}" | sort -u | comm -23 - <(
		dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${all[@]}" 2>/dev/null |
			sed -n 's/^installed //p' | sort -u)
}

install_packages()
{
	local missing

	mapfile -t missing < <(missing_packages)
	[ "${#missing[@]}" -gt 0 ] || return 0
	say "installing Debian packages that building and testing need (for what: tests/vm/host-packages),"
	say "in a few minutes at most: ${missing[*]}"
	with_fresh_lists apt_get install --no-install-recommends "${missing[@]}" ||
		die "could not install: ${missing[*]}"
}

# quietly COMMAND...: shows what it says only if it fails
quietly()
{
	local log=$tmp/log

	"$@" >"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; return 1; }
}

# parts RELEASE: the packages that together are a kernel's image
parts()
{
	echo "linux-image-$1"
	depends "$suite" "$arch" "linux-image-$1" | grep -xE "linux-(binary|modules|base)-.*" || :
}

# complete RELEASE: the archive has all of it
complete()
{
	local part

	for part in "linux-headers-$1" $([ "$use" = build ] || parts "$1"); do
		suite_has "$suite" "$arch" "$part" || return 1
	done
}

# releases: of the series and flavour, the newest first
releases()
{
	local number='[0-9.]+(-[0-9]+)?(\+[a-z0-9.]+)?'

	suite_apt "$suite" "$arch" apt-cache pkgnames linux-headers- |
		sed -nE "s/^linux-headers-($number-$flavour)\$/\1/p" | sort -Vr |
		if [ "$series" = newest ]; then cat; else grep "^${series//./\\.}\." || :; fi
}

# Once a week it is looked whether there is a newer one; what is in the cache will
# do if that can't be told.
fill_release()
{
	local file=$cache/release-$target release

	[ "$use" != debug ] && [ -z "$(find "$file" -mtime -7 2>/dev/null)" ] || return 0
	if suite_lists "$suite" "$arch"; then
		for release in $(releases); do
			if complete "$release"; then
				echo "$release" >"$tmp/release"
				mv "$tmp/release" "$file"
				return 0
			fi
		done
	fi
	[ -e "$file" ] || { say "Debian $suite has no kernel $kernel for $arch"; exit "$gone"; }
}

# version_of PACKAGE: that the suite has
version_of()
{
	suite_apt "$suite" "$arch" apt-cache show "$1" | sed -n 's/^Version: //p' | head -n 1
}

# A kernel that is built here is another one with each change of its source or of
# how it is built.
fill_built_release()
{
	local file=$cache/release-$target version

	[ "$use" = debug ] || return 0
	[ -z "$(find "$file" -mtime -7 2>/dev/null)" ] || [[ $(kernel_release) != *-"$(kernel_recipe)" ]] ||
		return 0
	suite_lists "$suite" "$arch"
	version=$(version_of "linux-source-$series")
	[ -n "$version" ] || { say "Debian $suite has no source of kernel $series"; exit "$gone"; }
	echo "$version-$flavour-$(kernel_recipe)" >"$tmp/release"
	mv "$tmp/release" "$file"
}

# This takes so long that others may set up meanwhile, but for this kernel.
fill_built_kernel()
{
	[ "$use" = debug ] && [ ! -d "$(kernel_dir)" ] || return 0
	keep
	flock -u 9
	exec 8>"$cache/lock-$target"
	flock 8
	[ -d "$(kernel_dir)" ] || build_kernel
	flock 9
	exec 8>&-
}

build_kernel()
{
	say "fetching the source of kernel $(kernel_release)"
	suite_lists "$suite" "$arch"
	quietly fetch_only "$suite" "$arch" "$tmp/source-deb" "linux-source-$series" ||
		die "could not fetch linux-source-$series"
	"$vm/build-kernel.sh" "$tmp"/source-deb/*.deb "$tmp/built" ||
		die "could not build kernel $(kernel_release)"
	rm -rf "$(headers_dir)"
	mv -T "$tmp/built/headers" "$(headers_dir)"
	mv -T "$tmp/built/kernel" "$(kernel_dir)"
}

fill_kernel()
{
	local dir deb
	dir=$(kernel_dir)

	[ "$use" = test ] && [ ! -d "$dir" ] || return 0
	say "fetching kernel $(kernel_release) (once)"
	suite_lists "$suite" "$arch"
	# shellcheck disable=SC2046 # names of packages
	quietly fetch_only "$suite" "$arch" "$tmp/image" $(parts "$(kernel_release)") ||
		die "could not fetch kernel $(kernel_release)"
	unpack_debs "$tmp/image" "$tmp/kernel"
	depmod -b "$tmp/kernel" "$(kernel_release)"
	mv -T "$tmp/kernel" "$dir"
}

# Only /usr/src of the headers is needed, and the name of the kbuild they go with.
fill_headers()
{
	local dir name
	dir=$(headers_dir)
	name=linux-headers-$(kernel_release)

	[ "$use" != debug ] && [ ! -d "$dir" ] || return 0
	suite_lists "$suite" "$arch"
	depends "$suite" "$arch" "$name" >"$tmp/depends"
	# shellcheck disable=SC2046 # the name of a package
	quietly fetch_only "$suite" "$arch" "$tmp/headers-debs" "$name" \
		$(grep -xE 'linux-headers-.*-common.*' "$tmp/depends") ||
		die "could not fetch $name"
	unpack_debs "$tmp/headers-debs" "$tmp/headers"
	grep -xE 'linux-kbuild-.*' "$tmp/depends" >"$tmp/headers/usr/src/kbuild"
	mv -T "$tmp/headers/usr/src" "$dir"
}

fill_toolchain()
{
	local dir packages compiler=$cc tables=("$vm/toolchain-packages")
	dir=$(toolchain_dir)

	[ ! -d "$dir" ] || return 0
	say "making the toolchain of kernel $(kernel_release): Debian $suite, $cc (once, a minute)"
	[ "$arch" != arm64 ] || compiler=$cc-aarch64-linux-gnu
	suite_lists "$suite" amd64
	[ "$use" != debug ] || tables+=("$vm/kernel-packages")
	mapfile -t packages < <(cat "${tables[@]}" | names /dev/stdin)
	[ "$use" = debug ] || packages+=("$(cat "$(headers_dir)/kbuild")")
	quietly fetch_debs "$suite" amd64 "$tmp/toolchain-debs" "${packages[@]}" "$compiler" ||
		die "could not fetch the toolchain of Debian $suite"
	unpack_debs "$tmp/toolchain-debs" "$tmp/toolchain"
	ln -sf dash "$tmp/toolchain/usr/bin/sh"
	ln -sf mawk "$tmp/toolchain/usr/bin/awk"
	mv -T "$tmp/toolchain" "$dir"
}

fill_initramfs()
{
	local file
	file=$(initramfs_file)

	[ "$use" != build ] && [ ! -e "$file" ] || return 0
	if [ ! -e "$(busybox_file)" ]; then
		suite_lists "$(host_suite)" "$arch"
		quietly fetch_only "$(host_suite)" "$arch" "$tmp/busybox" busybox-static ||
			die "could not fetch busybox-static for $arch"
		dpkg-deb --fsys-tarfile "$tmp"/busybox/*.deb | tar -xO ./bin/busybox >"$tmp/bb" 2>/dev/null ||
			dpkg-deb --fsys-tarfile "$tmp"/busybox/*.deb | tar -xO ./usr/bin/busybox >"$tmp/bb"
		mv "$tmp/bb" "$(busybox_file)"
	fi
	"$vm/initramfs.sh" "$(kernel_dir)" "$(kernel_release)" "$(busybox_file)" "$tmp/initramfs"
	mv -T "$tmp/initramfs" "$file"
}

fill_guest_root()
{
	local file
	file=$(guest_root_file)

	[ "$use" != build ] && [ ! -e "$file" ] || return 0
	say "making the root of the guest, Debian $(host_suite) $arch (once, less than a minute)"
	suite_lists "$(host_suite)" "$arch"
	quietly "$vm/guest-root.sh" "$(host_suite)" "$arch" "$tmp/root" ||
		die "could not make the root of the guest"
	mv -T "$tmp/root" "$file"
}

# kselftest's header for the tests, checkpatch for make style
fill_linux_source()
{
	local package dir
	dir=$(linux_source_dir)

	[ ! -d "$dir" ] || return 0
	say "fetching kselftest_harness.h and checkpatch.pl from linux-source (once, less than a minute)"
	suite_lists "$(host_suite)" amd64
	package=$(depends "$(host_suite)" amd64 linux-source | grep -x 'linux-source-.*')
	mkdir -p "$tmp/source"
	quietly fetch_only "$(host_suite)" amd64 "$tmp/source-deb" "$package" ||
		die "could not fetch $package"
	dpkg-deb --fsys-tarfile "$tmp"/source-deb/*.deb |
		tar -xO "./usr/src/$package.tar.xz" | xz -dc |
		tar -x -C "$tmp/source" --strip-components=1 --no-wildcards-match-slash --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch' \
			'*/tools/testing/selftests/kselftest*.h'
	mv -T "$tmp/source" "$dir"
}

# What was unpacked has the time that its package was made at.
keep()
{
	touch -c "$(initramfs_file)" "$(guest_root_file)" "$(kernel_dir)" "$(headers_dir)" \
		"$(toolchain_dir)" "$(linux_source_dir)" "$(busybox_file)"
}

# Things that no run has used for a month go away.
sweep()
{
	keep
	find "$cache" -mindepth 1 -maxdepth 1 -mtime +30 ! -name 'lock*' -exec rm -rf {} +
}

check_host
lock "$cache/lock"
tmp=$cache/tmp.$$
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"

install_packages
[ "${1:-}" != --host ] || exit 0
fill_release
fill_built_release
fill_kernel
fill_headers
fill_toolchain
fill_built_kernel
fill_initramfs
fill_guest_root
fill_linux_source
sweep
