#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-module.sh [DIRECTORY [MAKE-ARGUMENT...]]
#
# Builds mmtrace.ko for a kernel of the table in build/DIRECTORY (named after the
# kernel unless given) from copies of the sources: what `make` has built in the
# tree, for the host's own kernel, is neither used nor touched.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel
dir=$build/${1:-$target}
shift $(($# > 0))

[ -d "$(headers_dir)" ] || die "no headers of kernel $kernel for $arch: run tests/vm/setup.sh"
[ -e "$top/Kbuild" ] || die "there is no Kbuild"

# Only what is new is copied, so that only that is built again; what is gone
# from the tree goes from the copy.
mkdir -p "$dir"
cd "$top"
find Kbuild module include user -name '*.mod.c' -prune -o \
	\( -name '*.[chS]' -o -name Kbuild \) -print | sort >"$dir/sources.new"
if [ -e "$dir/sources" ]; then
	comm -23 "$dir/sources" "$dir/sources.new" | (cd "$dir" && xargs -r rm -f)
fi
mv "$dir/sources.new" "$dir/sources"
xargs cp -u --parents --preserve=timestamps -t "$dir" <"$dir/sources"

# A newer kernel of the same series: nothing that was built for the old one fits.
if [ "$(cat "$dir/release" 2>/dev/null)" != "$(kernel_release)" ]; then
	find "$dir" -name '*.o' -delete
	kernel_release >"$dir/release"
fi
kernel_make "$dir" "$@" modules
