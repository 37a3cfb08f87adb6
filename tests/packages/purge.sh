#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packages are purged: nothing is left. The newer kernel is purged afterwards, so that
# what is there can be compared with what was there at first.

# shellcheck source=tests/packages/system.sh
. "$(dirname "$0")/system.sh"

mapfile -t packages < <(dpkg-query -W -f '${Package}\n' 'mmtrace-*' 'libmmtrace*')
mapfile -t upgrade < <(for deb in /opt/upgrade/*.deb; do dpkg-deb -f "$deb" Package; done)

check "apt purges ${packages[*]}" apt_get purge "${packages[@]}"
equal "dkms knows of nothing" "$(dkms status)" ""
equal "nothing is called mmtrace any more" "$(files | grep mmtrace)" ""
check "apt purges the newer kernel" apt_get purge "${upgrade[@]}"
equal "what is there is what was there" "$(files | diff /opt/files - | grep '^[<>]')" ""
done_testing
