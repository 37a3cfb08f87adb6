#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# packages.sh [SUITE] - the Debian packages, in a Debian system and in a guest
#
# The packages are built, and installed in a system of SUITE, by default the host's,
# that has a kernel; a newer kernel comes; the system becomes a guest; the packages
# are purged; then dkms is used by hand. tests/packages has a script for each of these.
# The system lives in a directory: root is needed, by sudo if need be, and as nothing
# but mounts of /proc in a namespace of its own is asked for, nothing of the host is
# in reach.

set -uo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
# shellcheck source=tests/guest/testing.sh
. "$top/tests/guest/testing.sh"

# shellcheck disable=SC1091
suite=${1:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
work=$build/packages
root=$work/root
archive=$cache/packages-$suite-$(stamp "$vm"/package-{root,kernels}.sh).tar

# make_archive: the system, once
make_archive()
{
	local tmp=$cache/tmp.$$

	mkdir -p "$tmp"
	lock "$cache/lock"
	if [ ! -e "$archive" ]; then
		say "making a system of Debian $suite to install packages in (once, a minute)"
		with_fresh_lists as_root "$vm/package-root.sh" "$suite" "$tmp/root.tar" &&
			mv "$tmp/root.tar" "$archive"
	fi
	exec 9>&-
	rm -rf "$tmp"
	[ -e "$archive" ]
}

remove_root()
{
	[ ! -e "$root" ] || as_root rm -rf --one-file-system "$root"
}

# unpack: the system, and in its /opt what the tests need
unpack()
{
	remove_root
	mkdir -p "$root"
	as_root tar -C "$root" -xf "$archive" || return 1
	as_root mkdir -p "$root"/opt/{mmtrace,packages,tests,tree} &&
		as_root cp "$build"/deb/{mmtrace-{dkms,tools,dev},libmmtrace{0,-dev}}_*.deb "$root/opt/packages/" &&
		as_root tar -C "$root/opt/tree" --strip-components=1 -xf "$build"/deb/mmtrace_*.tar.xz &&
		as_root cp "$top"/tests/packages/*.sh "$top/tests/guest/testing.sh" "$root/opt/tests/" &&
		dpkg-parsechangelog -l "$top/debian/changelog" -S Version |
		as_root tee "$root/opt/version" >/dev/null
}

# inside TEST: runs it in the system; its results come on top of those here
inside()
{
	# shellcheck disable=SC2016 # for the inner shell
	as_root unshare --mount --pid --fork --kill-child --net sh -c '
		mount -t proc proc "$0/proc" &&
		exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
			"/opt/tests/$1"' "$root" "$1" </dev/null || failed=1
}

# become_guest: what tests/vm/run takes for a system, beside the root
become_guest()
{
	local release

	release=$(tail -n 1 "$root/opt/kernels")
	echo "$release" >"$work/release"
	mkdir -p "$work/boot"
	as_root cat "$root/boot/vmlinuz-$release" >"$work/boot/vmlinuz-$release" &&
		"$vm/initramfs.sh" "$root" "$release" "$root/bin/busybox" "$work/initramfs" || return 1
	rm -f "$work/root.ext4"
	truncate -s $(($(as_root du -sk "$root" | cut -f 1) * 5 / 4 + 262144))k "$work/root.ext4"
	as_root mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" "$work/root.ext4"
}

guest()
{
	"$vm/run" --system "$work" --systemd --log "$work/console.log" --smp 2 \
		--add "$top/tests/guest/testing.sh=testing.sh" \
		--add "$top/tests/packages/service.sh=service.sh" \
		--add "$top/docs/collectors=collectors" \
		--script "$top/tests/packages/guest.sh" -- "$(<"$work/release")" || failed=1
	rm -f "$work/root.ext4"
}

# in_source: the files of the source package, and those of the tree
in_source()
{
	tar -tf "$build"/deb/mmtrace_*.tar.xz | sed -n 's|^[^/]*/\(.*[^/]\)$|\1|p' | sort
}

in_tree()
{
	git -C "$top" ls-files -co --exclude-standard | (cd "$top" && xargs -d '\n' ls -d 2>/dev/null) |
		grep -v '\(^\|/\)\.gitignore$' | sort
}

trap remove_root EXIT
"$vm/setup.sh" || bail "the host lacks something"
check "the packages are built" "$top/debian/deb.sh" || bail "there are no packages"
check "lintian has nothing to say" lintian -I --pedantic --fail-on error,warning,info,pedantic \
	"$build"/deb/*.changes
if git -C "$top" rev-parse 2>/dev/null; then
	equal "the source package has all of the tree, and nothing else" \
		"$(diff <(in_tree) <(in_source))" ""
fi
make_archive
result $? "there is a system to install them in" || bail "there is no system"
check "it is unpacked" unpack || bail "there is no system"
inside install.sh
inside upgrade.sh
check "it becomes a guest" become_guest && guest
inside refusal.sh
inside purge.sh
inside by-hand.sh
done_testing
