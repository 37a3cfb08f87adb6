#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-user.sh - builds mmtrace-ctl for the guest, in build/user-ARCH

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
select_kernel
lock_programs

exec "${MAKE:-make}" -s --no-print-directory -C "$top/user" CC="$(cross gcc)" \
	BUILD="$build/user-$arch" PROGRAM="$build/user-$arch/mmtrace-ctl"
