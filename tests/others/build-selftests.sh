#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-selftests.sh - builds the kernel's selftests of memory management; prints where
#
# From the host suite's linux-source, once, into the cache, for the guest's libc. Those that
# need more libraries are left out: tests/others/selftests has the ones that are run.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/vm/apt.sh
. "$vm/apt.sh"
select_kernel
[ "$arch" = amd64 ] || die "the kernel's selftests are built for amd64 only"
dir=$cache/selftests-$(host_suite)-$(stamp "$top"/tests/others/{selftests,build-selftests.sh})
sources=tools/testing/selftests/vm

unpack()
{
	local package

	suite_lists "$(host_suite)" amd64
	package=$(depends "$(host_suite)" amd64 linux-source | grep -x 'linux-source-.*')
	fetch_only "$(host_suite)" amd64 "$tmp/deb" "$package" >&2
	dpkg-deb --fsys-tarfile "$tmp"/deb/*.deb | tar -xO "./usr/src/$package.tar.xz" | xz -dc |
		tar -x -C "$tmp" --strip-components=1 --no-wildcards-match-slash --wildcards \
			"*/$sources/*.[ch]" '*/tools/testing/selftests/kselftest*.h' '*/mm/gup_test.h'
}

# Its warnings are not ours to mend.
build()
{
	local name

	mkdir "$tmp/programs"
	for name in $(names "$top/tests/others/selftests" | sort -u); do
		gcc -O2 -w -pthread -mxsave -I"$tmp" -I"$tmp/tools/testing/selftests" -o "$tmp/programs/$name" \
			"$tmp/$sources/$name.c" "$tmp/$sources/vm_util.c" -lrt
	done
}

lock "$cache/lock-selftests"
if [ ! -d "$dir" ]; then
	say "building the kernel's selftests from linux-source (once, a minute)"
	tmp=$cache/tmp.selftests
	rm -rf "$tmp"
	mkdir -p "$tmp"
	unpack
	build
	mv -T "$tmp/programs" "$dir"
	rm -rf "$tmp"
fi
touch -c "$dir"
echo "$dir"
