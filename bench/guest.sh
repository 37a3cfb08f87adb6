#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What bench/run does in the guest.

exec /opt/mmtrace/cost /opt/mmtrace/mmtrace.ko
