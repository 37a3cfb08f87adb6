# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the scripts of tests/vm share: where things are, and which kernel.
#
# Everything big is in a cache outside of the tree, so that all clones of a user
# share it: $MMTRACE_CACHE, or ~/.cache/mmtrace. The name of each thing in it
# says what it was made from; a thing made from something else has another
# name. Each is made under a temporary name first, so what is there is whole.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
vm=$top/tests/vm
build=$top/build
cache=${MMTRACE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mmtrace}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
# mke2fs, depmod, ldconfig and the like are not in every user's path
PATH=$PATH:/usr/sbin:/sbin
MMTRACE_CACHE=$cache
export PATH MMTRACE_CACHE

say()
{
	printf 'mmtrace: %s\n' "$*" >&2
}

die()
{
	say "error: $*"
	exit 1
}

# rows FILE: the rows of a table, without comments and empty lines
rows()
{
	sed -e 's/[[:space:]]*#.*//' -e '/^$/d' "$1"
}

# names FILE: the first column
names()
{
	rows "$1" | awk '{ print $1 }'
}

# select_kernel [NAME]: sets kernel, arch, suite, flavour, cc from the table
# shellcheck disable=SC2034 # read by those who source this file
select_kernel()
{
	local row

	row=$(rows "$vm/kernels" | awk -v name="${1:-}" 'name == "" || $1 == name { print; exit }')
	[ -n "$row" ] || die "no kernel '$1' in tests/vm/kernels, only: $(names "$vm/kernels" | xargs)"
	read -r kernel arch suite flavour cc <<<"$row"
}

# kernel_release: the release whose headers linux-headers-FLAVOUR has brought,
# such as 6.1.0-9-cloud-amd64; nothing if that is not installed
kernel_release()
{
	dpkg-query -W -f '${db:Status-Status} ${Depends}\n' "linux-headers-$flavour" 2>/dev/null |
		sed -n "s/^installed .*linux-headers-\([0-9][^ ,]*-$flavour\).*/\1/p"
}

kernel_headers() { echo "/usr/src/linux-headers-$(kernel_release)"; }
kernel_dir() { echo "$cache/kernel-$(kernel_release)"; }

initramfs_file()
{
	echo "$cache/initramfs-$(kernel_release)-$(stamp "$vm/initramfs.sh" "$vm/initramfs-init")"
}

guest_root_file()
{
	echo "$cache/root-$suite-$arch-$(stamp "$vm/guest-root.sh" "$vm/guest-packages").ext4"
}

# The newest there is: setup.sh looks whether a newer one exists only when
# there is none, because both files that are taken from it hardly ever change.
linux_source_dir()
{
	local series=${kernel%%-*} dir

	dir=$(find "$cache" -maxdepth 1 -name "linux-source-$series-*" 2>/dev/null | sort -V | tail -n 1)
	echo "${dir:-$cache/linux-source-$series-none}"
}

# stamp FILE...: a short name for what is in the files
stamp()
{
	cat "$@" | sha256sum | cut -c 1-12
}

# as_root COMMAND...: runs it as root, or says that root is needed for it
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "not root and no sudo; have an administrator run: $*"
	fi
}

apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >&2
}

# with_fresh_lists COMMAND...: runs it; if it fails, which is what outdated
# package lists lead to, fetches new lists and runs it once more
with_fresh_lists()
{
	local log

	log=$(mktemp)
	if "$@" >"$log" 2>&1 </dev/null; then
		rm -f "$log"
		return 0
	fi
	say "that did not work, perhaps because of outdated package lists: apt-get update, then once more"
	if apt_get update && "$@" >"$log" 2>&1 </dev/null; then
		rm -f "$log"
		return 0
	fi
	tail -n 20 "$log" >&2
	rm -f "$log"
	return 1
}

# fetch_deb DIR PACKAGE[=VERSION]: puts the .deb into DIR, installs nothing
fetch_deb()
{
	(cd "$1" && apt-get -qq -o APT::Sandbox::User=root download "$2" >&2)
}
