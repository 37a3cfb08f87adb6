#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh [KERNEL] - installs what is missing on this host and fills the cache
#
# Debian packages that are not there are installed with apt-get, the kernel of
# the guest, its root and a few files of linux-source are put into the cache
# and never installed. With everything there it does nothing, in no time.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel "${1:-}"

check_host()
{
	local codename

	# shellcheck disable=SC1091
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
	[ "$codename" = "$suite" ] ||
		die "the tests on kernel $kernel need a host with Debian $suite, this is '$codename'"
	[ "$(dpkg --print-architecture)" = "$arch" ] ||
		die "the tests on kernel $kernel need a host of architecture $arch"
}

# missing_packages: of the host's table, those not installed
missing_packages()
{
	local all

	mapfile -t all < <(names "$vm/host-packages"; echo "linux-headers-$flavour"; echo "$cc")
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

# kernel_of RELEASE: unpacks the kernel's package into the cache
kernel_of()
{
	local tmp=$cache/tmp.$$/kernel

	mkdir -p "$tmp/root"
	fetch_deb "$tmp" "linux-image-$1" || return 1
	dpkg-deb -x "$tmp"/linux-image-*.deb "$tmp/root"
	depmod -b "$tmp/root" "$1"
	mv -T "$tmp/root" "$cache/kernel-$1"
}

# The archive keeps only the newest kernel of a suite. Where the headers on the
# host are older than that, they are brought up to date with it.
fill_kernel()
{
	[ ! -d "$(kernel_dir)" ] || return 0
	say "fetching the kernel of the guest, $(kernel_release) (once)"
	! kernel_of "$(kernel_release)" 2>/dev/null || return 0
	rm -rf "$cache/tmp.$$/kernel"
	say "it can't be had any more: looking for a newer one"
	apt_get update
	apt_get install --no-install-recommends "linux-headers-$flavour"
	[ -d "$(kernel_dir)" ] || kernel_of "$(kernel_release)" ||
		die "could not fetch linux-image-$(kernel_release)"
}

fill_initramfs()
{
	local file

	file=$(initramfs_file)
	[ ! -e "$file" ] || return 0
	"$vm/initramfs.sh" "$(kernel_dir)" "$(kernel_release)" "$cache/tmp.$$/initramfs"
	mv -T "$cache/tmp.$$/initramfs" "$file"
}

fill_guest_root()
{
	local file

	file=$(guest_root_file)
	[ ! -e "$file" ] || return 0
	say "making the root of the guest, Debian $suite $arch (once, less than a minute)"
	with_fresh_lists "$vm/guest-root.sh" "$arch" "$cache/tmp.$$/root" ||
		die "could not make the root of the guest"
	mv -T "$cache/tmp.$$/root" "$file"
}

# kselftest's header for the tests, checkpatch for make style
fill_linux_source()
{
	local package=linux-source-${kernel%%-*} tmp=$cache/tmp.$$/source version

	[ ! -d "$(linux_source_dir)" ] || return 0
	say "fetching kselftest_harness.h and checkpatch.pl from $package (once, less than a minute)"
	mkdir -p "$tmp/deb" "$tmp/out"
	with_fresh_lists fetch_deb "$tmp/deb" "$package" || die "could not fetch $package"
	version=$(dpkg-deb -f "$tmp"/deb/*.deb Version)
	dpkg-deb --fsys-tarfile "$tmp"/deb/*.deb |
		tar -xO "./usr/src/$package.tar.xz" | xz -dc |
		tar -x -C "$tmp/out" --strip-components=1 --no-wildcards-match-slash --wildcards \
			'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' \
			'*/scripts/const_structs.checkpatch' \
			'*/tools/testing/selftests/kselftest*.h'
	mv -T "$tmp/out" "$cache/$package-${version//[^0-9A-Za-z.+-]/_}"
}

# Things that no run has used for a month go away.
sweep()
{
	touch -c "$(initramfs_file)" "$(guest_root_file)" "$(kernel_dir)" "$(linux_source_dir)"
	find "$cache" -mindepth 1 -maxdepth 1 -mtime +30 ! -name lock -exec rm -rf {} +
}

check_host
mkdir -p "$cache"
exec 9>"$cache/lock"
flock -n 9 || { say "waiting for another set-up to finish"; flock 9; }
trap 'rm -rf "$cache/tmp.$$"' EXIT
mkdir -p "$cache/tmp.$$"

install_packages
fill_kernel
fill_initramfs
fill_guest_root
fill_linux_source
sweep
