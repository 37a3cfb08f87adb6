#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scaling.sh - all processors map at once, in the guest: first by themselves, then while
# a session records, whose reader is stopped; and then that reader, on one of them
#
# What it costs is counted outside (bench/span.c), between marks: around each loop of each
# processor without a session, then with one, then around what the reader does. Told is only
# how many records there should be, and are.

set -euo pipefail

here=/opt/mmtrace
records=/tmp/records
calls=5000
crowd=$(nproc)

cd /tmp
"$here/workload" crowd "$crowd" "$calls"
insmod "$here/mmtrace.ko" ring_size=16777216
"$here/reader" "$records" 1 &
reader=$!
until [ -e "$records" ]; do
	sleep 0.1
done
kill -STOP "$reader"
"$here/workload" crowd "$crowd" "$calls"
kill -USR1 "$reader"
kill -CONT "$reader"
kill "$reader"
wait "$reader"
echo "result calls $((crowd * calls))"
echo "result found $("$here/reader" --count 0x7001 "$records")"
rmmod mmtrace
