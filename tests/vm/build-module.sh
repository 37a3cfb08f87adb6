#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-module.sh [KERNEL [DIRECTORY [MAKE-ARGUMENT...]]]
#
# Builds mmtrace.ko for a kernel of the table in build/DIRECTORY (build/KERNEL
# unless given) from copies of the sources: what `make` has built in the tree,
# for the host's own kernel, is neither used nor touched.

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel "${1:-}"
dir=$build/${2:-$kernel}
shift $(($# < 2 ? $# : 2))

[ -n "$(kernel_release)" ] || die "no linux-headers-$flavour: run tests/vm/setup.sh"
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

# BTF of the module would need the kernel's vmlinux, which no package has.
exec "${MAKE:-make}" -s --no-print-directory -C "$(kernel_headers)" M="$dir" CC="$cc" \
	CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules
