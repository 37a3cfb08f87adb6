#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dkms from the source tree, without packages, as README.md says.

# shellcheck source=tests/packages/system.sh
. "$(dirname "$0")/system.sh"

kernel=${kernels[0]}
module=mmtrace/$version

cd /opt/tree || exit
check "dkms add ." dkms add .
equal "it is added" "$(dkms status)" "$module: added"
check "dkms build" dkms build "$module" -k "$kernel"
equal "it is built" "$(dkms status)" "$module, $kernel, $machine: built"
check "dkms install" dkms install "$module" -k "$kernel"
equal "it is installed" "$(dkms status)" "$(status "$kernel")"
equal "modprobe finds it" "$(module_for "$kernel")" "$kernel"
check "dkms remove" dkms remove "$module" --all
equal "it is gone" "$(dkms status)" ""
check "modprobe does not find it" sh -c "! modprobe -S $kernel --show-depends mmtrace"
done_testing
