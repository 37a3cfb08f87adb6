#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All that mmtrace-ctl does, done by one of 32 bits on the 64-bit kernel; and in
# between the 64-bit one of testing.sh reads what the other has set.
# timeout: 240

PATH=$(cd "$(dirname "$0")" && pwd)/32:$PATH
# shellcheck source=tests/guest/ctl_test.sh
. "$(dirname "$0")/ctl_test.sh"
