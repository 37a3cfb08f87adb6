#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# standstill.sh - records while the machine stands still; tests/standstill.sh starts it

# shellcheck source=tests/guest/testing.sh
. /opt/mmtrace/tests/testing.sh

insmod "$module" || bail "insmod"
exec "$here/standstill" 2>&1
