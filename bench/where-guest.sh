#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What bench/where does in the guest.

exec /opt/mmtrace/where /opt/mmtrace/mmtrace.ko
