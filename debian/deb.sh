#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deb.sh - builds the Debian packages, in build/deb
#
# From a copy of the tree, as building leaves files in the tree and in its parent.
# What was built in the tree stays out of the copy by what .gitignore says, so
# that it also works where there is no .git.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../tests/vm/lib.sh"
out=$build/deb

install_tools()
{
	command -v dpkg-buildpackage >/dev/null ||
		with_fresh_lists apt_get install --no-install-recommends dpkg-dev ||
		die "could not install dpkg-dev"
	! (cd "$top" && dpkg-checkbuilddeps 2>/dev/null) || return 0
	say "installing what debian/control asks for (once)"
	with_fresh_lists apt_get build-dep --no-install-recommends "$top/" ||
		die "could not install what debian/control asks for"
}

# ignored: the patterns of .gitignore, as tar takes them; source packages have no
# such file
ignored()
{
	printf '%s\n' ./.git ./build ./tests/ring/build
	[ ! -e "$top/.gitignore" ] ||
		sed -e '/^#/d' -e '/^$/d' -e 's|^/\(.*[^/]\)/*$|./\1|' "$top/.gitignore"
}

# copy_tree DIRECTORY
copy_tree()
{
	mkdir -p "$1"
	tar -C "$top" -c --exclude-from=<(ignored) . | tar -C "$1" -x
}

install_tools
rm -rf "$out"
version=$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)
copy_tree "$out/mmtrace-$version"
(cd "$out/mmtrace-$version" && dpkg-buildpackage -us -uc) >"$out/log" 2>&1 || {
	tail -n 40 "$out/log" >&2
	die "could not build the packages, see $out/log"
}
rm -rf "$out/mmtrace-$version"
ls "$out"/*.{dsc,tar.*,deb}
