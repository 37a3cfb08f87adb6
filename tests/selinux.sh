#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# selinux.sh - the device where SELinux enforces a policy

set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/vm/lib.sh"
select_kernel

build_or_bail
exec "$vm/run" --no-build --smp 2 --timeout 180 --log "$build/vm/selinux.log" \
	--cmdline security=selinux \
	--add "$top/tests/guest/testing.sh=tests/testing.sh" \
	--add "$top/tests/guest/selinux.conf=tests/selinux.conf" \
	--script "$top/tests/guest/selinux.sh"
