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

# host_suite: the Debian suite that the host runs
host_suite()
{
	# shellcheck disable=SC1091
	(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
}

# select_kernel: sets kernel, arch, suite, flavour, cc, use from the row that
# MMTRACE_KERNEL and MMTRACE_ARCH ask for
# shellcheck disable=SC2034 # read by those who source this file
select_kernel()
{
	local row name=${MMTRACE_KERNEL:-}

	arch=${MMTRACE_ARCH:-amd64}
	[ "$arch" != x86_64 ] || arch=amd64
	[ "$arch" != aarch64 ] || arch=arm64
	row=$(rows "$vm/kernels" | awk -v name="$name" -v arch="$arch" -v suite="$(host_suite)" '
		$2 != arch || (name != "" && $1 != name) { next }
		!first { first = $0 }
		name == "" && $3 == suite { first = $0; exit }
		END { print first }')
	[ -n "$row" ] || die "no kernel '$name' for $arch in tests/vm/kernels, only: $(
		rows "$vm/kernels" | awk '{ printf "%s%s/%s", sep, $1, $2; sep = " " }')"
	read -r kernel arch suite flavour cc use <<<"$row"
	target=$kernel-$arch
	series=${kernel%%-*}
}

# patience: how many times as long something may take as it does on a machine that has
# nothing else to do; whoever asks for more rounds (MMTRACE_ROUNDS) says so by MMTRACE_PATIENCE
patience()
{
	[ -z "${MMTRACE_PATIENCE:-}" ] || { echo "$MMTRACE_PATIENCE"; return; }
	case $kernel in
	*-kasan | *-kcsan) echo 6 ;;
	*) echo 3 ;;
	esac
}

# memory: MB of the guest; kmemleak reads all of it, again and again
memory()
{
	case $kernel in
	*-kasan) echo 1024 ;;
	*) echo 2048 ;;
	esac
}

# lock FILE: one at a time, until the caller ends or closes 9
lock()
{
	mkdir -p "${1%/*}"
	exec 9>"$1"
	flock -n 9 || { say "waiting for another one to be done (${1##*/})"; flock 9; }
}

# lock_programs: of an architecture, which several kernels share
lock_programs() { lock "$build/lock-$arch"; }

# kernel_release: the release that setup.sh has chosen, such as 6.1.0-9-cloud-amd64
kernel_release() { cat "$cache/release-$target" 2>/dev/null || :; }

# console: where the log of the guest's kernel goes
console() { echo "$build/vm/$target.log"; }

# kernel_image: where the kernel is in its package, older and newer ones
kernel_image()
{
	local image

	for image in "boot/vmlinuz-$(kernel_release)" "usr/lib/modules/$(kernel_release)/vmlinuz"; do
		[ ! -e "$(kernel_dir)/$image" ] || { echo "$(kernel_dir)/$image"; return; }
	done
}

kernel_dir() { echo "$cache/kernel-$(kernel_release)"; }
headers_dir() { echo "$cache/headers-$(kernel_release)"; }
kernel_headers() { echo "/usr/src/linux-headers-$(kernel_release)"; }

# What the kernel is built from, if it is built here.
kernel_recipe() { stamp "$vm/build-kernel.sh" "$vm/debug/base.config" "$vm/debug/$flavour.config"; }

toolchain_dir()
{
	if [ "$use" = debug ]; then
		echo "$cache/toolchain-$suite-$arch-$cc-$(
			stamp "$vm/toolchain-packages" "$vm/kernel-packages" "$vm/apt.sh")"
	else
		echo "$cache/toolchain-$suite-$arch-$(cat "$(headers_dir)/kbuild" 2>/dev/null)-$(
			stamp "$vm/toolchain-packages" "$vm/apt.sh")"
	fi
}

initramfs_file()
{
	echo "$cache/initramfs-$(kernel_release)-$(stamp "$vm/initramfs.sh" "$vm/initramfs-init")"
}

busybox_file() { echo "$cache/busybox-$(host_suite)-$arch"; }

# The guest's programs are of the host's suite, as those are that are built for it.
guest_root_file()
{
	echo "$cache/root-$(host_suite)-$arch-$(
		stamp "$vm/guest-root.sh" "$vm/guest-packages" "$vm/apt.sh").ext4"
}

# A few files of the host suite's linux-source, which hardly ever change.
linux_source_dir() { echo "$cache/linux-source-$(host_suite)"; }

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

# in_root SOURCES COMMAND...: runs it in the toolchain's root, which has SOURCES
# as /usr/src, and this tree where it is here
in_root()
{
	local sources=$1 user=()
	shift

	if [ "$(id -u)" != 0 ]; then
		user=(-r)
		unshare -r -m true 2>/dev/null ||
			die "this user may not make a user namespace: do it as root"
	fi
	unshare "${user[@]}" -m "$vm/in-root.sh" "$(toolchain_dir)" "$sources" "$top" "$@"
}

# in_toolchain COMMAND...: with the headers of the kernel
in_toolchain() { in_root "$(headers_dir)" "$@"; }

# kernel_make DIRECTORY ARGUMENT...: the kernel's own Makefiles, over a module
# BTF of the module would need the kernel's vmlinux, which no package has.
kernel_make()
{
	local dir=$1 more=()
	shift

	[ "$arch" != arm64 ] || more=(CROSS_COMPILE=aarch64-linux-gnu-)
	[ "$use" != debug ] || more=(MMTRACE_DEBUG=y)
	in_toolchain make -s --no-print-directory -j "$(nproc)" -C "$(kernel_headers)" M="$dir" \
		"${more[@]}" CC="$(compiler)" CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
}

# cross PROGRAM: of the host's own toolchain, the one for the guest's programs
cross()
{
	case $arch in
	amd64) echo "$1" ;;
	arm64) echo "aarch64-linux-gnu-$1" ;;
	esac
}

# compiler: the one of the kernel's headers
compiler()
{
	case $arch in
	amd64) echo "$cc" ;;
	arm64) echo "aarch64-linux-gnu-$cc" ;;
	esac
}

# build_or_bail: all that the guest's tests need; says nothing if that is well
build_or_bail()
{
	local said

	if ! said=$({ "$vm/setup.sh" && "$vm/build-module.sh" && "$vm/build-user.sh" &&
		"$vm/build-guest.sh"; } 2>&1); then
		echo "Bail out! $said"
		exit 1
	fi
}
