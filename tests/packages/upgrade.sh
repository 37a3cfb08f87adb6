#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A newer kernel comes: dkms builds the module for it, too.

# shellcheck source=tests/packages/system.sh
. "$(dirname "$0")/system.sh"

check "apt installs a newer kernel and its headers" apt_get install /opt/upgrade/*.deb
equal "the module is there for both kernels" "$(dkms status | sort)" "$(status "${kernels[@]}" | sort)"
equal "modprobe finds that of the newer one" "$(module_for "${kernels[1]}")" "${kernels[1]}"
equal "and that of the older one" "$(module_for "${kernels[0]}")" "${kernels[0]}"
done_testing
