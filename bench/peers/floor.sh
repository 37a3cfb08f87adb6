# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # bench/row.sh has the variables
#
# The least that a probe costs: bench/floor.

version()
{
	echo "bench/floor"
}

start()
{
	insmod "$here/floor.ko" way="$variant" ${1:+only="$stranger"}
}

stop()
{
	[ ! -e /sys/kernel/debug/floor ] || cat /sys/kernel/debug/floor >"$out/records"
	rmmod floor
}

count()
{
	[ "$variant" = record ] || return 0
	od -An -v -tx8 -w80 "$out/records" | grep -c "^\( [0-9a-f]*\)\{4\} 0000000000007001 "
}
